"""Every utterance of many dialogues: sent = stored = shown live = shown after a reload.

Real dialogues are played by `make soak` from the folder that CHATWEB_DIALOGUES names: each `*.txt` in it
holds one dialogue a line, its turns separated by `__eou__`, taken as they are, outer spaces too. A few of our
own are played by every run of the tests.

Two people have one conversation for ever, so a pair meets for several dialogues, one after another: they
sign in once, the first starts the chat by the other's name, and each dialogue begins with both opening the
page and its socket. Nobody answers before having seen the former message on their own socket.
Opening the page for the next dialogue is the reload of the one before:
everything ever said must be there, in older pages too.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from chatweb.models import Chat, Message
from tests.people import Person, add_person
from tests.servers import Server, missing
from tests.soak.guests import Guest

MEETINGS = 5
AT_ONCE = 8
TURNS_END = "__eou__"
FOLDER = os.environ.get("CHATWEB_DIALOGUES")
FILES = sorted(Path(FOLDER).glob("*.txt")) if FOLDER else []

OUR_OWN = [
    [
        "Kommst du morgen?",
        "Ja, gern! Größe 42, bitte.",
        "Straße & Hausnummer?",
        "  mit Leerzeichen am Rand  ",
    ],
    ["你到了吗", "还有十分钟。路上很堵。", "不急 慢慢来 🙂"],
    ["هل وصلتِ؟", "لا، بعد خمس دقائق (tram 12).", "שלום! אני כאן.", "\u202eabc\u202c"],
    ["<b>not bold</b>", "&amp; stays &amp;", '"><script>alert(1)</script>', "{{ 7 * 7 }} {% raw %}", "]]>"],
    [
        "first line\nsecond line\n\n\tindented",
        "e\u0301 is not \u00e9",
        "👩\u200d🚀 नमस्ते \ufeff",
        "\n\nbegins late",
    ],
    [f"number {number}" for number in range(90)],
]


def test_dialogues_of_our_own_arrive_in_every_script(play):
    dialogues, utterances, _ = play(OUR_OWN)
    assert (dialogues, utterances) == (len(OUR_OWN), sum(map(len, OUR_OWN)))


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("file", FILES or [None], ids=lambda file: file and file.stem)
def test_every_utterance_arrives(play, capsys, file):
    if file is None:
        missing(
            "dialogues",
            "set CHATWEB_DIALOGUES to a folder of *.txt, one dialogue a line, turns ended by __eou__",
        )
    dialogues, empty = read(file)
    played, utterances, seconds = play(dialogues)
    assert played == len(dialogues) > 0
    with capsys.disabled():
        print(
            f"\n{file.stem}: {played} dialogues, {utterances} utterances, {empty} empty ones skipped: "
            f"sent = stored = shown live = shown after reload; {seconds:.0f} s"
        )


def read(file: Path) -> tuple[list[list[str]], int]:
    """The dialogues of a file, and how many turns between two marks were empty."""
    dialogues, empty = [], 0
    for line in file.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        turns = line.removesuffix(TURNS_END).split(TURNS_END)
        dialogues.append([turn for turn in turns if turn.strip()])
        empty += len(turns) - len(dialogues[-1])
    return dialogues, empty


@pytest.fixture
def play(app: Flask, server: Server, db_session: Session) -> Callable:
    """`play(dialogues)` lets pairs of people play them, 8 pairs at a time; returns how many dialogues and
    utterances there were, and the seconds it took."""

    def run(dialogues: Sequence[Sequence[str]]) -> tuple[int, int, float]:
        evenings = list(_in_parts(dialogues, MEETINGS))
        pairs = [
            (add_person(app, f"ann{number}"), add_person(app, f"ben{number}"))
            for number in range(len(evenings))
        ]
        begin = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as tables:
            said = dict(tables.map(lambda pair, evening: _meet(server.port, pair, evening), pairs, evenings))
        seconds = time.monotonic() - begin
        assert _stored(db_session) == said
        return sum(map(len, evenings)), sum(map(len, said.values())), seconds

    return run


def _meet(
    port: int, pair: tuple[Person, Person], dialogues: Sequence[Sequence[str]]
) -> tuple[str, list[str]]:
    """One pair plays its dialogues; returns the topic and everything that was said."""
    guests = [Guest(port, person) for person in pair]
    said: list[str] = []
    try:
        for guest in guests:
            guest.sign_in()
        topic = guests[0].start_chat(pair[1])
        for dialogue in dialogues:
            _all_shown(guests, topic, said)
            for speaker, text in zip(itertools.cycle(guests), dialogue, strict=False):
                speaker.say(text)
                assert [guest.hear() for guest in guests] == [text, text]
                said.append(text)
        _all_shown(guests, topic, said)
    finally:
        for guest in guests:
            guest.close()
    return topic, said


def _all_shown(guests: Sequence[Guest], topic: str, said: Sequence[str]) -> None:
    for guest in guests:
        assert guest.open(topic) == said


def _stored(db_session: Session) -> dict[str, list[str]]:
    stored: dict[str, list[str]] = {}
    found = select(Chat.topic, Message.body).join(Message, Message.chat_id == Chat.id).order_by(Message.id)
    for topic, body in db_session.execute(found):
        stored.setdefault(topic, []).append(body)
    return stored


def _in_parts(dialogues: Sequence[Sequence[str]], size: int) -> Iterator[Sequence[Sequence[str]]]:
    for start in range(0, len(dialogues), size):
        yield dialogues[start : start + size]
