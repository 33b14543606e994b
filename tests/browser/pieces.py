"""The HTML that pages and sockets are made of, as short as it can be."""

from collections.abc import Sequence

SIDE = 1
UNREAD = '<p class="unread" id="unread" aria-live="off">New</p>'
FRESH = '<data class="fresh" value="0"></data>'

STYLE = """
.scroll { display: flex; flex-direction: column-reverse; block-size: 400px; overflow-y: auto }
.message { min-block-size: 40px; white-space: pre-wrap }
.message p { margin: 0 }
.day, .unread { margin: 0; block-size: 20px }
"""
_HEAD = """
<meta charset="utf-8"><title>Bob</title>
<meta name="htmx-config"
  content='{"noSwap":[204,304,"4xx","5xx"],"includeIndicatorCSS":false,"history":false,"ws":{"reconnect":false}}'>
<link rel="stylesheet" href="/stage.css"><link rel="icon" href="/icon.svg">
<script src="/static/js/trusted-types.js"></script>
<script src="/static/vendor/htmx.min.js" defer></script>
<script src="/static/js/main.js" type="module"></script>
"""
_WHO = """
<div class="head__who"><p id="presence" data-person="2" data-online="online" data-away="away"
  data-seen="last seen {when}"><data class="presence" data-person="2" data-state="gone" value=""></data></p>
</div>
"""
_DOCK = """
<div class="pill-place"><button class="pill" id="pill" type="button" hidden data-one="{n} new message"
  data-many="{n} new messages" data-plain="Jump to latest"><span class="pill__text"></span></button></div>
<form class="composer" id="composer" method="post" action="/chats/T/messages" data-limit="10000">
<p id="composer-problem" role="alert"></p>
<div id="editing" hidden><span class="composer__context-text"></span>
<button type="button" data-act="cancel">Cancel</button></div>
<textarea name="body"></textarea><span class="composer__count" hidden></span>
<button class="composer__send" aria-label="Send message" data-save="Save">Send</button></form>
<div id="typing"><span hidden>Bob is typing</span></div>
<div id="toasts" role="status" data-failed="That did not work."></div>
<div id="message-menu" popover role="menu"><button role="menuitem" data-do="text">Copy text</button></div>
<dialog id="versions"><div id="versions-list"></div></dialog>
"""
_TEMPLATES = f"""
<template id="unread-template">{UNREAD}</template>
<template id="receipt-template"><p class="receipt" aria-live="off">Read</p></template>
<template id="failure-template"><div class="message__failure"><span data-reason></span>
<button type="button" data-act="retry">Retry</button><button type="button" data-act="discard">Discard</button>
</div></template>
<template id="banner-waiting"><p>Reconnecting</p></template>
<template id="banner-signed-out"><p>Sign in again</p></template>
<template id="banner-stale"><p>Out of date</p></template>
<template id="banner-gone"><p>Gone</p></template>
"""


def page(content: str, rows: str = "", **data: object) -> str:
    """A conversation page: the log's children, the rows of the inbox, and the log's data-* attributes."""
    known = {"topic": "T", "position": 10, "oldest": "yes", "newest": "yes", "read": 10**9} | data
    attributes = " ".join(f'data-{name}="{value}"' for name, value in known.items())
    blank = message("", 0, "", key="", side=SIDE)
    return (
        f'<!doctype html><html lang="en"><head>{_HEAD}</head>'
        """<body hx-headers:inherited='{"X-CSRFToken": "token"}'>"""
        f'<div class="app" id="app" data-person="1"><ul class="rows" id="rows"'
        f' data-typing="typing…" data-online=", online" data-away=", away">{rows}</ul>'
        f'<main class="app__sheet" data-viewer-side="{SIDE}">{_WHO}<div id="banner" role="status"></div>'
        f'<div class="scroll" tabindex="0" role="region">'
        f'<div class="log" id="messages" role="log" {attributes}>'
        f'{content}</div><div id="actions" hidden></div></div>{_DOCK}</main></div>'
        f'<template id="message-template" data-sending="Sending">{blank}</template>{_TEMPLATES}</body></html>'
    )


def message(
    order: int | str,
    revision: int | None = None,
    body: str | None = None,
    *,
    key: str | None = None,
    side: int = 2,
    sent: str = "2026-03-04T12:00:00.000Z",
) -> str:
    """A message's fragment. The key is `k<order>` and the text `text <order>` unless said otherwise."""
    key = f"k{order}" if key is None else key
    revision = order if revision is None else revision
    body = f"text {order}" if body is None else body
    return (
        f'<article class="message" id="message-{key}" data-order="{order}" data-revision="{revision}"'
        f' data-side="{side}" tabindex="-1"><p class="message__meta">'
        f'<span class="message__sender"><bdi>Someone</bdi></span>'
        f'<time class="message__time" datetime="{sent}">12:00 UTC</time></p><div class="message__bubble">'
        f'<div class="message__body" dir="auto">{body}</div></div></article>'
    )


def messages(orders: Sequence[int]) -> str:
    """Fragments one after another."""
    return "".join(map(message, orders))


def up_to(revision: int, *, reset: bool = False, cleared: int = 0) -> str:
    """What ends a catch-up."""
    more = (f" data-cleared={cleared}" if cleared else "") + (" data-reset=true" if reset else "")
    return f'<data class="upto" value="{revision}"{more}></data>'


def row(
    topic: str,
    order: int,
    revision: int = 1,
    unread: int = 0,
    text: str = "",
    *,
    cleared: int = 0,
    person: int = 2,
    here: str = "",
) -> str:
    """A line of the inbox. `here` is "online", "away" or nothing."""
    presence = f' data-presence="{here}"' if here else ""
    return (
        f'<li class="rows__item" id="chat-{topic}" data-order="{order}" data-revision="{revision}"'
        f' data-unread="{unread}" data-cleared="{cleared}" data-person="{person}"{presence}>'
        f'<a class="row" href="/chats/{topic}"><span class="row__name"><bdi>Bob</bdi>'
        f'<span class="row__presence">{", " * bool(here)}{here}</span></span>'
        f'<span class="row__preview">{text or topic}</span>'
        f'<time class="row__time" datetime="2026-03-04T12:00:00.000Z">12:00 UTC</time></a></li>'
    )
