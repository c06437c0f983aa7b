"""Is the process up, is it ready, how is it doing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from app.errors import ZhengwenError
from app.store import Store
from app.web.admission import caller_of
from app.web.ask import PROBLEMS
from app.web.json_bytes import Json, json_response
from app.web.opened import Opened, opened, parts
from app.web.schemas import ReadyReply
from app.web.wechat import channel

router = APIRouter(tags=["运行状态"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", response_class=PlainTextResponse, summary="进程是否在运行")
async def healthz() -> Response:
    """进程在运行即为 200。"""
    return PlainTextResponse("ok\n")


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", response_model=ReadyReply, responses={503: PROBLEMS[503]}, summary="索引是否已载入")
def readyz(request: Request, now: Annotated[Opened, Depends(opened)]) -> Response:
    """索引载入并核对之前为 503。详情只给本机和有 metrics 权限的密钥。"""
    if not _may_look_inside(request):
        return json_response({"status": "ready"})
    snapshot = now.services.snapshot
    clauses = sum(len(snapshot.clauses_of(document_id)) for document_id in snapshot.documents)
    return json_response(
        {
            "status": "ready",
            "documents": len(snapshot.documents),
            "clauses": clauses,
            "index_version": snapshot.version,
            "notes": list(snapshot.notes),
            "trouble": parts(request).opening.trouble,
            "store": store_json(now.services.store),
            "wechat": channel(request).state(),
        }
    )


def _may_look_inside(request: Request) -> bool:
    """This machine, or a key that may read the counters: file names and what is wrong are for nobody else."""
    if caller_of(request.scope).kind == "local":
        return True
    if not request.headers.get("authorization"):
        return False
    try:
        return parts(request).admission.admit(request.scope, ("metrics",)).kind == "key"
    except ZhengwenError:
        return False


def store_json(store: Store | None) -> dict[str, Json] | None:
    """How conversations are being kept: answers go on without a database, and this says so."""
    if store is None:
        return None
    health = store.health()
    return {"state": health.state, "sentence": health.sentence}


@router.get("/metrics", response_class=PlainTextResponse, summary="Prometheus 指标")
def metrics(request: Request) -> Response:
    """请求数、用时、答复数、文件与条款数。"""
    return parts(request).metrics.response()
