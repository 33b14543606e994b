"""How the server fares: figures of this process since it started, and nothing about anybody."""

from flask.typing import ResponseReturnValue
from prometheus_client import Histogram

from chatweb import measures
from chatweb.domain import mails, roles
from chatweb.extensions import db, live
from chatweb.web.admin import door
from chatweb.web.texts import N_

TIMED = (
    (N_("Message delivered"), measures.DELIVERED),
    (N_("Write waited for its turn"), measures.WAITED),
    (N_("Write, until on disk"), measures.WRITTEN),
)
COUNTED = (
    (N_("Pages that caught up"), measures.CATCH_UPS),
    (N_("Frames that could not be published"), measures.LOST),
    (N_("Sockets closed for slow readers"), measures.TOO_SLOW),
)

bp = door.part(roles.OPERATION)


@bp.get("")
def index() -> ResponseReturnValue:
    """The figures at this moment."""
    return door.page(
        "operation",
        roles.OPERATION,
        since=measures.STARTED_AT,
        sockets=len(live()),
        mails=mails.waiting(db.session()),
        counts=[(title, measures.total(counter)) for title, counter in COUNTED],
        times=[(title, measures.count(times), _ms(times, 0.5), _ms(times, 0.95)) for title, times in TIMED],
    )


def _ms(times: Histogram, share: float) -> str:
    seconds = measures.quantile(times, share)
    return "–" if seconds is None else f"{seconds * 1000:.1f} ms"
