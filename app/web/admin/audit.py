"""The record of what was done at the console: by person, by action, by day; as a page and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from app.errors import InvalidDate
from app.store import AuditRecord
from app.web.hotline.console import Console, address, console
from app.web.hotline.csv import csv_lines
from app.web.hotline.guard import Admin
from app.web.hotline.page import page
from app.web.problems import problem_of

PER_PAGE = 100
PIECE = 1000  # records read at a time for the CSV
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; days as they are written in the address, both of them included."""

    person: str = ""
    action: str = ""
    since: str = ""
    until: str = ""

    def conditions(self, held: Console) -> dict[str, Any]:
        """As `Audit.records` wants it. Raises `InvalidDate`."""
        return {
            "person_id": self.person or None,
            "action": self.action or None,
            "since": held.midnight(self.since),
            "until": held.midnight(self.until, 1),
        }


@router.get("/admin/audit")
def audit(
    request: Request,
    person: Admin,
    who: str = "",
    action: str = "",
    since: str = "",
    until: str = "",
    after: str = "",
) -> Response:
    """A hundred records, newest first, and what they can be filtered by."""
    held, wanted = console(request), Filter(who[:32], action[:40], since[:20], until[:20])
    problem, conditions = None, Filter().conditions(held)
    try:
        conditions = wanted.conditions(held)
    except InvalidDate as error:
        problem = error
    found = held.audit.records(**conditions, after=_place(after), limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return page(
        request,
        "admin/audit.html",
        problem_of(problem).status if problem else 200,
        records=shown,
        total=held.audit.count(**conditions),
        older=_placed(shown[-1]) if len(found) > PER_PAGE else "",
        first=not after,
        wanted=wanted,
        everybody=held.people.everybody(),
        actions=held.audit.actions(),
        problem=problem,
    )


@router.get("/admin/audit.csv")
def audit_csv(
    request: Request, person: Admin, who: str = "", action: str = "", since: str = "", until: str = ""
) -> Response:
    """All records that fit, oldest formulas harmless; taking them away is itself recorded."""
    held = console(request)
    conditions = Filter(who[:32], action[:40], since[:20], until[:20]).conditions(held)
    held.audit.record("导出日志", person, address=address(request))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(
        csv_lines(_rows(held, conditions)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _rows(held: Console, conditions: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    yield "时间", "人员", "操作", "对象", "说明", "地址"
    after = None
    while found := held.audit.records(**conditions, after=after, limit=PIECE):
        for each in found:
            yield (
                held.local(each.created_at),
                each.person_name,
                each.action,
                each.subject,
                each.detail,
                each.address,
            )
        after = found[-1].created_at, found[-1].id


def _placed(record: AuditRecord) -> str:
    return f"{record.created_at.isoformat()}~{record.id}"


def _place(text: str) -> tuple[datetime, str] | None:
    moment, _, last = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, last[:32]) if found.tzinfo is not None else None
