"""After each act the administration says that it is done, on the page that the act leads to."""

import pytest

from chatweb.web.admin.people import ACTS
from chatweb.web.admin.words import DECISIONS, DONE
from tests.people import with_second_step
from tests.web.overseeing import WHY, report
from tests.web.reading import by_class


@pytest.fixture
def acts(as_dana, app, as_bob, bob, chat, talk, stored, opened):
    """All that can be done, one after another: the code, and a call that does it."""
    with_second_step(app, bob)
    person, hold = f"/admin/people/{bob.id}", f"/admin/holds/chats/{chat.id}"

    def do(path, **fields):
        return as_dana.post(path, WHY | fields)

    def decide(decision):
        (message,) = talk.says(bob, "I know where you live")
        number = report(stored, chat, message.id)
        return do(f"/admin/reports/{number}/decide", decision=decision)

    return {
        "role": lambda: do(f"{person}/role", role="auditor"),
        "sign-out": lambda: do(f"{person}/sign-out"),
        "reset-factor": lambda: do(f"{person}/reset-factor"),
        "hold": lambda: do(f"{person}/hold"),
        "release": lambda: do(f"{person}/release"),
        "chat-held": lambda: do(hold),
        "chat-released": lambda: do(hold, act="release"),
        "chat-closed": lambda: do(f"/admin/chats/{chat.id}/close"),
        "dismissed": lambda: decide("dismissed"),
        "removed": lambda: decide("removed"),
        "deactivated": lambda: decide("deactivated"),
        "reactivate": lambda: do(f"{person}/reactivate"),
        "deactivate": lambda: do(f"{person}/deactivate"),
    }


def said(page):
    found = by_class(page.text, "admin__told")
    assert all(one.attributes["role"] == "status" for one in found)
    return [one.text.strip() for one in found]


def test_each_act_is_told_of_on_the_page_it_leads_to(as_dana, acts):
    assert set(acts) == {*ACTS, *DECISIONS, "chat-held", "chat-released", "chat-closed"} == set(DONE)
    for code, act in acts.items():
        answer = act()
        assert answer.status_code == 303, (code, answer.text)
        assert said(as_dana.get(answer.location)) == [DONE[code]]


@pytest.mark.parametrize("path", ["/admin/people", "/admin/holds", "/admin/reports", "/admin/chats"])
def test_nothing_of_the_address_is_repeated(as_dana, path):
    for words in ("", "?done=", "?done=%3Cb%3EDeleted", "?done=deactivate&done=x%00"):
        page = as_dana.get(f"{path}{words}")
        assert said(page) in ([], [DONE["deactivate"]])
        assert "Deleted" not in page.text
