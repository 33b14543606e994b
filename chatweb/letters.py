"""What mails say: one template per kind, whose first line is the subject."""

from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader

from chatweb import fragments
from chatweb.paths import TEMPLATES

# Plain text: what would be markup elsewhere means nothing here.
_env = Environment(loader=FileSystemLoader(TEMPLATES / "mails"), autoescape=False)  # noqa: S701 - as above
fragments.prepare(_env)


class Letter(NamedTuple):
    """The subject and the text of a mail."""

    subject: str
    text: str


def write(kind: str, **values: object) -> Letter:
    """The letter of this kind; `values` are what its template names."""
    subject, _, text = _env.get_template(f"{kind}.txt").render(values).partition("\n")
    return Letter(subject.strip(), text.strip() + "\n")
