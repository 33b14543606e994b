"""The audit log: who did what under the administration, and why; also as a file."""

from collections.abc import Iterator

from flask import abort, request
from flask.typing import ResponseReturnValue

from chatweb.domain import audit, entries, roles
from chatweb.domain.refusals import Invalid
from chatweb.domain.texts import is_storable
from chatweb.extensions import db
from chatweb.web import confirming, limits
from chatweb.web.admin import asked_for, door, files, paging
from chatweb.web.admin.words import ACTIONS, KINDS

FILTERS = ("actor", "person", "action", "from", "to")

bp = door.part(roles.AUDIT)


@bp.get("")
def index() -> ResponseReturnValue:
    """The entries, newest first, of those asked for; `before` pages back."""
    return _page()


@bp.post("/export")
def export() -> ResponseReturnValue:
    """The entries asked for, as a file, oldest first; the last one says who took them."""
    write = files.FORMATS.get(request.form.get("format", "")) or abort(404)
    wanted, actor = _wanted(), door.actor()
    try:
        confirming.check()
    except (Invalid, limits.TooFast) as refusal:
        return door.refused(refusal, _page)
    asked = {"format": write.name, **_asked()}
    detail = ", ".join(f"{name}: {value}" for name, value in asked.items() if value)
    if not is_storable(detail):
        abort(404)
    number = door.recorded(
        lambda session: audit.record(session, actor, audit.LOG_EXPORTED, {"detail": detail})
    )

    def batches() -> Iterator[files.Batch]:
        after = 0
        while batch := entries.oldest(db.session(), wanted, after=after, up_to=number):
            after = batch[-1].id
            yield [{name: getattr(entry, name) for name in entries.COLUMNS} for entry in batch]
            db.session.remove()

    response = files.streamed(roles.AUDIT, write.lines(entries.COLUMNS, batches()), write.mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename=audit-{number}.{write.name}"
    return response


def _page(problems: dict[str, str] | None = None) -> str:
    found = entries.newest(db.session(), _wanted(), asked_for.number("before"))
    rows = found[: entries.PAGE]
    asked = _asked()
    last = str(rows[-1].id) if len(found) > len(rows) else None
    return door.page(
        "audit",
        roles.AUDIT,
        rows=rows,
        asked=asked,
        actions=ACTIONS,
        kinds=KINDS,
        formats=list(files.FORMATS),
        problems=problems or {},
        ways=paging.ways(asked, "before", last),
    )


def _asked() -> dict[str, str]:
    return {name: request.values.get(name, "")[:100] for name in FILTERS}


def _wanted() -> entries.Filter:
    asked = _asked()
    return entries.Filter(
        asked["actor"], asked["person"], asked["action"], asked_for.since(), asked_for.until()
    )
