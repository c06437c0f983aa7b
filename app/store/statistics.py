"""Figures for the dashboard: how many questions, how they were answered, how fast, how people liked it, what they asked.

A day is one of the time zone that is given, whatever its length: its two ends are worked out here and compared in UTC, so
that SQLite, which knows no time zones, and PostgreSQL count the same. The index `turns_figures` holds all that a day's
counts need.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Integer, case, cast, func, select

from app.store.calls import calls
from app.store.database import Database
from app.store.gap_tables import gaps, tickets
from app.store.tables import feedback, turns

LONGEST = 366  # days at a time
STEP = 0.1  # ms: latencies are counted in steps of it, rounded down


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of one day, or of many together; `day` is the first. Latencies are in ms, None where nothing was asked."""

    day: date
    channels: Mapping[str, int]
    statuses: Mapping[str, int]
    helpful: int
    unhelpful: int
    p50: float | None
    p95: float | None

    @property
    def asked(self) -> int:
        """How many questions."""
        return sum(self.statuses.values())

    @property
    def helpful_share(self) -> float | None:
        """The share of feedback that says helpful; None where there is none."""
        said = self.helpful + self.unhelpful
        return self.helpful / said if said else None

    def share(self, status: str) -> float:
        """The share of questions of that status, 0 where nothing was asked."""
        return self.statuses.get(status, 0) / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Each day of a period, and all of it together."""

    days: tuple[Day, ...]
    total: Day


@dataclass(frozen=True, slots=True)
class TopQuestion:
    """A question, how often it was asked, and how often it was answered."""

    question: str
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class TopGap:
    """A gap ticket and how often its question came in the period."""

    ticket_id: str
    question: str
    state: str
    asked: int


@dataclass(frozen=True, slots=True)
class CallCount:
    """How many calls of a department ended so; `outcome` is None where nobody has said how. `seconds` is their sum."""

    department: str
    outcome: str | None
    calls: int
    seconds: float


class Statistics:
    """Counts over the store's database. Every method raises `StoreUnavailable` while it is away.

    Periods are whole days, both ends included, at most `LONGEST` days; longer ones are cut at the beginning.
    """

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    def figures(self, first: date, last: date) -> Figures:
        """The days of the period and the whole of it."""
        made, latencies = [], Counter[int]()
        with self._reading() as connection:
            for day in days_of(first, last):
                begin, end = midnight(day, self._zone), midnight(day + timedelta(days=1), self._zone)
                steps = _latencies(connection, begin, end)
                made.append(_day(connection, day, begin, end, steps))
                latencies += steps
        return Figures(tuple(made), together(made, latencies))

    def top_questions(self, first: date, last: date, limit: int = 10) -> tuple[TopQuestion, ...]:
        """The questions asked most, as they were understood; equal ones in the order of their wording."""
        asked = func.count().label("asked")
        answered = func.sum(case((turns.c.status == "answered", 1), else_=0))
        chosen = (
            select(turns.c.interpreted_as, asked, answered)
            .where(*self._within(turns.c.created_at, first, last))
            .group_by(turns.c.interpreted_as)
            .order_by(asked.desc(), turns.c.interpreted_as)
        )
        with self._reading() as connection:
            rows = connection.execute(chosen.limit(limit))
            return tuple(TopQuestion(question, count, int(good)) for question, count, good in rows)

    def by_clause(self, first: date, last: date) -> Mapping[str, int]:
        """How many questions were answered with each clause first; under "" those that quote none."""
        clause = func.coalesce(turns.c.first_clause, "")
        chosen = select(clause, func.count()).where(*self._within(turns.c.created_at, first, last))
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(chosen.group_by(clause))}

    def top_gaps(self, first: date, last: date, limit: int = 10) -> tuple[TopGap, ...]:
        """The tickets whose question came most often in the period; declined ones are left out."""
        asked = func.count().label("asked")
        chosen = (
            select(tickets.c.id, tickets.c.question, tickets.c.state, asked)
            .join(gaps, gaps.c.ticket_id == tickets.c.id)
            .where(*self._within(gaps.c.created_at, first, last), tickets.c.state != "declined")
            .group_by(tickets.c.id, tickets.c.question, tickets.c.state)
            .order_by(asked.desc(), tickets.c.question, tickets.c.id)
        )
        with self._reading() as connection:
            return tuple(TopGap(*row) for row in connection.execute(chosen.limit(limit)))

    def calls(self, first: date, last: date) -> tuple[CallCount, ...]:
        """How many calls ended how, by department; a call that is open has lasted 0 seconds."""
        chosen = select(calls.c.department, calls.c.outcome, calls.c.started_at, calls.c.ended_at).where(
            *self._within(calls.c.started_at, first, last)
        )
        counts, seconds = Counter[tuple[str, str | None]](), Counter[tuple[str, str | None]]()
        with self._reading() as connection:
            for department, outcome, begun, ended in connection.execute(chosen):
                counts[department, outcome] += 1
                seconds[department, outcome] += (ended - begun).total_seconds() if ended else 0
        order = sorted(counts, key=lambda each: (each[0], each[1] or "~"))
        return tuple(CallCount(*each, counts[each], float(seconds[each])) for each in order)

    def _within(self, column: Any, first: date, last: date) -> tuple[Any, Any]:
        days = days_of(first, last)
        begin = midnight(days[0] if days else first, self._zone)
        return column >= begin, column < midnight(last + timedelta(days=1), self._zone)

    def _reading(self) -> Any:
        self._database.prepare()
        return self._database.reading()


def days_of(first: date, last: date) -> tuple[date, ...]:
    """The days from one to the other, the last `LONGEST` of them; none where the first comes after the last."""
    begin = max(first, last - timedelta(days=LONGEST - 1))
    return tuple(begin + timedelta(days=number) for number in range((last - begin).days + 1))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def together(days: Sequence[Day], steps: Counter[int]) -> Day:
    """The sums of some days; percentiles of all their latencies."""
    channels, statuses = Counter[str](), Counter[str]()
    for day in days:
        channels.update(day.channels)
        statuses.update(day.statuses)
    return Day(
        days[0].day if days else date.min,
        dict(channels),
        dict(statuses),
        sum(day.helpful for day in days),
        sum(day.unhelpful for day in days),
        percentile(steps, 0.5),
        percentile(steps, 0.95),
    )


def percentile(steps: Counter[int], share: float) -> float | None:
    """The nearest-rank percentile of latencies counted by `STEP`, in ms: the least that so large a share does not exceed."""
    wanted = -int(-share * steps.total() // 1)
    for step in sorted(steps):
        wanted -= steps[step]
        if wanted <= 0:
            return round(step * STEP, 1)
    return None


def _day(connection: Connection, day: date, begin: datetime, end: datetime, steps: Counter[int]) -> Day:
    channels, statuses = Counter[str](), Counter[str]()
    mine = turns.c.created_at >= begin, turns.c.created_at < end
    columns = turns.c.channel, turns.c.status
    for channel, status, count in connection.execute(
        select(*columns, func.count()).where(*mine).group_by(*columns)
    ):
        channels[channel] += count
        statuses[status] += count
    told = select(feedback.c.helpful, func.count()).where(
        feedback.c.created_at >= begin, feedback.c.created_at < end
    )
    said = {row[0]: row[1] for row in connection.execute(told.group_by(feedback.c.helpful))}
    return Day(
        day,
        dict(channels),
        dict(statuses),
        said.get(True, 0),
        said.get(False, 0),
        percentile(steps, 0.5),
        percentile(steps, 0.95),
    )


def _latencies(connection: Connection, begin: datetime, end: datetime) -> Counter[int]:
    """How many turns took how many steps, each rounded down."""
    scaled: Any = turns.c.latency_ms / STEP
    # SQLite's cast cuts off, PostgreSQL's rounds; SQLite may be built without floor().
    whole = scaled if connection.dialect.name == "sqlite" else func.floor(scaled)
    step = cast(whole, Integer)
    chosen = select(step, func.count()).where(turns.c.created_at >= begin, turns.c.created_at < end)
    return Counter({row[0]: row[1] for row in connection.execute(chosen.group_by(step))})
