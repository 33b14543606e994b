"""A chat by Flask-SocketIO as its documentation shows: rooms, events, acknowledgements."""

from common_flask import app, store, who
from flask import render_template_string
from flask_socketio import SocketIO, emit, join_room

socketio = SocketIO(app, async_mode="gevent")
SAID = '<p id="{{ key }}">{{ name }}: {{ body }}</p>'


@socketio.event
def connect(_auth=None):
    who()


@socketio.event
def enter(chat):
    join_room(chat)
    return chat


@socketio.event
def say(chat, key, body):
    name = store(chat, key, body)
    emit("said", render_template_string(SAID, name=name, key=key, body=body), to=chat)
    return key
