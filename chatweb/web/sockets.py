"""Where open pages connect: every refusal is said before the upgrade, by an ordinary status."""

import binascii
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from chatweb import announce, measures
from chatweb.domain import access, followings, roles, sign_ins, transcripts
from chatweb.domain.followings import Place
from chatweb.extensions import live, sock
from chatweb.store import read
from chatweb.web import answers, events, limits, origin, parking
from chatweb.web.admin import door
from chatweb.web.admin.following import Following

SERVER_OPTIONS = parking.SERVER_OPTIONS
SOCKETS_PER_PERSON = 50

bp = Blueprint("sockets", __name__)


@bp.before_request
def admit() -> None:
    """Refuse with 400, 401, 403, 404 or 429 whoever may not listen here."""
    if not _is_sound(request.environ):
        abort(400)
    if not current_user.is_authenticated:
        abort(401)
    g.person = person = answers.person()
    address = request.view_args or {}
    if "chat_id" in address and roles.CHATS not in person.areas:
        abort(404)
    if not origin.allowed(request):
        events.note("origin_refused")
        abort(403)
    if current_app.config["SETTINGS"].rate_limits and live().owned(person.id) >= SOCKETS_PER_PERSON:
        abort(429)
    if "chat_id" in address:
        g.following = _following(address["chat_id"])
    if "topic" in address:
        answers.chat(address["topic"])
        g.position = _number("after")
    parking.prepare(request.environ)


@sock.route("/ws/topics/<topic>", bp=bp)
def conversation(ws: Any, topic: str) -> None:
    """Everything that happens in a conversation, from the position of the page on."""
    position, token = g.position, g.person.token

    def catch_up(session: Session) -> list[str] | None:
        measures.OVER_SOCKET.inc()
        visit = access.enter(session, token, topic)
        return [announce.catch_up(session, visit.chat, position)] if visit and visit.chat else None

    heard = announce.chat_topic(topic)
    others = (announce.presence_topic(g.chat.other_id),) if g.chat.shows_presence else ()
    voice = announce.Voice(g.chat.side, g.chat.other_id) if g.chat.shows_typing else None
    _park(ws, (heard, *others), catch_up, heartbeat=heard, voice=voice)


@sock.route("/ws/inbox", bp=bp)
def inbox(ws: Any) -> None:
    """What changes in a person's inbox."""
    token = g.person.token

    def catch_up(session: Session) -> list[str] | None:
        person = sign_ins.signed_in(session, token)
        return announce.inbox(session, person.id) if person else None

    _park(ws, (announce.person_topic(g.person.id),), catch_up, present=True)


@sock.route("/ws/admin/chats/<id:chat_id>", bp=bp)
def follow(ws: Any, chat_id: int) -> None:  # noqa: ARG001 - it was asked about before the upgrade
    """What happens in a conversation that an administrator has opened, from their page on."""
    parking.park(
        ws,
        live(),
        (announce.session_topic(g.person.session_id),),
        catch_up=g.following.begin,
        owner=g.person.id,
        feed=g.following,
    )


def _park(
    ws: Any,
    topics: tuple[str, ...],
    catch_up: Callable[[Session], list[str] | None],
    heartbeat: str | None = None,
    voice: announce.Voice | None = None,
    *,
    present: bool | None = None,
) -> None:
    session_id = g.person.session_id

    def missed() -> list[str]:
        frames = read(catch_up)
        if frames is None:
            # Signed out during the handshake, when there was no line to close yet.
            announce.signed_out(session_id)
        return frames or []

    parking.park(
        ws,
        live(),
        (*topics, announce.session_topic(session_id)),
        catch_up=missed,
        heartbeat=heartbeat,
        owner=g.person.id,
        voice=voice,
        present=present,
    )


def _following(chat_id: int) -> Following:
    limits.count(limits.ADMIN, limits.person())
    g.request_id = secrets.token_hex(8)
    actor, place = door.actor(), Place(_number("from"), _number("after"))
    try:
        read(lambda session: followings.check(session, actor, chat_id))
    except transcripts.NotOpen:
        abort(404)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    return Following(app, actor, chat_id, place)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        abort(400)
    return int(text)


def _is_sound(environ: dict[str, Any]) -> bool:
    """Whether the handshake can be answered (RFC 6455, section 4.2.1)."""
    try:
        key = binascii.a2b_base64(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), strict_mode=True)
    except ValueError:
        return False
    return len(key) == 16 and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
