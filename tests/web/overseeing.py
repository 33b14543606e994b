"""An administrator who opens chats and reads them, for the tests."""

import io
from zipfile import ZipFile

from chatweb.domain import reports
from chatweb.models import Entry, Report
from tests.people import PASSWORD
from tests.web.reading import elements
from tests.web.talking import new_key

WHY = {"kind": "report", "reference": "REP-118", "reason": "Check the messages that were reported."}
NOTE = "They are threats indeed."

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7777 }}",
    "\u202etxt.exe",
    "</textarea>",
]
UNWRITABLE = {
    "sqlite": "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "ALTER TABLE audit_entries ADD CHECK (false) NOT VALID",
}


def open_chat(visitor, chat_id, **fields):
    """Fill in the form that asks for a reason, and the password."""
    return visitor.post(f"/admin/chats/{chat_id}/open", WHY | {"password": PASSWORD} | fields)


def report(stored, chat, *message_ids, kind="threat", words=""):
    """Store a report as whoever holds this conversation; its id."""
    typed = reports.Typed(new_key(), kind, words, frozenset(message_ids))

    def work(session):
        reports.send(session, chat, reports.check(typed), block=False)
        return session.query(Report.id).filter_by(key=typed.key).scalar()

    return stored(work)


def entries(session):
    """All entries of the audit log, in order."""
    session.rollback()
    return session.query(Entry).order_by(Entry.id).all()


def unpacked(answer):
    """The files of an archive as text, by name. Its own sums are right."""
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def offered(page):
    """What the page of a report lets one decide."""
    return [
        one.attributes["value"] for one in elements(page.text) if one.attributes.get("name") == "decision"
    ]
