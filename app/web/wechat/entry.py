"""Logging in, and who asks."""

import logging
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from app.errors import LoginExpired, LoginRefused, StoreUnavailable, TooManyRequests, WechatUnavailable
from app.web.ask import PROBLEMS
from app.web.json_bytes import json_response
from app.web.opened import parts
from app.web.schemas import ProblemOut
from app.web.wechat.client import CallError
from app.web.wechat.desk import Desk, WechatRoute, desk
from app.web.wechat.facts import facts_of
from app.web.wechat.logins import Login, Person
from app.web.wechat.schemas import LoginReply, LoginRequest, RefreshRequest

log = logging.getLogger("zhengwen.wechat")

PREFIX, TAG = "/wechat/v1", "微信"
FAULTS = PROBLEMS | {
    status: {"model": ProblemOut, "description": words}
    for status, words in {
        401: "没有登录或登录已过期",
        404: "没有开通微信渠道，或没有这一项",
        429: "次数用完了",
    }.items()
}
USED_UP = (40029, 40163)  # the code is wrong, or was used before
BLOCKED, OFTEN = 40226, 45011
DeskNow = Annotated[Desk, Depends(desk)]
router = APIRouter(prefix=PREFIX, route_class=WechatRoute, tags=[TAG])
_bearer = HTTPBearer(auto_error=False, description="POST /wechat/v1/login 得到的 token")


async def person(
    at: DeskNow, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    """Whoever asks. Raises `LoginExpired` where there is no token, or none of ours that is still good."""
    if given is None:
        raise LoginExpired("没有登录：请先调用 /wechat/v1/login，再以 Authorization: Bearer 提交 token。")
    return at.logins.read(given.credentials)


PersonNow = Annotated[Person, Depends(person)]


@router.post("/login", response_model=LoginReply, responses=FAULTS, summary="登录")
def login(asked: LoginRequest, request: Request, at: DeskNow) -> Response:
    """以 wx.login() 的 code 换取本服务的 token；openid 和 session_key 不下发。"""
    admission = parts(request).admission
    if not admission.is_local(request.scope):
        # Each attempt is a call to WeChat, which counts them for the whole app.
        admission.count_address(request.scope)
    openid = _openid(at, asked.code)
    made = at.logins.login(openid)
    with suppress(StoreUnavailable):
        at.records.came(made.person.id, facts_of(request.headers, at.appid, openid))
    return _reply(made)


@router.post("/refresh", response_model=LoginReply, responses=FAULTS, summary="续期")
def refresh(asked: RefreshRequest, at: DeskNow) -> Response:
    """以 refresh_token 换取新的 token 和 refresh_token；旧的 refresh_token 随即作废。"""
    return _reply(at.logins.refresh(asked.refresh_token))


def _openid(at: Desk, code: str) -> str:
    try:
        return at.client.openid_of(code)
    except CallError as failed:
        if failed.code in USED_UP:
            raise LoginRefused("登录码无效、已过期或已经用过，请重新调用 wx.login()。") from None
        if failed.code == BLOCKED:
            raise LoginRefused("这个微信账号因安全原因不能登录，请改用网页提问。") from None
        if failed.code == OFTEN:
            raise TooManyRequests("登录太频繁，请一分钟后再试。", 60) from None
        log.warning("login is unavailable: %s", failed)
        raise WechatUnavailable(f"微信登录接口暂时不能使用（{failed}），请稍后再试。") from None


def _reply(made: Login) -> Response:
    return json_response(
        {"token": made.token, "refresh_token": made.refresh_token, "expires_in": made.seconds}
    )
