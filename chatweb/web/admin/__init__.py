"""The administration: a place of its own, which nobody finds who has no business there."""

from chatweb.web.admin import audit, chats, door, holds, operation, people, reports, search

BLUEPRINTS = (door.bp, chats.bp, search.bp, reports.bp, people.bp, holds.bp, audit.bp, operation.bp)
