"""The frame of every page of the settings."""

from flask import render_template

from chatweb import announce
from chatweb.domain import inboxes
from chatweb.extensions import db
from chatweb.web import answers


def settings_page(name: str, **values: object) -> str:
    """The page `pages/settings_<name>.html` beside the list of chats."""
    person = answers.person()
    top = inboxes.top(db.session(), person.id)
    return render_template(
        f"pages/settings_{name}.html",
        person=person,
        rows_html=announce.rows(top.rows),
        beyond=top.beyond,
        unread_elsewhere=top.unread(),
        waiting=answers.waiting(),
        **values,
    )
