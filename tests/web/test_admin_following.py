"""An administrator follows an opened conversation live: on record, by the same bytes, while access lasts."""

import re
import socket
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from chatweb.domain import changes, followings, transcripts
from chatweb.live.limits import Limits
from chatweb.live.worker_marks import PARKS
from chatweb.models import Authenticator, SignIn, User, utc_now
from chatweb.models.base import EPOCH
from tests.live.client import WebSocket
from tests.people import PASSWORD
from tests.servers import wait_until
from tests.web.overseeing import UNWRITABLE, WHY, entries, open_chat
from tests.web.route_table import HANDSHAKE
from tests.web.talking import send

pytestmark = pytest.mark.both_engines
FROM_HERE = {"headers": HANDSHAKE | {"Origin": "http://localhost"}}
ARTICLE = re.compile(r"<article.*?</article>\n?", re.DOTALL)


@pytest.fixture
def url(chat):
    return f"/admin/chats/{chat.id}"


@pytest.fixture
def live(app, monkeypatch):
    """The switchboard, whose feeds are asked all the time, and whose heart beats never."""
    board = app.extensions["live"]
    monkeypatch.setattr(board, "_limits", Limits(heartbeat_seconds=3600, feed_seconds=0.02))
    yield board
    board.stop()


@pytest.fixture
def follow(live, url):
    """`follow(visitor)` is the socket of a page that has nothing yet."""
    ends = []

    def run(visitor, place="from=0&after=0"):
        here, there = socket.socketpair()
        there.settimeout(10)
        ends.append(there)
        with here:
            environ = {"werkzeug.socket": here, PARKS: True}
            visitor.get(f"/ws{url}?{place}", environ_overrides=environ, **FROM_HERE)
        head, _, rest = there.recv(65536).partition(b"\r\n\r\n")
        assert b"101 Switching" in head
        return WebSocket(there, rest)

    yield run
    for end in ends:
        end.close()


@pytest.fixture
def refused(url):
    """`refused(visitor)` is the status instead of a socket."""

    def run(visitor, path=f"/ws{url}?from=0&after=0", **options):
        return visitor.get(path, **(FROM_HERE | options)).status_code

    return run


@pytest.fixture
def record(db_session):
    """`record()`: the actions on record."""
    return lambda: [entry.action.removeprefix("chat_") for entry in entries(db_session)]


def until(record, *actions):
    wait_until(lambda: record() == list(actions), 10, f"the record to say {actions}")


def test_what_is_sent_edited_and_removed_comes_as_the_page_has_it(
    opened, follow, url, talk, as_alice, alice, bob, chat, stored
):
    (old,) = talk.says(bob, "older")
    page = opened.get(url).text
    position = re.search(r'data-revision="(\d+)"', page)[1]
    line = follow(opened, f"from={old.id}&after={position}")
    send(as_alice, talk, "hello <b>")
    (sent,) = ARTICLE.findall(line.receive_text())
    assert sent in opened.get(url).text
    own = int(re.search(r'data-order="(\d+)"', sent)[1])
    stored(lambda session: changes.edit(session, chat, own, "hello again"))
    (edited,) = ARTICLE.findall(line.receive_text())
    assert "hello &lt;b&gt;" in edited
    assert edited in opened.get(url).text
    stored(lambda session: changes.remove(session, chat, own))
    (removed,) = ARTICLE.findall(line.receive_text())
    assert "Message deleted" in removed
    assert "hello" not in removed
    assert removed in opened.get(url).text


def test_the_day_stands_before_the_first_message(opened, follow, url, talk, alice):
    line = follow(opened)
    talk.says(alice, "one")
    frame = line.receive_text()
    heading = frame.partition("<article")[0]
    assert heading.startswith('<h2 class="transcript__day"')
    assert frame in opened.get(url).text


def test_what_the_page_does_not_have_is_not_sent(opened, follow, talk, alice, chat, stored):
    old, new = talk.says(alice, "old", "new")
    line = follow(opened, f"from={new.id}&after=0")
    assert len(ARTICLE.findall(line.receive_text())) == 1
    stored(lambda session: changes.edit(session, chat, old.id, "edited"))
    talk.says(alice, "newer")
    assert "newer" in line.receive_text()


def test_much_at_once_comes_piece_by_piece(opened, follow, talk, alice, monkeypatch):
    monkeypatch.setattr(followings, "PAGE", 3)
    talk.says(alice, *"abcdefg")
    line = follow(opened)
    assert [len(ARTICLE.findall(line.receive_text())) for _ in range(3)] == [3, 3, 1]


def test_it_is_on_record_before_anything_is_shown_and_when_it_ends(
    opened, follow, talk, alice, chat, stored, db_session, record
):
    first, last = talk.says(alice, "one", "two")
    line = follow(opened)
    line.receive_text()
    assert record() == ["opened", "followed"]
    stored(lambda session: changes.edit(session, chat, first.id, "one, again"))
    line.receive_text()
    line.sock.close()
    until(record, "opened", "followed", "follow_ended")
    _, begun, ended = entries(db_session)
    assert (begun.actor_name, begun.person_1_name, begun.count) == ("dana", ended.person_1_name, None)
    assert (ended.actor_name, ended.first_id, ended.last_id, ended.count) == ("dana", first.id, last.id, 2)
    assert begun.request_id == ended.request_id


