"""WeChat's servers, played on this machine: for tests, and to try the WeChat channel without an account.

    python scripts/fake_wechat.py --port 9000
    ZHENGWEN_WECHAT_API=http://127.0.0.1:9000 … python -m app serve

Login code and openid belong together: the code `code-anna` logs in `openid-anna`. Faults on demand, for the next
calls to a path, pushed messages, and what was sent to people (in another terminal):

    curl -d '{"path": "/sns/jscode2session", "kind": "errcode", "code": 40029, "times": 2}' http://127.0.0.1:9000/_faults
    curl -d '{"url": "http://127.0.0.1:8000/wechat/v1/push", "token": "…", "content": "注意事项有哪些？", "copies": 3}' \\
        http://127.0.0.1:9000/_push

    curl http://127.0.0.1:9000/_sent

Kinds: slow (`seconds`), status (`code`, such as 502), malformed (no JSON), errcode (`code`), hangup.
"""

import argparse
import hashlib
import json
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

import httpx2

APPID, SECRET = "wx0123456789abcdef", "fake-app-secret-0123456789"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a call. A slow call is answered well, but late: after `seconds`, or once `until` is set."""

    kind: str
    code: int = 0
    seconds: float = 0.0
    until: threading.Event | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Call:
    """A call that came in."""

    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


class FakeWechat:
    """The four calls that the channel makes, with the limits of the real ones. Use as a context manager."""

    def __init__(self, appid: str = APPID, secret: str = SECRET, port: int = 0) -> None:
        self.appid, self.secret = appid, secret
        self.calls: list[Call] = []
        self.sent: list[tuple[str, str]] = []  # (openid, text) that arrived
        self.risky: dict[str, str] = {}  # words: what the content check suggests
        self.seconds = 7200  # the life of a token
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._token = ""
        self._used: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeWechat":
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, path: str, fault: Fault, times: int = 1) -> None:
        """The next calls to the path go wrong."""
        with self._lock:
            self._faults[path] += [fault] * times

    def forget_token(self) -> None:
        """The access token given out is no longer good (as when the AppSecret was reset)."""
        with self._lock:
            self._token = ""

    def count(self, path: str) -> int:
        """How many calls came to the path."""
        with self._lock:
            return sum(1 for call in self.calls if call.path == path)

    def wait_for_sent(self, count: int, seconds: float = 20.0) -> list[tuple[str, str]]:
        """The messages that have arrived, once there are so many (or the seconds are over)."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.sent) >= count, seconds)
            return list(self.sent)

    def next_fault(self, call: Call) -> Fault | None:
        """Note the call; what is to go wrong with it."""
        with self._lock:
            self.calls.append(call)
            waiting = self._faults[call.path]
            return waiting.pop(0) if waiting else None

    def answer(self, call: Call) -> dict[str, Any]:
        """What WeChat says to a call."""
        with self._changed:
            made = {
                "/sns/jscode2session": self._login,
                "/cgi-bin/stable_token": self._stable_token,
                "/wxa/msg_sec_check": self._check,
                "/cgi-bin/message/custom/send": self._send,
            }.get(call.path)
            said = _error(404) if made is None else made(call)
            self._changed.notify_all()
            return said

    def _login(self, call: Call) -> dict[str, Any]:
        code = call.query.get("js_code", "")
        if (call.query.get("appid"), call.query.get("secret")) != (self.appid, self.secret):
            return _error(40125)
        if not code.startswith("code-"):
            return _error(40029)
        if code in self._used and not code.startswith("code-again"):
            return _error(40163)
        self._used.add(code)
        name = code.removeprefix("code-").split(".")[0]
        return {"openid": f"openid-{name}", "session_key": f"session-key-of-{name}"}

    def _stable_token(self, call: Call) -> dict[str, Any]:
        if (call.body.get("appid"), call.body.get("secret")) != (self.appid, self.secret):
            return _error(40125)
        if not self._token or call.body.get("force_refresh"):
            self._token = f"access-token-{secrets.token_hex(8)}"
        return {"access_token": self._token, "expires_in": self.seconds}

    def _check(self, call: Call) -> dict[str, Any]:
        content = str(call.body.get("content", ""))
        if not self._knows(call):
            return _error(40001)
        if len(content) > 2500:
            return _error(87014)
        suggest = next((said for words, said in self.risky.items() if words in content), "pass")
        label = 100 if suggest == "pass" else 20001
        trace = hashlib.sha256(content.encode()).hexdigest()[:16]
        return {
            "errcode": 0,
            "errmsg": "ok",
            "result": {"suggest": suggest, "label": label},
            "trace_id": trace,
        }

    def _send(self, call: Call) -> dict[str, Any]:
        content = str(call.body.get("text", {}).get("content", ""))
        if not self._knows(call):
            return _error(40001)
        if not content or len(content.encode()) > 2048:
            return _error(45002)
        self.sent.append((str(call.body.get("touser")), content))
        return {"errcode": 0, "errmsg": "ok"}

    def _knows(self, call: Call) -> bool:
        return bool(self._token) and call.query.get("access_token") == self._token


