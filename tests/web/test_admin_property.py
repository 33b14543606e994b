"""Whatever is done under /admin, in whatever order: no word of a message without an entry from before.

"Before" is looked at from outside, through another connection, at the moment when a page begins to be made,
and of a file before the first byte of it is asked for.
"""

import re
from datetime import timedelta

import pytest
from flask import before_render_template
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from chatweb.domain import changes, transcripts
from chatweb.models import utc_now
from tests.people import PASSWORD
from tests.web.overseeing import WHY, entries, report, unpacked
from tests.web.route_table import METHODS

SECRET = "between the two of us"
READING = {"chat_read", "chat_exported", "person_exported", "report_read", "searched"}
DECIDING = {"decision": "removed", "reason": "They are threats."}
WORDS = {"words": "the two"}

CHATS = st.sampled_from((1, 2, 99))
QUERIES = st.sampled_from(("", "?before=3", "?before=99", "?after=0", "?after=2", "?person=alice", "?x"))
FORMS = st.sampled_from(
    ({}, WHY, DECIDING, WHY | {"password": PASSWORD}, WHY | {"reason": "short"}, WHY | WORDS, WORDS)
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 99), st.sampled_from(METHODS), CHATS, QUERIES, FORMS),
        st.tuples(st.just("open"), CHATS),
        st.tuples(st.just("wait"), st.integers(1, 16)),
        st.tuples(st.just("sign in"), st.sampled_from(("dana", "erin", "frank", "carol"))),
    ),
    min_size=5,
    max_size=25,
)


@pytest.fixture
def rules(app):
    """Every rule of the administration, also those that come later."""
    return sorted({rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")})


@pytest.fixture
def at_rendering(app, db_session):
    """The entries that are committed whenever a page begins to be made."""
    seen = []

    def look(_sender, **_):
        seen.append(entries(db_session))

    with before_render_template.connected_to(look, app):
        yield seen


@pytest.fixture
def said(talk, alice, bob, stored, chat):
    """Messages with a secret in them, one edited, one removed, some reported; and a chat of bob and carol
    without any."""
    found = [*talk.says(alice, *[SECRET] * 60), *talk.says(bob, f"{SECRET}!")]
    stored(lambda session: changes.edit(session, chat, found[0].id, f"{SECRET}?"))
    stored(lambda session: changes.remove(session, chat, found[1].id))
    report(stored, chat._replace(person_id=bob.id), found[0].id, found[20].id, words=SECRET)
    return {one.id for one in found}


def words_of(answer):
    """What somebody reads who gets it."""
    if answer.mimetype == "application/zip":
        return unpacked(answer)["messages.json"]
    return re.sub(r"<[^>]+>", "", answer.text)


@pytest.fixture
def look(said, at_rendering, db_session):
    """`look(visitor, person, method, path, form)` asks, and says whether the secret was seen."""

    def run(visitor, person, method, path, form):
        at_rendering.clear()
        before = len(entries(db_session))
        answer = visitor._send(method, path, data=form)
        if answer.mimetype == "application/zip":
            at_rendering.insert(0, entries(db_session))
        words = words_of(answer)
        if SECRET not in words:
            return 0
        assert at_rendering, "it was made by a template"
        new = at_rendering[0][before:]
        reading = [entry for entry in new if entry.action in READING and entry.actor_id == person.id]
        shown = words.count(SECRET)
        assert reading, f"{method} {path} showed a message without an entry"
        assert {reading[0].first_id, reading[0].last_id} <= said
        assert shown <= reading[0].count + 2, "and one earlier version, and the words of a report"
        assert not any(SECRET in str(value) for entry in new for value in vars(entry).values())
        return 1

    return run


@pytest.fixture
def walk(app, look, rules, sign_in, dana, erin, frank, carol, monkeypatch):
    """`walk(steps)` takes them, and says how often the secret was seen."""
    people = {person.username: person for person in (dana, erin, frank, carol)}
    visitors = {name: sign_in(person) for name, person in people.items()}

    def run(steps):
        monkeypatch.setattr(transcripts, "utc_now", utc_now)
        who, seen, waited = "dana", 0, timedelta()
        for step, *values in steps:
            visitor = visitors[who]
            if step == "open":
                visitor.post(f"/admin/chats/{values[0]}/open", WHY | {"password": PASSWORD})
            elif step == "wait":
                waited += timedelta(minutes=values[0])
                monkeypatch.setattr(transcripts, "utc_now", lambda past=waited: utc_now() + past)
            elif step == "sign in":
                (who,) = values
            else:
                number, method, chat_id, query, form = values
                path = re.sub(r"<id:\w+>", str(chat_id), rules[number % len(rules)]) + query
                path = path.replace("<act>", "sign-out")
                seen += look(visitor, people[who], method, path, form)
        return seen

    return run


def test_no_word_without_an_entry(walk):
    seen = []

    @tried(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def wander(steps):
        seen.append(walk(steps))

    wander()


def test_this_test_would_see_a_secret(walk, rules):
    page = rules.index("/admin/chats/<id:chat_id>")
    ask = ("ask", page, "GET", 1, "", {})
    assert (
        walk([ask, ("open", 1), ask, ("sign in", "erin"), ask, ("sign in", "dana"), ("wait", 16), ask]) == 1
    )


@pytest.mark.parametrize(
    "rule", ["/admin/chats/<id:chat_id>/export", "/admin/people/<id:person_id>/export", "/admin/search"]
)
def test_this_test_would_see_a_secret_elsewhere(walk, rules, rule):
    assert walk([("open", 1), ("ask", rules.index(rule), "POST", 1, "", WHY | WORDS)]) == 1


@pytest.mark.parametrize("who", ["dana", "frank"])
def test_this_test_would_see_a_secret_in_a_report(walk, rules, who):
    page = rules.index("/admin/reports/<id:report_id>")
    assert walk([("sign in", who), ("ask", page, "GET", 1, "", {})]) == 1


def test_this_test_would_see_a_missing_entry(walk, rules, monkeypatch):
    monkeypatch.setitem(globals(), "READING", {"nothing"})
    page = rules.index("/admin/chats/<id:chat_id>")
    with pytest.raises(AssertionError, match="without an entry"):
        walk([("open", 1), ("ask", page, "GET", 1, "", {})])
