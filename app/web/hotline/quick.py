"""What a key stroke does not pay for anew: who has signed in, and the clauses for the first few characters.

Two hundred clerks make eight hundred look-ups a second; a question to the database for each would cost more than the look-up
itself. So a look-up, and nothing else, may take the word of the database for `TRUST` seconds: whoever is disabled or signed
out sees published clauses for that much longer, and changes nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Request

from app.store import Person, Role
from app.web.hotline.guard import Guard, SignedIn, token_in

TRUST = 5.0  # seconds, as for keys and sites
SESSIONS = 2000  # as many are remembered
BEGINNINGS = 2000  # and so many answers: of some 8 KiB each

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lately(Generic[Key, Value]):
    """The last things put in, at most `most` of them. For one thread: that of the event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """What was put in last under that key; None where it is gone."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, value: Value) -> None:
        """Keep it; what was not used for longest goes."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


class TrustingGuard(Guard):
    """A guard that looks a session up once in `TRUST` seconds. Role and form token are checked every time."""

    def __init__(self, role: Role, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(role, before_change=False)
        self._clock = clock

    async def __call__(self, request: Request) -> Person:  # type: ignore[override]
        """The person. There is no form whose files had to be closed, and a plain dependency costs less."""
        return await self._admit(request)

    async def find(self, request: Request) -> SignedIn | None:
        """Who has signed in, or had a moment ago."""
        token = token_in(request)
        known = _sessions(request)
        kept = known.get(token)
        if kept is not None and self._clock() - kept[0] < TRUST:
            return kept[1]
        found = await super().find(request)
        if found is not None:
            known.put(token, (self._clock(), found))
        return found


TrustedClerk = Annotated[Person, Depends(TrustingGuard(Role.CLERK))]


def _sessions(request: Request) -> Lately[str, tuple[float, SignedIn]]:
    """Those of the app that serves this request."""
    state = request.app.state
    if not hasattr(state, "quick_sessions"):
        state.quick_sessions = Lately(SESSIONS)
    found: Lately[str, tuple[float, SignedIn]] = state.quick_sessions
    return found


def beginnings(request: Request, services: object) -> Lately[object, bytes]:
    """The answers to short queries that were given lately from these services; none where they have changed since."""
    state = request.app.state
    if getattr(state, "quick_services", None) is not services:
        state.quick_services, state.quick_answers = services, Lately(BEGINNINGS)
    found: Lately[object, bytes] = state.quick_answers
    return found
