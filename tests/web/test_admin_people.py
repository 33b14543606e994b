"""What administrators do to accounts: with a reason, on record, never to themselves or to the last one."""

import pytest
from sqlalchemy import update

from chatweb.announce import chat_topic, person_topic, session_topic
from chatweb.models import Entry, HalfSignIn, RecoveryCode, SignIn, User
from chatweb.models.base import EPOCH
from tests.people import PASSWORD, Visitor, add_person, with_second_step
from tests.second_step import first_step
from tests.web.overseeing import WHY, entries
from tests.web.reading import by_class, elements, problems
from tests.web.talking import at_once, send

pytestmark = pytest.mark.both_engines


@pytest.fixture
def do(as_dana):
    """`do(bob, "role", role="admin")` fills in the form; the answer."""

    def run(person, act, visitor=as_dana, **fields):
        return visitor.post(f"/admin/people/{person.id}/{act}", WHY | fields)

    return run


@pytest.fixture
def user(db_session):
    """`user(bob)` is the row as it is now."""

    def read(person):
        db_session.rollback()
        return db_session.get(User, person.id, populate_existing=True)

    return read


def names(page):
    return [one.text for one in by_class(page.text, "table__small") if "table__narrow" not in one.classes]


def acts(page):
    found = [one.attributes["href"] for one in elements(page.text) if one.tag == "a"]
    return [act for path in found if path.count("/") == 4 and (act := path.rpartition("/")[2]) != "export"]


def test_the_list_is_by_name_and_is_searched(app, as_dana, alice, bob):
    assert names(as_dana.get("/admin/people")) == ["alice", "bob", "dana"]
    for query, found in (
        ("q=AL", ["alice"]),
        ("q=bob@example", ["bob"]),
        ("q=%25", []),
        ("q=a%00", []),
        (f"q={'x' * 300}", []),
        ("after=alice", ["bob", "dana"]),
        ("after=a%00", ["alice", "bob", "dana"]),
    ):
        assert names(as_dana.get(f"/admin/people?{query}")) == found, query


def test_pages_follow_each_other(app, as_dana):
    for number in range(60):
        add_person(app, f"person{number:02}")
    seen, path = [], "/admin/people?q=person"
    while path:
        page = as_dana.get(path)
        seen.append(names(page))
        more = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == "More"]
        path = more[0].attributes["href"] if more else None
    assert seen == [
        [f"person{number:02}" for number in range(50)],
        [f"person{number:02}" for number in range(50, 60)],
    ]


def test_a_page_says_what_can_be_done_to_an_account(as_dana, as_bob, dana, bob, alice, do):
    assert acts(as_dana.get(f"/admin/people/{bob.id}")) == ["deactivate", "sign-out", "role", "hold"]
    assert acts(as_dana.get(f"/admin/people/{alice.id}")) == ["deactivate", "role", "hold"]
    assert acts(as_dana.get(f"/admin/people/{dana.id}")) == []
    do(bob, "deactivate")
    assert acts(as_dana.get(f"/admin/people/{bob.id}")) == ["reactivate", "role", "hold"]
    do(bob, "hold")
    assert acts(as_dana.get(f"/admin/people/{bob.id}")) == ["reactivate", "role", "release"]


def test_deactivating_signs_out_and_keeps_out(as_dana, as_bob, dana, bob, visitor, do, heard, db_session):
    (session_id,) = db_session.query(SignIn.id).filter_by(user_id=bob.id).one()
    answer = do(bob, "deactivate")
    assert (answer.status_code, answer.location) == (303, f"/admin/people/{bob.id}?done=deactivate")
    assert as_bob.get("/chats").status_code == 303
    assert visitor.sign_in(bob).status_code == 422
    assert heard.closed == [(session_topic(session_id), 4401)]
    (entry,) = entries(db_session)
    assert (entry.actor_id, entry.actor_name, entry.action) == (dana.id, "dana", "person_deactivated")
    assert (entry.person_1_id, entry.person_1_name) == (bob.id, "bob")
    assert (entry.kind, entry.reference, entry.reason) == tuple(WHY.values())


def test_what_was_said_stays_readable_and_nothing_more_is_said(as_alice, bob, talk, do):
    talk.says(bob, "hello")
    do(bob, "deactivate")
    assert "hello" in as_alice.get(talk.url).text
    assert send(as_alice, talk, "are you there?").status_code == 409


def test_pages_of_others_hear_that_an_account_is_closed_and_open_again(alice, bob, talk, do, heard):
    talk.says(bob, "hello")
    for act, is_closed in (("deactivate", True), ("reactivate", False)):
        do(bob, act)
        assert heard.closed == [(chat_topic(talk.topic), 1012)]
        assert (", account closed" in heard.on(person_topic(alice.id))[-1]) == is_closed
        heard.closed.clear()


def test_reactivating_lets_in_again(as_bob, bob, visitor, do, db_session):
    do(bob, "deactivate")
    assert do(bob, "reactivate").status_code == 303
    assert as_bob.get("/chats").status_code == 303, "what was signed out stays so"
    assert visitor.sign_in(bob).status_code == 303
    assert [entry.action for entry in entries(db_session)] == ["person_deactivated", "person_reactivated"]


