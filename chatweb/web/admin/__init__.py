"""The administration: a place of its own, which nobody finds who has no business there."""

from chatweb.web.admin import audit, chats, door

BLUEPRINTS = (door.bp, chats.bp, audit.bp)
