"""What becomes of a pushed message: checked, seen once, answered in the window or acknowledged and sent later."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.errors import InvalidRequest, PushRefused, TooManyRequests, WechatError
from app.web.opened import Opened
from app.web.wechat.answering import Answering
from app.web.wechat.chat import messages, single
from app.web.wechat.cipher import PushCipher
from app.web.wechat.delivery import Handover, Pool, Sender
from app.web.wechat.logins import Logins
from app.web.wechat.message import (
    Form,
    Message,
    encrypted_reply,
    fields_of,
    message_of,
    text_reply,
    transfer_reply,
)
from app.web.wechat.once import Once
from app.web.wechat.signature import WINDOW, Stamp, check_encrypted, check_stamp, signed

log = logging.getLogger("zhengwen.wechat")

IN_TIME = 3.8  # s from the push to a reply in the same response; WeChat hangs up after 5
MESSAGE_MEMORY = (
    24 * 3600.0
)  # s; WeChat repeats a message within a minute, an operator's replay may come later
SUCCESS = b"success"
FAILED = "服务出错了，请稍后再试。"


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back to WeChat."""

    content: bytes = SUCCESS
    form: Form | Literal["text"] = "text"


class Receiver:
    """Takes pushed messages for one account."""

    def __init__(
        self,
        token: str,
        cipher: PushCipher | None,
        mode: Literal["miniprogram", "official"],
        *,
        once: Once,
        logins: Logins,
        answering: Answering,
        sender: Sender,
        pool: Pool,
        clock: Callable[[], float] = time.time,
        in_time: float = IN_TIME,
    ) -> None:
        """With a cipher, messages in the clear are refused."""
        self._token, self._cipher, self._mode = token, cipher, mode
        self._once, self._logins, self._answering = once, logins, answering
        self._sender, self._pool, self._clock, self._in_time = sender, pool, clock, in_time

    def greet(self, stamp: Stamp, echo: str) -> str:
        """The echo that proves to WeChat that the address is ours. Raises `PushRefused`."""
        check_stamp(stamp, self._token, self._clock())
        if not self._once.first("nonce", _nonce(stamp), 2 * WINDOW):
            raise _replayed()
        return echo

    def receive(self, stamp: Stamp, body: bytes, now: Opened) -> Response:
        """The response to a push. Raises `PushRefused`, an `HttpError` (400), `TooManyRequests`."""
        began = time.monotonic()
        check_stamp(stamp, self._token, self._clock())
        message = self._read(stamp, body)
        if not self._claim(stamp, message):
            return Response()
        try:
            return self._sealed(self._respond(message, now, began), stamp)
        except Exception:
            # Nothing was done: the same message may come again.
            self._once.again("message", message.mark)
            self._once.again("nonce", _nonce(stamp))
            raise

    def _claim(self, stamp: Stamp, message: Message) -> bool:
        """Whether this worker is the first to see the message. Raises `PushRefused` for a new one with an old nonce.

        A known message with a known nonce is WeChat asking again: it is told “success”, and nothing is done. In the
        clear the signature does not cover the message, so whoever saw one push could otherwise send others with it.
        """
        fresh = self._once.first("nonce", _nonce(stamp), 2 * WINDOW)
        first = self._once.first("message", message.mark, MESSAGE_MEMORY)
        if first and not fresh:
            self._once.again("message", message.mark)
            raise _replayed()
        return first

    def _read(self, stamp: Stamp, body: bytes) -> Message:
        fields, form = fields_of(body)
        if self._cipher is None:
            return message_of(fields, form)
        encrypted = fields.get("Encrypt", "")
        if not encrypted:
            raise PushRefused("消息没有加密，而设置要求安全模式，请在微信公众平台选择安全模式。")
        check_encrypted(stamp, self._token, encrypted)
        return message_of(*fields_of(self._cipher.decrypt(encrypted)))

    def _respond(self, message: Message, now: Opened, began: float) -> Response:
        if message.kind != "text" or not message.content.strip():
            return Response()
        if message.wants_human:
            return Response(transfer_reply(message), message.form)
        handover = Handover()
        if self._mode == "miniprogram":
            handover.wait(0)  # a mini-program has no reply in the response: it is always sent
        self._pool.take_on(lambda: self._answer(message, now, handover))
        if self._mode == "miniprogram":
            return Response()
        answer = handover.wait(self._in_time - (time.monotonic() - began))
        return Response() if answer is None else Response(text_reply(message, answer[0]), message.form)

    def _answer(self, message: Message, now: Opened, handover: Handover) -> None:
        several, one = self._worded(message, now)
        if not handover.give(one):
            self._sender.send(message.sender, several)

    def _worded(self, message: Message, now: Opened) -> tuple[Sequence[str], Sequence[str]]:
        """The answer in several messages, and in one."""
        person = self._logins.person(message.sender)
        try:
            reply = self._answering.answer(
                person, message.content, now, session_id=self._answering.last_session(person)
            )
        except (InvalidRequest, TooManyRequests, WechatError) as error:
            return (str(error),), (str(error),)
        except Exception as error:
            log.error("a pushed question failed: %s", type(error).__name__)
            return (FAILED,), (FAILED,)
        return messages(reply.answer), single(reply.answer)

    def _sealed(self, response: Response, stamp: Stamp) -> Response:
        """Encrypted, where the push was."""
        if self._cipher is None or response.form == "text":
            return response
        encrypted = self._cipher.encrypt(response.content)
        made = str(int(self._clock()))
        fields = {
            "Encrypt": encrypted,
            "MsgSignature": signed(self._token, made, stamp.nonce, encrypted),
            "TimeStamp": made,
            "Nonce": stamp.nonce,
        }
        return Response(encrypted_reply(fields, response.form), response.form)


def _nonce(stamp: Stamp) -> str:
    return hashlib.sha256(f"{stamp.timestamp} {stamp.nonce}".encode("utf-8", "replace")).hexdigest()


def _replayed() -> PushRefused:
    return PushRefused("这个 nonce 已经用过，消息像是重放，已拒收。")