def stamped(token: str, *encrypted: str, skew: float = 0.0, nonce: str = "") -> dict[str, str]:
    """The query WeChat adds to a push; `skew` seconds is how far its clock is off."""
    nonce = nonce or secrets.token_hex(5)
    timestamp = str(int(time.time() + skew))
    query = {"signature": _signed(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if encrypted:
        query |= {"encrypt_type": "aes", "msg_signature": _signed(token, timestamp, nonce, *encrypted)}
    return query


def text_message(content: str, sender: str = "openid-anna", number: str = "", **more: str) -> dict[str, str]:
    """A person's text message, as fields."""
    head = {"ToUserName": "gh_0123456789ab", "FromUserName": sender, "CreateTime": str(int(time.time()))}
    return {
        **head,
        "MsgType": "text",
        "Content": content,
        "MsgId": number or str(secrets.randbelow(10**16)),
        **more,
    }


def as_xml(fields: Mapping[str, str]) -> bytes:
    """The fields as WeChat writes them."""
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def push(url: str, token: str, fields: Mapping[str, str], copies: int = 1, skew: float = 0.0) -> list[int]:
    """Push a message in the clear, as often as WeChat would if nobody answered; the status of each response."""
    return [
        httpx2.post(f"{url}?{urlencode(stamped(token, skew=skew))}", content=as_xml(fields)).status_code
        for _ in range(copies)
    ]


def _signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _error(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": f"error {code} rid: 0000-0000"}


def _handler(fake: FakeWechat) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/_sent":
                self._say(200, json.dumps(fake.wait_for_sent(0), ensure_ascii=False).encode())
            else:
                self._respond(self._call(b""))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/_faults":
                given = json.loads(content)
                times, path = given.pop("times", 1), given.pop("path")
                fake.fail(path, Fault(**given), times)
                self._say(200, b"{}")
            elif self.path == "/_push":
                self._say(200, json.dumps(_pushed(json.loads(content))).encode())
            else:
                self._respond(self._call(content))

        def _call(self, content: bytes) -> Call:
            parts = urlsplit(self.path)
            return Call(parts.path, dict(parse_qsl(parts.query)), json.loads(content) if content else {})

        def _respond(self, call: Call) -> None:
            fault = fake.next_fault(call)
            if fault is not None and fault.kind == "slow":
                if fault.until is not None:
                    fault.until.wait(30)
                time.sleep(fault.seconds)
                fault = None
            if fault is None:
                self._say(200, json.dumps(fake.answer(call), ensure_ascii=False).encode())
            elif fault.kind == "errcode":
                self._say(200, json.dumps(_error(fault.code)).encode())
            elif fault.kind == "status":
                self._say(fault.code, b"<html>busy</html>")
            elif fault.kind == "malformed":
                self._say(200, b'{"errcode": 0, "resu')
            else:
                self.close_connection = True

        def _say(self, status: int, content: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # whoever asked did not wait

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _pushed(given: dict[str, Any]) -> dict[str, Any]:
    fields = text_message(given["content"], given.get("sender", "openid-anna"))
    copies, skew = given.get("copies", 1), given.get("skew", 0.0)
    return {"statuses": push(given["url"], given["token"], fields, copies, skew)}


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="在本机扮演微信服务器，供试用和测试微信渠道")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--appid", default=APPID)
    parser.add_argument("--secret", default=SECRET)
    given = parser.parse_args()
    with FakeWechat(given.appid, given.secret, given.port) as fake:
        print(
            f"微信的替身正在 {fake.url} 提供服务，按 Ctrl+C 停止。AppID {fake.appid}，AppSecret {fake.secret}"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
