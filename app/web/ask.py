"""The endpoints that answer and search."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from app.converse import Reply
from app.web.admission import caller_of
from app.web.asking import checked_query, chosen_document
from app.web.body import JsonRoute
from app.web.json_bytes import Json, json_response, to_json
from app.web.opened import Opened, opened
from app.web.schemas import AskReply, AskRequest, ProblemOut, SearchReply, SearchRequest
from app.web.wire import hit_json, reply_json

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": words}
    for status, words in {
        400: "不是正确的 JSON", 404: "没有这份文件", 413: "内容太大", 415: "内容类型不对",
        422: "内容填写不对", 503: "正在载入",
    }.items()
}  # fmt: skip
router = APIRouter(prefix="/api/v1", route_class=JsonRoute, tags=["问答"])
OpenedNow = Annotated[Opened, Depends(opened)]


@router.post("/ask", response_model=AskReply, responses=PROBLEMS, summary="提问")
def ask(question: AskRequest, now: OpenedNow, request: Request) -> Response:
    """答复由模板句子和逐字引文组成；每条引文都给出在官方文本中的位置。"""
    return json_response(reply_json(_reply(question, now, request)))


@router.post(
    "/ask/stream",
    response_class=StreamingResponse,
    responses=PROBLEMS
    | {200: {"content": {"text/event-stream": {}}, "description": "status, citation*, text*, done"}},
    summary="提问（事件流）",
)
def ask_stream(question: AskRequest, now: OpenedNow, request: Request) -> StreamingResponse:
    """与提问相同，以 server-sent events 返回：status、citation、text、done；done 携带完整答复。"""
    # The answer is there before the first byte goes out, so a failure still has its own status code.
    content = reply_json(_reply(question, now, request))
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(events(content), media_type="text/event-stream", headers=headers)


@router.post("/search", response_model=SearchReply, responses=PROBLEMS, summary="检索条款")
def search(search: SearchRequest, now: OpenedNow) -> Response:
    """按相关程度返回条款原文。"""
    services = now.services
    hits = services.retriever.search(
        checked_query(search.query),
        limit=search.limit,
        as_of=now.calendar.day(search.as_of),
        document_id=chosen_document(services.snapshot, search.document_id),
    )
    return json_response({"hits": [hit_json(hit) for hit in hits]})


def events(content: dict[str, Json]) -> Iterator[bytes]:
    """The events of one answer. The text events, joined, are its text."""
    head: dict[str, Json] = {
        name: content[name] for name in ("answer_id", "session_id", "status", "interpreted_as", "intent")
    }
    yield _event("status", head)
    citations = content["citations"]
    for citation in citations if isinstance(citations, list) else []:
        yield _event("citation", citation)
    for piece in re.findall(r"[^\n]*\n|[^\n]+", str(content["text"])):
        yield _event("text", {"text": piece})
    yield _event("done", content)


def _reply(question: AskRequest, now: Opened, request: Request) -> Reply:
    reply = now.services.dialogue.reply(
        question.question,
        session_id=question.session_id or None,
        as_of=now.calendar.day(question.as_of),
        document_id=chosen_document(now.services.snapshot, question.document_id),
        channel=caller_of(request.scope).channel(question.channel),
    )
    now.metrics.count_answer(reply.answer.status)
    return reply


def _event(name: str, content: Json) -> bytes:
    # JSON escapes line ends, so the data is one line as the format wants it.
    return b"event: " + name.encode() + b"\ndata: " + to_json(content) + b"\n\n"
