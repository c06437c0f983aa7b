"""The look-up: one box, clauses while it is typed in, and the answer when the typing pauses.

What is typed travels in the body of a POST and in no address, so that no log can hold it. A key stroke costs a glance
(`Retriever.glance`); a pause asks the product itself, whose ranking and answer have the last word. Until the clerk uses an
answer, or presses Enter, it is a preview and nothing is kept of it.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.converse import Reply
from app.store import Call, Outcome, Shown
from app.web.asking import QUESTION_LIMIT, checked_query, chosen_document
from app.web.body import JsonRoute
from app.web.hotline.calls_view import call_json, calls_of
from app.web.hotline.console import address
from app.web.hotline.guard import Clerk
from app.web.hotline.lookup_view import (
    Wanted,
    answer_view,
    choices,
    clause_view,
    hit_view,
    source,
)
from app.web.hotline.page import page
from app.web.hotline.quick import TrustedClerk, beginnings
from app.web.json_bytes import Json, json_response, to_json
from app.web.opened import Opened, opened
from app.web.schemas import DateText, Identifier

SEARCH = "/hotline/search"
SHORT = 8  # characters that many clerks begin with alike
HITS = 8  # as many as stand on a screen of 720 lines
OpenedNow = Annotated[Opened, Depends(opened)]
pages = APIRouter(include_in_schema=False)
router = APIRouter(include_in_schema=False, route_class=JsonRoute)
Word = Annotated[str, Field(max_length=100)]


class Query(BaseModel):
    """What is looked for, and in which documents. `any_day`: also in those not in force."""

    query: str
    document_id: Identifier | None = None
    region: Word = ""
    level: Word = ""
    kind: Word = ""
    as_of: DateText | None = None
    any_day: bool = False

    def day(self, now: Opened) -> date:
        """The day that counts. Raises `InvalidDate`."""
        return now.calendar.day(self.as_of)

    def wanted(self, day: date, now: Opened) -> Wanted:
        """`day` is what `day` gave. Raises `DocumentNotFound`."""
        document_id = chosen_document(now.services.snapshot, self.document_id)
        return Wanted(None if self.any_day else day, document_id, self.region, self.level, self.kind)


class Question(Query):
    """A question to answer. `keep`: the clerk means it; it belongs to the call from now on."""

    keep: bool = False
    call_id: Identifier | None = None


@pages.get("/hotline")
def lookup_page(request: Request, person: Clerk, now: OpenedNow) -> Response:
    """The page, with the call that is still open."""
    documents = now.services.snapshot.documents
    call = calls_of(request).current(person)
    return page(
        request,
        "hotline/lookup.html",
        choices=choices(documents),
        document_count=len(documents),
        call=to_json(call_json(call)).decode() if call else "",
        outcomes=tuple(Outcome),
        limit=QUESTION_LIMIT,
    )


@pages.get("/hotline/documents")
def documents(person: Clerk, now: OpenedNow) -> Response:
    """The titles to choose a document by."""
    found = now.services.snapshot.documents.values()
    return json_response(
        {"documents": [{"id": each.id, "title": each.title, "number": each.number} for each in found]}
    )


@router.post(SEARCH)
async def search(request: Request, query: Query, person: TrustedClerk, now: OpenedNow) -> Response:
    """Clauses for what has been typed so far. A glance is shorter than the way to another thread and back."""
    day = query.day(now)
    if len(query.query) > SHORT:
        return _json(_glance(query, day, now))
    known, key = beginnings(request, now.services), (day, *query.model_dump().values())
    found = known.get(key)
    if found is None:
        found = _glance(query, day, now)
        known.put(key, found)
    return _json(found)


def _glance(query: Query, day: date, now: Opened) -> bytes:
    if not any(character.isalnum() for character in query.query):
        return to_json({"hits": []})
    wanted = query.wanted(day, now)
    hits = now.services.retriever.glance(
        checked_query(query.query),
        limit=HITS,
        as_of=wanted.as_of,
        document_id=wanted.document_id,
        within=wanted.within(now.services.snapshot.documents),
    )
    return to_json({"hits": [hit_view(hit, day) for hit in hits]})


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


@router.post("/hotline/ask")
def ask(request: Request, question: Question, person: Clerk, now: OpenedNow) -> Response:
    """The answer every channel gets, and the clauses in the product's own order.

    The answer knows no place, level or kind: it is the same as elsewhere. What is kept belongs to the call; where there
    is none, one begins.
    """
    day, calls = question.day(now), calls_of(request)
    call = calls.call(question.call_id, person) if question.call_id else None
    reply = _reply(question, call, day, now)
    made: dict[str, Json] = {
        "answer": answer_view(question.query, reply, day),
        "hits": _hits(question, day, now),
    }
    if question.keep:
        now.metrics.count_answer(reply.answer.status)
        begun = call or calls.begin(person, question.query, address(request))
        calls.note(begun.id, person, question=question.query, session_id=reply.session_id)
        made["call"] = call_json(calls.show(begun.id, person, shown_of(question.query, reply)))
    return json_response(made)


def _reply(question: Question, call: Call | None, day: date, now: Opened) -> Reply:
    dialogue = now.services.dialogue
    answer = dialogue.reply if question.keep else dialogue.preview
    return answer(
        question.query,
        session_id=call.session_id if call else None,
        as_of=day,
        document_id=chosen_document(now.services.snapshot, question.document_id),
        channel="hotline",
    )


def _hits(question: Question, day: date, now: Opened) -> list[Json]:
    wanted = question.wanted(day, now)
    hits = now.services.retriever.search(
        checked_query(question.query),
        limit=HITS,
        as_of=wanted.as_of,
        document_id=wanted.document_id,
        within=wanted.within(now.services.snapshot.documents),
    )
    return [hit_view(hit, day) for hit in hits]


def shown_of(question: str, reply: Reply) -> list[Shown]:
    """What a call remembers of an answer: the answer and the clauses it quotes."""
    answer = reply.answer
    quotes = [
        Shown(
            "clause",
            each.clause_id,
            "shown",
            source(each.document_title, each.document_number, each.label, each.heading_path),
        )
        for each in answer.citations
    ]
    return [Shown("answer", reply.answer_id, "shown", "", question, answer.status), *quotes]


@pages.get("/hotline/clauses/{clause_id:path}")
def clause(clause_id: str, person: Clerk, now: OpenedNow) -> Response:
    """A clause with its neighbours."""
    snapshot = now.services.snapshot
    return json_response(clause_view(snapshot, snapshot.clause(clause_id), now.calendar.today()))
