"""What the dashboard and the weekly report show of a period, gathered from the stores and the corpus."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Request

from app.corpus import Document
from app.errors import ClauseNotFound, DocumentNotFound
from app.store import (
    CallCount,
    Figures,
    Gaps,
    Outcome,
    Reviewed,
    ReviewedVersion,
    Statistics,
    TicketFilter,
    TicketState,
    TopGap,
    TopQuestion,
)
from app.web.asking import parse_day
from app.web.hotline.charts import Chart, Series, lined, stacked
from app.web.hotline.console import console
from app.web.opened import Opened
from app.web.services import Snapshot

DAYS, LONGEST = 30, 366  # days of a period nobody has chosen, and of one at most
EARLIEST = date(2000, 1, 1)
SOON = 60  # days before its end that a document or a reviewed answer is named
CHANNELS = {"widget": "网页", "hotline": "热线", "wechat": "微信", "api": "接口"}
STATUSES = {"answered": "已答复", "not_stated": "文件未载明", "out_of_scope": "不在范围", "clarify": "需澄清"}
NOBODY = "未写明"
_STYLES = ("s1", "s2", "s3", "s4")
_STATUS_STYLES = ("s1", "s3", "s4", "s2")
_OPEN = (TicketState.NEW, TicketState.WORKING, TicketState.DRAFTED)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Stale:
    """A document to look after: `why` is expired, expiring or undated."""

    document: Document
    why: str
    days: int | None = None

    @property
    def words(self) -> str:
        """As it is shown."""
        if self.why == "expired":
            return f"已于 {self.document.expires_on} 失效"
        return f"{self.days} 天后失效" if self.why == "expiring" else "没有写明日期"


@dataclass(frozen=True, slots=True)
class Department:
    """A department: questions answered out of its documents, its open gaps, its calls and how many were answered."""

    name: str
    questions: int
    gaps: int
    calls: int
    answered_calls: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of a period."""

    period: Period
    figures: Figures
    questions: tuple[TopQuestion, ...]
    gaps: tuple[TopGap, ...]
    open_gaps: int
    stale: tuple[Stale, ...]
    due: tuple[ReviewedVersion, ...]
    calls: tuple[CallCount, ...]
    departments: tuple[Department, ...]

    @property
    def call_total(self) -> int:
        """How many calls."""
        return sum(each.calls for each in self.calls)

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """How many calls ended how, in words, in a fixed order."""
        counts = Counter[str | None]()
        for each in self.calls:
            counts[each.outcome] += each.calls
        named = [(each.label, counts[each.value]) for each in Outcome]
        return [*named, ("未登记", counts[None])] if counts[None] else named

    def channels(self) -> Chart:
        """Questions per day, by channel."""
        return stacked("每日提问（按渠道）", self._labels(), self._series(CHANNELS, "channels"))

    def statuses(self) -> Chart:
        """Questions per day, by how they were answered."""
        return stacked(
            "每日提问（按答复）", self._labels(), self._series(STATUSES, "statuses", _STATUS_STYLES)
        )

    def latency(self) -> Chart:
        """How long answers took."""
        days = self.figures.days
        series = (
            Series("中位数", "s1", tuple(day.p50 for day in days)),
            Series("95 分位", "s3", tuple(day.p95 for day in days)),
        )
        return lined("答复用时", self._labels(), series, "毫秒")

    def helpful(self) -> Chart:
        """What people said of answers, per day."""
        days = self.figures.days
        series = (
            Series("有用", "s2", tuple(float(day.helpful) for day in days)),
            Series("没用", "s4", tuple(float(day.unhelpful) for day in days)),
        )
        return stacked("每日评价", self._labels(), series)

    def _labels(self) -> list[str]:
        return [f"{day.day.month}-{day.day.day}" for day in self.figures.days]

    def _series(self, names: Mapping[str, str], kind: str, styles: Sequence[str] = _STYLES) -> list[Series]:
        return [
            Series(words, style, tuple(float(getattr(day, kind).get(name, 0)) for day in self.figures.days))
            for (name, words), style in zip(names.items(), styles, strict=True)
        ]


