"""Asking, in one piece or in a stream, and saying whether the answer helped."""

import re
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from app import clock
from app.converse import Reply
from app.errors import StoreUnavailable
from app.store import Feedback, Store, voice
from app.web.json_bytes import Json, json_response, to_json
from app.web.opened import Opened, opened
from app.web.schemas import AskReply
from app.web.wechat.desk import WechatRoute
from app.web.wechat.entry import FAULTS, PREFIX, TAG, DeskNow, PersonNow
from app.web.wechat.schemas import Accepted, WechatAskRequest, WechatFeedbackRequest
from app.web.wire import reply_json

MEDIA_TYPE = "application/x-ndjson; charset=utf-8"
CHUNK = 1024  # bytes; every chunk is whole characters
router = APIRouter(prefix=PREFIX, route_class=WechatRoute, tags=[TAG])
OpenedNow = Annotated[Opened, Depends(opened)]


@router.post("/ask", response_model=AskReply, responses=FAULTS, summary="提问")
def ask(question: WechatAskRequest, at: DeskNow, who: PersonNow, now: OpenedNow) -> Response:
    """与 /api/v1/ask 的答复相同；只认本人的会话编号。"""
    return json_response(reply_json(_answer(question, at, who, now)))


@router.post(
    "/ask/stream",
    response_class=StreamingResponse,
    responses=FAULTS
    | {200: {"content": {"application/x-ndjson": {}}, "description": "status, citation*, text*, done"}},
    summary="提问（分块 JSON）",
)
def ask_stream(question: WechatAskRequest, at: DeskNow, who: PersonNow, now: OpenedNow) -> StreamingResponse:
    """供 wx.request 的 enableChunked 使用：每行一个 JSON（event、data），任何一块都不截断字符。"""
    content = reply_json(_answer(question, at, who, now))
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(chunks(lines(content)), media_type=MEDIA_TYPE, headers=headers)


@router.post("/feedback", response_model=Accepted, responses=FAULTS, summary="评价一次答复")
def feedback(said: WechatFeedbackRequest, who: PersonNow, now: OpenedNow) -> Response:
    """记下答复是否有用；其中的电话、证件号等先遮去。"""
    told = Feedback(
        said.answer_id, said.helpful, clock.now(), said.reason, said.comment, voice(who.id, said.answer_id)
    )
    store_of(now).feedback(told)
    return json_response({"accepted": True})


def lines(content: dict[str, Json]) -> Iterator[bytes]:
    """An answer as lines of JSON. The text events, joined, are its text; `done` carries the whole answer."""
    names = ("answer_id", "session_id", "status", "interpreted_as", "intent")
    yield _line("status", {name: content[name] for name in names})
    citations = content["citations"]
    for citation in citations if isinstance(citations, list) else []:
        yield _line("citation", citation)
    for piece in re.findall(r"[^\n]*\n|[^\n]+", str(content["text"])):
        yield _line("text", {"text": piece})
    yield _line("done", content)


def chunks(given: Iterator[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The lines of UTF-8 in pieces of at most `size` bytes (at least 4), each of which is whole characters."""
    for line in given:
        while line:
            at = min(size, len(line))
            # 10xxxxxx goes on with a character that began before.
            while at < len(line) and line[at] & 0xC0 == 0x80:
                at -= 1
            yield line[:at]
            line = line[at:]


def store_of(now: Opened) -> Store:
    """The store. Raises `StoreUnavailable` where the app has none."""
    if now.services.store is None:
        raise StoreUnavailable("本服务没有保存会话记录，请稍后再试。")
    return now.services.store


def _answer(question: WechatAskRequest, at: DeskNow, who: PersonNow, now: OpenedNow) -> Reply:
    return at.answering.answer(
        who,
        question.question,
        now,
        session_id=question.session_id,
        as_of=question.as_of,
        document_id=question.document_id,
    )


def _line(name: str, data: Json) -> bytes:
    return to_json({"event": name, "data": data}) + b"\n"
