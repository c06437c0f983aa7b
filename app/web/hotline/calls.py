"""The calls: what the look-up page writes down while one is going on, and the pages that show them afterwards.

Words that are looked for in old calls travel in the body of a POST: callers' words belong in no log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import clock
from app.answer import Status
from app.errors import InvalidDate
from app.store import Call, CallFilter, Gap, Gaps, Origin, Outcome, Person, Role, Shown
from app.web.asking import checked_query, chosen_document
from app.web.body import JsonRoute
from app.web.hotline.calls_view import call_json, calls_of, lasted
from app.web.hotline.console import address, console
from app.web.hotline.guard import Clerk
from app.web.hotline.page import page, see_other
from app.web.json_bytes import json_response
from app.web.opened import Opened, opened
from app.web.schemas import Identifier

PER_PAGE = 50
NEAREST = 5  # clauses that go along with a gap
OpenedNow = Annotated[Opened, Depends(opened)]
pages = APIRouter(include_in_schema=False)
router = APIRouter(include_in_schema=False, route_class=JsonRoute)
Words = Annotated[str | None, Field(max_length=4000)]


class Begin(BaseModel):
    """A call begins; `question` is what is known of it already."""

    question: Annotated[str, Field(max_length=500)] = ""


class Notes(BaseModel):
    """What is written down of a call; what is None stays as it is."""

    question: Annotated[str | None, Field(max_length=500)] = None
    said: Words = None
    notes: Words = None


class End(Notes):
    """A call is over, with the last of what was written down."""

    outcome: Outcome | None = None


class ShownItem(BaseModel):
    """Something the clerk had in hand."""

    kind: Literal["answer", "clause"]
    id: Identifier
    how: Literal["shown", "pinned", "copied", "spoken", "opened"]
    title: Annotated[str, Field(max_length=500)] = ""


class ShownItems(BaseModel):
    """Several of them."""

    items: Annotated[list[ShownItem], Field(max_length=50)]


class Missing(BaseModel):
    """A question that nobody can answer."""

    question: Annotated[str, Field(max_length=500)]
    document_id: Identifier | None = None


@router.post("/hotline/calls")
def begin(request: Request, begun: Begin, person: Clerk) -> Response:
    """A new call; the one before is over."""
    return json_response(call_json(calls_of(request).begin(person, begun.question, address(request))))


@router.post("/hotline/calls/{call_id}/notes")
def write_down(call_id: str, request: Request, notes: Notes, person: Clerk) -> Response:
    """Keep what is typed while the caller speaks."""
    return json_response(call_json(_noted(call_id, request, notes, person)))


@router.post("/hotline/calls/{call_id}/shown")
def remember(call_id: str, request: Request, shown: ShownItems, person: Clerk) -> Response:
    """Remember what was pinned, copied or read out."""
    items = [Shown(each.kind, each.id, each.how, each.title) for each in shown.items]
    return json_response(call_json(calls_of(request).show(call_id, person, items)))


@router.post("/hotline/calls/{call_id}/end")
def end(call_id: str, request: Request, ended: End, person: Clerk) -> Response:
    """The call is over."""
    _noted(call_id, request, ended, person)
    call = calls_of(request).end(call_id, person, ended.outcome, address(request))
    return json_response(call_json(call) | {"lasted": lasted(call)})


@router.post("/hotline/calls/{call_id}/gap")
def open_gap(call_id: str, request: Request, missing: Missing, person: Clerk, now: OpenedNow) -> Response:
    """Nobody can answer this: a gap ticket with the question, the clauses that come nearest and the department."""
    where, held = address(request), console(request)
    call = calls_of(request).note(call_id, person, question=checked_query(missing.question), address=where)
    gap = _gap(call, missing, person, now)
    gaps, sameness = Gaps(held.database), now.services.sameness
    if sameness is None:
        gaps.record(gap)
        return json_response({"id": None, "department": person.department})
    ticket = gaps.open_ticket(gap, sameness, person, where)
    calls_of(request).note(call_id, person, gap_id=ticket.id, address=where)
    return json_response({"id": ticket.id, "department": ticket.department})


def _gap(call: Call, missing: Missing, person: Person, now: Opened) -> Gap:
    document_id = chosen_document(now.services.snapshot, missing.document_id)
    today = now.calendar.today()
    hits = now.services.retriever.search(
        missing.question, limit=NEAREST, as_of=today, document_id=document_id
    )
    answers = [each for each in call.shown if each.kind == "answer" and each.question == call.question]
    last = answers[-1] if answers else None
    return Gap(
        missing.question,
        "hotline",
        clock.now(),
        tuple(hit.clause.id for hit in hits),
        last.id if last else None,
        call.session_id,
        origin=Origin.CALL,
        status=_status(last.status) if last else None,
        department=person.department,
        person=person.id,
        call_id=call.id,
    )


def _status(word: str) -> Status | None:
    return next((status for status in get_args(Status) if status == word), None)


def _noted(call_id: str, request: Request, notes: Notes, person: Person) -> Call:
    return calls_of(request).note(
        call_id,
        person,
        question=notes.question,
        said=notes.said,
        notes=notes.notes,
        address=address(request),
    )


@dataclass(frozen=True, slots=True)
class Sought:
    """What old calls are looked for by, as it was typed."""

    words: str = ""
    since: str = ""
    until: str = ""
    person_id: str = ""
    outcome: str = ""
    page: int = 1


@pages.get("/hotline/calls")
def history(request: Request, person: Clerk) -> Response:
    """The latest calls."""
    return _history(request, person, Sought())


@pages.post("/hotline/calls/find")
def find(
    request: Request,
    person: Clerk,
    words: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    who: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "1",
) -> Response:
    """The calls with these words, of these days, of this clerk, that ended so."""
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return _history(
        request,
        person,
        Sought(words[:200], since[:20], until[:20], who[:32], outcome[:20], max(1, at)),
    )


def _history(request: Request, person: Person, sought: Sought) -> Response:
    calls, problem = calls_of(request), ""
    try:
        begins, ends = _days(request, sought)
    except InvalidDate as error:
        problem, begins, ends = str(error), None, None
    known = Outcome(sought.outcome) if sought.outcome in set(Outcome) else None
    wanted = CallFilter(sought.words, begins, ends, sought.person_id, known)
    found = calls.count(person, wanted)
    last = max(1, -(-found // PER_PAGE))
    at = min(sought.page, last)
    rows = calls.find(person, wanted, offset=(at - 1) * PER_PAGE, limit=PER_PAGE)
    return page(
        request,
        "hotline/calls.html",
        422 if problem else 200,
        problem=problem,
        sought=replace(sought, page=at),
        calls=rows,
        lasted=lasted,
        found=found,
        pages=last,
        outcomes=tuple(Outcome),
        clerks=calls.callers(person) if person.may(Role.EDITOR) else (),
    )


def _days(request: Request, sought: Sought) -> tuple[datetime | None, datetime | None]:
    """The moments between which the days lie, in the console's time zone. Raises `InvalidDate`."""
    held = console(request)
    return held.midnight(sought.since), held.midnight(sought.until, 1)


