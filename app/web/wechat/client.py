"""WeChat's HTTP interface: the four calls we make. Whatever goes wrong becomes a `CallError`; nothing of it is logged here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import httpx2

from app.web.wechat.discreet import be_discreet

TIMEOUT = 4.0  # s for a person who waits
CHECK_TIMEOUT = 2.0  # s for a content check: an answer is worth more than the check of its question
SEND_TIMEOUT = 10.0  # s for a message sent in the background
BUSY = -1
STALE = (40001, 40014, 42001)  # the access token is not, or no longer, good
CHECKED = 2500  # characters a content check takes

_T = TypeVar("_T")


class CallError(Exception):
    """A call that did not succeed. `code` is WeChat's errcode, None where there was no sensible reply.

    `kind` is “slow” (it may have been done all the same), “broken” (it was not understood) or “refused” (errcode).
    """

    def __init__(self, kind: Literal["slow", "broken", "refused"], code: int | None = None) -> None:
        super().__init__(f"{kind} {code}" if code is not None else kind)
        self.kind, self.code = kind, code


@dataclass(frozen=True, slots=True)
class Verdict:
    """What WeChat's content check says: `suggest` is pass, review or risky."""

    suggest: str
    label: int | None
    trace_id: str | None


class Client:
    """One app's calls. Safe to use from many threads."""

    def __init__(self, base_url: str, appid: str, secret: str) -> None:
        be_discreet()
        self._appid, self._secret = appid, secret
        # No proxy of the environment: WeChat wants to see an address from its allow-list.
        self._http = httpx2.Client(base_url=base_url, trust_env=False)

    def close(self) -> None:
        """Let go of all connections."""
        self._http.close()

    def openid_of(self, code: str) -> str:
        """The openid behind a login code. The session key that comes with it is dropped at once: nobody needs it."""
        asked = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        return _text(self._call("GET", "/sns/jscode2session", params=asked), "openid")

    def access_token(self, force: bool = False) -> tuple[str, int]:
        """The app's access token and its life in seconds; the same one to all who ask, unless forced."""
        asked = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": force,
        }
        said = self._call("POST", "/cgi-bin/stable_token", body=asked)
        seconds = said.get("expires_in")
        return _text(said, "access_token"), seconds if isinstance(seconds, int) and seconds > 0 else 7200

    def check_text(self, token: str, openid: str, content: str) -> Verdict:
        """What the content check says of a text a person wrote (scene 2: 评论)."""
        asked = {"version": 2, "scene": 2, "openid": openid, "content": content[:CHECKED]}
        said = self._call(
            "POST", "/wxa/msg_sec_check", token=token, body=asked, timeout=CHECK_TIMEOUT
        )  # errcode is 0 for risky text too
        result = said.get("result")
        if not isinstance(result, dict) or result.get("suggest") not in ("pass", "review", "risky"):
            raise CallError("broken")
        label, trace = result.get("label"), said.get("trace_id")
        return Verdict(
            result["suggest"],
            label if isinstance(label, int) else None,
            trace[:128] if isinstance(trace, str) else None,
        )

    def send_text(self, token: str, openid: str, content: str) -> None:
        """Send a text message to a person who wrote within the last 48 hours."""
        asked = {"touser": openid, "msgtype": "text", "text": {"content": content}}
        self._call("POST", "/cgi-bin/message/custom/send", token=token, body=asked, timeout=SEND_TIMEOUT)

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        # Chinese as it is: WeChat shows people the escapes of JSON as they stand.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace") if body else None
        try:
            response = self._http.request(
                method,
                path,
                params={"access_token": token} if token is not None else params,
                content=content,
                headers={"Content-Type": "application/json"},
                timeout=timeout or TIMEOUT,
            )
        except (httpx2.ReadTimeout, httpx2.WriteTimeout, httpx2.ReadError, httpx2.RemoteProtocolError):
            raise CallError("slow") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
            raise CallError("broken") from None
        return _understood(response.status_code, response.content)


def with_token(token: "Callable[[str | None], str]", call: Callable[[str], _T]) -> _T:
    """The call with the access token, once more with a new one where WeChat says that the first is no longer good.

    `token` gives the present token, or, told which one was refused, another. Raises `CallError`.
    """
    given = token(None)
    try:
        return call(given)
    except CallError as failed:
        if failed.code not in STALE:
            raise
    return call(token(given))


def _understood(status: int, content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise CallError("broken") from None
    if status >= 500 or not isinstance(said, dict):
        raise CallError("broken")
    code = said.get("errcode", 0)
    if code != 0 or status >= 400:
        raise CallError("refused", code if isinstance(code, int) else None)
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 1024:
        raise CallError("broken")
    return value
