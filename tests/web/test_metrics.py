"""What Prometheus collects and administrators see of how the server fares."""

import dataclasses

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.web.reading import elements
from tests.web.talking import new_key, send

TOKEN = "m" * 32
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class TestWithAToken:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, metrics_token=TOKEN)

    @pytest.fixture
    def figures(self, client):
        """`figures()` is every sample by its name, over all labels but those of buckets."""

        def run() -> dict[str, float]:
            answer = client.get("/metrics", headers=BEARER)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            found: dict[str, float] = {}
            for family in text_string_to_metric_families(answer.text):
                for sample in family.samples:
                    if "le" not in sample.labels:
                        found[sample.name] = found.get(sample.name, 0) + sample.value
            return found

        return run

    @pytest.mark.parametrize("sent", [None, "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"])
    def test_whoever_lacks_the_token_learns_nothing(self, client, sent):
        answer = client.get("/metrics", headers={"Authorization": sent} if sent else {})
        assert (answer.status_code, answer.text) == (401, "token needed\n")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_an_administrator_without_the_token_is_whoever_lacks_it(self, as_dana):
        assert as_dana.get("/metrics").status_code == 401

    def test_a_message_is_counted_as_delivered_and_as_written(self, figures, as_alice, talk):
        before = figures()
        for _ in range(3):
            send(as_alice, talk, "hello")
        after = figures()
        for name in ("chatweb_delivery_seconds_count", "chatweb_database_write_seconds_count"):
            assert after[name] == before[name] + 3
        assert after["chatweb_database_wait_seconds_sum"] < after["chatweb_database_write_seconds_sum"]

    def test_the_same_message_again_is_not_delivered_again(self, figures, as_alice, talk):
        before, key = figures()["chatweb_delivery_seconds_count"], new_key()
        for _ in range(2):
            send(as_alice, talk, "hello", key)
        assert figures()["chatweb_delivery_seconds_count"] == before + 1

    def test_a_page_that_catches_up_is_counted(self, figures, as_alice, chat):
        before = figures()["chatweb_catch_ups_total"]
        as_alice.get(f"/chats/{chat.topic}/messages?after=0")
        assert figures()["chatweb_catch_ups_total"] == before + 1

    def test_it_says_nothing_about_anybody(self, client, as_alice, chat, talk, alice, bob):
        send(as_alice, talk, "a word that nobody else says")
        text = client.get("/metrics", headers=BEARER).text
        for word in (alice.username, bob.username, chat.topic, "nobody else"):
            assert word not in text


def test_without_a_token_in_the_settings_there_is_no_such_address(client, as_dana):
    assert client.get("/metrics", headers=BEARER).status_code == 404
    assert as_dana.get("/metrics").status_code == 404


@pytest.mark.both_engines
def test_administrators_see_how_long_messages_took(as_dana, as_alice, talk):
    def delivered() -> list[str]:
        rows = [
            one.text.split("\n") for one in elements(as_dana.get("/admin/operation").text) if one.tag == "tr"
        ]
        (row,) = [row for row in rows if any("Message delivered" in cell for cell in row)]
        return [cell.strip() for cell in row if cell.strip()]

    before = int(delivered()[1])
    send(as_alice, talk, "hello")
    name, count, half, most = delivered()
    assert (name, int(count)) == ("Message delivered", before + 1)
    assert half.endswith(" ms")
    assert most.endswith(" ms")
