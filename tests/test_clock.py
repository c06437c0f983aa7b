"""The one clock, which day it is where the policies apply, and that nothing else asks the machine for either."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.clock import now, today
from app.main import today as today_of
from app.settings import Settings
from app.web.asking import calendar

MACHINES = ("UTC", "Asia/Shanghai", "America/New_York")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2028-02-29T15:59:59", "Asia/Shanghai", date(2028, 2, 29)),
        ("2028-02-29T16:00:00", "Asia/Shanghai", date(2028, 3, 1)),
        ("2027-12-31T16:00:00", "Asia/Shanghai", date(2028, 1, 1)),
        ("2028-01-01T04:59:59", "America/New_York", date(2027, 12, 31)),
        ("2028-07-01T04:00:00", "America/New_York", date(2028, 7, 1)),
        ("2028-02-28T10:00:00", "Pacific/Kiritimati", date(2028, 2, 29)),
    ],
)
def test_today_is_the_day_of_the_setting_wherever_the_machine_stands(
    clock, machine_in, machine, moment, zone, day
):
    machine_in(machine)
    clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert today(ZoneInfo(zone)) == today_of(Settings(timezone=zone)) == calendar(zone).day(None) == day


def test_the_present_moment_is_in_utc_and_goes_on():
    first, second = now(), now()
    assert (first.tzinfo, first <= second) == (UTC, True)
