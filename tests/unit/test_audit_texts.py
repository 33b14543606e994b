"""What a reason must say, and what the hash of an entry is made of."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from chatweb.domain import audit
from chatweb.domain.audit import Reason
from chatweb.domain.refusals import Invalid


def test_the_seal_is_what_its_description_says():
    """Whoever exports the log can compute it again."""
    at = datetime(2026, 11, 22, 9, 2, 11, 204_000, tzinfo=UTC)
    entry = {
        "id": 1,
        "inserted_at": at,
        "reason": "ümlaut",
        "detail": "",
        "count": None,
        "previous": bytes(2),
    }
    plain = {"id": 1, "inserted_at": 1795338131204, "previous": "0000", "reason": "ümlaut"}
    text = json.dumps(plain, ensure_ascii=False).replace(", ", ",").replace(": ", ":")
    assert audit.seal(entry) == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (("report", "", "ten letters"), None),
        (("legal", " REP-1 ", "  ten letters  "), None),
        (("", "", "ten letters"), {"kind": "kind_missing"}),
        (("curious", "", "ten letters"), {"kind": "kind_missing"}),
        (("report", "", "too short"), {"reason": "reason_short"}),
        (("report", "", "         a         "), {"reason": "reason_short"}),
        (("report", "", "x" * 1_001), {"reason": "reason_long"}),
        (("report", "x" * 101, "ten letters"), {"reference": "reference_long"}),
        (("report", "a\x00", "ten letters\ud800"), {"reference": "unstorable", "reason": "unstorable"}),
        (
            ("", "x" * 101, ""),
            {"kind": "kind_missing", "reference": "reference_long", "reason": "reason_short"},
        ),
    ],
)
def test_a_reason_is_a_kind_and_a_sentence(typed, problems):
    if problems is None:
        assert audit.reason(*typed) == Reason(typed[0], typed[1].strip(), "ten letters")
        return
    with pytest.raises(Invalid) as refusal:
        audit.reason(*typed)
    assert refusal.value.problems == problems
