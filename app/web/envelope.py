"""What every response carries: a request id, security headers, and never a traceback."""

import logging
import re
import uuid
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.limits import respond
from app.web.problems import internal

log = logging.getLogger("zhengwen.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS_SECONDS = 365 * 24 * 3600  # RFC 6797; for this host alone, its neighbours may not speak HTTPS
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Envelope:
    """ASGI middleware, outermost: headers on each response, and a reference instead of a traceback."""

    def __init__(self, app: ASGIApp, *, tls: bool = False) -> None:
        """With `tls` people reach this over HTTPS, by a proxy that speaks plain HTTP to us."""
        self._app, self._tls = app, tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request through the app, whatever happens in it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = request_id(Headers(scope=scope).get("x-request-id"))
        cache = "no-cache" if scope["path"].startswith("/static/") else "no-store"
        secure = self._tls or scope.get("scheme") == "https"
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(message, reference, cache)
                if secure:
                    MutableHeaders(scope=message)["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request %s failed: %s %r", reference, scope["method"], scope["path"])
            if started:
                raise  # half an answer is out: only the server can break the connection
            await respond(send_with_headers, internal(reference))


def request_id(given: str | None) -> str:
    """The caller's id where it is safe to write down, otherwise a new one of 32 hex digits."""
    if given is not None and _ACCEPTED_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex


def inside(location: str) -> str:
    """A redirect as a path of this server: the framework makes an address of the Host header, which anybody can choose."""
    parts = urlsplit(location)
    if not (parts.scheme or parts.netloc or location.startswith(("/", "\\"))):
        return location
    return urlunsplit(("", "", "/" + parts.path.lstrip("/\\"), parts.query, parts.fragment))


def _add_headers(message: Message, reference: str, cache: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = reference
    headers.setdefault("Cache-Control", cache)
    if "Location" in headers:
        headers["Location"] = inside(headers["Location"])
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
        # It can only say everybody or nobody; a page that some may frame says so in its policy.
        del headers["X-Frame-Options"]
