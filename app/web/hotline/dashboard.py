"""The dashboard: how many questions, how they were answered and liked, what is asked, what is missing; its files; the
weekly report, which is made to be printed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from app.errors import InvalidDate
from app.web.asking import parse_day
from app.web.hotline.charts import plain, shares
from app.web.hotline.console import address, console
from app.web.hotline.csv import csv_lines
from app.web.hotline.dashboard_view import (
    CHANNELS,
    EARLIEST,
    STATUSES,
    Board,
    Period,
    board,
    read_period,
    week_of,
)
from app.web.hotline.guard import Editor
from app.web.hotline.page import page
from app.web.opened import Opened, opened
from app.web.problems import problem_of

SHOWN = 12  # rows of a list on the page; the file has all
STATES = {"new": "新", "working": "处理中", "drafted": "已起草", "solved": "已解决"}
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)
Rows = list[Sequence[object]]


@router.get("/hotline/dashboard")
def dashboard(request: Request, person: Editor, now: OpenedNow, since: str = "", until: str = "") -> Response:
    """The figures of some days; the last 30 where none are chosen."""
    today, problem = now.calendar.today(), None
    try:
        period = read_period(since[:20], until[:20], today)
    except InvalidDate as error:
        problem, period = error, read_period("", "", today)
    return page(
        request,
        "hotline/dashboard.html",
        problem_of(problem).status if problem else 200,
        problem=problem,
        board=board(request, now, period, today),
        presets=presets(today),
        today=today,
        **_words(),
    )


@router.get("/hotline/dashboard.csv")
def dashboard_csv(
    request: Request, person: Editor, now: OpenedNow, figure: str = "days", since: str = "", until: str = ""
) -> Response:
    """One table of the dashboard as a file; taking it away is recorded. Raises `InvalidDate`."""
    today = now.calendar.today()
    period = read_period(since[:20], until[:20], today)
    name = figure if figure in _TABLES else "days"
    rows = _TABLES[name](board(request, now, period, today))
    held = console(request)
    held.audit.record(
        "导出看板", person, subject=name, detail=f"{period.first}—{period.last}", address=address(request)
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"'}
    return StreamingResponse(csv_lines(rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/hotline/dashboard/report")
def report(request: Request, person: Editor, now: OpenedNow, week: str = "") -> Response:
    """The report of a week, the last whole one where none is chosen, beside the week before. Raises `InvalidDate`."""
    today = now.calendar.today()
    chosen = parse_day(week[:20]) if week else today - timedelta(days=7)
    period = week_of(max(min(chosen, today), EARLIEST + timedelta(days=14)))
    return page(
        request,
        "hotline/report.html",
        board=board(request, now, period, today),
        before=board(request, now, period.before, today),
        made_on=today,
        by=person,
        later=period.last + timedelta(days=1),
        **_words(),
    )


def presets(today: date) -> list[tuple[str, Period]]:
    """Periods that are often wanted."""
    week = week_of(today)
    return [
        ("近 7 天", Period(today - timedelta(days=6), today)),
        ("近 30 天", Period(today - timedelta(days=29), today)),
        ("本周", Period(week.first, today)),
        ("上周", week.before),
        ("近 90 天", Period(today - timedelta(days=89), today)),
    ]


def _words() -> dict[str, Any]:
    return {
        "channels": CHANNELS,
        "statuses": STATUSES,
        "states": STATES,
        "plain": plain,
        "shares": shares,
        "shown": SHOWN,
        "ticket_states": STATES,
    }


def _days(made: Board) -> Rows:
    head = [
        "日期",
        "提问",
        *CHANNELS.values(),
        *STATUSES.values(),
        "有用",
        "没用",
        "用时中位数（毫秒）",
        "用时95分位（毫秒）",
    ]
    rows = [
        [
            day.day,
            day.asked,
            *(day.channels.get(name, 0) for name in CHANNELS),
            *(day.statuses.get(name, 0) for name in STATUSES),
            day.helpful,
            day.unhelpful,
            day.p50,
            day.p95,
        ]
        for day in made.figures.days
    ]
    return [head, *rows]


def _questions(made: Board) -> Rows:
    return [
        ("问题", "次数", "答复"),
        *((each.question, each.asked, each.answered) for each in made.questions),
    ]


def _gaps(made: Board) -> Rows:
    rows = ((each.question, each.asked, STATES.get(each.state, each.state)) for each in made.gaps)
    return [("缺口", "次数", "状态"), *rows]


def _documents(made: Board) -> Rows:
    rows = (
        (each.document.title, each.document.number, each.document.file, each.words) for each in made.stale
    )
    return [("文件", "文号", "路径", "说明"), *rows]


def _reviewed(made: Board) -> Rows:
    rows = ((each.wording.question, each.wording.department, each.wording.expires_on) for each in made.due)
    return [("口径", "部门", "到期"), *rows]


def _departments(made: Board) -> Rows:
    rows = (
        (each.name, each.questions, each.gaps, each.calls, each.answered_calls) for each in made.departments
    )
    return [("部门", "引用其文件的提问", "待办缺口", "通话", "已解答的通话"), *rows]


def _calls(made: Board) -> Rows:
    return [("结果", "通话"), *made.outcomes]


_TABLES = {
    "days": _days,
    "questions": _questions,
    "gaps": _gaps,
    "documents": _documents,
    "reviewed": _reviewed,
    "departments": _departments,
    "calls": _calls,
}
