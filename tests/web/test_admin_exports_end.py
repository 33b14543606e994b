"""What administrators take out goes on for as long as they may see it, and no longer."""

import pytest
from sqlalchemy import delete, update

from chatweb.domain import entries, extracts
from chatweb.models import Authenticator, SignIn, User
from chatweb.models.base import EPOCH
from tests.web.overseeing import WHY

ENDINGS = {
    "deactivated": update(User).values(is_active=False),
    "another role": update(User).values(role="moderator"),
    "signed out": update(SignIn).values(revoked_at=EPOCH),
    "no second step any more": delete(Authenticator),
}


@pytest.mark.parametrize(
    ("what", "ending"),
    [*(("a chat", one) for one in ENDINGS), ("a person", "deactivated"), ("the log", "deactivated")],
)
def test_it_ends_with_the_right_to_it(opened, chat, talk, alice, stored, monkeypatch, what, ending, caplog):
    monkeypatch.setattr(extracts, "PAGE", 2)
    monkeypatch.setattr(entries, "BATCH", 1)
    talk.says(alice, *map(str, range(20)))
    path, form = {
        "a chat": (f"/admin/chats/{chat.id}/export", {}),
        "a person": (f"/admin/people/{alice.id}/export", WHY),
        "the log": ("/admin/audit/export", {"format": "csv"}),
    }[what]
    pieces = opened.post(path, form).iter_encoded()
    next(pieces)
    stored(lambda session: session.execute(ENDINGS[ending]))
    with pytest.raises(ConnectionResetError):
        next(pieces)
    assert "export_ended" in caplog.messages[-1]
