"""One function per fragment of HTML. A fragment sees its arguments and nothing else."""

import logging
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from traceback import format_tb

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chatweb.domain import zones
from chatweb.domain.changes import Earlier
from chatweb.domain.inbox_rows import Row
from chatweb.domain.messages import Changes, Said
from chatweb.domain.people import Found
from chatweb.domain.transcripts import Line
from chatweb.links import parts
from chatweb.live.presence import State
from chatweb.models.base import EPOCH
from chatweb.paths import TEMPLATES

_log = logging.getLogger(__name__)

HUES = 8
# A message is shown by several doors within moments; more than these are not worth their memory.
KEPT_MESSAGES = 512
# A page shows fifty of these, and of fifty hardly one is new since the page before.
KEPT_ROWS = 1_024
# More than all templates have.
KEPT_TEXTS = 2_048


def iso(moment: datetime) -> str:
    """A time as `<time datetime>` carries it: UTC with milliseconds, `2026-11-22T09:02:11.204Z`."""
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def clock(moment: datetime) -> str:
    """A time as it reads where no script can tell the local one: `09:02 UTC`, or of whatever zone it has."""
    return f"{moment.hour:02}:{moment.minute:02} {moment.tzname()}"


def clock_element(moment: datetime) -> Markup:
    """The same as an element, for the middle of a sentence."""
    return Markup('<time datetime="{}">{}</time>').format(iso(moment), clock(moment))


def in_zone(moment: datetime, name: str) -> datetime:
    """The same moment as the clocks of a zone show it; of UTC without a name."""
    return moment.astimezone(zones.zone(name))


def day(moment: datetime) -> str:
    """A day of the UTC calendar as it reads in a table: `22 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def day_and_clock(moment: datetime) -> str:
    """A day and time as it reads where no script can tell the local one: `22 Nov 2026, 09:02 UTC`."""
    return f"{day(moment)}, {clock(moment)}"


def minute(moment: datetime) -> str:
    """A time as it reads in a table whose head names UTC: `22 Nov 2026, 09:02`."""
    return f"{day(moment)}, {moment:%H:%M}"


def moment(at: datetime) -> str:
    """A time of a day as it reads in a record: `09:02:11.204`."""
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def long_day(moment: datetime) -> str:
    """A day of the UTC calendar as it reads in a heading: `Sunday 22 November 2026`."""
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def number(count: int, cap: int) -> str:
    """How many there are: `1,204`, and `10,000+` from where on nobody counted."""
    return f"{count:,}{'+' if count >= cap else ''}"


def millis(moment: datetime) -> int:
    """A time in Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def initials(name: str) -> str:
    """One or two characters for an avatar: of the first and last word, or the first two of a name in CJK."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    if unicodedata.east_asian_width(words[0][0]) == "W":
        return words[0][:2]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()


def hue(user_id: int) -> int:
    """Which of the eight avatar colours somebody has: 1 to 8."""
    return (user_id - 1) % HUES + 1


FILTERS = {
    "iso": iso,
    "clock": clock,
    "clock_element": clock_element,
    "in_zone": in_zone,
    "day_and_clock": day_and_clock,
    "day": day,
    "minute": minute,
    "moment": moment,
    "long_day": long_day,
    "number": number,
    "millis": millis,
    "initials": initials,
    "hue": hue,
    "parts": parts,
}


def prepare(env: Environment) -> None:
    """Give an environment what every template may use: strictness, filters, and translation."""
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(FILTERS)
    env.add_extension("jinja2.ext.i18n")
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    # Jinja's own derive a context for each of the hundred texts of a page: a fifth of what the page costs.
    translated = _translator(Markup if env.autoescape else str)
    env.globals.update(dict.fromkeys(("_", "gettext"), translated))


def _translator(kind: type[str]) -> Callable[..., str]:
    """Finds texts in the language of who reads them, and fills their gaps. There is English only so far."""

    @lru_cache(maxsize=KEPT_TEXTS)
    def plain(text: str) -> str:
        return kind(text) % {}

    def translated(text: str, /, **values: object) -> str:
        return kind(text) % values if values else plain(text)

    return translated


_env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)
prepare(_env)


def follow_changes(*, follow: bool) -> None:
    """Whether templates are looked at again before each use: for development, each look is a system call."""
    _env.auto_reload = follow


@lru_cache(maxsize=KEPT_MESSAGES)
def message(message: Said) -> Markup:
    """One message, the same bytes for both people."""
    return _shown(f"message {message.id}", lambda shown: _render("message", message=message, shown=shown))


def messages(said: Iterable[Said]) -> Markup:
    """Messages one after another."""
    return Markup("").join(message(one) for one in said)


def up_to(position: int, *, reset: bool = False, cleared: int = 0) -> Markup:
    """Says that everything up to this revision is here; with `reset`, that only a fresh page leads there.

    Messages up to the id `cleared` are gone for this person.
    """
    return _render("up_to", position=position, reset=reset, cleared=cleared)


def catch_up(changes: Changes, cleared: int) -> Markup:
    """What changed since a position, the position it leads to, and up to which id this person has cleared."""
    return messages(changes.messages) + up_to(changes.up_to, reset=not changes.complete, cleared=cleared)


def typing(side: int, topic: str) -> Markup:
    """Says that a person is typing in a conversation."""
    return _render("typing", side=side, topic=topic)


def seen(side: int, message_id: int) -> Markup:
    """Says that a person has seen everything up to a message."""
    return _render("seen", side=side, message_id=message_id)


def draft(topic: str, text: str) -> Markup:
    """What a person has typed in a conversation and not sent."""
    return _render("draft", topic=topic, text=text)


def newest_page(said: Sequence[Said], position: int) -> Markup:
    """The newest messages of a conversation, and the position they stand for."""
    return messages(said) + up_to(position)


def log(said: Sequence[Said], first_unread: int | None) -> Markup:
    """Messages with the "New" line before the first unread one, when that is among them."""
    parts = []
    for one in said:
        if one.id == first_unread:
            parts.append(unread())
        parts.append(message(one))
    return Markup("").join(parts)


def unread() -> Markup:
    """The "New" line before the first unread message."""
    return _render("unread")


def versions(found: Sequence[Earlier]) -> Markup:
    """What a message said before, oldest first."""
    return _render("versions", versions=found)


def blank_message(side: int, sender_name: str) -> Markup:
    """What a message being sent is made from in the browser: the same fragment, with nothing in it yet."""
    return message(Said(0, "", 0, side, sender_name, "", EPOCH, None, removed=False))


@lru_cache(maxsize=KEPT_ROWS)
def row(row: Row, state: State, *, current: bool = False) -> Markup:
    """One line of somebody's inbox, and how much the other person is here."""
    return _shown(
        f"row of chat {row.chat_id}",
        lambda shown: _render("row", row=row, state=_word(state), current=current, shown=shown),
    )


