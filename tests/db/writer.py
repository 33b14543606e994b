"""A process that sends many messages when it is told to: `python -m tests.db.writer PERSON TOPIC COUNT`.

Its settings come from the environment. It says "ready", waits for a line of input, and says when it is done.
"""

import sys

from sqlalchemy.orm import Session

from chatweb.app import create_app
from chatweb.domain import access, messages
from chatweb.domain.messages import Sent
from chatweb.extensions import db
from chatweb.store import store
from tests.db.rows import new_key


def main(person_id: int, topic: str, count: int) -> None:
    with create_app().app_context():
        chat = access.chat_for(db.session(), person_id, topic)

        def send(session: Session) -> Sent:
            return messages.send(session, chat, new_key(), "hello")

        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(count):
            store(send)
        print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
