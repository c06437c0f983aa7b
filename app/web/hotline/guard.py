"""The guard before every console route: who has signed in, may their role do this, does the form come from our page.

    @router.post("/hotline/calls/{call_id}/notes")
    def add_note(call_id: str, person: Clerk, note: Annotated[str, Form()]) -> Response: ...

`allowed(role)` is a dependency; it leaves the signed-in `Person` as the parameter, and `signed_in(request)` besides.
Neither this machine nor a key opens a console route: `Gate` lets everybody pass to here, and here alone is decided.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.errors import FormExpired, PasswordToChange, RoleNotAllowed, SignInRequired
from app.store import Person, Role, SignIn, csrf_of
from app.web.hotline.console import console
from app.web.whence import is_own

COOKIE = "zhengwen_console"
HOST_COOKIE = f"__Host-{COOKIE}"  # over HTTPS: no neighbouring host can set it (RFC 6265bis, 4.1.3.2)
SAFE = ("GET", "HEAD", "OPTIONS")
FIELD, HEADER = "csrf", "x-csrf-token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in, in which session, and what this session's forms must bring along."""

    person: Person
    session: SignIn
    csrf: str


class Guard:
    """A dependency that lets a person of this role through. `role` is read by the test of all routes × roles."""

    def __init__(self, role: Role, *, before_change: bool) -> None:
        self.role, self._before_change = role, before_change

    async def __call__(self, request: Request) -> AsyncIterator[Person]:
        """The person, or one of the refusals `allowed` names."""
        try:
            yield await self._admit(request)
        finally:
            await request.close()  # the files of a form that was read for its token

    async def find(self, request: Request) -> SignedIn | None:
        """Who has signed in."""
        return await signed_in_now(request)

    async def _admit(self, request: Request) -> Person:
        found = await self.find(request)
        if found is None:
            raise SignInRequired("还没有登录，或登录已过期，请登录后再试。")
        request.state.signed_in = found
        if found.person.must_change and not self._before_change:
            raise PasswordToChange("现在的密码是别人设的，请先改成自己的密码。")
        if not found.person.may(self.role):
            raise RoleNotAllowed(
                f"您的角色是{found.person.role.label}，这里需要{self.role.label}，请与管理员联系。"
            )
        if request.method not in SAFE:
            await check_form(request, found.csrf)
        return found.person


def allowed(role: Role, *, before_change: bool = False) -> Any:
    """A dependency for a route that needs this role; `before_change`: also while a password is to be changed.

    It raises `SignInRequired`, `PasswordToChange`, `RoleNotAllowed`, for unsafe methods `FormExpired`, and
    `StoreUnavailable`.
    """
    return Depends(Guard(role, before_change=before_change))


Clerk = Annotated[Person, allowed(Role.CLERK)]
Editor = Annotated[Person, allowed(Role.EDITOR)]
Reviewer = Annotated[Person, allowed(Role.REVIEWER)]
Admin = Annotated[Person, allowed(Role.ADMIN)]


def role_of(route: APIRoute) -> Role | None:
    """The role a route's guard asks for; None where it has no guard."""
    waiting = [route.dependant]
    while waiting:
        each = waiting.pop()
        if isinstance(each.call, Guard):
            return each.call.role
        waiting += each.dependencies
    return None


def signed_in(request: Request) -> SignedIn:
    """Who the guard has let through. Raises `SignInRequired` where none stood before the route."""
    found = getattr(request.state, "signed_in", None)
    if not isinstance(found, SignedIn):
        raise SignInRequired("还没有登录，请登录后再试。")
    return found


def token_in(request: Request) -> str:
    """The session's token; empty where there is none. What only this host can have set goes before what others can."""
    return request.cookies.get(HOST_COOKIE) or request.cookies.get(COOKIE, "")


async def signed_in_now(request: Request) -> SignedIn | None:
    """Whose session the cookie names. Raises `StoreUnavailable`."""
    token = token_in(request)
    if not token:
        return None
    found = await run_in_threadpool(console(request).sign_ins.find, token)
    return None if found is None else SignedIn(*found, csrf_of(token))


async def check_form(request: Request, wanted: str) -> None:
    """Raise `FormExpired` unless the request comes from our own page and brings the token."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if not is_own(request.headers, console(request).settings.base_url) or site not in ("same-origin", "none"):
        raise FormExpired("这个请求来自其他网站，没有执行。")
    given = request.headers.get(HEADER) or await _field(request)
    if not compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise FormExpired("表单中没有本次登录的校验码，没有执行；请刷新页面后再提交。")


async def _field(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return ""
    try:
        given = (await request.form()).get(FIELD)
    except HTTPException:
        return ""
    return given if isinstance(given, str) else ""
