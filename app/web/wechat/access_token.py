"""The app's access token, shared by all workers and renewed by one of them, ahead of its end."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.clock import now
from app.errors import StoreUnavailable
from app.store import WechatRecords
from app.web.wechat.cipher import Seal
from app.web.wechat.client import CallError

AHEAD = timedelta(minutes=5)  # before its end a token is renewed; the old one stays good meanwhile
HOLD = 15.0  # s after which a worker that died while renewing is no longer waited for
PATIENCE = 5.0  # s to wait for another worker's renewal when there is no token at all
POLL = 0.05  # s


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: datetime


class AccessToken:
    """Gives the token. Safe to use from many threads; the workers meet in the store."""

    def __init__(
        self,
        fetch: Callable[[bool], tuple[str, int]],
        records: WechatRecords,
        seal: Seal,
        account: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """`fetch` asks WeChat (True: for another than before); `account` names the app in the store."""
        self._fetch, self._records, self._seal = fetch, records, seal
        self._account, self._clock = account, clock
        self._holder = uuid4().hex
        self._kept = _Kept("", datetime(2000, 1, 1, tzinfo=UTC))
        self._lock = threading.Lock()

    def current(self, refused: str | None = None) -> str:
        """A token that is good as far as we know, and not the one that WeChat refused. Raises `CallError`."""
        kept = self._kept
        if self._fresh(kept, refused):
            return kept.token
        # Where the old token is still good, one thread renews it and the others go on with it.
        if not self._lock.acquire(blocking=not self._usable(kept, refused)):
            return kept.token
        try:
            if self._fresh(self._kept, refused):
                return self._kept.token
            self._kept = self._shared(refused)
            return self._kept.token
        finally:
            self._lock.release()

    def _shared(self, refused: str | None) -> _Kept:
        """The token in the store, renewed by us unless another worker does so."""
        deadline = time.monotonic() + PATIENCE
        try:
            while True:
                saved = self._saved()
                if self._fresh(saved, refused):
                    return saved
                if self._records.hold(self._account, self._holder, HOLD):
                    return self._renewed(refused)
                if self._usable(saved, refused):
                    return saved
                if time.monotonic() > deadline:
                    raise CallError("broken")
                time.sleep(POLL)
        except StoreUnavailable:
            # WeChat gives all who ask the same token: without the store each worker may ask for itself.
            return self._fetched(refused)

    def _renewed(self, refused: str | None) -> _Kept:
        # Between our look and our hold another worker may have finished.
        saved = self._saved()
        if self._fresh(saved, refused):
            self._records.let_go(self._account, self._holder)
            return saved
        try:
            new = self._fetched(refused)
        except CallError:
            self._records.let_go(self._account, self._holder)
            if self._usable(saved, refused):
                return saved
            raise
        self._records.renew(self._account, self._holder, self._seal.seal(new.token.encode()), new.until)
        return new

    def _fetched(self, refused: str | None) -> _Kept:
        token, seconds = self._fetch(False)
        if token == refused:
            token, seconds = self._fetch(True)
        return _Kept(token, self._clock() + timedelta(seconds=seconds))

    def _saved(self) -> _Kept:
        saved = self._records.token(self._account)
        content = self._seal.open(saved.sealed) if saved.sealed else None
        return _Kept(content.decode() if content else "", saved.until)

    def _fresh(self, kept: _Kept, refused: str | None) -> bool:
        return self._good(kept, refused, AHEAD)

    def _usable(self, kept: _Kept, refused: str | None) -> bool:
        return self._good(kept, refused, timedelta(seconds=10))

    def _good(self, kept: _Kept, refused: str | None, ahead: timedelta) -> bool:
        return kept.token not in ("", refused) and self._clock() + ahead < kept.until
