"""The limit on request bodies, counted as they arrive: a Content-Length may be missing or untrue."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import MEDIA_TYPE, HttpError, Problem, http_problem

# Beyond the limit the rest is read and dropped up to this many bytes, so that a client that is still
# sending gets to read the refusal instead of a broken connection.
DRAIN = 8 * 1024 * 1024


class BodyLimit:
    """ASGI middleware: a body of more than `limit` bytes is answered with 413 and goes no further.

    `larger` names the paths that take files, each with the bytes it takes. `streamed` are those whose files are too large
    to be held in memory before it is known who sends them: their bodies are counted while the route reads them.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        larger: Mapping[str, int] | None = None,
        streamed: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._larger, self._streamed = larger or {}, streamed or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in self._streamed:
            await self._app(scope, _counted(receive, self._streamed[scope["path"]]), send)
            return
        limit = max(self._limit, self._larger.get(scope["path"], 0))
        body = await self._read(receive, limit)
        if body is None:
            return  # the client went away
        if len(body) > limit:
            await respond(send, _too_large(limit))
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive, limit: int) -> bytes | None:
        kept, seen, more = bytearray(), 0, True
        while more and seen <= DRAIN:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            seen += len(part)
            kept += part[: max(0, limit + 1 - len(kept))]
            more = message.get("more_body", False)
        return bytes(kept)


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
