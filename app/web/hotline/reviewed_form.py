"""Drafting a reviewed answer: the form, the clauses to choose from, and the answer as a citizen would get it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app import clock
from app.errors import (
    ClauseNotFound,
    InvalidRequest,
    NotFound,
    ReviewedChanged,
    ReviewedInvalid,
    TicketNotFound,
    ZhengwenError,
)
from app.store import Gaps, Person, Point, ReviewedEntry, ReviewedVersion, Wording, tidied
from app.web.asking import checked_query
from app.web.hotline.console import address, console
from app.web.hotline.guard import Editor
from app.web.hotline.page import page, see_other
from app.web.hotline.reviewed_plan import day_of, read_point
from app.web.hotline.reviewed_sheet import lines_of, point_text
from app.web.hotline.reviewed_view import (
    ALL,
    Chosen,
    answers_of,
    book_of,
    checked,
    chosen,
    where,
)
from app.web.json_bytes import Json, json_response
from app.web.opened import Opened, opened
from app.web.problems import problem_of
from app.web.services import Snapshot
from app.web.wire import hit_json

FOUND = 12  # clauses offered for one search
MENDABLE = (InvalidRequest, ClauseNotFound, ReviewedChanged)  # what the person at the form can put right
OpenedNow = Annotated[Opened, Depends(opened)]
router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, as it was typed. `points` are written as `point_text` writes them."""

    question: str = ""
    similar: str = ""
    counters: str = ""
    points: tuple[str, ...] = ()
    spoken: str = ""
    department: str = ""
    reviewed_on: str = ""
    expires_on: str = ""
    seen: str = ""
    gap_id: str = ""


def typed(
    question: Text = "",
    similar: Text = "",
    counters: Text = "",
    point: Annotated[list[str], Form()] = [],  # noqa: B006
    spoken: Text = "",
    department: Text = "",
    reviewed_on: Text = "",
    expires_on: Text = "",
    seen: Text = "",
    gap: Text = "",
) -> Typed:
    """The fields of the form."""
    points = tuple(each[:300] for each in point[:50])
    return Typed(
        question, similar, counters, points, spoken, department, reviewed_on, expires_on, seen[:80], gap[:32]
    )


TypedNow = Annotated[Typed, Depends(typed)]


def wording_of(given: Typed, known: Sequence[Point], snapshot: Snapshot) -> Wording:
    """The wording that was typed; `known` are the points it had before, which may stand nowhere now.

    Raises:
        InvalidDate, ClauseNotFound, ReviewedInvalid: something cannot be read; the sentence names it.
    """
    have = {point_text(point): point for point in known}
    return Wording(
        question=given.question,
        similar=lines_of(given.similar),
        counters=lines_of(given.counters),
        points=tuple(have.get(text) or read_point(text, snapshot) for text in given.points),
        spoken=given.spoken,
        department=given.department,
        reviewed_on=day_of(given.reviewed_on),
        expires_on=day_of(given.expires_on),
    )


def typed_of(version: ReviewedVersion) -> Typed:
    """A version as the form shows it."""
    wording = version.wording
    return Typed(
        wording.question,
        "\n".join(wording.similar),
        "\n".join(wording.counters),
        tuple(map(point_text, wording.points)),
        wording.spoken,
        wording.department,
        wording.reviewed_on.isoformat() if wording.reviewed_on else "",
        wording.expires_on.isoformat() if wording.expires_on else "",
        version.stamp,
    )


def begun(question: str, clauses: Sequence[str], gap: str, person: Person, today: date) -> Typed:
    """A new form for a question and the clauses that may answer it, for a year."""
    try:
        year = today.replace(year=today.year + 1)
    except ValueError:
        year = today.replace(year=today.year + 1, day=28)
    points = tuple(each[:300] for each in clauses[:20])
    return Typed(
        question=question[:200],
        points=points,
        department=person.department[:40],
        expires_on=year.isoformat(),
        gap_id=gap[:32],
    )


def form(
    request: Request,
    now: Opened,
    given: Typed,
    entry: ReviewedEntry | None = None,
    error: ZhengwenError | None = None,
) -> Response:
    """The form, with what was typed and what is wrong with it."""
    snapshot = now.services.snapshot
    known = entry.latest.wording.points if entry is not None else ()
    return page(
        request,
        "hotline/reviewed_form.html",
        problem_of(error).status if error else 200,
        entry=entry,
        given=given,
        points=shown_points(given.points, known, snapshot),
        problem=str(error) if error else "",
        departments=book_of(request).departments(),
        action=f"/hotline/reviewed/{entry.id}" if entry is not None else "/hotline/reviewed",
    )


def shown_points(texts: Sequence[str], known: Sequence[Point], snapshot: Snapshot) -> list[Chosen]:
    """The chosen clauses; what names none is left out."""
    have, made = {point_text(point): point for point in known}, []
    for text in dict.fromkeys(texts):
        try:
            made.append(have.get(text) or read_point(text, snapshot))
        except (NotFound, ReviewedInvalid):
            continue
    return list(chosen(made, snapshot))


