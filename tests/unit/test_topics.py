"""The names of conversations."""

from chatweb.domain.chats import new_topic


def test_no_command_takes_a_topic_for_an_option():
    topics = {new_topic() for _ in range(2_000)}
    assert len(topics) == 2_000
    assert "_" in {topic[0] for topic in topics}
    assert "-" not in {topic[0] for topic in topics}
