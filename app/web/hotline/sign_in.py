"""Signing in and out, one's own password, and where one is signed in.

A sign-in always makes a new session, so that a token somebody else has planted is worth nothing. The form that signs
in has a token of its own: nobody can be signed in as somebody else from another site.
"""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.clock import now
from app.errors import (
    FormExpired,
    InvalidRequest,
    PersonNotFound,
    SignInRefused,
    TooManyRequests,
    WeakPassword,
    ZhengwenError,
)
from app.store import (
    LOCKED,
    SIGN_IN_FAILED,
    SIGNED_IN,
    Person,
    Role,
    account_key,
    address_key,
    csrf_of,
    named,
)
from app.web.hotline.console import Console, address, console
from app.web.hotline.guard import (
    COOKIE,
    HOST_COOKIE,
    allowed,
    check_form,
    signed_in,
    signed_in_now,
    token_in,
)
from app.web.hotline.page import first_section, page, see_other
from app.web.opened import parts
from app.web.problems import problem_of

FORM_COOKIE = "zhengwen_form"
KNOWN_FOR = timedelta(days=90)  # an address where a person has signed in within this time is theirs
LONGEST_PASSWORD = 512  # characters that are looked at
router = APIRouter(include_in_schema=False)
AnyPerson = Annotated[Person, allowed(Role.CLERK, before_change=True)]


@router.get("/hotline/sign-in")
async def sign_in_page(request: Request, next: str = "") -> Response:
    """The form; while nobody exists yet, how to make the first administrator."""
    found = await signed_in_now(request)
    if found is not None:
        return see_other(_inside(next) or first_section(console(request), found.person))
    return await run_in_threadpool(_form, request, next)