@router.get("/hotline/reviewed/new")
def new(request: Request, person: Editor, now: OpenedNow, question: str = "", gap: str = "") -> Response:
    """An empty form, or one begun from a question and clauses (`clause=…`, as often as there are)."""
    clauses = request.query_params.getlist("clause")
    return form(request, now, begun(question, clauses, gap, person, now.calendar.today()))


@router.post("/hotline/reviewed/new")
def begin(
    request: Request,
    person: Editor,
    now: OpenedNow,
    question: Text = "",
    clause: Annotated[list[str], Form()] = [],  # noqa: B006
    gap: Text = "",
) -> Response:
    """The same from a form: what people asked belongs in no address."""
    return form(request, now, begun(question, clause, gap, person, now.calendar.today()))


@router.post("/hotline/reviewed")
def create(request: Request, person: Editor, now: OpenedNow, given: TypedNow, act: Text = "save") -> Response:
    """Keep a new draft, and hand it in where that was asked for."""
    book = book_of(request)
    try:
        made = book.draft(wording_of(given, (), now.services.snapshot), person, given.gap_id or None)
    except MENDABLE as error:
        return form(request, now, given, error=error)
    if given.gap_id:
        # The ticket may have been merged or cleared away meanwhile; the draft is worth keeping all the same.
        with suppress(TicketNotFound):
            Gaps(console(request).database).draft(given.gap_id, made.entry_id, person, address(request))
    return _kept(request, now, made, person, act)


@router.post("/hotline/reviewed/clauses")
def clauses(request: Request, person: Editor, now: OpenedNow, q: Text = "") -> Response:
    """The clauses nearest to a query, in force or not, each with the items one may choose alone."""
    hits = now.services.retriever.search(
        checked_query(q), limit=FOUND, as_of=now.calendar.today(), document_id=None
    )
    found: list[Json] = []
    for hit in hits:
        clause, document = hit.clause, hit.document
        items: list[Json] = [
            {
                "value": f"{clause.id}#{item.start - clause.start}-{item.end - clause.start}",
                "label": item.label,
                "text": document.text[item.start : item.end],
            }
            for item in clause.items
        ]
        whole = document.text[clause.start : clause.end]
        found.append(hit_json(hit) | {"value": clause.id, "whole": whole, "items": items})
    return json_response({"hits": found})


@router.post("/hotline/reviewed/preview")
def preview(request: Request, person: Editor, now: OpenedNow, given: TypedNow, entry: Text = "") -> Response:
    """The answer as a citizen would get it today, and what stands against it. Nothing is kept."""
    book, today = book_of(request), now.calendar.today()
    known = book.entry(entry).latest.wording.points if entry else ()
    wording = tidied(wording_of(given, known, now.services.snapshot))
    moment = clock.now()
    version = ReviewedVersion(entry or "new", 0, "draft", wording, (), moment, moment)
    check = checked(version, answers_of(now), book.entries(size=ALL).entries, today)
    shown: list[Json] = []
    if check.given is not None:
        shown = [
            {"mark": each.mark, "quote": each.quote, "where": where(each)}
            for each in check.given.answer.citations
        ]
    return json_response(
        {
            "text": check.given.answer.text if check.given else "",
            "spoken": check.given.answer.text_spoken if check.given else "",
            "citations": shown,
            "troubles": list(check.troubles),
            "figures": list(check.figures),
            "conflicts": [
                {
                    "id": each.version.entry_id,
                    "question": each.question,
                    "ours": each.ours,
                    "same": each.same,
                    "same_clauses": each.same_clauses,
                }
                for each in (*check.conflicts, *check.doubles)
            ],
        }
    )


@router.get("/hotline/reviewed/{entry_id}/edit")
def edit(entry_id: str, request: Request, person: Editor, now: OpenedNow) -> Response:
    """The newest version in the form."""
    entry = book_of(request).entry(entry_id)
    return form(request, now, typed_of(entry.latest), entry)


@router.post("/hotline/reviewed/{entry_id}")
def save(
    entry_id: str, request: Request, person: Editor, now: OpenedNow, given: TypedNow, act: Text = "save"
) -> Response:
    """Keep what was changed, and hand it in where that was asked for."""
    book = book_of(request)
    entry = book.entry(entry_id)
    try:
        wording = wording_of(given, entry.latest.wording.points, now.services.snapshot)
        made = book.revise(entry_id, wording, person, given.seen)
    except MENDABLE as error:
        return form(request, now, given, entry, error)
    return _kept(request, now, made, person, act)


def _kept(request: Request, now: Opened, made: ReviewedVersion, person: Person, act: str) -> Response:
    if act != "submit":
        return see_other(f"/hotline/reviewed/{made.entry_id}", "已存为草稿。")
    try:
        book_of(request).submit(made.entry_id, person, made.stamp, now.calendar.today())
    except ReviewedInvalid as error:
        entry = book_of(request).entry(made.entry_id)
        told = ReviewedInvalid(f"已存为草稿，但还不能提交：{error}")
        return form(request, now, typed_of(entry.latest), entry, told)
    return see_other(f"/hotline/reviewed/{made.entry_id}", "已提交，等待另一位审核人批准。")