@pages.get("/hotline/calls/{call_id}")
def one(call_id: str, request: Request, person: Clerk) -> Response:
    """A call with all that was shown."""
    return _one(request, person, calls_of(request).call(call_id, person))


@pages.post("/hotline/calls/{call_id}")
def correct(
    call_id: str,
    request: Request,
    person: Clerk,
    question: Annotated[str, Form()] = "",
    said: Annotated[str, Form()] = "",
    notes: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
) -> Response:
    """Put right what was written down of one's own call."""
    calls, where = calls_of(request), address(request)
    before = calls.note(call_id, person, question=question, said=said, notes=notes, address=where)
    known = Outcome(outcome) if outcome in set(Outcome) else None
    if before.outcome is not known or before.ended_at is None:
        calls.end(call_id, person, known, where)
    return see_other(f"/hotline/calls/{before.id}", "已保存。")


def _one(request: Request, person: Person, call: Call) -> Response:
    return page(
        request,
        "hotline/call.html",
        call=call,
        lasted=lasted(call),
        own=call.person_id == person.id,
        outcomes=tuple(Outcome),
        asked=_asked(call.shown),
        clauses=_clauses(call.shown),
    )


_HOW = {"shown": "引用", "pinned": "备用", "copied": "已复制", "spoken": "已口述", "opened": "看过原文"}
_STATUS = {"answered": "已答复", "not_stated": "文件未载明", "out_of_scope": "不在范围", "clarify": "需澄清"}


def _asked(shown: Sequence[Shown]) -> list[tuple[str, str]]:
    """The questions that were asked, with how they were answered, in order."""
    return [(each.question, _STATUS.get(each.status, "")) for each in shown if each.question]


def _clauses(shown: Sequence[Shown]) -> list[tuple[str, str, list[str]]]:
    """The clauses by id, with their title and what was done with them, in order."""
    made: dict[str, tuple[str, list[str]]] = {}
    for each in shown:
        if each.kind == "clause":
            _, done = made.setdefault(each.id, (each.title or each.id, []))
            if (word := _HOW.get(each.how, "")) and word not in done:
                done.append(word)
    return [(clause_id, title, done) for clause_id, (title, done) in made.items()]
