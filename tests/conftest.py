"""Settings and fixtures that every test shares."""

import os
import time
from datetime import UTC, datetime

import pytest
from hypothesis import settings

# CI machines are slow and shared: a property may take its time, but must always try the same examples there.
settings.register_profile("project", deadline=None, max_examples=100, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")

# Where the policies apply the next day, and month, has begun, and in UTC it has not: who mixes the two up is found out.
START = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)


class Clock:
    """The product's clock, as a test sets it: from the moment it is set to it goes on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.set(START)

    def set(self, moment: datetime) -> None:
        """Show this moment now."""
        ahead = moment.timestamp() - time.monotonic()
        self._patch.setattr("app.clock._seconds", lambda: ahead + time.monotonic())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The product's clock at `START`, the same on every day that the tests run."""
    return Clock(monkeypatch)


@pytest.fixture
def machine_in():
    """Moves the machine into the time zone of a name, as `TZ` does."""
    with pytest.MonkeyPatch.context() as patch:

        def move(name: str) -> None:
            patch.setenv("TZ", name)
            time.tzset()

        yield move
    time.tzset()
