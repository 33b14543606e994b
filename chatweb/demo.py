"""A few people and their conversations, so that a newcomer sees a living product in a minute."""

import uuid
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chatweb.domain import accounts, chats, passwords
from chatweb.models import Chat, Member, Message, User, utc_now

PASSWORD = "chatweb demo"  # noqa: S105 - meant to be read


class NotEmptyError(Exception):
    """The database already has people in it."""


class DemoPerson(NamedTuple):
    """Somebody made up."""

    username: str
    display_name: str


class Talk(NamedTuple):
    """A made-up conversation: who, how long ago it ended, and (minutes since the line before, side, text)."""

    one: str
    two: str
    ended: timedelta
    unread: int
    lines: tuple[tuple[int, int, str], ...]


PEOPLE = (
    DemoPerson("amara", "Amara Okafor"),
    DemoPerson("jonas", "Jonas Lindqvist"),
    DemoPerson("sakura", "田中 さくら"),
    DemoPerson("omar", "عمر الحسن"),
    DemoPerson("lucia", "Lucia Ferri"),
)

TALKS = (
    Talk(
        "amara",
        "jonas",
        timedelta(minutes=4),
        2,
        (
            (0, 1, "Are you still up for the lake on Saturday?"),
            (6, 2, "Yes! I found a place that rents out two kayaks.\nThey open at nine."),
            (1, 2, "Should I book?"),
            (12, 1, "Please do. I'll bring lunch and the big umbrella ☔"),
            (1260, 2, "Booked. They only had the yellow one and the slightly less yellow one."),
            (3, 1, "The less yellow one is mine."),
            (2, 2, "We shall paddle for it."),
            (1, 2, "Forecast says sun until three, by the way 🌤️"),
        ),
    ),
    Talk(
        "amara",
        "sakura",
        timedelta(minutes=52),
        1,
        (
            (0, 2, "昨日は写真をありがとう！とてもきれいでした。"),
            (9, 1, "どういたしまして 😊 The light was perfect for once."),
            (4, 2, "三枚目を印刷してもいいですか？"),
            (2, 1, "Of course, I'll send you the large file tonight."),
            (1, 2, "楽しみにしています。"),
        ),
    ),
    Talk(
        "amara",
        "omar",
        timedelta(hours=5),
        0,
        (
            (0, 2, "صباح الخير! هل وصل الطرد؟"),
            (15, 1, "صباح النور، وصل قبل قليل. شكرًا!"),
            (1, 1, "The cups survived, all six of them 🎉"),
            (8, 2, "ممتاز. الآن ينقصنا الشاي فقط."),
        ),
    ),
    Talk(
        "amara",
        "lucia",
        timedelta(days=1, hours=2),
        0,
        (
            (0, 1, "How was the first day at the new studio?"),
            (30, 2, "Bellissimo, ma il tetto perde. Four buckets, one very modern sound installation."),
            (2, 1, "Plip plop, op. 1"),
            (1, 2, "Für vier Eimer und eine Handwerkerin. Die Uraufführung ist am Donnerstag."),
        ),
    ),
    Talk(
        "jonas",
        "lucia",
        timedelta(hours=9),
        0,
        (
            (0, 1, "Kannst du mir die Maße vom großen Tisch schicken?"),
            (20, 2, "180 × 90, Höhe 74. Passt er durch eure Tür?"),
            (5, 1, "Wenn wir die Beine abschrauben, ja."),
            (1, 2, "Deine oder seine?"),
        ),
    ),
    Talk(
        "jonas",
        "sakura",
        timedelta(days=3),
        0,
        ((0, 1, "Välkommen till Göteborg! Ring om du går vilse."), (3, 2, "Tack! もう迷いました 😅")),
    ),
)


def fill(session: Session) -> None:
    """Write the demo into an empty database; NotEmptyError when anybody is there already."""
    if session.scalar(select(User.id).limit(1)) is not None:
        raise NotEmptyError
    hashed = passwords.make_hash(PASSWORD)
    ids = {}
    for person in PEOPLE:
        user = accounts.create_user(
            session,
            username=person.username,
            email=f"{person.username}@example.org",
            password_hash=hashed,
            display_name=person.display_name,
        )
        ids[person.username] = user.id
    for talk in TALKS:
        _write(session, talk, ids)


def _write(session: Session, talk: Talk, ids: dict[str, int]) -> None:
    topic = chats.start(session, ids[talk.one], talk.two)
    chat = session.scalars(select(Chat).where(Chat.topic == topic)).one()
    moment = utc_now() - talk.ended - timedelta(minutes=sum(minutes for minutes, _, _ in talk.lines))
    sent = []
    for number, (minutes, side, body) in enumerate(talk.lines, start=1):
        moment += timedelta(minutes=minutes)
        values = {
            "chat_id": chat.id,
            "sender_id": ids[talk.one] if side == 1 else ids[talk.two],
            "key": str(uuid.uuid4()),
            "revision": number,
            "body": body,
            "inserted_at": moment,
        }
        sent.append(session.scalars(insert(Message).values(values).returning(Message.id)).one())
    chat.revision, chat.updated_at = len(sent), moment
    for member in session.scalars(select(Member).where(Member.chat_id == chat.id)):
        unread = talk.unread if member.user_id == ids[talk.one] else 0
        member.read_id = member.seen_id = sent[-1 - unread]
