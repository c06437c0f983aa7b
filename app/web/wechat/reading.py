"""What a person asked before, and the texts: clauses and documents."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from app.corpus import Clause, Document
from app.errors import SessionNotFound
from app.store import Turn
from app.web.json_bytes import Json, json_response
from app.web.opened import Opened, opened
from app.web.schemas import ClauseOut, DocumentList
from app.web.wechat.ask import store_of
from app.web.wechat.desk import WechatRoute
from app.web.wechat.entry import FAULTS, PREFIX, TAG, DeskNow, PersonNow, person
from app.web.wechat.schemas import DocumentPage, Forgotten, HistoryReply
from app.web.wire import clause_json, document_json

SESSIONS = 50  # that are looked through for a person's history
router = APIRouter(prefix=PREFIX, route_class=WechatRoute, tags=[TAG])
OpenedNow = Annotated[Opened, Depends(opened)]
LOGGED_IN = [Depends(person)]
READING: dict[int | str, dict[str, Any]] = {status: FAULTS[status] for status in (401, 404, 422, 503)}


@router.get("/history", response_model=HistoryReply, responses=READING, summary="问过的问题")
def history(
    at: DeskNow, who: PersonNow, now: OpenedNow, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> Response:
    """本人问过的问题，新的在前。"""
    store, turns = store_of(now), list[Turn]()
    for session_id in at.answering.sessions(who, SESSIONS):
        if len(turns) >= limit:
            break
        turns += reversed(store.history(session_id, limit))
    return json_response({"turns": [_turn_json(turn) for turn in turns[:limit]]})


@router.delete("/history", response_model=Forgotten, responses=READING, summary="清空问过的问题")
def forget(at: DeskNow, who: PersonNow, now: OpenedNow) -> Response:
    """删除本人的全部会话和登录记录。"""
    store, turns = store_of(now), 0
    # The questions first: what fails in between can still be found and removed.
    theirs = at.records.sessions_of(who.id, 100_000)
    for session_id in theirs:
        with suppress(SessionNotFound):
            turns += store.forget(session_id).turns
    at.records.forget(who.id)
    return json_response({"sessions": len(theirs), "turns": turns})


@router.get(
    "/clauses/{clause_id:path}",
    response_model=ClauseOut,
    responses=READING,
    summary="一个条款",
    dependencies=LOGGED_IN,
)
def clause(clause_id: str, now: OpenedNow) -> Response:
    """条款原文、所在标题、前后条款。"""
    snapshot = now.services.snapshot
    return json_response(clause_json(snapshot, snapshot.clause(clause_id)))


@router.get(
    "/documents",
    response_model=DocumentList,
    responses=READING,
    summary="文件目录",
    dependencies=LOGGED_IN,
)
def documents(now: OpenedNow) -> Response:
    """全部文件，不含正文。"""
    found = now.services.snapshot.documents.values()
    return json_response({"documents": [document_json(each) for each in found]})


@router.get(
    "/documents/{document_id}",
    response_model=DocumentPage,
    responses=READING,
    summary="一份文件和它的条款",
    dependencies=LOGGED_IN,
)
def document(
    document_id: str,
    now: OpenedNow,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """文件的题名、文号、日期，和从 offset 起的条款原文。"""
    found = now.services.snapshot.document(document_id)
    clauses = now.services.snapshot.clauses_of(document_id)
    end = offset + limit
    page: dict[str, Json] = {
        "clauses": [_clause_json(found, each) for each in clauses[offset:end]],
        "total": len(clauses),
        "next": end if end < len(clauses) else None,
    }
    return json_response(document_json(found) | page)


def _clause_json(found: Document, each: Clause) -> dict[str, Json]:
    return {
        "id": each.id,
        "kind": each.kind,
        "label": each.label,
        "level": len(each.heading_path) + 1,
        "text": found.text[each.start : each.end],
    }


def _turn_json(turn: Turn) -> dict[str, Json]:
    return {
        "answer_id": turn.answer_id,
        "session_id": turn.session_id,
        "question": turn.question,
        "interpreted_as": turn.interpreted_as,
        "status": turn.status,
        "intent": turn.intent,
        "citations": [
            {"clause_id": cited.clause_id, "start": cited.start, "end": cited.end} for cited in turn.citations
        ],
        "asked_at": turn.created_at.isoformat(),
    }
