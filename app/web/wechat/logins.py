"""Our own tokens: made here after WeChat has named the person, sealed, so that the openid in them is readable to us alone."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.errors import LoginExpired
from app.web.wechat.cipher import PersonHash, Seal
from app.web.wechat.once import Once

LIFE = 2 * 3600  # s; WeChat's content check wants a person seen within two hours
REFRESH_LIFE = 30 * 24 * 3600  # s
LONGEST = 1024  # characters of a token


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks: `id` is the keyed hash that is kept, `openid` WeChat's own name, which never is."""

    id: str
    openid: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """A pair of tokens; `token` is good for `seconds`, `refresh_token` once."""

    person: Person
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: int = LIFE


class Logins:
    """Makes tokens and reads them. Any worker with the same secret can read what another made."""

    def __init__(self, secret: str, appid: str, once: Once, clock: Callable[[], float] = time.time) -> None:
        self._token, self._refresh = Seal(secret, f"login {appid}"), Seal(secret, f"refresh {appid}")
        self._hash, self._once, self._clock = PersonHash(secret, appid), once, clock

    def person(self, openid: str) -> Person:
        """The person behind an openid."""
        return Person(self._hash.of(openid), openid)

    def login(self, openid: str) -> Login:
        """New tokens for a person."""
        return Login(
            self.person(openid),
            self._made(self._token, openid, LIFE),
            self._made(self._refresh, openid, REFRESH_LIFE),
        )

    def read(self, token: str) -> Person:
        """The person a token was made for. Raises `LoginExpired`."""
        openid, _ = self._opened(self._token, token)
        return self.person(openid)

    def refresh(self, refresh_token: str) -> Login:
        """New tokens for an old refresh token, which is used up by that. Raises `LoginExpired`."""
        openid, until = self._opened(self._refresh, refresh_token)
        mark = hashlib.sha256(refresh_token.encode()).hexdigest()
        if not self._once.first("refresh", mark, until - self._clock()):
            raise _expired()
        return self.login(openid)

    def _made(self, seal: Seal, openid: str, life: int) -> str:
        return seal.seal(json.dumps([openid, int(self._clock()) + life]).encode())

    def _opened(self, seal: Seal, token: str) -> tuple[str, float]:
        content = seal.open(token) if len(token) <= LONGEST and token.isascii() else None
        if content is None:
            raise _expired()
        openid, until = json.loads(content)
        if self._clock() >= until:
            raise _expired()
        return str(openid), float(until)


def _expired() -> LoginExpired:
    return LoginExpired("登录凭证没有、已过期或不是本服务签发的，请重新调用 /wechat/v1/login。")
