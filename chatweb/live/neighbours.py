"""Who is here, told between the processes of an installation."""

import json
from collections.abc import Hashable, Mapping

from chatweb.live.bus import Bus
from chatweb.live.presence import Presence, State
from chatweb.live.registry import SLOTS

_ROUND = SLOTS
_PATIENCE = SLOTS + 10


class Neighbours:
    """Tells the other processes what people are in this one, and hears it of them.

    A change is told at once, everything once a round, and whenever a process joins. People of a process that
    was not heard of for longer than a round are gone; while nobody can be heard, nobody is. Time is counted
    in ticks (a second each): none go by while this process itself is stopped.
    Owners of lines have to be numbers or strings. Expects the lock of `Lines` to be held.
    """

    def __init__(self, presence: Presence, bus: Bus) -> None:
        self._presence = presence
        self._bus = bus
        self._silent_for: dict[str, int] = {}
        self._until_whole = _ROUND

    def joined(self) -> None:
        """This process can be heard, and hears: it introduces itself, and the others answer."""
        self._silent_for = dict.fromkeys(self._silent_for, 0)
        self._tell_everything(asks=True)

    def tick(self) -> None:
        """Tell what is new, or everything when it is time; give up those who say nothing."""
        fresh = self._presence.fresh()
        self._until_whole -= 1
        if self._until_whole <= 0:
            self._tell_everything()
        elif fresh:
            self._tell(fresh)
        if self._bus.reaches_others:
            self._count_silence()

    def hear(self, teller: str, text: str) -> None:
        """What another process told. Raises ValueError, LookupError, TypeError or AttributeError."""
        told = json.loads(text)
        people = {one: State(int(state)) for state, them in told["people"].items() for one in them}
        self._presence.hear(teller, people, whole=told["whole"])
        self._silent_for[teller] = 0
        if told["asks"]:
            self._until_whole = 0

    def _count_silence(self) -> None:
        self._silent_for = {teller: ticks + 1 for teller, ticks in self._silent_for.items()}
        for teller in [one for one, ticks in self._silent_for.items() if ticks > _PATIENCE]:
            del self._silent_for[teller]
            self._presence.forget(teller)

    def _tell_everything(self, *, asks: bool = False) -> None:
        self._until_whole = _ROUND
        self._tell(self._presence.everybody(), whole=True, asks=asks)

    def _tell(self, people: Mapping[Hashable, State], *, whole: bool = False, asks: bool = False) -> None:
        by_state: dict[str, list[Hashable]] = {}
        for person, state in people.items():
            by_state.setdefault(str(int(state)), []).append(person)
        self._bus.tell(json.dumps({"whole": whole, "asks": asks, "people": by_state}))
