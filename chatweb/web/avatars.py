"""The pictures of people: looking at one, and setting one's own."""

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import avatars, pictures, texts
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db
from chatweb.offload import picturing
from chatweb.store import read, store
from chatweb.web import answers, limits
from chatweb.web.headers import YEAR
from chatweb.web.profile_page import profile_page
from chatweb.web.texts import texts as words

bp = Blueprint("avatars", __name__)

# The picture, and the rest of the form around it.
LARGEST_REQUEST = pictures.LARGEST_FILE + 64 * 1024


@bp.url_value_preprocessor
def take_more(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Pictures are larger than anything else that is sent; said before the form is looked at."""
    if endpoint == "avatars.save":
        request.max_content_length = LARGEST_REQUEST


@bp.get("/people/<id:person_id>/avatar/<name>")
@login_required
def show(person_id: int, name: str) -> Response:
    """A picture, which under this name never changes."""
    asking = answers.person()
    if not texts.is_storable(name):
        raise NotFound("no_such_picture")
    answer = make_response(read(lambda session: avatars.picture(session, asking, person_id, name)))
    answer.mimetype = "image/webp"
    answer.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return answer


@bp.post("/settings/profile/picture")
@login_required
def save() -> ResponseReturnValue:
    """Show the picture in the form from now on, or none with `remove`; open pages that show it follow."""
    limits.count(limits.SETTINGS, limits.person())
    person = answers.person()
    try:
        made = None if "remove" in request.form else _made()
    except Invalid as refusal:
        return profile_page(problems=words(refusal.problems)), 422
    name = store(lambda session: avatars.put(session, person.id, made))
    announce.renamed(db.session(), person.id, person.display_name, name)
    return answers.see_other("account.profile", saved="")


def _made() -> bytes:
    file = request.files.get("picture")
    if file is None or not file.filename:
        raise Invalid(picture="picture_missing")
    with file.stream as content:
        return picturing(pictures.square, content.read())
