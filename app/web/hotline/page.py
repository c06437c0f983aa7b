"""The console's pages: a template with the navigation, who has signed in, and what was done a moment ago."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from app.store import Person
from app.web.hotline.console import Console, console
from app.web.hotline.guard import signed_in
from app.web.opened import parts

NOTICE = "zhengwen_notice"
NOTICE_LIFE = 60  # seconds
SECTIONS = (
    ("查询", "/hotline"),
    ("来电", "/hotline/calls"),
    ("缺口", "/hotline/gaps"),
    ("口径", "/hotline/reviewed"),
    ("看板", "/hotline/dashboard"),
    ("文件", "/admin/documents"),
    ("人员", "/admin/people"),
    ("会话", "/admin/sessions"),
    ("日志", "/admin/audit"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation."""

    label: str
    path: str
    here: bool


def page(request: Request, name: str, status: int = 200, **values: object) -> Response:
    """The template of that name for whoever the guard let through.

    It gets `person`, `csrf`, `sections`, `notice` and `local` (a moment → “2026-01-31 09:30”) besides the values.
    """
    held, found = console(request), signed_in(request)
    given = request.cookies.get(NOTICE, "")
    response = parts(request).pages.page(
        name,
        status,
        person=found.person,
        csrf=found.csrf,
        sections=sections(held, found.person, request.url.path),
        notice=unquote(given)[:200],
        local=held.local,
        **values,
    )
    if given:
        response.delete_cookie(NOTICE, path="/")
    return response


def see_other(path: str, notice: str = "") -> Response:
    """Go on to a page of ours, which shows the notice once."""
    response = RedirectResponse(path, 303)
    if notice:
        response.set_cookie(
            NOTICE, quote(notice[:200]), max_age=NOTICE_LIFE, path="/", httponly=True, samesite="lax"
        )
    return response


def sections(held: Console, person: Person, path: str) -> tuple[Section, ...]:
    """What exists and this person may open; the longest path that the present one lies below is marked."""
    open_ones = [
        (label, start)
        for label, start in SECTIONS
        if (needed := held.roles.get(start)) is not None and person.may(needed)
    ]
    # /hotline itself is one page: what lies below it belongs to other sections, or to none.
    below = [
        start
        for _, start in open_ones
        if path == start or (start != "/hotline" and path.startswith(f"{start}/"))
    ]
    here = max(below, key=len, default="")
    return tuple(Section(label, start, start == here) for label, start in open_ones)


def first_section(held: Console, person: Person) -> str:
    """Where a person begins."""
    open_ones = sections(held, person, "")
    return open_ones[0].path if open_ones else "/hotline/account"
