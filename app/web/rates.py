"""How often anyone may ask. The only importer of limits.

In memory each process counts for itself; a Redis URL makes all processes count together. When Redis is away the
process counts in memory: a limit that fails must not stop the answers.
"""

import logging
import math
import time
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.errors import InvalidSetting, TooManyRequests

log = logging.getLogger("zhengwen.web")

Period = Literal["minute", "day"]
_ITEMS: dict[Period, type[RateLimitItem]] = {"minute": RateLimitItemPerMinute, "day": RateLimitItemPerDay}
_WORDS: dict[Period, str] = {"minute": "每分钟", "day": "每天"}


class Rates:
    """Counts requests by name. Safe to use from many threads."""

    def __init__(self, url: str = "memory://") -> None:
        """Does not connect yet. Raises `InvalidSetting` for a URL that can never be used."""
        self._limiter = FixedWindowRateLimiter(_storage(url))
        self._fallback = FixedWindowRateLimiter(MemoryStorage())

    def take(self, what: str, name: str, allowed: int, period: Period = "minute") -> None:
        """Count one request. Raises `TooManyRequests` when `allowed` are used up in this period."""
        item = _ITEMS[period](allowed, namespace="zhengwen")
        try:
            left = self._seconds_left(self._limiter, item, what, name)
        except StorageError as error:
            log.warning("limits are counted in memory: %s", error)
            left = self._seconds_left(self._fallback, item, what, name)
        if left:
            raise TooManyRequests(
                f"{what}{_WORDS[period]}最多 {allowed} 次，现已用完，请在 {_span(left)}后再试。", left
            )

    @staticmethod
    def _seconds_left(limiter: FixedWindowRateLimiter, item: RateLimitItem, *names: str) -> int:
        """0 where there was room, otherwise the seconds until there is some."""
        if limiter.hit(item, *names):
            return 0
        return max(1, math.ceil(limiter.get_window_stats(item, *names).reset_time - time.time()))


def _storage(url: str) -> Storage:
    # A server that hangs must not hold every request: half a second, then this process counts for itself.
    waits = {} if url.startswith("memory:") else {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    try:
        made = storage_from_string(url, wrap_exceptions=True, **waits)
    except (ConfigurationError, ImportError, ValueError, TypeError):
        made = None
    if not isinstance(made, Storage):
        raise InvalidSetting(
            "设置 ZHENGWEN_LIMITS_URL 的值不能用，请写成 memory:// 或 redis://主机:6379/0"
            "（后者需先运行 pip install 'zhengwen[redis]'）。"
        )
    return made


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} 秒"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} 分钟" if minutes < 120 else f"{math.ceil(minutes / 60)} 小时"
