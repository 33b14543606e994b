"""What both Flask peers have in common: people, messages and sessions, by the ORM on SQLite."""

import os
from datetime import UTC, datetime

from flask import Flask, abort, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

app = Flask(__name__)
app.config.update(
    SECRET_KEY="for measurements only", SQLALCHEMY_DATABASE_URI=f"sqlite:///{os.environ['PEER_DATABASE']}"
)
db = SQLAlchemy(app)


class User(db.Model):
    """Somebody who can sign in."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)


class Message(db.Model):
    """What was said in a chat."""

    id = db.Column(db.Integer, primary_key=True)
    chat = db.Column(db.Integer, index=True, nullable=False)
    sender_id = db.Column(db.ForeignKey(User.id), nullable=False)
    key = db.Column(db.String(36), unique=True, nullable=False)
    body = db.Column(db.Text, nullable=False)
    sent_at = db.Column(db.DateTime, default=lambda: datetime.now(UTC), nullable=False)


with app.app_context():

    @event.listens_for(db.engine, "connect")
    def set_up(connection, _record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    db.create_all()


@app.get("/")
def here():
    return "here"


@app.get("/in/<name>")
def sign_in(name):
    user = db.session.scalar(db.select(User).filter_by(name=name)) or User(name=name)
    db.session.add(user)
    db.session.commit()
    session["user"] = user.id
    return name


def who():
    """The person whose session it is."""
    return db.session.get(User, session.get("user", 0)) or abort(401)


def store(chat, key, body):
    """Store a message, and answer with who sent it."""
    user = who()
    db.session.add(Message(chat=chat, sender_id=user.id, key=key, body=body))
    db.session.commit()
    return user.name
