"""The limit on request bodies, counted as they arrive: a Content-Length may be missing or untrue."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Overloaded
from app.web.problems import MEDIA_TYPE, HttpError, Problem, http_problem, problem_of

# Beyond the limit the rest is read and dropped up to this many bytes, so that a client that is still
# sending gets to read the refusal instead of a broken connection.
DRAIN = 8 * 1024 * 1024
HELD = 32 * 1024 * 1024  # bytes of bodies that are kept at once, those of requests that wait among them


class BodyLimit:
    """ASGI middleware: a body of more than `limit` bytes is answered with 413 and goes no further.

    `streamed` names the paths that take files, each with the bytes it takes: they are not held in memory before it is known
    who sends them, but counted while the route reads them. All bodies together are held within `held` bytes.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        streamed: Mapping[str, int] | None = None,
        held: int = HELD,
    ) -> None:
        self._app = app
        self._limit = limit
        self._streamed = streamed or {}
        self._free = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in self._streamed:
            await self._app(scope, _counted(receive, self._streamed[scope["path"]]), send)
            return
        kept = bytearray()
        try:
            if not await self._read(receive, kept):
                return  # the client went away
            if self._free < 0:
                busy = Overloaded("现在提交内容的人太多，请稍后再试。")
                await respond(send, problem_of(busy))
                return
            if len(kept) > self._limit:
                await respond(send, _too_large(self._limit))
                return
            await self._app(scope, _replay(bytes(kept), receive), send)
        finally:
            self._free += len(kept)

    async def _read(self, receive: Receive, kept: bytearray) -> bool:
        """Read a body, at most a byte over the limit and within what may be held; False where the client went away."""
        seen, more = 0, True
        while more and seen <= DRAIN and self._free >= 0:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            part = message.get("body", b"")
            seen += len(part)
            taken = part[: max(0, self._limit + 1 - len(kept))]
            kept += taken
            self._free -= len(taken)
            more = message.get("more_body", False)
        return True


def _counted(receive: Receive, limit: int) -> Receive:
    """Passes a body on until it grows too large; then the route that reads it gets an `HttpError` (413)."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HttpError(_too_large(limit))
        return message

    return counted


def _too_large(limit: int) -> Problem:
    return http_problem(413, f"提交的内容超过 {limit} 字节的上限，请删减后再试。")


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def respond(send: Send, problem: Problem) -> None:
    """Send a problem document without a framework around it."""
    body = problem.body()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
