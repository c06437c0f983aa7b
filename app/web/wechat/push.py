"""消息推送: the address that WeChat itself calls."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import PlainTextResponse, Response

from app.web.ask import PROBLEMS
from app.web.opened import Opened, opened
from app.web.schemas import ProblemOut
from app.web.wechat.desk import receiver
from app.web.wechat.entry import FAULTS, PREFIX, TAG
from app.web.wechat.receiver import Receiver
from app.web.wechat.signature import Stamp

router = APIRouter(prefix=PREFIX, tags=[TAG])
MEDIA_TYPES = {"text": "text/plain", "xml": "application/xml", "json": "application/json"}
REFUSED: dict[int | str, dict[str, Any]] = {
    400: PROBLEMS[400],
    403: {"model": ProblemOut, "description": "签名、时间或 nonce 不对"},
    404: FAULTS[404],
    422: FAULTS[422],
    429: FAULTS[429],
    503: FAULTS[503],
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/xml": {"schema": {"type": "string"}}, "application/json": {"schema": {}}},
    }
}
Short = Annotated[str, Query(max_length=128)]
ReceiverNow = Annotated[Receiver, Depends(receiver)]


def stamp(signature: Short, timestamp: Short, nonce: Short, msg_signature: Short = "") -> Stamp:
    """The stamp in the query."""
    return Stamp(signature, timestamp, nonce, msg_signature)


async def body(request: Request) -> bytes:
    """The body as it came."""
    return await request.body()


StampNow = Annotated[Stamp, Depends(stamp)]


@router.get("/push", response_class=PlainTextResponse, responses=REFUSED, summary="核对消息推送的地址")
def greet(stamped: StampNow, at: ReceiverNow, echostr: Annotated[str, Query(max_length=256)]) -> Response:
    """签名正确时原样返回 echostr。"""
    return PlainTextResponse(at.greet(stamped, echostr).encode("utf-8", "replace"))


@router.post(
    "/push", response_class=PlainTextResponse, responses=REFUSED, summary="接收推送的消息", openapi_extra=BODY
)
def push(
    stamped: StampNow,
    content: Annotated[bytes, Depends(body)],
    at: ReceiverNow,
    now: Annotated[Opened, Depends(opened)],
) -> Response:
    """小程序客服消息或公众号消息；5 秒内应答，来不及的另以客服消息发出。"""
    answer = at.receive(stamped, content, now)
    return Response(answer.content, media_type=MEDIA_TYPES[answer.form])