def test_who_saw_nothing_has_that_on_record(opened, follow, db_session, record):
    follow(opened).sock.close()
    until(record, "opened", "followed", "follow_ended")
    assert (entries(db_session)[-1].count, entries(db_session)[-1].first_id) == (0, None)


def test_a_server_that_stops_records_the_end(opened, follow, live, talk, alice, record):
    talk.says(alice, "one")
    line = follow(opened)
    line.receive_text()
    live.drain(seconds=0)
    live.stop()
    assert record() == ["opened", "followed", "follow_ended"]


@pytest.fixture
def endings(opened, url, dana, stored, monkeypatch):
    """What ends access, and the code that the page is told."""

    def wait():
        at = utc_now() + timedelta(minutes=15.1)
        monkeypatch.setattr(transcripts, "utc_now", lambda: at)

    def change(statement):
        return lambda: stored(lambda session: session.execute(statement))

    return {
        "time": (wait, 4404),
        "closed": (lambda: opened.post(f"{url}/close"), 4404),
        "role": (change(update(User).where(User.id == dana.id).values(role="auditor")), 4404),
        "signed out": (opened.sign_out, 4401),
        "revoked elsewhere": (change(update(SignIn).values(revoked_at=utc_now())), 4401),
        "deactivated": (change(update(User).where(User.id == dana.id).values(is_active=False)), 4401),
    }


@pytest.mark.parametrize(
    "ending", ["time", "closed", "role", "signed out", "revoked elsewhere", "deactivated"]
)
def test_the_line_closes_when_access_ends(opened, follow, talk, alice, endings, record, ending):
    line = follow(opened)
    talk.says(alice, "one")
    assert "one" in line.receive_text()
    end, code = endings[ending]
    end()
    talk.says(alice, "a secret")
    frame = line.receive()
    assert (frame.opcode, frame.code) == (8, code)
    wait_until(lambda: record()[-1] == "follow_ended" or record()[-2] == "follow_ended", 10, "the end")


def test_only_who_has_it_open_may_follow(
    as_dana, as_erin, as_alice, opened, visitor, refused, url, dana, sign_in, record
):
    nothing = as_alice.get("/no/such/page").data
    for stranger in (as_alice, as_erin):
        answer = stranger.get(f"/ws{url}?from=0&after=0", **FROM_HERE)
        assert (answer.status_code, answer.data) == (404, nothing)
    assert refused(visitor) == 401
    assert refused(sign_in(dana)) == 404
    assert refused(opened, path="/ws/admin/chats/99?from=0&after=0") == 404
    assert refused(opened, headers=HANDSHAKE | {"Origin": "http://evil.example"}) == 403
    assert refused(opened, headers=HANDSHAKE) == 403
    for place in ("", "from=0", "after=0", "from=x&after=0", "from=0&after=-1"):
        assert refused(opened, path=f"/ws{url}?{place}") == 400
    assert record() == ["opened"]


def test_what_cannot_be_recorded_is_not_shown(opened, follow, talk, alice, stored, engine_name, caplog):
    talk.says(alice, "a secret")
    stored(lambda session: session.execute(text(UNWRITABLE[engine_name])))
    frame = follow(opened).receive()
    assert (frame.opcode, frame.code) == (8, 1013)


def test_what_a_dead_server_left_open_ends_with_the_next_following(
    opened, follow, live, chat, dana, stored, db_session, record, monkeypatch
):
    def die(session):
        actor = transcripts.Actor(dana.id, "dana", entries(db_session)[0].session_id, "", "lost")
        followings.begin(session, actor, chat.id)

    stored(die)
    follow(opened).sock.close()
    until(record, "opened", "followed", "followed", "follow_ended")
    at = utc_now() + timedelta(minutes=31)
    for module in (transcripts, followings):
        monkeypatch.setattr(module, "utc_now", lambda: at)
    open_chat(opened, chat.id)
    monkeypatch.setattr(transcripts, "utc_now", utc_now)
    follow(opened).sock.close()
    until(record, *record()[:5], "follow_ended", "followed", "follow_ended")
    lost = entries(db_session)[5]
    assert (lost.request_id, lost.detail) == ("lost", "the server had stopped; what was shown is not known")


def test_it_leaves_no_trace(opened, follow, live, talk, as_alice, alice, dana):
    line = follow(opened)
    talk.says(alice, "one")
    line.receive_text()
    before = as_alice.get(talk.messages_url).data
    assert live.state(dana.id).name == "GONE"
    line.send(1, b"typing")
    assert line.receive_close() == 1008
    assert as_alice.get(talk.messages_url).data == before


def test_only_the_newest_page_follows(opened, url, talk, alice):
    talk.says(alice, *["hello"] * 60)
    assert f'data-follow="/ws{url}"' in opened.get(url).text
    for query in ("?before=30", "?after=0", "?after=999"):
        assert "data-follow" not in opened.get(f"{url}{query}").text


def test_it_goes_on_when_the_password_is_typed_again(opened, follow, talk, alice, chat, stored):
    line = follow(opened)
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    assert opened.post(f"/admin/chats/{chat.id}/open", WHY | {"password": PASSWORD}).status_code == 303
    talk.says(alice, "still here?")
    assert "still here?" in line.receive_text()


def test_without_a_second_step_there_is_nothing_to_follow(opened, follow, refused, stored, talk, alice):
    line = follow(opened)
    stored(lambda session: session.execute(delete(Authenticator)))
    talk.says(alice, "a secret")
    assert line.receive_close() == 4404
    assert refused(opened) == 404