@router.post("/hotline/sign-in")
async def sign_in(
    request: Request,
    account: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Sign in; a wrong password, a locked account and a locked address are told plainly."""
    token = request.cookies.get(FORM_COOKIE, "")
    if not token:
        raise FormExpired("浏览器没有送回登录页的 Cookie，没有登录；请允许 Cookie，并从登录页登录。")
    await check_form(request, csrf_of(token))
    return await run_in_threadpool(_sign_in, request, account[:80], password[:LONGEST_PASSWORD], next)


def _sign_in(request: Request, account: str, password: str, next: str) -> Response:
    held = console(request)
    try:
        person = check_person(held, account, password, address(request), _in_office(request))
    except (SignInRefused, TooManyRequests) as error:
        return _form(request, next, account, error)
    held.sign_ins.end(token_in(request))
    token = held.sign_ins.open(person, address(request), request.headers.get("user-agent", ""))
    tried = held.audit.failed_since_last(person)
    held.audit.record(SIGNED_IN, person, address=address(request))
    notice = ""
    if tried:
        notice = (
            f"您上次登录以来，用您的账号登录失败 {len(tried)} 次，最近一次在 {held.local(tried[0].created_at)}，"
            f"来自 {tried[0].address or '未知地址'}。不是您本人的，请修改密码并告诉管理员。"
        )
    response = see_other(_inside(next) or first_section(held, person), notice)
    _hand_over(response, request, token)
    response.delete_cookie(FORM_COOKIE, path="/hotline")
    return response


def check_person(held: Console, account: str, password: str, where: str, office: bool) -> Person:
    """The person of this account and password; failures are counted by account and address, by each of them alone too.

    Failures from anywhere lock an account only where nobody knows it: from the office and from addresses where its
    person has signed in before there is always a way in.

    Raises:
        SignInRefused: which of the two is wrong is not told, nor whether the account exists.
        TooManyRequests: too many failures; the sentence says how long to wait.
    """
    limits = held.sign_ins.limits
    by_address, here, everywhere = address_key(where), account_key(account, where), account_key(account)
    _wait(held, held.sign_ins.take(by_address, limits.per_address), "从这个地址登录失败的次数太多", where)
    _wait(
        held,
        held.sign_ins.take(here, limits.per_account),
        "这个账号的密码在这里连续输错太多次",
        where,
        account,
    )
    locked = held.sign_ins.take(everywhere, limits.per_account_everywhere)
    if locked and not (office or _is_known(held, account, where)):
        _wait(
            held,
            locked,
            "这个账号的密码在多处输错太多次（办公网络和以前登录过的地方不受影响）",
            where,
            account,
        )
    person = held.people.check(account, password)
    if person is None:
        _note(held, SIGN_IN_FAILED, account, where)
        raise SignInRefused(
            f"账号或密码不对，请检查后再试。同一账号连续 {limits.per_account} 次不对，"
            f"将暂停登录 {int(limits.lock.total_seconds() // 60)} 分钟。"
        )
    held.sign_ins.release(here, wholly=True)
    held.sign_ins.release(by_address, wholly=False)
    if not locked:
        held.sign_ins.release(everywhere, wholly=False)
    return person


@router.post("/hotline/sign-out")
def sign_out(request: Request, person: AnyPerson) -> Response:
    """End this session."""
    held = console(request)
    held.sign_ins.end(token_in(request))
    held.audit.record("退出", person, address=address(request))
    response = see_other("/hotline/sign-in")
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(HOST_COOKIE, path="/", secure=True)
    return response


@router.get("/hotline/account")
def account_page(request: Request, person: AnyPerson) -> Response:
    """One's own account: the password, and where one is signed in."""
    return _account(request, person)


@router.post("/hotline/account/password")
def change_password(
    request: Request,
    person: AnyPerson,
    present: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password; all other sessions end, and this one gets a new token."""
    held = console(request)
    try:
        _confirm(held, person, present[:LONGEST_PASSWORD], address(request), _in_office(request))
        if wanted != again:
            raise WeakPassword("两次输入的新密码不一样，请重新输入。")
        if wanted == present:
            raise WeakPassword("新密码与现在的密码相同，请换一个。")
        held.people.set_password(person.id, wanted, by=person, address=address(request))
    except (InvalidRequest, TooManyRequests) as error:
        return _account(request, person, error)
    token = held.sign_ins.open(person, address(request), request.headers.get("user-agent", ""))
    response = see_other("/hotline/account", "密码已修改，其他设备上的登录已全部退出。")
    _hand_over(response, request, token)
    return response


@router.post("/hotline/account/sign-out-elsewhere")
def sign_out_elsewhere(request: Request, person: AnyPerson) -> Response:
    """End all sessions of this person but the present one."""
    held = console(request)
    ended = held.sign_ins.end_all(person.id, but=signed_in(request).session.id)
    held.audit.record("退出其他设备", person, detail=f"{ended} 处", address=address(request))
    return see_other("/hotline/account", f"已在其他 {ended} 处退出登录。" if ended else "没有在别处登录。")


def _confirm(held: Console, person: Person, password: str, where: str, office: bool) -> None:
    try:
        check_person(held, person.account, password, where, office)
    except SignInRefused:
        raise InvalidRequest("现在的密码不对，请重新输入。") from None


def _account(request: Request, person: Person, error: ZhengwenError | None = None) -> Response:
    held = console(request)
    return page(
        request,
        "hotline/account.html",
        problem_of(error).status if error else 200,
        sessions=held.sign_ins.of(person.id),
        session=signed_in(request).session,
        browser_of=browser_of,
        problem=error,
    )


def browser_of(agent: str) -> str:
    """What a User-Agent says in a word or two: “Chrome · Windows”. The more particular names come first."""
    programs = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("QQBrowser", "QQ 浏览器"), ("OPR", "Opera"),
                ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
    systems = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
               ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
    found = [next((name for sign, name in names if sign in agent), "") for names in (programs, systems)]
    return " · ".join(each for each in found if each) or agent[:40] or "（未说明）"


def _form(request: Request, next: str, account: str = "", error: ZhengwenError | None = None) -> Response:
    held = console(request)
    token = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
    response = parts(request).pages.page(
        "hotline/sign_in.html",
        problem_of(error).status if error else 200,
        csrf=csrf_of(token),
        next=_inside(next),
        account=account,
        problem=error,
        nobody=not held.people.anybody(),
    )
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.seconds)
    response.set_cookie(
        FORM_COOKIE, token, path="/hotline", httponly=True, samesite="strict", secure=_is_https(request)
    )
    return response


def _hand_over(response: Response, request: Request, token: str) -> None:
    # No Max-Age: it goes when the browser is closed. The server ends it by its own clock.
    https = _is_https(request)
    name = HOST_COOKIE if https else COOKIE
    response.set_cookie(name, token, path="/", httponly=True, samesite="lax", secure=https)
    if https and COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/")


def _is_https(request: Request) -> bool:
    """Whether the browser speaks HTTPS, perhaps with a proxy: the page's own origin says so, too."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _inside(path: str) -> str:
    """The path where it is one of the console's own; empty for everything else, so that no link leads away."""
    plain = path.isascii() and path.isprintable() and not set("\\\r\n") & set(path) and "//" not in path
    ours = any(
        path.partition("?")[0] == each or path.startswith((f"{each}/", f"{each}?"))
        for each in ("/hotline", "/admin")
    )
    return path[:500] if plain and ours and not path.startswith("/hotline/sign-") else ""


def _in_office(request: Request) -> bool:
    return parts(request).admission.in_office(request.scope)


def _is_known(held: Console, account: str, where: str) -> bool:
    """Whether the person of an account has signed in from an address of late."""
    try:
        found = held.people.by_account(account)
    except PersonNotFound:
        return False
    return held.audit.signed_in_from(found.id, where, now() - KNOWN_FOR)


def _wait(held: Console, seconds: int, why: str, where: str, account: str = "") -> None:
    if seconds:
        _note(held, LOCKED, account, where)
        raise TooManyRequests(
            f"{why}，已暂停登录，请在 {-(-seconds // 60)} 分钟后再试，或请管理员帮忙。", seconds
        )


def _note(held: Console, action: str, account: str, where: str) -> None:
    """An account that exists is named; what else was typed may be a password and is not kept."""
    try:
        subject = named(held.people.by_account(account)) if account else ""
    except PersonNotFound:
        subject = "没有这个账号"
    held.audit.record(action, None, subject=subject, address=where)
