"""The one clock: nothing else asks the machine which moment or which day it is, so that a test can set it to any.

A day is always that of a time zone somebody chose: the machine's own says where it was installed, not where a policy applies.
"""

import time
from datetime import UTC, date, datetime, tzinfo

_seconds = time.time  # since 1970; the one name that a test replaces


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.fromtimestamp(_seconds(), UTC)


def today(zone: tzinfo) -> date:
    """The present day in that zone."""
    return now().astimezone(zone).date()
