"""People at the console: who there is, a new one, another role, a new password, out and in again."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.errors import InvalidPerson, WeakPassword, ZhengwenError
from app.store import Person, Role
from app.web.hotline.console import address, console
from app.web.hotline.guard import Admin
from app.web.hotline.page import page, see_other
from app.web.problems import problem_of

router = APIRouter(include_in_schema=False)

# No 0 and O, 1, l and I: the password is read out or copied from paper once.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@router.get("/admin/people")
def people(request: Request, person: Admin) -> Response:
    """All people; the form for a new one."""
    return _page(request)


@router.post("/admin/people")
def add(
    request: Request,
    person: Admin,
    account: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = Role.CLERK.value,
    department: Annotated[str, Form()] = "",
) -> Response:
    """A new person with a password that is shown this once and must be changed at the first sign-in."""
    given = {"account": account[:80], "name": name[:80], "role": role[:20], "department": department[:80]}
    password = new_password()
    try:
        made = console(request).people.add(
            account,
            password,
            name=name,
            role=role_named(role),
            department=department,
            by=person,
            address=address(request),
        )
    except (InvalidPerson, WeakPassword) as error:
        return _page(request, error=error, given=given)
    return _page(request, made=made, password=password)


@router.post("/admin/people/{person_id}")
def change(
    person_id: str,
    request: Request,
    person: Admin,
    name: Annotated[str | None, Form()] = None,
    role: Annotated[str | None, Form()] = None,
    department: Annotated[str | None, Form()] = None,
) -> Response:
    """Another name, role or department."""
    try:
        done = console(request).people.change(
            person_id,
            name=name,
            role=role_named(role) if role is not None else None,
            department=department,
            by=person,
            address=address(request),
        )
    except InvalidPerson as error:
        return _page(request, error=error)
    return see_other("/admin/people", f"已修改{done.name}。")


@router.post("/admin/people/{person_id}/disable")
def disable(person_id: str, request: Request, person: Admin) -> Response:
    """Out at once, in all browsers."""
    try:
        done = console(request).people.disable(person_id, by=person, address=address(request))
    except InvalidPerson as error:
        return _page(request, error=error)
    return see_other("/admin/people", f"已停用{done.name}，其全部登录已退出。")


@router.post("/admin/people/{person_id}/enable")
def enable(person_id: str, request: Request, person: Admin) -> Response:
    """In again, with the password as it was."""
    done = console(request).people.enable(person_id, by=person, address=address(request))
    return see_other("/admin/people", f"已启用{done.name}。")


@router.post("/admin/people/{person_id}/password")
def reset(person_id: str, request: Request, person: Admin) -> Response:
    """A password that is shown this once; whoever has it must change it. A lock is lifted."""
    if person_id == person.id:  # they would be out, and with them perhaps the only one who could read it
        return _page(request, error=InvalidPerson("自己的密码请点右上角的姓名，在“我的账号”中修改。"))
    password = new_password()
    made = console(request).people.set_password(
        person_id, password, must_change=True, by=person, address=address(request)
    )
    return _page(request, made=made, password=password)


@router.post("/admin/people/{person_id}/sign-out")
def sign_out(person_id: str, request: Request, person: Admin) -> Response:
    """End all sessions of a person, who may sign in again."""
    held = console(request)
    found = held.people.person(person_id)
    ended = held.sign_ins.end_all(found.id)
    subject = f"{found.name}（{found.account}）"
    held.audit.record("强制退出", person, subject=subject, detail=f"{ended} 处", address=address(request))
    return see_other("/admin/people", f"已让{found.name}在 {ended} 处退出登录。")


def role_named(text: str) -> Role:
    """The role of that word. Raises `InvalidPerson`."""
    try:
        return Role(text)
    except ValueError:
        raise InvalidPerson(f"没有角色“{text[:20]}”，请从列表中选择。") from None


def new_password() -> str:
    """Sixteen random signs in four groups: 79 bits, easy to read out."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def _page(
    request: Request,
    *,
    error: ZhengwenError | None = None,
    given: dict[str, str] | None = None,
    made: Person | None = None,
    password: str = "",
) -> Response:
    held = console(request)
    return page(
        request,
        "admin/people.html",
        problem_of(error).status if error else 200,
        everybody=held.people.everybody(),
        signed_in_now=held.sign_ins.counts(),
        roles=tuple(Role),
        problem=error,
        given=given or {"account": "", "name": "", "role": Role.CLERK.value, "department": ""},
        made=made,
        password=password,
    )
