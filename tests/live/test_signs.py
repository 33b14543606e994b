"""What an inbox hears of others between their messages."""

import pytest
from sqlalchemy import update

from chatweb.models import User
from tests.live.client import TEXT, WebSocket


def heard_until(line: WebSocket, words: str) -> list[str]:
    """The frames up to the one that holds these words."""
    heard = [line.receive_text()]
    while words not in heard[-1]:
        heard.append(line.receive_text())
    return heard


def signs(frames: list[str], name: str) -> list[str]:
    return [frame for frame in frames if f'class="{name}"' in frame]


@pytest.fixture
def bob_types(browser_of, bob, chat):
    """He types, and then sends "said"."""

    def run():
        his = browser_of(bob)
        with his.open(f"/ws/topics/{chat.topic}?after=0") as line:
            line.receive_text()
            line.send(TEXT, b"typing")
            his.say(chat.topic, "said")
            return heard_until(line, "said")

    return run


def test_typing_is_heard_in_the_inbox_of_the_other_person_alone(browser_of, alice, bob, chat, bob_types):
    with browser_of(alice).open("/ws/inbox") as hers, browser_of(bob).open("/ws/inbox") as his:
        typing = f'<data class="typing-now" data-side="2" data-topic="{chat.topic}"></data>'
        assert signs(bob_types(), "typing-now") == [typing]
        assert signs(heard_until(hers, "said"), "typing-now") == [typing]
        assert signs(heard_until(his, "said"), "typing-now") == []


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_typing_is_not_even_sent_when_one_of_them_hides_it(
    browser_of, alice, bob, chat, stored, bob_types, who
):
    stored(lambda session: session.execute(update(User).filter_by(username=who).values(shows_typing=False)))
    with browser_of(alice).open("/ws/inbox") as hers:
        assert signs(bob_types(), "typing-now") == []
        assert signs(heard_until(hers, "said"), "typing-now") == []
