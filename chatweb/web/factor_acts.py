"""Changes of the second factor, which take the password: their pages, and what comes of them."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from chatweb import announce, post
from chatweb.domain.factors import Added
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.store import store
from chatweb.web import answers, confirming, events, limits
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import text, texts

T = TypeVar("T")


class Act(NamedTuple):
    """The words of a page that asks for the password; `about` names what goes, if it has a name.

    `without_scripts` is what they are told whose browser runs none, if it cannot be done then.
    `event` is what to write into the security log when it is done.
    """

    question: str
    consequence: str
    button: str
    about: str = ""
    event: str = ""
    without_scripts: str = ""


def asking(act: Act, problems: dict[str, str] | None = None) -> str:
    """What will happen, and the password."""
    return settings_page("factor", act=act, problems=problems or {})


def confirmed(
    act: Act, work: Callable[[Session], T], answer: Callable[[T], ResponseReturnValue]
) -> ResponseReturnValue:
    """Do it if the password was typed lately, and answer with what came of it."""
    try:
        limits.count(limits.SETTINGS, limits.person())
        confirming.check()
        found = store(work)
    except Invalid as refusal:
        return asking(act, texts(refusal.problems)), 422
    except Conflict as refusal:
        return asking(act, texts({"form": refusal.code})), 409
    except limits.TooFast as refusal:
        problems = {"form": text(refusal.code, seconds=refusal.seconds)}
        return asking(act, problems), 429, refusal.headers
    post.wake()
    if act.event:
        events.note(act.event)
    return answer(found)


def added(found: Added, done: str) -> ResponseReturnValue:
    """After another factor: the recovery codes that came with the first one, told this once."""
    announce.signed_out(*found.ended)
    post.wake()
    events.note("factor_added")
    return (
        settings_page("codes", added=found) if found.codes else answers.see_other("factors.show", done=done)
    )
