"""One connection, from its first byte on: uvicorn's protocol, which takes what `Connections` allows and nothing else."""

import asyncio
import re
import time
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.errors import Overloaded
from app.web.connections import Connections, Phase
from app.web.problems import MEDIA_TYPE, Problem, http_problem, problem_of

STATE = "connections"  # where the lifespan leaves the `Connections` of its app
MOST_PIPELINED = 16  # requests that were sent before the first was answered
OVERHEAD = 64 * 1024  # bytes of chunk sizes and trailers; and as many again as `OVERHEAD_SHARE` of the body
OVERHEAD_SHARE = 8
_HOST = re.compile(rb"[A-Za-z0-9._~%\[\]:-]{0,255}")


class _Refused(Exception):
    """Ends the parsing of a request; the parser passes it on as an error of its own."""


class GuardedProtocol(HttpToolsProtocol):
    """A connection with limits. What it refuses is answered with a problem document, and the connection ends."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        found = app_state[STATE]
        if not isinstance(found, Connections):
            raise TypeError(f"the lifespan's {STATE} are {type(found).__name__}")
        self._connections, self._limits = found, found.limits
        self.address, self.phase, self.since = "", Phase.IDLE, time.monotonic()
        self._why: Problem | None = None
        self._fresh = True  # no request has come yet
        self._raw = self._body_bytes = self._fields = self._field_bytes = 0
        self._looked, self._unread, self._unread_since = self.since, 0, self.since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it in, or say at once that there are too many."""
        super().connection_made(transport)
        self.address = str(self.client[0]) if self.client else ""
        if not self._connections.enter(self):
            self._end(_too_many(), linger=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """It counts no longer."""
        self._connections.leave(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """End it at once, without a word."""
        self.phase = Phase.CLOSING
        self.transport.abort()

    def look(self, now: float) -> None:
        """End it if it has taken too long over what it is doing."""
        passed, self._looked = now - self._looked, now
        if self._stuck(now):
            self._connections.note("unread")
            self.abort()
        elif self.phase is Phase.CLOSING:
            if now - self.since > self._limits.closing_seconds:
                self.transport.abort()
        elif self._we_are_slow():
            self.since += passed
        elif self.phase is not Phase.WORKING and now - self.since > self._allowed():
            self._connections.note(self.phase.name.lower())
            self._end(None if self.phase is Phase.IDLE else _too_slow())

    def data_received(self, data: bytes) -> None:
        """Count, then parse."""
        if self.phase is Phase.CLOSING:
            return
        if self.phase is Phase.IDLE:
            self._begin_head()
        self._raw += len(data)
        super().data_received(data)
        if self.phase is Phase.HEAD and self._raw > self._limits.head_bytes:
            self._refuse("head", _head_too_large(self._limits.head_bytes))
        elif self.phase is Phase.BODY:
            self._check_body()

    def send_400_response(self, msg: str) -> None:
        """Called for whatever stopped the parser: what we refused, or what is no HTTP."""
        self._refuse(
            "malformed", self._why or http_problem(400, "收到的不是正确的 HTTP 请求，请检查后再试。")
        )

    def on_message_begin(self) -> None:
        """A request begins, perhaps in the middle of what has just come."""
        super().on_message_begin()
        self._fields = self._field_bytes = 0
        if self.phase is not Phase.HEAD:
            self._begin_head()

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._take(len(url), 0)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or behind the body."""
        self._take(len(name) + len(value), 1)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there: the request goes to the application unless something is wrong with it."""
        self._check_host()
        if len(self.pipeline) >= MOST_PIPELINED:
            self._stop(http_problem(400, f"没有等到答复就连发了 {MOST_PIPELINED} 个以上的请求，请逐个发送。"))
        self._enter(Phase.BODY)
        self._fresh, self._raw, self._body_bytes = False, 0, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there whole."""
        super().on_message_complete()
        self._enter(Phase.IDLE if self.cycle.response_complete else Phase.WORKING)

    def on_response_complete(self) -> None:
        """It is answered; where its body has not come whole, the rest is dropped as it comes."""
        super().on_response_complete()
        if self.phase is Phase.WORKING and not self.pipeline and self.cycle.response_complete:
            self._enter(Phase.IDLE)

    def _enter(self, phase: Phase) -> None:
        self.phase, self.since = phase, time.monotonic()

    def _begin_head(self) -> None:
        # A new connection owes its head from the moment it was made, and silence is part of that.
        if self._fresh:
            self.phase = Phase.HEAD
        else:
            self._enter(Phase.HEAD)
        self._raw = 0

    def _allowed(self) -> float:
        """Seconds for the present phase."""
        limits = self._limits
        if self.phase is Phase.BODY:
            return limits.body_seconds + self._body_bytes / limits.body_rate
        return limits.idle_seconds if self.phase is Phase.IDLE and not self._fresh else limits.head_seconds

    def _we_are_slow(self) -> bool:
        """Whether it is us who keep the rest waiting: nobody has asked for it yet, or what came before is being answered."""
        if self.cycle is None or self.cycle.response_complete:
            return False
        if self.phase is Phase.BODY:
            return self.cycle.waiting_for_100_continue or self.flow.read_paused or bool(self.pipeline)
        return self.phase is Phase.HEAD

    def _stuck(self, now: float) -> bool:
        """Whether the client has taken nothing of what was sent for too long."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread:
            self._unread, self._unread_since = unread, now
        return now - self._unread_since > self._limits.unread_seconds

    def _take(self, size: int, fields: int) -> None:
        self._field_bytes += size
        self._fields += fields
        if self._field_bytes > self._limits.head_bytes:
            self._stop(_head_too_large(self._limits.head_bytes))
        if self._fields > self._limits.head_fields:
            self._stop(_too_many_fields(self._limits.head_fields))

    def _check_host(self) -> None:
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            self._stop(http_problem(400, f"请求头里应有一个 Host，实有 {len(hosts)} 个，请改正后再试。"))
        if hosts and not _HOST.fullmatch(hosts[0]):
            self._stop(http_problem(400, "请求头里的 Host 不是主机名，请改正后再试。"))

    def _check_body(self) -> None:
        if self._raw - self._body_bytes > OVERHEAD + OVERHEAD_SHARE * self._body_bytes:
            self._refuse("malformed", http_problem(400, "请求体分块过碎，请改用 Content-Length 提交。"))
        elif self.cycle.response_complete and self._body_bytes > self._limits.dropped_bytes:
            self._connections.note("body")
            self._end(None)

    def _stop(self, why: Problem) -> None:
        self._why = why
        raise _Refused

    def _refuse(self, reason: str, why: Problem) -> None:
        self._connections.note(reason)
        self._end(why)

    def _end(self, why: Problem | None, *, linger: bool = True) -> None:
        """Say why, unless something else is being answered, and close; for a moment what still comes is dropped.

        A connection closed on bytes that nobody has read is reset, and the client would not see the reason.
        """
        if self.transport.is_closing():
            return
        if self._may_speak() and why is not None:
            self.transport.write(_bytes_of(why))
        if not linger or why is None or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._unset_keepalive_if_required()
        self._enter(Phase.CLOSING)

    def _may_speak(self) -> bool:
        """Whether a word now would be taken for the answer to the request that is at fault, and to no other."""
        if self.cycle is None:
            return True
        if self.phase is Phase.HEAD:
            return self.cycle.response_complete
        return not self.cycle.response_started


def _too_slow() -> Problem:
    return http_problem(408, "请求没有及时发完，请检查网络后再试。")


def _head_too_large(most: int) -> Problem:
    return http_problem(431, f"请求头超过 {most} 字节的上限，请清除本站的 Cookie 或缩短网址后再试。")


def _too_many_fields(most: int) -> Problem:
    return http_problem(431, f"请求头超过 {most} 项的上限，请删减后再试。")


def _too_many() -> Problem:
    return problem_of(Overloaded("现在连接太多，请稍后再试。", 5))


def _bytes_of(problem: Problem) -> bytes:
    body = problem.body()
    headers = {
        "content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close",
        "cache-control": "no-store", "x-content-type-options": "nosniff", **problem.headers,
    }  # fmt: skip
    lines = [f"HTTP/1.1 {problem.status} Refused", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
