"""The bus over a real Redis, in threads: what it carries, and what it does when Redis is away."""

import json
import logging
import socket
import tempfile
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chatweb import measures
from chatweb.live.limits import Limits
from chatweb.live.redis_bus import RedisBus
from chatweb.live.redis_link import refusal
from chatweb.live.redis_orders import SUBSCRIBE, Orders
from tests.redis_way import Way
from tests.servers import free_port, wait_until

QUIET = Limits(heartbeat_seconds=3600)


@pytest.fixture
def certificate():
    """`key` and `cert` are files that anybody may read: a certificate for 127.0.0.1, signed by itself."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "redis")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        (folder / "cert").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        for path in folder.iterdir():
            path.chmod(0o644)
        yield {path.name: path for path in folder.iterdir()}


@pytest.fixture
def joined(office, redis):
    """`joined(name)` is an office whose bus has joined the others of that name."""

    def run(namespace="one", redis=redis, **options):
        there = office(bus=RedisBus(redis.url, namespace), **({"limits": QUIET} | options))
        there.board.start()
        wait_until(lambda: there.bus.reaches_others, 5, "an office to join")
        return there

    return run


def test_what_is_published_is_heard_once_everywhere_and_in_order(joined):
    here, there = joined(), joined()
    lines = [place.connect("tea") for place in (here, here, there)]
    for number in range(500):
        here.bus.publish("tea", f"cup {number} ☕")
    for line in lines:
        assert [line.receive_text() for _ in range(500)] == [f"cup {number} ☕" for number in range(500)]
    there.bus.publish("tea", "enough")
    assert [line.receive_text() for line in lines] == ["enough"] * 3


def test_closing_a_topic_closes_it_everywhere(joined):
    here, there = joined(), joined()
    lines = [place.connect("tea") for place in (here, there)]
    here.bus.close("tea", 4401)
    assert [line.receive_close() for line in lines] == [4401] * 2


def test_installations_that_share_a_redis_do_not_hear_each_other(joined):
    here, elsewhere = joined("one"), joined("two")
    line, other = here.connect("tea"), elsewhere.connect("tea")
    elsewhere.bus.publish("tea", "for others")
    assert other.receive_text() == "for others"
    here.bus.publish("tea", "for us")
    assert line.receive_text() == "for us"


def test_once_a_line_is_confirmed_it_misses_nothing(joined):
    here, there = joined(), joined()
    for number in range(200):
        line, page = there.park(f"tea {number}")
        there.bus.confirm()
        here.bus.publish(f"tea {number}", "hot")
        line.start([])
        assert page.receive_text() == "hot"
        if number % 2:
            line.close(1000)


def test_thousands_of_topics_at_once_are_all_listened_to(joined):
    here, there = joined(), joined()
    begin = time.monotonic()
    for number in range(2_500):
        there.bus.subscribe(f"cup {number}")
    line = there.connect("tea")
    assert time.monotonic() - begin < 1
    here.bus.publish("tea", "hot")
    assert line.receive_text() == "hot"


def test_five_thousand_open_lines_hear_what_is_theirs(joined, many_descriptors):
    here, there = joined(), joined()
    lines = [there.connect(f"cup {number}") for number in range(5_000)]
    for number in range(5_000):
        here.bus.publish(f"cup {number}", f"tea {number}")
    assert [line.receive_text() for line in lines] == [f"tea {number}" for number in range(5_000)]


def test_a_bus_that_does_not_listen_publishes_all_the_same(joined, redis):
    there, silent = joined(), RedisBus(redis.url, "one")
    line = there.connect("tea")
    silent.attach(lambda *_: None, lambda *_: None)
    silent.subscribe("tea")
    silent.unsubscribe("tea")
    silent.confirm()
    assert silent.reaches_others
    silent.publish("tea", "hello")
    silent.stop()
    assert line.receive_text() == "hello"


def test_what_cannot_be_encoded_holds_up_nothing(joined, caplog):
    here, there = joined(), joined()
    line = there.connect("tea")
    here.connect("tea")
    here.bus.publish("tea", "\ud800")
    here.bus.publish("tea", "fine")
    assert line.receive_text() == "fine"
    assert [record.message for record in caplog.records] == ["a frame could not be encoded"]


@pytest.mark.parametrize(
    "poison", [b"", b"nonsense", b"abcdefgh", b"abcdefghc9", b"abcdefghcxx", b"abcdefghf\xff"]
)
def test_a_poisoned_event_is_logged_once_and_the_rest_goes_on(joined, redis, caplog, poison):
    here, there = joined(), joined()
    line, other = here.connect("tea"), there.connect("coffee")
    redis.client.publish("chatweb:one:topic:tea", poison)
    there.bus.publish("tea", "fine")
    assert line.receive_text() == "fine"
    here.bus.publish("coffee", "fine, too")
    assert other.receive_text() == "fine, too"
    assert [record.message for record in caplog.records] == ["an event that came from Redis was left out"]


def test_what_no_connection_can_be_told_is_not_kept_until_there_is_one():
    orders = Orders(lambda: None)
    for _ in range(2):
        orders.add(SUBSCRIBE, b"lost")
        orders.begin()
        orders.add(SUBSCRIBE, b"tea")
        assert orders.some() == [(SUBSCRIBE, b"tea")]
        orders.add(SUBSCRIBE, b"lost")
        orders.went(up=False)
        assert orders.some() == []


class TestWithoutRedis:
    @pytest.fixture
    def redis(self, start_redis):
        return start_redis()

    def test_publishing_waits_for_nothing_and_what_was_lost_is_counted_and_said_once(
        self, joined, redis, caplog
    ):
        here = joined()
        line = here.connect("tea")
        before = measures.total(measures.LOST)
        redis.stop()
        wait_until(lambda: not here.bus.reaches_others, 5, "it to be noticed")
        begin = time.monotonic()
        for _ in range(50):
            here.bus.publish("tea", "hello")
            here.bus.confirm()
        assert time.monotonic() - begin < 0.2
        assert [line.receive_text() for _ in range(50)] == ["hello"] * 50
        wait_until(lambda: measures.total(measures.LOST) == before + 50, 5, "all to be counted")
        time.sleep(0.5)  # time itself: in so long it has tried again, and says nothing new
        assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2

    def test_when_it_is_back_every_line_hears_its_revision_at_once_and_is_made_anew(self, joined, redis):
        places = [joined(revisions=lambda topics: dict.fromkeys(topics, 7)) for _ in range(2)]
        pages = [place.connect("chat", heartbeat="chat") for place in places for _ in range(40)]
        places[0].bus.publish("chat", "before")
        assert [page.receive_text() for page in pages] == ["before"] * len(pages)
        redis.stop()
        wait_until(lambda: not any(place.bus.reaches_others for place in places), 5, "it to be noticed")
        redis.start()
        begin = time.monotonic()
        for page in pages:
            assert json.loads(page.receive().text) == {"revision": 7}
        assert time.monotonic() - begin < 1.5
        assert [page.receive_close() for page in pages] == [1012] * len(pages)
        page = places[1].connect("chat")
        places[0].bus.publish("chat", "after")
        assert page.receive_text() == "after"

    def test_while_it_is_away_lines_are_made_anew_with_every_heartbeat(self, joined, redis):
        here = joined(limits=Limits(heartbeat_seconds=1))
        chat, inbox = here.connect("chat", heartbeat="chat"), here.connect("inbox", present=True, owner=1)
        for page in (chat, inbox) * 2:
            assert page.receive().text == "{}"
        redis.stop()
        assert [page.receive_close() for page in (chat, inbox)] == [1012] * 2
        again = here.connect("inbox", present=True, owner=1)
        assert again.receive_close() == 1012

    def test_lines_of_others_are_mended_when_only_the_way_out_was_cut(self, joined, redis):
        here, there = joined(), joined()
        page = there.connect("chat", heartbeat="chat")
        here.bus.publish("chat", "before")
        assert page.receive_text() == "before"
        ways_out = [one["id"] for one in redis.client.client_list("normal") if one["cmd"] == "publish"]
        redis.client.execute_command("CLIENT", "PAUSE", 500, "WRITE")
        for way_out in ways_out:
            redis.client.client_kill_filter(_id=way_out)
        here.bus.publish("chat", "lost")
        assert page.receive().text == "{}"
        assert page.receive_close() == 1012
        assert there.bus.reaches_others

    def test_too_much_at_once_is_dropped(self, joined):
        here = joined()
        before = measures.total(measures.LOST)
        here.bus.publish("tea", "x" * (5 << 20))
        wait_until(lambda: measures.total(measures.LOST) == before + 1, 5, "it to be counted")

    def test_what_is_dropped_while_something_is_on_its_way_is_told_of(self, joined, redis):
        with Way(redis.port, delay=0.1) as way:
            here, there = joined(redis=way), joined()
            page = there.connect("chat", heartbeat="chat")
            here.bus.publish("chat", "one cup")
            assert page.receive_text() == "one cup"
            asked = way.asked
            here.bus.publish("chat", "another")
            wait_until(lambda: way.asked > asked, 5, "it to be on its way")
            here.bus.publish("chat", "x" * (5 << 20))
            assert page.receive_text() == "another"
            assert page.receive().text == "{}"
            assert page.receive_close() == 1012

    def test_a_redis_that_says_nothing_is_left(self, joined, redis, monkeypatch):
        monkeypatch.setattr("chatweb.live.redis_listener._ASK_AFTER_SECONDS", 0.3)
        monkeypatch.setattr("chatweb.live.redis_listener._ANSWER_SECONDS", 0.3)
        here = joined()
        time.sleep(0.8)  # time itself: longer than it may take to ask and to be answered
        assert here.bus.reaches_others, "it answers when it is asked"
        redis.client.execute_command("CLIENT", "PAUSE", 1200, "ALL")
        wait_until(lambda: not here.bus.reaches_others, 2, "the silence to be noticed")
        wait_until(lambda: here.bus.reaches_others, 5, "it to answer again")


def test_a_redis_with_a_password_and_another_database(start_redis, joined):
    redis = start_redis("--requirepass", "open sesame")
    redis.url = f"redis://:open%20sesame@127.0.0.1:{redis.port}/3"
    here, there = joined(redis=redis), joined(redis=redis)
    line = there.connect("tea")
    here.bus.publish("tea", "hello")
    assert line.receive_text() == "hello"


def test_a_redis_behind_tls(start_redis, joined, certificate):
    files = {name: str(path) for name, path in certificate.items()}
    tls = free_port()
    redis = start_redis(
        *("--tls-port", str(tls), "--tls-auth-clients", "no", "--tls-ca-cert-file", files["cert"]),
        *("--tls-cert-file", files["cert"], "--tls-key-file", files["key"]),
    )
    redis.url = f"rediss://127.0.0.1:{tls}?ssl_ca_certs={files['cert']}"
    here, there = joined(redis=redis), joined(redis=redis)
    line = there.connect("tea")
    here.bus.publish("tea", "x" * 100_000)
    assert line.receive_text() == "x" * 100_000
    assert refusal(f"rediss://127.0.0.1:{tls}") is None, "what is not trusted yet may be later"


def test_a_redis_behind_a_unix_socket(start_redis, joined):
    redis = start_redis("--unixsocket", "redis.sock", "--unixsocketperm", "777")
    redis.home.chmod(0o755)
    redis.url = f"unix://{redis.home}/redis.sock"
    here, there = joined(redis=redis), joined(redis=redis)
    line = there.connect("tea")
    here.bus.publish("tea", "hello")
    assert line.receive_text() == "hello"


def test_what_cannot_be_used_is_found_before_the_start(start_redis):
    guarded = start_redis("--requirepass", "open sesame")
    assert "check the user and the password" in refusal(guarded.url)
    assert "part of a Cluster" in refusal(start_redis("--cluster-enabled", "yes").url)
    assert refusal(f"redis://:open%20sesame@127.0.0.1:{guarded.port}") is None
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert refusal(f"redis://127.0.0.1:{silent.getsockname()[1]}") is None
