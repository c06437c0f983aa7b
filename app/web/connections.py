"""Connections: how many there may be, how long each may take over a request, and how large the head of one may be.

Decided before anything is read, or while it is: a request reaches the application only when its head is there and in
order. uvicorn's own options bound none of this (DECISIONS 67), so its protocol for httptools is extended here.
"""

import asyncio
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from app.web.whence import Proxies, counted, is_loopback

BACKLOG = 256  # connections the system keeps for us to accept; asyncio accepts as many in one go
FILES = 200  # open files that are none of these connections: index, database, pipes


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes. Times are in seconds, sizes in bytes."""

    connections: int = 1000
    per_address: int = 100
    head_seconds: float = 10.0  # from the first byte, or from the connection, to the end of the head
    idle_seconds: float = 65.0  # between two requests: longer than proxies keep a connection for
    body_seconds: float = 10.0  # and a second more for each `body_rate` bytes that have come
    body_rate: int = 1024
    unread_seconds: float = 30.0  # that a client takes nothing of its answer
    closing_seconds: float = 2.0  # to read why it was refused
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    dropped_bytes: int = 8 * 1024 * 1024  # of a body nobody wants, so that the answer can be read


class Phase(IntEnum):
    """What a connection is doing; of those that wait, the first named gives way first."""

    IDLE = 0
    HEAD = 1
    BODY = 2
    WORKING = 3
    CLOSING = 4


class Connection(Protocol):
    """What `Connections` sees of one. `address` is that of the peer, `since` when its phase began."""

    address: str
    phase: Phase
    since: float

    def look(self, now: float) -> None:
        """End it if it has taken too long."""

    def abort(self) -> None:
        """End it at once, without a word."""


class Connections:
    """The connections of one process. For the event loop's thread alone.

    `note` is told of each that was turned away, cut off, or refused a request, and why; `opened` of each change of how many there are.
    """

    def __init__(
        self,
        limits: Limits,
        proxies: Proxies,
        note: Callable[[str], None] = lambda _: None,
        opened: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.limits, self._proxies, self._opened = limits, proxies, opened
        self.note = note
        self._all: set[Connection] = set()
        self._of: dict[str, set[Connection]] = defaultdict(set)

    def enter(self, one: Connection) -> bool:
        """Take a connection in. Where it is too many, one that only waits makes room; False where none does."""
        name = self._counted(one)
        if name and len(self._of[name]) >= self.limits.per_address and not self._make_room(self._of[name]):
            self.note("address")
            return False
        if len(self._all) >= self.limits.connections and not self._make_room(self._all):
            self.note("all")
            return False
        self._all.add(one)
        if name:
            self._of[name].add(one)
        self._opened(1)
        return True

    def leave(self, one: Connection) -> None:
        """Let go of a connection; a second call does nothing."""
        if one not in self._all:
            return
        self._all.remove(one)
        name = self._counted(one)
        if name:
            self._of[name].discard(one)
            if not self._of[name]:
                del self._of[name]
        self._opened(-1)

    async def watch(self, every: float = 1.0) -> None:
        """Look at each of them again and again; runs until it is cancelled."""
        while True:
            await asyncio.sleep(every)
            now = time.monotonic()
            for one in tuple(self._all):
                one.look(now)

    def __len__(self) -> int:
        return len(self._all)

    def _counted(self, one: Connection) -> str:
        """What its address is counted under; "" for this machine and for proxies, which speak for many."""
        if is_loopback(one.address) or self._proxies.trusts(one.address):
            return ""
        return counted(one.address)

    def _make_room(self, among: Collection[Connection]) -> bool:
        waiting = [one for one in among if one.phase in (Phase.IDLE, Phase.HEAD, Phase.BODY)]
        if not waiting:
            return False
        first = min(waiting, key=lambda one: (one.phase, one.since))
        self.note("displaced")
        self.leave(first)
        first.abort()
        return True


def fitting(wanted: int) -> int:
    """As many connections as were wanted, or as the system's limit of open files leaves room for; that limit is raised first.

    Beyond it accepting fails, and asyncio would write a traceback for each connection that waits, again and again.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + BACKLOG + FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(16, min(wanted, soft - BACKLOG - FILES))
    return wanted
