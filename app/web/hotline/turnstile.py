"""Look-ups take turns: a few at a time, the newest first, and none whose clerk has typed on meanwhile.

Without it a server that is asked for more than it can do answers everybody too late: it spends its time on key strokes that
the next one has cancelled. Here a look-up waits outside, where waiting costs nothing, and the loop hears of
cancelled connections between two turns; `BodyLimit`, the next layer, drops those.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import TooManyRequests
from app.web.limits import respond
from app.web.problems import problem_of

AT_ONCE = 4  # some of them wait for the database
MOST_WAITING = 256  # beyond that the one that has waited longest is sent away


class Turnstile:
    """ASGI middleware for one path; all other requests pass."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path
        self._free = AT_ONCE
        self._waiting: list[asyncio.Future[bool]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        if not await self._turn():
            await respond(send, problem_of(TooManyRequests("查询的人太多，这次没有查到，请继续输入。", 1)))
            return
        try:
            await self._app(scope, receive, send)
        finally:
            # Not at once: first the loop hears who has gone.
            asyncio.get_running_loop().call_soon(self._pass_on)

    async def _turn(self) -> bool:
        """Wait for it; False where too many came after."""
        if self._free:
            self._free -= 1
            return True
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if len(self._waiting) > MOST_WAITING:
            self._tell(self._waiting.pop(0), False)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            if self._tell(self._waiting.pop(), True):
                return
        self._free += 1

    @staticmethod
    def _tell(turn: "asyncio.Future[bool]", word: bool) -> bool:
        if turn.done():
            return False
        turn.set_result(word)
        return True
