"""What people say of an answer, and the way to a person when it did not help."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import clock
from app.errors import InvalidRequest, StoreUnavailable
from app.store import Feedback, Gap, Gaps
from app.web.admission import caller_of
from app.web.ask import PROBLEMS
from app.web.asking import checked_query
from app.web.body import JsonRoute
from app.web.json_bytes import json_response
from app.web.opened import Contact, Opened, opened, parts
from app.web.schemas import FeedbackReply, FeedbackRequest, HandoffReply, HandoffRequest

NEAREST = 3  # clauses kept with a question that was handed on
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    404: {**PROBLEMS[404], "description": "没有这次答复"},
}
router = APIRouter(prefix="/api/v1", route_class=JsonRoute, tags=["反馈"])
OpenedNow = Annotated[Opened, Depends(opened)]


@router.post("/feedback", response_model=FeedbackReply, responses=_PROBLEMS, summary="反馈")
def feedback(said: FeedbackRequest, now: OpenedNow, request: Request) -> Response:
    """一次答复有没有用；同一会话对同一答复只算最后一次，证件号、手机号等在保存前遮去。"""
    store = now.services.store
    if store is None:
        raise StoreUnavailable("本服务没有启用会话记录，反馈无处保存，请联系管理员。")
    if not said.session_id and caller_of(request.scope).kind in ("widget", "open"):
        raise InvalidRequest("没有写明得到这次答复的会话，请在 session_id 中填写答复给出的会话编号。")
    told = Feedback(
        answer_id=said.answer_id,
        helpful=said.helpful,
        created_at=clock.now(),
        reason=said.reason or None,
        comment=said.comment or None,
    )
    store.feedback(told, said.session_id or None)
    return json_response({"answer_id": said.answer_id, "accepted": True})


@router.post("/handoff", response_model=HandoffReply, responses=PROBLEMS, summary="转人工")
def handoff(wanted: HandoffRequest, now: OpenedNow, request: Request) -> Response:
    """返回人工电话和服务时间，并记下这个问题和最接近的条款，供编辑人员补充口径。"""
    question = checked_query(wanted.question)
    hits = now.services.retriever.search(
        question, limit=NEAREST, as_of=now.calendar.today(), document_id=None
    )
    caller = caller_of(request.scope)
    gap = Gap(
        question=question,
        channel=caller.channel(wanted.channel),
        created_at=clock.now(),
        clauses=tuple(hit.clause.id for hit in hits),
        answer_id=wanted.answer_id,
        session_id=wanted.session_id,
        site_id=caller.site.id if caller.site is not None else None,
    )
    held = parts(request)
    try:
        Gaps(held.access.database).record(gap)
        recorded = True
    except StoreUnavailable:
        recorded = False  # the telephone number is what the person came for
    contact = held.contact
    return json_response(
        {"phone": contact.phone, "hours": contact.hours, "message": message(contact), "recorded": recorded}
    )


def message(contact: Contact) -> str:
    """What to tell a person who wants to talk to one."""
    if not contact.phone:
        return "本网站没有登记人工电话，请向政策的主管部门咨询。"
    when = f"（{contact.hours}）" if contact.hours else ""
    return f"请拨打 {contact.phone}{when}，由工作人员解答。"