def test_signing_out_everywhere_ends_every_browser(sign_in, bob, visitor, do, heard, db_session):
    browsers = [sign_in(bob), sign_in(bob)]
    assert do(bob, "sign-out").status_code == 303
    assert [browser.get("/chats").status_code for browser in browsers] == [303, 303]
    assert len(heard.closed) == 2
    assert visitor.sign_in(bob).status_code == 303
    assert [entry.action for entry in entries(db_session)] == ["person_signed_out"]


def test_a_role_counts_from_the_next_click_on(app, as_bob, bob, do, db_session):
    with_second_step(app, bob)
    assert as_bob.get("/admin/audit").status_code == 404
    assert do(bob, "role", role="auditor").status_code == 303
    assert as_bob.get("/admin/audit").status_code == 200
    do(bob, "role", role="user")
    assert as_bob.get("/admin/audit").status_code == 404
    assert [entry.detail for entry in entries(db_session)] == ["user → auditor", "auditor → user"]


def test_a_second_step_that_was_lost_is_reset(
    app, as_dana, as_bob, bob, do, heard, deliver, db_session, count
):
    kept = count(RecoveryCode)
    with_second_step(app, bob)
    first_step(Visitor(app), bob)
    assert "reset-factor" in acts(as_dana.get(f"/admin/people/{bob.id}"))
    assert do(bob, "reset-factor").status_code == 303
    assert as_bob.get("/chats").status_code == 303
    assert len(heard.closed) == 1
    assert (count(HalfSignIn), count(RecoveryCode)) == (0, kept), "those of dana"
    assert Visitor(app).sign_in(bob).location == "/chats"
    (entry,) = entries(db_session)
    assert (entry.action, entry.person_1_name, entry.reason) == ("person_factor_reset", "bob", WHY["reason"])
    (mail,) = deliver()
    assert (mail["To"], mail["Subject"]) == (bob.email, "Your second step was reset")


def test_where_there_is_no_second_step_none_is_reset(bob, do, count):
    answer = do(bob, "reset-factor")
    assert (answer.status_code, problems(answer.text)) == (409, ["This account has no second step."])
    assert count(Entry) == 0


@pytest.mark.parametrize(
    "act", ["deactivate", "reactivate", "sign-out", "reset-factor", "role", "hold", "release"]
)
def test_nobody_does_it_to_themselves(as_dana, dana, do, count, user, act):
    answer = do(dana, act, role="user")
    assert answer.status_code == 409
    assert problems(answer.text) == ["This is you. Another administrator has to do it."]
    assert count(Entry) == 0
    assert (user(dana).is_active, user(dana).role) == (True, "admin")


@pytest.mark.parametrize("act", ["deactivate", "role"])
def test_two_administrators_cannot_do_away_with_each_other(app, as_dana, dana, sign_in, do, user, count, act):
    root = add_person(app, "root", role="admin")
    as_root = sign_in(root)
    assert all((as_root.csrf, as_dana.csrf))
    at_once(
        [
            lambda: do(root, act, role="user"),
            lambda: do(dana, act, as_root, role="user"),
        ]
    )
    left = [one for one in (dana, root) if user(one).is_active and user(one).role == "admin"]
    assert len(left) == 1
    assert count(Entry) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "because"}, "At least 10 characters"),
        ({"kind": ""}, "Choose what kind of reason it is."),
        ({"role": "emperor"}, "Choose a role."),
        ({"role": ""}, "Choose a role."),
    ],
)
def test_without_a_good_reason_nothing_is_done(bob, do, count, user, fields, words):
    answer = do(bob, "role", **{"role": "admin", **fields})
    assert answer.status_code == 422
    assert words in problems(answer.text)[0]
    assert (count(Entry), user(bob).role) == (0, "user")


def test_it_takes_the_password_when_it_was_typed_long_ago(bob, as_dana, do, count, user, stored):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    assert 'name="password"' in as_dana.get(f"/admin/people/{bob.id}/deactivate").text
    answer = do(bob, "deactivate")
    assert problems(answer.text) == ["Type your password to go on."]
    assert (count(Entry), user(bob).is_active) == (0, True)
    assert do(bob, "deactivate", password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "path", ["/admin/people/99", "/admin/people/99/deactivate", "/admin/people/1/delete"]
)
def test_there_is_nothing_else(as_dana, path):
    nothing = as_dana.get("/no/such/page")
    assert as_dana.get(path).data == nothing.data
    if path.count("/") > 3:
        assert as_dana.post(path, WHY).status_code == 404


def test_hostile_names_are_only_words(as_dana, bob, stored):
    stored(lambda session: session.execute(update(User).values(display_name="<script>alert(1)</script>")))
    for path in ("/admin/people", f"/admin/people/{bob.id}", f"/admin/people/{bob.id}/role"):
        page = as_dana.get(path).text
        assert not [one for one in elements(page) if one.tag == "script"]
        assert "&lt;script&gt;" in page
