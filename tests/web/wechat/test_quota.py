from collections import Counter
from datetime import UTC, datetime

import pytest

from app.errors import TooManyRequests
from app.web.asking import calendar
from app.web.wechat.quota import Quota


class Records(Counter):
    """Counts in memory."""

    def use(self, day, who):
        self[day, who] += 1
        return self[day, who]


def at(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Asia/Shanghai", "2028-02-29T15:30", 0.5),
        ("Asia/Shanghai", "2027-12-31T16:30", 23.5),
        ("America/New_York", "2026-11-01T04:30", 24.5),  # that night the hour after one comes twice
        ("America/New_York", "2026-03-08T05:30", 22.5),  # and in this one the hour after two is left out
    ],
)
def test_whoever_has_asked_enough_is_told_to_wait_for_midnight_there(clock, zone, moment, hours):
    clock.set(at(moment))
    quota = Quota(Records(), calendar(zone), 1, 0)
    quota.use("anna")
    with pytest.raises(TooManyRequests) as refused:
        quota.use("anna")
    assert hours * 3600 - 5 <= refused.value.seconds <= hours * 3600


def test_a_new_day_begins_at_midnight_there_and_not_in_utc(clock):
    records = Records()
    quota = Quota(records, calendar("Asia/Shanghai"), 10, 0)
    for moment in ("2028-02-29T15:59", "2028-02-29T16:01", "2028-02-29T23:59", "2028-03-01T00:01"):
        clock.set(at(moment))
        quota.use("anna")
    assert records == {("2028-02-29", "anna"): 1, ("2028-03-01", "anna"): 3}
