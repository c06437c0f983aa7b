"""What other sites carry: the widget's script, the page for an iframe, and a page that shows both at work."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from app.web.admission import Admission
from app.web.ask import PROBLEMS
from app.web.body import JsonRoute
from app.web.envelope import CONTENT_SECURITY_POLICY
from app.web.json_bytes import json_response
from app.web.opened import opened, parts
from app.web.schemas import ProblemOut, SessionReply, SessionRequest

WIDGET = Path(__file__).parent / "static" / "widget.js"
_PROBLEMS: dict[int | str, dict[str, Any]] = PROBLEMS | {
    status: {"model": ProblemOut, "description": words}
    for status, words in {401: "没有站点", 403: "站点没有登记这个来源", 429: "太快了"}.items()
}
router = APIRouter(prefix="/api/v1", route_class=JsonRoute, tags=["嵌入网页"])
pages = APIRouter(include_in_schema=False)


@router.post("/session", response_model=SessionReply, responses=_PROBLEMS, summary="网页会话")
async def session(wanted: SessionRequest, request: Request) -> Response:
    """给已登记站点的网页签发短期令牌；浏览器的来源（Origin）须在站点登记之内。"""
    held = parts(request)
    token, seconds = await run_in_threadpool(held.admission.welcome, request.scope, wanted.site)
    now = await opened(request)
    examples = await run_in_threadpool(now.services.examples, now.calendar.today())
    return json_response(
        {
            "token": token,
            "expires_in": seconds,
            "examples": list(examples),
            "phone": held.contact.phone,
            "hours": held.contact.hours,
        }
    )


@pages.head("/widget.js")
@pages.get("/widget.js")
def widget() -> Response:
    """The script that a site includes; pages of every origin may load it, and the server decides who is answered."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=300"}
    return FileResponse(WIDGET, media_type="text/javascript; charset=utf-8", headers=headers)


@pages.head("/chat")
@pages.get("/chat")
def chat(request: Request, site: str = "") -> Response:
    """The conversation as a page of its own, for an iframe on the site."""
    held = parts(request)
    response = held.pages.page("chat.html", site=site[:64])
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {ancestors(held.admission, site)}"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@pages.head("/demo")
@pages.get("/demo")
def demo(request: Request, site: str = "") -> Response:
    """A plausible page of a government site that carries the widget."""
    return parts(request).pages.page("demo.html", site=site[:64])


def ancestors(admission: Admission, site_id: str) -> str:
    """The origins that may frame the page of a site, in the words of a policy. Raises `StoreUnavailable`."""
    found = admission.book.site(site_id) if site_id else None
    return " ".join(["'self'", *(found.origins if found is not None else ())])
