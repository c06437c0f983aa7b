"""The endpoints that hand out documents and clauses."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from app.web.ask import PROBLEMS
from app.web.document_view import detail_json
from app.web.json_bytes import json_response
from app.web.opened import Opened, opened
from app.web.schemas import ClauseOut, DifferenceOut, DocumentDetail, DocumentList
from app.web.versions import difference_json, two_versions, version_of
from app.web.wire import clause_json, document_json

MISSING: dict[int | str, dict[str, Any]] = {status: PROBLEMS[status] for status in (404, 503)}
router = APIRouter(prefix="/api/v1", tags=["文件"])
OpenedNow = Annotated[Opened, Depends(opened)]
Version = Annotated[
    str | None, Query(max_length=80, description="哪个版本：sha256（至少前 8 位）或版本序号；不写为现行版本")
]


@router.get("/documents", response_model=DocumentList, responses={503: PROBLEMS[503]}, summary="文件目录")
def documents(now: OpenedNow) -> Response:
    """全部文件，不含正文；文中没有写明的项目为 null。"""
    return json_response(
        {"documents": [document_json(each) for each in now.services.snapshot.documents.values()]}
    )


@router.get("/documents/{document_id}", response_model=DocumentDetail, responses=MISSING, summary="一份文件")
def document(document_id: str, now: OpenedNow, version: Version = None) -> Response:
    """一份文件的题名、文号、日期等，各项从哪里读到、是否经过更正，废止、修改、解读了哪些文件，被哪份文件取代。"""
    services = now.services
    found = version_of(services.snapshot, document_id, version)
    return json_response(detail_json(found, services.snapshot, services.relations))


@router.get("/documents/{document_id}/text", response_class=Response, responses=MISSING, summary="官方文本")
def text(document_id: str, now: OpenedNow, version: Version = None) -> Response:
    """官方文本全文（UTF-8）；答复中的 start、end 即其中的字符（码位）序号。"""
    found = version_of(now.services.snapshot, document_id, version)
    # Bytes, so that nothing on the way touches a line end.
    return Response(found.text.encode("utf-8", errors="replace"), media_type="text/plain; charset=utf-8")


@router.get(
    "/documents/{document_id}/diff",
    response_model=DifferenceOut,
    responses=MISSING,
    summary="两个版本逐条比较",
)
def diff(document_id: str, now: OpenedNow, old: Version = None, new: Version = None) -> Response:
    """旧版本到新版本增加、删去、修改的条款，修改处逐词标出；不写 old、new 时比较最近一次改动。"""
    snapshot = now.services.snapshot
    return json_response(difference_json(snapshot, *two_versions(snapshot, document_id, old, new)))


@router.get("/clauses/{clause_id:path}", response_model=ClauseOut, responses=MISSING, summary="一个条款")
def clause(clause_id: str, now: OpenedNow) -> Response:
    """条款原文、所在标题、前后条款。"""
    snapshot = now.services.snapshot
    return json_response(clause_json(snapshot, snapshot.clause(clause_id)))
