"""The gate before the interface: who may not come in is answered here, and other origins hear whether they may listen."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import OriginNotAllowed, StoreUnavailable, ZhengwenError
from app.web.admission import Admission, Caller, needs
from app.web.faults import is_console
from app.web.faults import respond as answer
from app.web.limits import respond
from app.web.problems import problem_of
from app.web.whence import is_own, peer_of

SESSION = "/api/v1/session"
MAX_AGE = 600  # seconds a browser remembers the answer to its preflight


class Gate:
    """ASGI middleware: admits a request, with its `Caller` in the state, or answers it with a problem.

    It looks at the head of the request alone: what is refused is refused before its body is read.
    """

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            scope["scheme"] = self._admission.scheme(scope)
            try:
                caller = await self._admit(scope)
            except ZhengwenError as error:
                await answer(Request(scope), problem_of(error))(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Caller:
        scopes = needs(scope["path"])
        if is_console(scope["path"]):
            self._admission.check_office(scope)
        # This machine is let in without a look at the database: it must work when nothing else does.
        if self._admission.is_local(scope):
            return Caller("local", peer_of(scope))
        if scopes is None:
            if _asks(scope):
                await run_in_threadpool(self._admission.count_address, scope)
            return Caller("open", peer_of(scope))
        return await run_in_threadpool(self._admission.admit, scope, scopes)


def _asks(scope: Scope) -> bool:
    """Whether the page of questions is to answer one: the pages are for everybody, but work is counted."""
    return bool(scope["path"] == "/" and b"q=" in scope.get("query_string", b""))


class CrossOrigin:
    """ASGI middleware: CORS for the origins that some site has named. No cookies, so no credentials.

    The session's own refusal may be read by everybody: the widget has to learn that it is not wanted here.
    """

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on and name the origin in the reply."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is None or not scope["path"].startswith("/api/") or is_own(headers):
            await self._app(scope, receive, send)
            return
        allowed = scope["path"] == SESSION or await run_in_threadpool(self._allows, origin)
        if scope["method"] == "OPTIONS":
            await _answer_preflight(send, origin, allowed)
            return

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-ID"
            await send(message)

        await self._app(scope, receive, send_with_origin)

    def _allows(self, origin: str) -> bool:
        try:
            return self._admission.book.allows(origin)
        except StoreUnavailable:
            return False


async def _answer_preflight(send: Send, origin: str, allowed: bool) -> None:
    if not allowed:
        await respond(send, problem_of(OriginNotAllowed(f"没有站点登记来源 {origin[:80]}。")))
        return
    headers = {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": str(MAX_AGE),
        "vary": "Origin",
    }
    pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": pairs})
    await send({"type": "http.response.body", "body": b""})
