"""People's data: what is kept of one session, to look at, take away as JSON, or erase.

The number of a session goes on with its conversation, so it travels in the body of a POST and in no address; records of
what was done name its beginning alone.
"""

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app.errors import InvalidRequest, SessionNotFound, StoreUnavailable, ZhengwenError
from app.store import Store, Transcript
from app.web.hotline.console import address, console
from app.web.hotline.guard import Admin
from app.web.hotline.page import page, see_other
from app.web.opened import Opened, opened
from app.web.problems import problem_of

LONGEST = 200  # characters of a session's number
OpenedNow = Annotated[Opened, Depends(opened)]
SessionId = Annotated[str, Form()]
router = APIRouter(include_in_schema=False)


@router.get("/admin/sessions")
def form(request: Request, person: Admin) -> Response:
    """The form, and how long things are kept."""
    return _page(request)


@router.post("/admin/sessions/find")
def find(request: Request, person: Admin, now: OpenedNow, session: SessionId = "") -> Response:
    """What is kept of a session; that somebody looked is recorded."""
    wanted = _wanted(session)
    try:
        found = _store(now).export(wanted)
    except SessionNotFound as error:
        return _page(request, wanted, problem=error)
    console(request).audit.record("查看会话", person, subject=_named(wanted), address=address(request))
    return _page(request, wanted, found)


@router.post("/admin/sessions/export")
def export(request: Request, person: Admin, now: OpenedNow, session: SessionId = "") -> Response:
    """All of it as JSON, as it is kept: masked. Raises `SessionNotFound`."""
    wanted = _wanted(session)
    found = _store(now).export(wanted)
    console(request).audit.record("导出会话", person, subject=_named(wanted), address=address(request))
    headers = {"Content-Disposition": 'attachment; filename="session.json"'}
    return Response(_json(found), media_type="application/json", headers=headers)


@router.post("/admin/sessions/erase")
def erase(
    request: Request,
    person: Admin,
    now: OpenedNow,
    session: SessionId = "",
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Remove all of it, where that is confirmed. Raises `SessionNotFound`."""
    wanted = _wanted(session)
    if sure != "yes":
        return _page(request, wanted, _store(now).export(wanted), unsure=True)
    gone = _store(now).forget(wanted)
    told = f"{gone.turns} 条问答、{gone.feedback} 条反馈、{gone.gaps} 条缺口、{gone.calls} 次通话"
    console(request).audit.record(
        "删除会话", person, subject=_named(wanted), detail=told, address=address(request)
    )
    return see_other("/admin/sessions", f"已删除这次会话的{told}。")


def _page(
    request: Request,
    session: str = "",
    found: Transcript | None = None,
    problem: ZhengwenError | None = None,
    unsure: bool = False,
) -> Response:
    status = problem_of(problem).status if problem else 422 if unsure else 200
    return page(
        request,
        "admin/sessions.html",
        status,
        session=session,
        found=found,
        problem=problem,
        unsure=unsure,
        days=console(request).settings.retention_days,
        statuses={
            "answered": "已答复",
            "not_stated": "文件未载明",
            "out_of_scope": "不在范围",
            "clarify": "需澄清",
        },
    )


def _wanted(session: str) -> str:
    """The number that was written. Raises `InvalidRequest` where none was."""
    if wanted := session.strip()[:LONGEST]:
        return wanted
    raise InvalidRequest("没有写会话编号，请填写后再查找；编号在答复的 session_id 中。")


def _store(now: Opened) -> Store:
    if now.services.store is None:
        raise StoreUnavailable("本服务没有启用会话记录，没有可以查看的会话。")
    return now.services.store


def _named(session: str) -> str:
    return f"{session[:8]}…" if len(session) > 8 else session


def _json(found: Transcript) -> bytes:
    def told(value: Any) -> str:
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    return json.dumps(asdict(found), ensure_ascii=False, indent=1, default=told).encode("utf-8", "replace")
