"""Which settings the WeChat channel needs, which are absent, and whether those given can be used."""

import base64
import binascii
from urllib.parse import urlsplit

from app.errors import InvalidSetting
from app.settings import Settings

NEEDED = ("wechat_appid", "wechat_secret", "wechat_signing_secret")
NEEDED_FOR_PUSH = ("wechat_push_token",)
SHORTEST = 32  # characters of the signing secret


def missing(settings: Settings, names: tuple[str, ...] = NEEDED) -> tuple[str, ...]:
    """The environment variables that are not set, of those needed."""
    return tuple(f"ZHENGWEN_{name.upper()}" for name in names if not getattr(settings, name).strip())


def check(settings: Settings) -> None:
    """Raise `InvalidSetting` for a value that can never work. Secrets are named, never repeated."""
    signing = settings.wechat_signing_secret.strip()
    if signing and len(signing) < SHORTEST:
        raise InvalidSetting(
            f"设置 ZHENGWEN_WECHAT_SIGNING_SECRET 太短，请换成至少 {SHORTEST} 个随机字符，"
            "例如 openssl rand -hex 32 的输出。"
        )
    if settings.wechat_push_aes_key.strip():
        aes_key(settings.wechat_push_aes_key.strip())
    parts = urlsplit(settings.wechat_api)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidSetting(
            f"设置 ZHENGWEN_WECHAT_API 的值“{settings.wechat_api[:40]}”不是网址，"
            "请改为 https://api.weixin.qq.com。"
        )


def aes_key(encoded: str) -> bytes:
    """The 32 bytes of an EncodingAESKey. Raises `InvalidSetting`."""
    try:
        key = base64.b64decode(encoded + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(encoded) != 43 or len(key) != 32:
        raise InvalidSetting(
            "设置 ZHENGWEN_WECHAT_PUSH_AES_KEY 应为 43 个字母或数字，请从微信公众平台“消息推送”页复制 EncodingAESKey。"
        )
    return key
