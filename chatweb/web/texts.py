"""The words for every reason why something is not done, by code; ready for a catalogue of translations."""

from chatweb.domain.texts import BODY_LIMIT


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a text for translation."""
    return text


_TEXTS = {
    "app_already": N_("There is an app already. Turn it off before you set up another one."),
    "blocked": N_("You have blocked this person. Unblock them to write."),
    "body": N_("Your message is missing."),
    "closed": N_("This account is closed. Nothing can be sent to it any more."),
    "csrf": N_("This page is out of date. Reload it and try again; your text is kept."),
    "display_name_characters": N_("This name contains characters that cannot be shown."),
    "display_name_length": N_("Between 1 and 64 characters, please."),
    "draft_kept_here": N_("A draft this long is kept in this browser only."),
    "email_form": N_("That does not look like an e-mail address."),
    "email_taken": N_("There is already an account with this e-mail address."),
    "empty": N_("Write something first."),
    "key_form": N_("This page is out of date. Reload it and try again."),
    "key_taken": N_("This message was already sent with another text."),
    "locked": N_(
        "Too many wrong passwords. Choose a new one by “Forgot it?”, or sign in where you did before."
    ),
    "last_admin": N_("This is the last administrator: somebody else has to become one first."),
    "many_codes": N_("Too many wrong codes. Try again in {seconds} seconds."),
    "no_app": N_("It was turned off meanwhile. Reload the page."),
    "no_factor": N_("This account has no second step."),
    "no_such_message": N_("There is no such message."),
    "no_such_chat": N_("There is no such chat."),
    "no_such_report": N_("There is no such report."),
    "no_such_passkey": N_("There is no such passkey."),
    "no_such_zone": N_("Choose a time zone from the list."),
    "no_such_sign_in": N_("This browser is not signed in any more."),
    "kind_missing": N_("Choose what kind of reason it is."),
    "no_room": N_("The server has no room left. Your text is kept; try again later."),
    "nobody": N_("There is nobody here with this name."),
    "passkeys_many": N_("You have 20 passkeys already. Remove one first."),
    "no_such_picture": N_("There is no such picture."),
    "picture_kind": N_("That is no picture that can be read. Choose a PNG, JPEG or WebP file."),
    "picture_large": N_("At most 5 MB and 25 million pixels, please."),
    "picture_missing": N_("Choose a picture first."),
    "password_common": N_("Too many people use this password. Please choose another."),
    "password_needed": N_("Type your password to go on."),
    "password_long": N_("At most 256 characters, please."),
    "password_own_name": N_("Your own name or address is too easy to guess."),
    "password_short": N_("At least 8 characters, please."),
    "reason_long": N_("At most 1,000 characters, please."),
    "reason_short": N_("At least 10 characters, please: others will want to understand it."),
    "reference_long": N_("At most 100 characters, please."),
    "registration_closed": N_("New accounts are made by the administrator of this server."),
    "removed": N_("This message was deleted meanwhile."),
    "cannot_leave": N_(
        "Your account cannot be deleted at the moment. Please ask the people who run this server."
    ),
    "held": N_("This is on hold, or a chat of it is: nothing of it can be deleted until it is released."),
    "held_already": N_("This is on hold already."),
    "not_held": N_("This is not on hold any more."),
    "own_chat_here": N_("You are one of these two. Another administrator has to do it."),
    "decision_missing": N_("Choose what is to be done."),
    "report_decided": N_("Somebody else has decided this report meanwhile. Nothing more was done."),
    "report_empty": N_("Pick at least one message, or say in your own words what happened."),
    "report_kind_missing": N_("Choose what it is about."),
    "report_message_gone": N_(
        "A message that you picked is not there any more. Look again, and send it then."
    ),
    "report_too_many": N_("At most 21 messages, please. Those around them are seen anyway."),
    "role_missing": N_("Choose a role."),
    "signed_out": N_("You are signed out. Sign in again; your text is kept."),
    "slow_down": N_("That was a lot at once. Try again in {seconds} seconds; nothing is lost."),
    "too_long": N_("At most {limit} characters; your text is kept.").replace("{limit}", f"{BODY_LIMIT:,}"),
    "too_late": N_("It is too late to bring this message back."),
    "unavailable": N_(
        "The server cannot reach its database just now. Your text is kept; try again in a moment."
    ),
    "unstorable": N_("This text contains characters that cannot be kept."),
    "username_characters": N_(
        "Letters, digits, dots, underscores and hyphens only; a letter or digit at both ends."
    ),
    "username_length": N_("Between 2 and 32 characters, please."),
    "username_taken": N_("This name is taken."),
    "words_length": N_("Between 2 and 100 characters, please."),
    "wrong_code": N_("This code is wrong, too old, or was used before. Try the next one."),
    "wrong_passkey": N_("This passkey was not accepted, or it took too long. Try again."),
    "wrong_password": N_("This is not your password."),
    "wrong_sign_in": N_("Name and password do not match."),
    "yourself_here": N_("This is you. Another administrator has to do it."),
    "yourself": N_("A chat is between two people; this is you."),
}


def text(code: str, **values: object) -> str:
    """What people read for this code; `values` fill its gaps."""
    return _TEXTS[code].format(**values)


def texts(problems: dict[str, str]) -> dict[str, str]:
    """The words for each field's code."""
    return {field: text(code) for field, code in problems.items()}
