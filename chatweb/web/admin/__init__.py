"""The administration: a place of its own, which nobody finds who has no business there."""

from chatweb.web.admin import chats, door

BLUEPRINTS = (door.bp, chats.bp)
