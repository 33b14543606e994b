"""A chat by flask-sock as its documentation shows: a greenlet for each open socket."""

import json
from collections import defaultdict

from common_flask import app, db, store, who
from flask import render_template_string
from flask_sock import Sock

sock = Sock(app)
pages = defaultdict(set)
SAID = '<p id="{{ key }}">{{ name }}: {{ body }}</p>'


@sock.route("/chats/<int:chat>")
def talk(ws, chat):
    who()
    db.session.remove()
    pages[chat].add(ws)
    try:
        while True:
            said = json.loads(ws.receive())
            name = store(chat, said["key"], said["body"])
            db.session.remove()
            html = render_template_string(SAID, name=name, **said)
            for page in list(pages[chat]):
                page.send(json.dumps({"html": html}))
            ws.send(json.dumps({"stored": said["key"]}))
    finally:
        pages[chat].discard(ws)
