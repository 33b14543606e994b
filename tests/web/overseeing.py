"""An administrator who opens chats and reads them, for the tests."""

import io
from zipfile import ZipFile

from chatweb.models import Entry
from tests.people import PASSWORD

WHY = {"kind": "report", "reference": "REP-118", "reason": "Check the messages that were reported."}

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7777 }}",
    "\u202etxt.exe",
    "</textarea>",
]


def open_chat(visitor, chat_id, **fields):
    """Fill in the form that asks for a reason, and the password."""
    return visitor.post(f"/admin/chats/{chat_id}/open", WHY | {"password": PASSWORD} | fields)


def entries(session):
    """All entries of the audit log, in order."""
    session.rollback()
    return session.query(Entry).order_by(Entry.id).all()


def unpacked(answer):
    """The files of an archive as text, by name. Its own sums are right."""
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}
