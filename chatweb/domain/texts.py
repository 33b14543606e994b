"""What may be typed: cleaning of message bodies, names, addresses and passwords."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from chatweb.domain.refusals import Invalid

BODY_LIMIT = 10_000
NAME_LENGTHS = range(2, 33)
DISPLAY_NAME_LIMIT = 64
LONGEST_TYPED = 254
PASSWORD_LENGTHS = range(8, 257)
EMAIL_LIMIT = 254

_NAME_SIGNS = "._-"
# Persian and Hindi words, and the families among the emoji, are written with them.
_JOINERS = "\u200c\u200d"
# Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point, a Braille pattern without dots
# and a note without a head): two names would look the same.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[^\s@<>\"',;:()\[\]\\.]+(\.[^\s@<>\"',;:()\[\]\\.]+)*")
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Canonical classes of marks without which it is the same letter: accents, and the vowel points of Hebrew and
# Arabic. Those of other scripts, such as the vowel signs of Thai or the voicing of kana, do more.
_ACCENTS = frozenset((*range(10, 37), *range(200, 241)))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether both engines can keep this text: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def is_key(text: str) -> bool:
    """Whether this is a UUID, as browsers make one for each thing that is to be stored once."""
    return _KEY.fullmatch(text) is not None


def with_plain_ends(text: str) -> str:
    """The same text, with LF wherever a line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def message_body(text: str) -> str:
    """The text as it is stored: line ends become LF, nothing else is touched.

    Raises Invalid for text that is empty, longer than 10,000 code points or not storable.
    """
    body = with_plain_ends(text)
    if not is_storable(body):
        raise Invalid(body="unstorable")
    if not body.strip():
        raise Invalid(body="empty")
    if len(body) > BODY_LIMIT:
        raise Invalid(body="too_long")
    return body


class _Folding(dict[int, str]):
    """What becomes of each character; made when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code))
        letters = "".join(one for one in plain if unicodedata.combining(one) not in _ACCENTS)
        self[code] = letters.casefold()
        return self[code]


_FOLDING = _Folding()


def folded(text: str) -> str:
    """The form in which texts are searched: one case, no accents, one form of each letter.

    Each character is folded for itself, so that no run of marks takes quadratic time.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def username_key(username: str) -> str:
    """The form in which usernames are compared: NFKC, then casefold; empty for what no name can be."""
    if len(username) > LONGEST_TYPED:
        # Normalising takes quadratic time on runs of combining marks: seconds for what fits into a form.
        return ""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


def username_problem(username: str) -> str | None:
    """What is wrong with a username: 2 to 32 of letters, digits, `.`, `_`, `-`; no sign at either end."""
    if len(username) not in NAME_LENGTHS or len(username_key(username)) not in NAME_LENGTHS:
        return "username_length"
    ends_well = username[0].isalnum() and username[-1] not in _NAME_SIGNS
    return None if ends_well and all(map(_is_name_character, username)) else "username_characters"


def _is_name_character(character: str) -> bool:
    # Marks are part of letters in many scripts: the vowel signs of Hindi and Thai, for instance.
    if _INVISIBLE.match(character):
        return False
    return character.isalnum() or character in _NAME_SIGNS or unicodedata.category(character).startswith("M")


def display_name(name: str) -> str:
    """The name to show, with single spaces between its words.

    Raises Invalid for one of more than 64 characters, one in which nothing can be seen, and one with
    characters that would reorder or hide what stands around them.
    """
    shown = " ".join(name.split())
    if len(shown) > DISPLAY_NAME_LIMIT:
        raise Invalid(display_name="display_name_length")
    if not all(one.isprintable() or one in _JOINERS for one in shown):
        raise Invalid(display_name="display_name_characters")
    if not any(unicodedata.category(one)[0] in "LNPS" and not _INVISIBLE.match(one) for one in shown):
        raise Invalid(display_name="display_name_length")
    return shown


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail address. Only a mail that arrives can prove one; this finds slips."""
    usable = len(email) <= EMAIL_LIMIT and email.isprintable() and is_storable(email)
    return None if usable and _EMAIL.fullmatch(email) else "email_form"


def password_problem(password: str, *, username: str, email: str) -> str | None:
    """What is wrong with a new password: 8 to 256 characters of any kind, not one's own name or address.

    Nor one of the 3,000 that most people choose.
    """
    if len(password) < PASSWORD_LENGTHS.start:
        return "password_short"
    if len(password) not in PASSWORD_LENGTHS:
        return "password_long"
    if password.casefold() in (username.casefold(), email.casefold()):
        return "password_own_name"
    if password.casefold() in _common_passwords():
        return "password_common"
    return None if is_storable(password) else "unstorable"


@cache
def _common_passwords() -> frozenset[str]:
    """The most common passwords that are long enough, in small letters, as zxcvbn (MIT) ranks them."""
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines())
