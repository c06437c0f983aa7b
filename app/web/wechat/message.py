"""Pushed messages: what WeChat sends (XML or JSON, in the clear or encrypted), and what may be replied in the same breath."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.web.problems import HttpError, http_problem

Form = Literal["xml", "json"]
HUMAN = frozenset({"转人工", "人工", "人工客服", "转人工客服", "转人工服务", "人工服务", "找人工"})
_NOT_XML = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r") + "\ufffe\uffff"
_REMOVED = dict.fromkeys(map(ord, _NOT_XML))


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a person to the account; `content` is empty for all but texts."""

    sender: str
    receiver: str
    created: str
    kind: str
    content: str
    event: str
    number: str
    form: Form

    @property
    def mark(self) -> str:
        """What tells this message from all others: MsgId, and for events who sent them when (消息排重)."""
        told = self.number or f"{self.sender} {self.created} {self.event}"
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()

    @property
    def wants_human(self) -> bool:
        """Whether the person asks for a member of staff."""
        return self.kind == "text" and self.content.strip(" 。！!.").strip() in HUMAN


def fields_of(body: bytes) -> tuple[dict[str, str], Form]:
    """The top-level fields of a message. Raises an `HttpError` (400) for what is neither XML nor JSON."""
    if body.lstrip()[:1] == b"{":
        return _json_fields(body), "json"
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise _malformed() from None
    return {str(child.tag): child.text or "" for child in root}, "xml"


def message_of(fields: Mapping[str, str], form: Form) -> Message:
    """The message in the fields. Raises an `HttpError` (400) where sender, receiver or kind are absent."""
    if not all(fields.get(name) for name in ("FromUserName", "ToUserName", "MsgType")):
        raise _malformed()
    kind = fields["MsgType"]
    return Message(
        sender=fields["FromUserName"][:128],
        receiver=fields["ToUserName"][:128],
        created=fields.get("CreateTime", "")[:32],
        kind=kind,
        content=fields.get("Content", "") if kind == "text" else "",
        event=fields.get("Event", "")[:64],
        number=fields.get("MsgId", "")[:64],
        form=form,
    )


def text_reply(message: Message, content: str) -> bytes:
    """A passive reply of a 公众号: the text goes back in the response."""
    return _reply(message, "text", {"Content": content})


def transfer_reply(message: Message) -> bytes:
    """Hands the person to the account's staff (转发消息至客服)."""
    return _reply(message, "transfer_customer_service", {})


def encrypted_reply(fields: Mapping[str, str], form: Form) -> bytes:
    """The envelope around an encrypted reply."""
    return _written(fields, form)


def _reply(message: Message, kind: str, more: Mapping[str, str]) -> bytes:
    head = {
        "ToUserName": message.sender,
        "FromUserName": message.receiver,
        "CreateTime": str(int(time.time())),
        "MsgType": kind,
    }
    return _written({**head, **more}, message.form)


def _written(fields: Mapping[str, str], form: Form) -> bytes:
    if form == "json":
        return json.dumps(dict(fields), ensure_ascii=False).encode("utf-8", "replace")
    inner = "".join(f"<{name}>{escape(value.translate(_REMOVED))}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode("utf-8", "replace")


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(fields, dict):
        raise _malformed()
    return {
        name: str(value)
        for name, value in fields.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _malformed() -> HttpError:
    return HttpError(
        http_problem(400, "推送的消息不是微信的格式（XML 或 JSON），已拒收。", code="malformed_body")
    )
