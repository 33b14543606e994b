"""Who gets what: every address of the site, by method and person.

`T` is the topic of a chat of alice and bob. Methods that are not named are answered 405, to everybody.
A new route fails the tests until it stands here.
"""

from typing import NamedTuple


class Expected(NamedTuple):
    """The status for somebody signed out, for a stranger (carol), and for a member (alice)."""

    anonymous: int
    stranger: int
    member: int


class Route(NamedTuple):
    """An address to ask for, and what each method answers."""

    path: str
    methods: dict[str, Expected]
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
EVERYBODY = Expected(200, 200, 200)

ROUTES = {
    "/": Route("/", {"GET": Expected(302, 302, 302)}),
    "/login": Route("/login", {"GET": Expected(200, 303, 303), "POST": Expected(422, 422, 422)}),
    "/login/code": Route("/login/code", {"GET": Expected(303, 303, 303), "POST": Expected(303, 303, 303)}),
    "/login/passkey": Route(
        "/login/passkey", {"GET": Expected(303, 303, 303), "POST": Expected(400, 400, 400)}
    ),
    "/login/passkey/begin": Route("/login/passkey/begin", {"POST": Expected(303, 303, 303)}),
    "/logout": Route("/logout", {"POST": Expected(401, 303, 303)}),
    "/register": Route("/register", {"GET": Expected(200, 303, 303), "POST": Expected(422, 422, 422)}),
    "/forgotten": Route("/forgotten", {"GET": EVERYBODY, "POST": Expected(303, 303, 303)}),
    "/reset": Route("/reset", {"GET": Expected(404, 404, 404), "POST": Expected(404, 404, 404)}),
    "/confirm": Route("/confirm", {"GET": Expected(404, 404, 404), "POST": Expected(404, 404, 404)}),
    "/chats": Route("/chats", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}),
    "/people": Route("/people?q=al", {"GET": Expected(303, 200, 200)}),
    "/chats/<topic>": Route("/chats/T", {"GET": Expected(303, 404, 200)}),
    "/chats/<topic>/messages": Route(
        "/chats/T/messages", {"GET": Expected(303, 404, 200), "POST": Expected(401, 404, 422)}
    ),
    "/chats/<topic>/messages/<id:message_id>": Route(
        "/chats/T/messages/999999999",
        {"PATCH": Expected(401, 404, 422), "DELETE": Expected(401, 404, 404)},
    ),
    "/chats/<topic>/messages/<id:message_id>/restore": Route(
        "/chats/T/messages/999999999/restore", {"POST": Expected(401, 404, 404)}
    ),
    "/chats/<topic>/messages/<id:message_id>/versions": Route(
        "/chats/T/messages/999999999/versions", {"GET": Expected(303, 404, 404)}
    ),
    "/chats/<topic>/@<id:message_id>": Route("/chats/T/@999999999", {"GET": Expected(303, 404, 404)}),
    "/chats/<topic>/unread": Route("/chats/T/unread", {"POST": Expected(401, 404, 422)}),
    "/chats/<topic>/arrange": Route("/chats/T/arrange", {"POST": Expected(401, 404, 422)}),
    "/chats/<topic>/draft": Route("/chats/T/draft", {"POST": Expected(401, 404, 204)}),
    "/chats/<topic>/read": Route("/chats/T/read", {"POST": Expected(401, 404, 422)}),
    "/chats/<topic>/block": Route("/chats/T/block", {"POST": Expected(401, 404, 303)}),
    "/chats/<topic>/unblock": Route("/chats/T/unblock", {"POST": Expected(401, 404, 303)}),
    "/chats/<topic>/accept": Route("/chats/T/accept", {"POST": Expected(401, 404, 303)}),
    "/chats/<topic>/clear": Route("/chats/T/clear", {"POST": Expected(401, 404, 303)}),
    "/chats/<topic>/search": Route("/chats/T/search?q=hello", {"GET": Expected(303, 404, 200)}),
    "/search": Route("/search?q=hello", {"GET": Expected(303, 200, 200)}),
    "/chats/<topic>/report": Route(
        "/chats/T/report", {"GET": Expected(303, 404, 200), "POST": Expected(401, 404, 422)}
    ),
    # A member without an Origin header is refused; what a page of this site gets is tested over TCP.
    "/ws/topics/<topic>": Route("/ws/topics/T?after=0", {"GET": Expected(401, 403, 403)}, HANDSHAKE),
    # What those get who may is tested over sockets.
    "/ws/admin/chats/<id:chat_id>": Route(
        "/ws/admin/chats/1?from=0&after=0", {"GET": Expected(401, 404, 404)}, HANDSHAKE
    ),
    "/ws/inbox": Route("/ws/inbox", {"GET": Expected(401, 403, 403)}, HANDSHAKE),
    "/settings": Route("/settings", {"GET": Expected(303, 200, 200), "POST": Expected(401, 303, 303)}),
    "/settings/notifications": Route("/settings/notifications", {"GET": Expected(303, 200, 200)}),
    "/settings/profile": Route(
        "/settings/profile", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}
    ),
    "/settings/profile/picture": Route("/settings/profile/picture", {"POST": Expected(401, 422, 422)}),
    # What those get who may is in the tests of pictures.
    "/people/<id:person_id>/avatar/<name>": Route("/people/1/avatar/none", {"GET": Expected(303, 404, 404)}),
    "/settings/account": Route("/settings/account", {"GET": Expected(303, 200, 200)}),
    "/settings/account/password": Route(
        "/settings/account/password", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}
    ),
    "/settings/account/email": Route(
        "/settings/account/email", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}
    ),
    "/settings/account/second-step": Route("/settings/account/second-step", {"GET": Expected(303, 200, 200)}),
    "/settings/account/second-step/app": Route(
        "/settings/account/second-step/app", {"GET": Expected(303, 200, 200), "POST": Expected(401, 303, 303)}
    ),
    "/settings/account/second-step/app/code": Route(
        "/settings/account/second-step/app/code",
        {"GET": Expected(303, 303, 303), "POST": Expected(401, 303, 303)},
    ),
    "/settings/account/second-step/app/off": Route(
        "/settings/account/second-step/app/off",
        {"GET": Expected(303, 303, 303), "POST": Expected(401, 409, 409)},
    ),
    "/settings/account/second-step/codes": Route(
        "/settings/account/second-step/codes",
        {"GET": Expected(303, 303, 303), "POST": Expected(401, 409, 409)},
    ),
    "/settings/account/second-step/passkey": Route(
        "/settings/account/second-step/passkey",
        {"GET": Expected(303, 200, 200), "POST": Expected(401, 303, 303)},
    ),
    "/settings/account/second-step/passkey/new": Route(
        "/settings/account/second-step/passkey/new",
        {"GET": Expected(303, 303, 303), "POST": Expected(401, 303, 303)},
    ),
    "/settings/account/second-step/passkeys/<id:passkey_id>/remove": Route(
        "/settings/account/second-step/passkeys/999999999/remove",
        {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)},
    ),
    "/settings/account/sign-ins/end": Route(
        "/settings/account/sign-ins/end", {"POST": Expected(401, 303, 303)}
    ),
    "/settings/account/sign-ins/<id:session_id>/end": Route(
        "/settings/account/sign-ins/999999999/end", {"POST": Expected(401, 404, 404)}
    ),
    "/settings/data": Route("/settings/data", {"GET": Expected(303, 200, 200)}),
    "/settings/data/export": Route("/settings/data/export", {"POST": Expected(401, 422, 422)}),
    "/settings/data/pause": Route(
        "/settings/data/pause", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}
    ),
    "/settings/data/delete": Route(
        "/settings/data/delete", {"GET": Expected(303, 200, 200), "POST": Expected(401, 422, 422)}
    ),
    # What those see who may is in ADMIN.
    "/admin": Route("/admin", {"GET": Expected(303, 404, 404)}),
    "/admin/chats": Route("/admin/chats", {"GET": Expected(303, 404, 404)}),
    "/admin/chats/<id:chat_id>": Route("/admin/chats/1", {"GET": Expected(303, 404, 404)}),
    "/admin/chats/<id:chat_id>/open": Route(
        "/admin/chats/1/open", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/chats/<id:chat_id>/export": Route("/admin/chats/1/export", {"POST": Expected(401, 404, 404)}),
    "/admin/chats/<id:chat_id>/close": Route("/admin/chats/1/close", {"POST": Expected(401, 404, 404)}),
    "/admin/reports": Route("/admin/reports", {"GET": Expected(303, 404, 404)}),
    "/admin/reports/<id:report_id>": Route("/admin/reports/1", {"GET": Expected(303, 404, 404)}),
    "/admin/reports/<id:report_id>/open": Route(
        "/admin/reports/1/open", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/reports/<id:report_id>/decide": Route(
        "/admin/reports/1/decide", {"POST": Expected(401, 404, 404)}
    ),
    "/admin/holds": Route("/admin/holds", {"GET": Expected(303, 404, 404)}),
    "/admin/holds/chats/<id:chat_id>": Route(
        "/admin/holds/chats/1", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/audit": Route("/admin/audit", {"GET": Expected(303, 404, 404)}),
    "/admin/audit/export": Route("/admin/audit/export", {"POST": Expected(401, 404, 404)}),
    "/admin/search": Route(
        "/admin/search", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/people": Route("/admin/people", {"GET": Expected(303, 404, 404)}),
    "/admin/people/<id:person_id>": Route("/admin/people/1", {"GET": Expected(303, 404, 404)}),
    "/admin/people/<id:person_id>/export": Route(
        "/admin/people/1/export", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/people/<id:person_id>/<act>": Route(
        "/admin/people/1/deactivate", {"GET": Expected(303, 404, 404), "POST": Expected(401, 404, 404)}
    ),
    "/admin/operation": Route("/admin/operation", {"GET": Expected(303, 404, 404)}),
    "/healthz": Route("/healthz", {"GET": EVERYBODY}),
    # Without a token in the settings there is no such address.
    "/metrics": Route("/metrics", {"GET": Expected(404, 404, 404)}),
    "/readyz": Route("/readyz", {"GET": EVERYBODY}),
    "/static/<version>/<path:path>": Route("/static/now/js/main.js", {"GET": EVERYBODY}),
}


class Seen(NamedTuple):
    """The status for a moderator, an auditor, and an administrator."""

    moderator: int
    auditor: int
    admin: int


ADMIN = {
    ("GET", "/admin"): Seen(303, 303, 303),
    ("GET", "/admin/audit"): Seen(404, 200, 200),
    ("POST", "/admin/audit/export"): Seen(404, 404, 404),
    ("GET", "/admin/chats"): Seen(404, 404, 200),
    ("GET", "/admin/chats/<id:chat_id>"): Seen(404, 404, 303),
    ("GET", "/admin/chats/<id:chat_id>/open"): Seen(404, 404, 200),
    ("POST", "/admin/chats/<id:chat_id>/open"): Seen(404, 404, 422),
    ("POST", "/admin/chats/<id:chat_id>/export"): Seen(404, 404, 303),
    ("POST", "/admin/chats/<id:chat_id>/close"): Seen(404, 404, 303),
    ("GET", "/admin/search"): Seen(404, 404, 200),
    ("POST", "/admin/search"): Seen(404, 404, 422),
    ("GET", "/admin/reports"): Seen(200, 404, 200),
    ("GET", "/admin/reports/<id:report_id>"): Seen(200, 404, 200),
    ("GET", "/admin/reports/<id:report_id>/open"): Seen(200, 404, 200),
    ("POST", "/admin/reports/<id:report_id>/open"): Seen(303, 404, 303),
    ("POST", "/admin/reports/<id:report_id>/decide"): Seen(422, 404, 422),
    ("GET", "/admin/holds"): Seen(404, 404, 200),
    ("GET", "/admin/holds/chats/<id:chat_id>"): Seen(404, 404, 200),
    ("POST", "/admin/holds/chats/<id:chat_id>"): Seen(404, 404, 422),
    ("GET", "/admin/operation"): Seen(404, 404, 200),
    ("GET", "/admin/people"): Seen(404, 404, 200),
    ("GET", "/admin/people/<id:person_id>"): Seen(404, 404, 200),
    ("GET", "/admin/people/<id:person_id>/export"): Seen(404, 404, 200),
    ("POST", "/admin/people/<id:person_id>/export"): Seen(404, 404, 422),
    ("GET", "/admin/people/<id:person_id>/<act>"): Seen(404, 404, 200),
    ("POST", "/admin/people/<id:person_id>/<act>"): Seen(404, 404, 422),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
