"""Reading a JSON body strictly: type, encoding, syntax, depth and numbers are checked, each with its own sentence."""

import json
import re
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.web.problems import HttpError, http_problem

_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonRoute(APIRoute):
    """A route whose body, where it has one, is read by `read_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, given a request whose JSON has been read already."""
        handle = super().get_route_handler()

        async def read_then_handle(request: Request) -> Response:
            if self.body_field is None:
                return await handle(request)
            check_content_type(request.headers.get("content-type"))
            body = read_json(await request.body())
            return await handle(_ReadRequest(request.scope, request.receive, body))

        return read_then_handle


class _ReadRequest(Request):
    def __init__(self, scope: Any, receive: Any, body: object) -> None:
        super().__init__(scope, receive)
        self._parsed = body
        self._body = b"{}"

    async def json(self) -> Any:
        return self._parsed


def check_content_type(value: str | None) -> None:
    """Raise an `HttpError` (415) unless the header says JSON."""
    message = Message()
    message["content-type"] = value or ""
    subtype = message.get_content_subtype()
    if (
        value
        and message.get_content_maintype() == "application"
        and (subtype == "json" or subtype.endswith("+json"))
    ):
        return
    shown = "没有写明" if not value else f"是“{value[:80]}”"
    raise HttpError(http_problem(415, f"Content-Type {shown}，请改为 application/json。"))


def read_json(body: bytes) -> object:
    """The value of a JSON text in UTF-8, lone surrogates replaced by U+FFFD. Raises an `HttpError` (400)."""
    if not body.strip():
        raise _malformed("请求体是空的，请提交一个 JSON 对象。")
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise _malformed(f"请求体第 {error.start + 1} 个字节不是 UTF-8 编码，请以 UTF-8 提交。") from None
    except json.JSONDecodeError as error:
        raise _malformed(
            f"请求体不是正确的 JSON（第 {error.lineno} 行第 {error.colno} 列），请检查括号、引号和逗号。"
        ) from None
    except RecursionError:
        raise _malformed("请求体的 JSON 嵌套太深，请改用接口说明中的格式。") from None
    except ValueError:
        # The interpreter refuses integers of more than 4300 digits.
        raise _malformed("请求体里有过长的数字，请改用接口说明中的格式。") from None
    return _scalar_values(value)


def _scalar_values(value: object) -> object:
    # Only the top level: our schemas are flat, and what lies deeper is refused or passed over by them.
    if isinstance(value, dict):
        return {_scalar(key): _scalar(item) for key, item in value.items()}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    return value


def _refuse_constant(name: str) -> None:
    raise _malformed(f"JSON 中没有 {name} 这种数，请改为普通数字。")


def _malformed(detail: str) -> HttpError:
    return HttpError(http_problem(400, detail, code="malformed_body"))
