"""The pages for people: ask, read a document, the list of documents, the interface description."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.errors import InvalidRequest, NotFound
from app.web.answer_view import Turn, turn
from app.web.asking import chosen_document
from app.web.envelope import CONTENT_SECURITY_POLICY
from app.web.opened import Opened, opened, parts
from app.web.problems import Problem, problem_of
from app.web.reading import outline, paragraphs, quote_span
from app.web.versions import compared, earlier, rows, successor_of, two_versions, version_of

PER_PAGE = 50
router = APIRouter(include_in_schema=False)
OpenedNow = Annotated[Opened, Depends(opened)]

# swagger-ui sets styles as attributes and draws its icons from data: URLs.
_DOCS_POLICY = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
).replace("img-src 'self'", "img-src 'self' data:")


@router.head("/")
@router.get("/")
def home(
    now: OpenedNow,
    q: str | None = None,
    session: str | None = None,
    document_id: str | None = None,
    part: str | None = None,
) -> Response:
    """The page that asks. With `q` it holds the answer; with `part=answer` as well, the answer is all that comes."""
    if part == "answer":
        return now.pages.page("answer.html", turn=_turn(now, q or "", session, document_id))
    answered: Turn | None = None
    problem: Problem | None = None
    try:
        answered = _turn(now, q, session, document_id) if q is not None else None
    except (InvalidRequest, NotFound) as error:
        problem = problem_of(error)
    documents = now.services.snapshot.documents
    return now.pages.page(
        "home.html",
        problem.status if problem else 200,
        q=q or "",
        session=answered.reply.session_id if answered else (session or ""),
        chosen=documents.get(document_id) if document_id else None,
        turn=answered,
        problem=problem,
        examples=now.services.examples(now.calendar.today()),
        document_count=len(documents),
        only=next(iter(documents.values())) if len(documents) == 1 else None,
    )


@router.head("/documents")
@router.get("/documents")
def documents(now: OpenedNow, q: str = "", page: str = "1") -> Response:
    """All documents, by title, fifty to a page."""
    everything = now.services.snapshot.documents.values()
    wanted = q.strip()
    found = [each for each in everything if wanted in each.title or wanted in (each.number or "")]
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() and len(page) < 9 else 1
    return now.pages.page(
        "documents.html",
        documents=found[(number - 1) * PER_PAGE : number * PER_PAGE],
        q=q,
        page=number,
        pages=pages,
        found=len(found),
        notes=now.services.snapshot.notes,
    )


@router.head("/documents/{document_id}")
@router.get("/documents/{document_id}")
def document(
    document_id: str,
    now: OpenedNow,
    start: str | None = None,
    end: str | None = None,
    version: str | None = None,
) -> Response:
    """The whole text of a version with its outline; the span `start` to `end` is marked."""
    snapshot = now.services.snapshot
    found = version_of(snapshot, document_id, version)
    own = found.version_of or found.id
    clauses = snapshot.clauses_of(found.id)
    span = quote_span(found.text, start, end)
    return now.pages.page(
        "document.html",
        document=found,
        own=own,
        present=snapshot.documents.get(own),
        successor=successor_of(found, now.services),
        versions=snapshot.versions_of(own),
        outline=outline(found, clauses),
        paragraphs=paragraphs(found, clauses, span),
        quoted=span is not None,
        place=found.locate(*span) if span else None,
        misplaced=span is None and (start is not None or end is not None),
        earlier=earlier(snapshot, found) if start and end and not version else None,
        span={"start": start, "end": end},
    )


@router.head("/documents/{document_id}/diff")
@router.get("/documents/{document_id}/diff")
def difference(document_id: str, now: OpenedNow, old: str | None = None, new: str | None = None) -> Response:
    """What differs between two versions of a document, clause by clause."""
    snapshot = now.services.snapshot
    before, after = two_versions(snapshot, document_id, old, new)
    found = compared(snapshot, before, after)
    counts = {what: found.count(what) for what in ("added", "removed", "changed", "same")}
    return now.pages.page("difference.html", old=before, new=after, counts=counts, rows=list(rows(found)))


@router.get("/docs")
def interface(request: Request) -> Response:
    """The interface description, from files of our own."""
    response = parts(request).pages.page("docs.html")
    response.headers["Content-Security-Policy"] = _DOCS_POLICY
    return response


@router.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unbidden; the pages name the drawing in /static."""
    return Response(status_code=308, headers={"Location": "/static/favicon.svg"})


def _turn(now: Opened, question: str, session: str | None, document_id: str | None) -> Turn:
    as_of = now.calendar.today()
    reply = now.services.dialogue.reply(
        question,
        session_id=session or None,
        as_of=as_of,
        document_id=chosen_document(now.services.snapshot, document_id),
        channel="widget",
    )
    now.metrics.count_answer(reply.answer.status)
    return turn(question, reply, as_of)
