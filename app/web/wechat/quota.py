"""How often a person, and all together, may ask in a day."""

from datetime import UTC, datetime, time, timedelta
from math import ceil

from app.clock import now
from app.errors import StoreUnavailable, TooManyRequests
from app.store import EVERYBODY, WechatRecords
from app.web.asking import Calendar


class Quota:
    """Counts over all workers. While the store is away nobody is refused."""

    def __init__(self, records: WechatRecords, calendar: Calendar, per_person: int, per_day: int) -> None:
        """0 means without limit."""
        self._records, self._calendar = records, calendar
        self._per_person, self._per_day = per_person, per_day

    def use(self, person: str) -> None:
        """Count one question. Raises `TooManyRequests`."""
        # The person first: whoever is over their own limit takes nothing from the others.
        for who, limit, words in (
            (person, self._per_person, "您今天的提问次数"),
            (EVERYBODY, self._per_day, "今天全部用户的提问次数"),
        ):
            if limit and self._count(who) > limit:
                raise TooManyRequests(f"{words}已达上限（{limit} 次），请明天再来。", self._until_midnight())

    def _count(self, who: str) -> int:
        try:
            return self._records.use(self._calendar.today().isoformat(), who)
        except StoreUnavailable:
            return 0

    def _until_midnight(self) -> int:
        tomorrow = self._calendar.today() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), self._calendar.zone)
        # In UTC: between two moments of one zone the hour that a night lacks or repeats is not counted.
        return max(1, ceil((midnight.astimezone(UTC) - now()).total_seconds()))