def read_period(since: str, until: str, today: date) -> Period:
    """The period of two days as they are written; the last 30 days where they are not. Raises `InvalidDate`.

    Nothing was asked before `EARLIEST`, nor later than today; a period is at most a year long.
    """
    last = max(min(parse_day(until), today), EARLIEST) if until else today
    first = parse_day(since) if since else last - timedelta(days=DAYS - 1)
    return Period(max(min(first, last), last - timedelta(days=LONGEST - 1), EARLIEST), last)


def week_of(day: date) -> Period:
    """The week from Monday to Sunday in which the day lies."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def board(request: Request, now: Opened, period: Period, today: date) -> Board:
    """Count everything of a period, and what stands open today. Raises `StoreUnavailable`."""
    held = console(request)
    statistics, gaps = Statistics(held.database, held.zone), Gaps(held.database)
    first, last = period.first, period.last
    counted = statistics.calls(first, last)
    return Board(
        period=period,
        figures=statistics.figures(first, last),
        questions=statistics.top_questions(first, last),
        gaps=statistics.top_gaps(first, last),
        open_gaps=gaps.count(TicketFilter(states=_OPEN)),
        stale=stale(now.services.snapshot.documents.values(), today),
        due=due(Reviewed(held.database).served()[1], today),
        calls=counted,
        departments=departments(
            now.services.snapshot, statistics.by_clause(first, last), gaps.by_department(_OPEN), counted
        ),
    )


def stale(documents: Iterable[Document], today: date) -> tuple[Stale, ...]:
    """Documents past their day, those within 60 days of it, and those that name no day at all."""
    found = []
    for each in documents:
        if each.expires_on is not None and each.expires_on < today:
            found.append(Stale(each, "expired", (each.expires_on - today).days))
        elif each.expires_on is not None and (each.expires_on - today).days <= SOON:
            found.append(Stale(each, "expiring", (each.expires_on - today).days))
        elif each.published_on is each.effective_from is each.expires_on is None:
            found.append(Stale(each, "undated"))
    order = {"expiring": 0, "expired": 1, "undated": 2}
    return tuple(sorted(found, key=lambda each: (order[each.why], abs(each.days or 0), each.document.title)))


def due(versions: Iterable[ReviewedVersion], today: date) -> tuple[ReviewedVersion, ...]:
    """The reviewed answers that are served and end, or have ended, within 60 days, the first to end first."""
    near = today + timedelta(days=SOON)
    found = [
        each for each in versions if each.wording.expires_on is not None and each.wording.expires_on <= near
    ]
    return tuple(sorted(found, key=lambda each: (each.wording.expires_on or today, each.wording.question)))


def departments(
    snapshot: Snapshot, by_clause: Mapping[str, int], gaps: Mapping[str, int], calls: Iterable[CallCount]
) -> tuple[Department, ...]:
    """Each department's share, the busiest first; a clause belongs to who issued its document."""
    questions, held, answered = Counter[str](), Counter[str](), Counter[str]()
    for clause_id, count in by_clause.items():
        if clause_id:
            questions[_issuer(snapshot, clause_id)] += count
    for each in calls:
        held[each.department or NOBODY] += each.calls
        if each.outcome == Outcome.ANSWERED:
            answered[each.department or NOBODY] += each.calls
    waiting = Counter[str]()
    for name, count in gaps.items():
        waiting[name or NOBODY] += count
    names = {*questions, *held, *waiting}
    made = [Department(each, questions[each], waiting[each], held[each], answered[each]) for each in names]
    return tuple(sorted(made, key=lambda each: (-(each.questions + each.calls), -each.gaps, each.name)))


def _issuer(snapshot: Snapshot, clause_id: str) -> str:
    try:
        document = snapshot.document(snapshot.clause(clause_id).document_id)
    except (ClauseNotFound, DocumentNotFound):
        return "已撤下的文件"
    return document.issuers[0] if document.issuers else NOBODY
