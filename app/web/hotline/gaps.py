"""Gap tickets: the list and one ticket. A call opens one by `calls.open_gap`.

A clerk sees the tickets of own calls and those handed over. Words that are looked for travel in the body of a POST.
"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.errors import InvalidDate
from app.store import Origin, Person, Role, Ticket, TicketState
from app.web.hotline.console import address, console
from app.web.hotline.csv import csv_lines
from app.web.hotline.gaps_view import (
    CHANNELS,
    PROGRESS,
    STATUSES,
    Sought,
    asked_by,
    gaps_of,
    nearest,
    seen_by,
)
from app.web.hotline.guard import Clerk, Editor
from app.web.hotline.page import page
from app.web.opened import Opened, opened
from app.web.problems import problem_of

PER_PAGE = 50
CSV_LIMIT = 20_000  # tickets
ALIKE = 0.2  # likeness from which another ticket is offered to merge with
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)


@router.get("/hotline/gaps")
def list_page(request: Request, person: Clerk, now: OpenedNow) -> Response:
    """The open tickets, most asked first; what was asked since the last look is gathered before."""
    if now.services.sameness is not None:
        gaps_of(request).gather(now.services.sameness, batches=1)
    return _list(request, person, Sought.of(request.query_params), request.query_params.get("page", "1"))


@router.post("/hotline/gaps/find")
async def find(request: Request, person: Clerk, number: Annotated[str, Form()] = "1") -> Response:
    """The same, with words to look for."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_list, request, person, Sought.of(given), number)


def _list(request: Request, person: Person, sought: Sought, number: str) -> Response:
    held, gaps, problem = console(request), gaps_of(request), None
    try:
        wanted = sought.filter(held, person)
    except InvalidDate as error:
        problem, sought = error, replace(sought, since="", until="")
        wanted = sought.filter(held, person)
    found = gaps.count(wanted)
    last = max(1, -(-found // PER_PAGE))
    at = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    rows = gaps.tickets(wanted, order=sought.order, limit=PER_PAGE, offset=(at - 1) * PER_PAGE)
    return page(
        request,
        "hotline/gaps.html",
        problem_of(problem).status if problem else 200,
        problem=problem,
        sought=sought,
        plain_sought=Sought(),
        tickets=rows,
        spreads=gaps.spreads([each.id for each in rows]),
        found=found,
        number=at,
        pages=last,
        waiting=gaps.waiting(),
        departments=gaps.departments(),
        **_words(request, person),
    )


@router.get("/hotline/gaps.csv")
def tickets_csv(request: Request, person: Editor) -> Response:
    """The tickets that fit, as a file; taking them away is recorded."""
    held, gaps = console(request), gaps_of(request)
    found = gaps.tickets(Sought.of(request.query_params).filter(held, person), limit=CSV_LIMIT)
    names = {each.id: each.name for each in held.people.everybody()}
    held.audit.record("导出缺口", person, detail=f"{len(found)} 条", address=address(request))
    head = ("问题", "次数", "首次", "最近", "状态", "部门", "负责人", "重问结果")
    rows = [
        (
            each.question,
            each.asked,
            held.local(each.first_at),
            held.local(each.last_at),
            each.state.label,
            each.department,
            names.get(each.assignee or "", ""),
            PROGRESS[each.progress],
        )
        for each in found
    ]
    headers = {"Content-Disposition": 'attachment; filename="gaps.csv"'}
    return StreamingResponse(csv_lines([head, *rows]), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/hotline/gaps/{ticket_id}")
def one(ticket_id: str, request: Request, person: Clerk, now: OpenedNow) -> Response:
    """A ticket with its wordings, askings, nearest clauses and notes."""
    gaps = gaps_of(request)
    ticket = gaps.ticket(ticket_id, seen_by(person))
    editor = person.may(Role.EDITOR)
    return page(
        request,
        "hotline/gap.html",
        ticket=ticket,
        near=nearest(now, ticket),
        phrasings=gaps.phrasings([ticket.id])[ticket.id],
        askings=gaps.askings(ticket.id, 20),
        asked_by=asked_by,
        spread=gaps.spreads([ticket.id])[ticket.id],
        notes=gaps.notes(ticket.id),
        others=_alike(request, person, now, ticket) if editor else (),
        editor=editor,
        **_words(request, person),
    )


def _alike(request: Request, person: Person, now: Opened, ticket: Ticket) -> list[Ticket]:
    """The open tickets most like this one, to merge with: the likeness that was not enough to do it unasked."""
    sameness = now.services.sameness
    others = [
        each
        for each in gaps_of(request).tickets(Sought().filter(console(request), person), limit=300)
        if each.id != ticket.id
    ]
    if sameness is None:
        return []
    sameness.traits([ticket.question, *(each.question for each in others)])
    alike = {each.id: sameness.likeness(ticket.question, each.question) for each in others}
    near = [each for each in others if alike[each.id] >= ALIKE]
    return sorted(near, key=lambda each: -alike[each.id])[:8]


def _words(request: Request, person: Person) -> dict[str, Any]:
    people = console(request).people.everybody()
    return {
        "people": [each for each in people if each.may(Role.CLERK)],
        "names": {each.id: each.name for each in people},
        "channels": CHANNELS,
        "statuses": STATUSES,
        "progress_words": PROGRESS,
        "origins": tuple(Origin),
        "states": tuple(TicketState),
        "me": person,
    }
