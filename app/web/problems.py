"""Errors as RFC 9457 problem documents: each class of `app.errors` has its status and its Chinese title here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from app import errors
from app.errors import ZhengwenError
from app.web.json_bytes import Json, to_json

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 2  # seconds; loading a built index takes a few

_CANNOT_LOAD = "政策文本或索引暂时不能使用，请稍后再试；仍不行请联系管理员。"

# One line for each class: a subclass that is missing here fails a test.
TABLE: Mapping[type[ZhengwenError], tuple[int, str]] = {
    errors.ZhengwenError: (500, "服务出错了，请稍后再试；仍不行请联系管理员。"),
    errors.InvalidRequest: (422, "请求内容有误，请按说明修改后再试。"),
    errors.BlankQuestion: (422, "没有读到问题，请用文字写下想问的事。"),
    errors.QuestionTooLong: (422, "问题太长了，请删减后再问。"),
    errors.InvalidDate: (422, "日期写法不对，请写成“2025-01-31”的样子。"),
    errors.InvalidGap: (422, "缺口的改动有误，请修改后再试。"),
    errors.InvalidPerson: (422, "人员信息有误，请修改后再试。"),
    errors.WeakPassword: (422, "密码不够安全，请换一个。"),
    errors.ReviewedInvalid: (422, "口径还不完整或填写有误，请修改后再试。"),
    errors.ImportRefused: (422, "这个文件不能导入，请按说明修改后再试。"),
    errors.NotFound: (404, "没有找到，请检查编号后再试。"),
    errors.DocumentNotFound: (404, "没有找到这份文件，请从文件目录中选择。"),
    errors.ClauseNotFound: (404, "没有找到这一条款，请检查条款编号。"),
    errors.AnswerNotFound: (404, "没有找到这次答复，请检查编号后再试。"),
    errors.SessionNotFound: (404, "没有找到这个会话，它可能已经清理。"),
    errors.SiteNotFound: (404, "没有找到这个站点，请检查站点编号。"),
    errors.KeyNotFound: (404, "没有找到这个密钥，请检查密钥编号。"),
    errors.CallNotFound: (404, "没有找到这次通话，请从通话记录中选择。"),
    errors.TicketNotFound: (404, "没有找到这个缺口，请从缺口列表中选择。"),
    errors.PublicationNotFound: (404, "没有找到这次发布，请从文件页中选择。"),
    errors.PersonNotFound: (404, "没有找到这个人，请从人员列表中选择。"),
    errors.ReviewedNotFound: (404, "没有找到这条口径，请从口径列表中选择。"),
    errors.NotAllowed: (403, "没有权限，请与管理员联系。"),
    errors.KeyRequired: (401, "需要密钥才能使用，请与管理员联系。"),
    errors.TokenExpired: (401, "会话已过期，请刷新页面后再试。"),
    errors.OriginNotAllowed: (403, "本网站没有开通问答，请与管理员联系。"),
    errors.ScopeNotAllowed: (403, "没有这项权限，请与管理员联系。"),
    errors.SignInRequired: (401, "请先登录。"),
    errors.SignInRefused: (401, "账号或密码不对，请检查后再试。"),
    errors.RoleNotAllowed: (403, "您的角色不能做这件事，请与管理员联系。"),
    errors.PasswordToChange: (403, "请先修改密码。"),
    errors.FormExpired: (403, "页面已经过期，请返回并刷新后再提交。"),
    errors.FourEyes: (403, "不能批准自己起草的口径，请由另一位审核人批准。"),
    errors.PublicationChanged: (409, "这份文件刚刚被别人处理过，请刷新页面查看。"),
    errors.ReviewedChanged: (409, "口径刚刚被别人改过，请刷新页面后再操作。"),
    errors.TooManyRequests: (429, "问得太快了，请稍后再试。"),
    errors.Overloaded: (503, "现在问的人太多，请稍后再试。"),
    errors.WechatError: (503, "微信渠道出错了，请稍后再试。"),
    errors.WechatOff: (404, "没有开通微信渠道，请与管理员联系。"),
    errors.WechatUnavailable: (503, "微信接口暂时不能使用，请稍后再试。"),
    errors.LoginRefused: (401, "微信登录没有成功，请重试。"),
    errors.LoginExpired: (401, "登录已过期，请重新登录。"),
    errors.PushRefused: (403, "消息推送没有通过核对，已拒收。"),
    errors.ContentRefused: (422, "这句话没有通过内容检查，请换一种说法。"),
    errors.CorpusError: (503, _CANNOT_LOAD),
    errors.CorpusMissing: (503, "找不到政策文本文件夹，请管理员检查设置。"),
    errors.CorpusEmpty: (503, "政策文本文件夹里没有可用的文件，请管理员检查。"),
    errors.CorpusBusy: (503, "政策文本文件夹正在由另一个进程改动，请稍后再试。"),
    errors.FileRefused: (503, "有政策文本读不出来，请管理员检查该文件。"),
    errors.ReadersBusy: (503, "等着读取的文件太多，请稍后再上传。"),
    errors.LexiconError: (503, "词表有误，请管理员检查词表文件。"),
    errors.PromptError: (503, "答复模板有误，请管理员检查模板文件。"),
    errors.ModelError: (503, "编码模型不能使用，请管理员检查设置。"),
    errors.IndexUnusable: (503, _CANNOT_LOAD),
    errors.IndexMissing: (503, "索引还没有建立，请管理员先建立索引。"),
    errors.IndexStale: (503, "索引与现有文本不一致，请管理员重建索引。"),
    errors.IndexDamaged: (503, "索引文件已损坏，请管理员重建索引。"),
    errors.IndexBusy: (503, "索引正在由另一个进程建立，请稍后再试。"),
    errors.QuoteMismatch: (500, "引文与原文核对不一致，本次答复已撤回，请联系管理员。"),
    errors.AddressInUse: (503, "端口已被占用，请管理员更换端口。"),
    errors.InvalidSetting: (503, "服务设置有误，请管理员检查。"),
    errors.StoreUnavailable: (503, "会话记录暂时不能使用，请稍后再试。"),
    errors.NotKept: (503, "这次没有能存下记录，所以没有办成，请稍后再试。"),
    errors.NotReady: (503, "服务正在准备，请稍候再试。"),
}

HTTP_TITLES: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "请求读不懂，请检查格式后再试。"),
    404: ("not_found", "没有这个网址，请检查地址后再试。"),
    405: ("method_not_allowed", "这个网址不支持这种请求方式。"),
    408: ("request_timeout", "请求没有及时发完，请检查网络后再试。"),
    413: ("body_too_large", "提交的内容太大，请删减后再试。"),
    415: ("unsupported_media_type", "内容类型不对，请以 JSON 提交。"),
    422: ("invalid_fields", "有的内容填写不对，请修改后再试。"),
    431: ("head_too_large", "请求头太大，请清除本站的 Cookie 后再试。"),
    500: ("internal", "服务出错了，请稍后再试；仍不行请联系管理员。"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document and the headers that go with it. `errors` holds {"field", "message"} pairs."""

    status: int
    code: str
    title: str
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, Json]:
        """The members of RFC 9457, our `code`, and `errors` where fields are at fault."""
        members: dict[str, Json] = {
            "type": f"urn:zhengwen:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            members["errors"] = [dict(error) for error in self.errors]
        return members

    def body(self) -> bytes:
        """The document as JSON in UTF-8."""
        return to_json(self.content())


class HttpError(HTTPException):
    """Raised where a request is at fault in a way that only HTTP knows.

    The framework's own kind goes unchanged through its reading of forms; any other becomes a body it could not parse.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail)
        self.problem = problem


def http_problem(status: int, detail: str, *, code: str | None = None, **more: Any) -> Problem:
    """A problem of plain HTTP, with the title that belongs to the status."""
    default_code, title = HTTP_TITLES.get(status, (f"http_{status}", "请求没有成功，请稍后再试。"))
    return Problem(status=status, code=code or default_code, title=title, detail=detail, **more)


def problem_of(error: ZhengwenError) -> Problem:
    """The problem for one of our own errors: the nearest class in `TABLE` decides."""
    status, title = next(TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)
    headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
    if isinstance(error, (errors.TooManyRequests, errors.Overloaded)):
        headers["Retry-After"] = str(error.seconds)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(status=status, code=error.code, title=title, detail=str(error) or title, headers=headers)


def problem_of_http(error: HTTPException, method: str, path: str) -> Problem:
    """The problem for what the framework itself raises: no such route, wrong method."""
    shown = path if len(path) <= 80 else path[:80] + "…"
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return http_problem(404, f"没有“{shown}”这个网址；接口说明见 /docs。", headers=headers)
    if error.status_code == 405:
        allowed = headers.get("Allow", headers.get("allow", ""))
        return http_problem(
            405, f"“{shown}”不支持 {method}，请改用 {allowed or '其他方式'}。", headers=headers
        )
    return http_problem(error.status_code, "请求没有成功，请检查后再试；接口说明见 /docs。", headers=headers)


def internal(reference: str) -> Problem:
    """The problem for a failure nobody foresaw: a reference to the log and nothing of the failure itself."""
    return http_problem(500, f"出现了意外错误，已记录。请稍后再试；仍不行请把编号 {reference} 告诉管理员。")
