"""WeChat's signatures of pushed messages, and their age."""

import hashlib
import hmac
from dataclasses import dataclass

from app.errors import PushRefused

WINDOW = 300  # s that a message may be old, or its clock ahead of ours


@dataclass(frozen=True, slots=True)
class Stamp:
    """What WeChat puts into the address of a push."""

    signature: str
    timestamp: str
    nonce: str
    msg_signature: str = ""


def signed(*parts: str) -> str:
    """SHA-1 over the sorted parts, in hex (开发者服务器接收消息推送)."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def matches(signature: str, *parts: str) -> bool:
    """Whether the signature is that of the parts; takes the same time wherever they differ."""
    return hmac.compare_digest(signature.encode("utf-8", "replace"), signed(*parts).encode())


def check_stamp(stamp: Stamp, token: str, now: float) -> None:
    """Raise `PushRefused` unless the stamp is WeChat's and not older than `WINDOW`. `now` in seconds since 1970."""
    if not matches(stamp.signature, token, stamp.timestamp, stamp.nonce):
        raise PushRefused("签名不对，请核对 Token 是否和微信公众平台上的一致。")
    sent = int(stamp.timestamp) if stamp.timestamp.isascii() and stamp.timestamp.isdigit() else 0
    if abs(now - sent) > WINDOW:
        raise PushRefused("消息的时间与本机相差超过 5 分钟，请校准服务器的时钟。")


def check_encrypted(stamp: Stamp, token: str, encrypted: str) -> None:
    """Raise `PushRefused` unless the second signature, over the encrypted message too, is WeChat's."""
    if not matches(stamp.msg_signature, token, stamp.timestamp, stamp.nonce, encrypted):
        raise PushRefused("消息签名（msg_signature）不对，已拒收。")
