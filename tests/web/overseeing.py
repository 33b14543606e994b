"""An administrator who opens chats and reads them, for the tests."""

from chatweb.models import Entry
from tests.people import PASSWORD

WHY = {"kind": "report", "reference": "REP-118", "reason": "Check the messages that were reported."}


def open_chat(visitor, chat_id, **fields):
    """Fill in the form that asks for a reason, and the password."""
    return visitor.post(f"/admin/chats/{chat_id}/open", WHY | {"password": PASSWORD} | fields)


def entries(session):
    """All entries of the audit log, in order."""
    session.rollback()
    return session.query(Entry).order_by(Entry.id).all()