def fresh_rows(rows: Markup, beyond: int) -> Markup:
    """The newest lines of somebody's inbox, whole: what is newer and not among them is gone.

    So many messages are unread in the chats below them.
    """
    return _render("fresh", beyond=beyond) + rows


def requests(count: int) -> Markup:
    """Says how many conversations wait to be accepted."""
    return _render("requests", count=count)


def presence(person_id: int, state: State, seen_at: datetime | None) -> Markup:
    """How much somebody is here, and when they last were; nothing is told of that without a time."""
    return _render("presence", person_id=person_id, state=_word(state), seen_at=seen_at)


def named(person_id: int, name: str, avatar: str) -> Markup:
    """Says under which name, and with which picture, somebody is shown from now on."""
    return _render("named", person_id=person_id, display_name=name, avatar=avatar)


def people(people: Sequence[Found], *, query: str, csrf_token: str) -> Markup:
    """Who was found, each with a button that starts a conversation."""
    return _render("people", people=people, query=query, csrf_token=csrf_token)


def transcript(lines: Iterable[Line], day: date | None = None) -> Markup:
    """Messages as they stand in the record, with a heading where another day begins than the one before."""
    parts = []
    for line in lines:
        before, day = day, line.inserted_at.date()
        parts.append(_render("transcript_line", line=line, new_day=day != before))
    return Markup("").join(parts)


def problem(text: str) -> Markup:
    """Why something was not done, in words."""
    return _render("problem", text=text)


def part(template: str, name: str, /, **arguments: object) -> Markup:
    """What the macro of this name in a template makes of these arguments."""
    macro: Callable[..., Markup] = getattr(_env.get_template(template).module, name)
    return macro(**arguments)


def _shown(what: str, render: Callable[..., Markup]) -> Markup:
    """What `render(shown=True)` makes. Should that fail, `render(shown=False)` says so in its place."""
    try:
        return render(shown=True)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it would be in the way of all the others
        # The problem itself may quote what people wrote.
        where = "".join(format_tb(problem.__traceback__))
        _log.error("%s cannot be shown: %s\n%s", what, type(problem).__name__, where)
        return render(shown=False)


def _word(state: State) -> str:
    return state.name.lower()


def _render(name: str, **arguments: object) -> Markup:
    """A fragment's template is one macro of the same name: to call it takes 10 µs less than to render one."""
    return part(f"fragments/{name}.html", name, **arguments)
