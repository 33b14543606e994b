"""What a row of an inbox says, and where it stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Place(NamedTuple):
    """Where a row stands in its list: pinned ones first, then the newest; ids order those of one moment."""

    pinned: bool
    updated_at: datetime
    chat_id: int


class Row(NamedTuple):
    """One line of somebody's inbox, as it is now. `unread` is capped at 100; `empty` has no message yet.

    `avatar` is the name of the other person's picture, if there is one to see.
    `gone`: the other person's account is closed, or says so to somebody whom they have blocked.
    `shows_presence`: neither has blocked the other or has yet to accept, and both show theirs.
    No message up to `cleared` is there.
    """

    chat_id: int
    topic: str
    revision: int
    updated_at: datetime
    other_id: int
    other_name: str
    sender_id: int | None
    body: str | None
    deleted_at: datetime | None
    by_moderator: bool | None
    unread: int
    pinned: bool
    archived: bool
    muted: bool
    draft: str
    gone: bool
    avatar: str
    blocked: bool
    waits: bool
    shows_presence: bool
    person_id: int
    cleared: int

    @property
    def empty(self) -> bool:
        """Whether there is no message to show."""
        return self.sender_id is None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.pinned, self.updated_at, self.chat_id)

    @property
    def counted(self) -> int:
        """How many unread messages it adds to a total: none, as long as it is muted or archived, or waits."""
        return 0 if self.muted or self.archived or self.waits else self.unread

    @property
    def mine(self) -> bool:
        """Whether the newest message is this person's own."""
        return self.sender_id == self.person_id

    @property
    def theirs(self) -> bool:
        """Whether the newest message is the other person's, and still there."""
        return not (self.empty or self.mine or self.removed)

    @property
    def removed(self) -> bool:
        """Whether the newest message was taken back, or away."""
        return self.deleted_at is not None

    @property
    def preview(self) -> str:
        """The beginning of the newest message, on one line; nothing of one that was taken back."""
        return "" if self.removed else _one_line(self.body or "")

    @property
    def draft_preview(self) -> str:
        """The beginning of what was typed and not sent, on one line."""
        return _one_line(self.draft)


class Top(NamedTuple):
    """The newest 50 rows of an inbox, and how many messages are unread in the chats below them."""

    rows: Sequence[Row]
    beyond: int

    def row(self, topic: str) -> Row | None:
        """The row of the conversation of this topic, if it is among them."""
        return next((row for row in self.rows if row.topic == topic), None)

    def unread(self, *, without: str = "") -> int:
        """How many messages are unread altogether, or in all chats without the one of this topic."""
        return self.beyond + sum(row.counted for row in self.rows if row.topic != without)


def _one_line(text: str) -> str:
    return " ".join(text.split())
