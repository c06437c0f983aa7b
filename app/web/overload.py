"""Requests that compute wait in a queue with an end: a few at once, staff first, and none that could not be answered in time.

Without it every request of a crowd is begun, each slows all others down, and at last all are answered after those who
asked have gone. What is sure to come too late is told so before anything is done for it; who leaves while waiting is not
answered at all. Health, pages and files never wait here, and look-ups have a `Turnstile` of their own.
"""

import asyncio
import math
import re
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Overloaded
from app.web.admission import caller_of
from app.web.faults import is_console, respond
from app.web.problems import problem_of

MOST_WAITING = 256
FIRST_GUESS = 0.3  # seconds one request takes, until some have been measured
WEIGHT = 0.1  # of the latest in the mean
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])", re.IGNORECASE)
STAFF, KNOWN, PUBLIC = range(3)  # who goes first


class Counts(Protocol):
    """What is told of how the queue is doing."""

    def count_queue(self, waiting: int, working: int) -> None:
        """So many more, or fewer, wait and work."""

    def count_unanswered(self, reason: str) -> None:
        """One was not begun: `full`, `late`, or `left`."""


class Queue:
    """ASGI middleware, behind the one that reads bodies. `paths` are those that compute; all other requests pass.

    `at_once` are worked on at a time. A request may wait `patience` seconds, or fewer where it says so (`Prefer: wait=5`, RFC 7240);
    the moment until which it is worth beginning stands in its state as `until`, by `time.monotonic`.
    """

    def __init__(
        self,
        app: ASGIApp,
        paths: Collection[str],
        counts: Counts,
        at_once: int,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._paths, self._counts = app, frozenset(paths), counts
        self._at_once, self._patience, self._clock = at_once, patience, clock
        self._free = at_once
        self._mean = FIRST_GUESS
        self._lines: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque(), deque())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or say when to come again."""
        if scope["type"] != "http" or not self._computes(scope):
            await self._app(scope, receive, send)
            return
        until = self._clock() + self._patience_of(scope)
        scope.setdefault("state", {})["until"] = until
        first = await receive()
        if first["type"] == "http.disconnect":
            return
        if self._free:
            self._free -= 1
        elif not await self._wait(_rank_of(scope), until, scope, receive, send):
            return
        await self._work(scope, _again(first, receive), send)

    def _computes(self, scope: Scope) -> bool:
        # The page of questions computes only when there is one in its address.
        return scope["path"] in self._paths and (scope["path"] != "/" or b"q=" in scope["query_string"])

    def _patience_of(self, scope: Scope) -> float:
        said = _WAIT.search(Headers(scope=scope).get("prefer", ""))
        return min(self._patience, float(said[1])) if said else self._patience

    async def _wait(self, rank: int, until: float, scope: Scope, receive: Receive, send: Send) -> bool:
        """Wait for a turn; False where there is none, which was told to whoever still listens."""
        waiting = sum(map(len, self._lines[: rank + 1]))
        left = until - self._clock()
        if waiting >= MOST_WAITING or self._expected(waiting) > left:
            await self._shed("full", scope, receive, send)
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(receive())
        self._lines[rank].append(turn)
        self._counts.count_queue(1, 0)
        either: set[asyncio.Future[Any]] = {turn, gone}
        try:
            await asyncio.wait(either, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if turn.done() and not gone.done():
                return True
        except asyncio.CancelledError:
            gone.cancel()
            self._give_up(turn, rank)
            raise
        finally:
            self._counts.count_queue(-1, 0)
        left_us = gone.done()
        gone.cancel()
        self._give_up(turn, rank)
        if left_us:
            self._counts.count_unanswered("left")
        else:
            await self._shed("late", scope, receive, send)
        return False

    def _give_up(self, turn: "asyncio.Future[None]", rank: int) -> None:
        if turn.done():
            self._pass_on()  # it had come, and nobody takes it
        else:
            self._lines[rank].remove(turn)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work, and pass the turn on."""
        began = self._clock()
        self._counts.count_queue(0, 1)
        try:
            await self._app(scope, receive, send)
        finally:
            self._counts.count_queue(0, -1)
            self._mean += WEIGHT * (self._clock() - began - self._mean)
            # Not at once: first the loop hears who has gone.
            asyncio.get_running_loop().call_soon(self._pass_on)

    def _pass_on(self) -> None:
        for line in self._lines:
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1

    def _expected(self, ahead: int) -> float:
        """Seconds until one that comes now is begun, with so many before it."""
        return (ahead + 1) * self._mean / self._at_once

    async def _shed(self, reason: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._counts.count_unanswered(reason)
        seconds = max(1, math.ceil(self._expected(sum(map(len, self._lines)))))
        busy = Overloaded(f"同时提问的人太多，这次没有开始处理，请在 {seconds} 秒后再试。", seconds)
        await respond(Request(scope), problem_of(busy))(scope, receive, send)


def _rank_of(scope: Scope) -> int:
    """Staff first, then this machine and who has a key, then everybody."""
    if is_console(scope["path"]):
        return STAFF
    return KNOWN if caller_of(scope).kind in ("local", "key") else PUBLIC


def _again(first: Message, receive: Receive) -> Receive:
    """What was received already, once more."""
    kept: list[Message] = [first]

    async def received() -> Message:
        return kept.pop() if kept else await receive()

    return received
