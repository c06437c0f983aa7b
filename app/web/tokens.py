"""Session tokens of the widget: signed, short-lived, sent in a header and never in a URL. The only importer of itsdangerous."""

import logging
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from app.errors import InvalidSetting, TokenExpired

log = logging.getLogger("zhengwen.web")

LIFETIME = 15 * 60  # seconds
SHORTEST = 16  # characters of a secret that a person chose


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says: which site, from which origin, which session of the widget."""

    site_id: str
    origin: str
    session: str


class Tokens:
    """Issues tokens and reads them back."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="zhengwen-widget")

    def issue(self, site_id: str, origin: str) -> str:
        """A new token, good for `LIFETIME` seconds."""
        signed = self._serializer.dumps([site_id, origin, secrets.token_hex(8)])
        return signed if isinstance(signed, str) else signed.decode()

    def read(self, token: str) -> Pass:
        """What a token says. Raises `TokenExpired` for one that is too old or was not signed here."""
        try:
            site_id, origin, session = self._serializer.loads(token, max_age=LIFETIME)
            return Pass(str(site_id), str(origin), str(session))
        except (BadData, ValueError, TypeError):
            raise TokenExpired("会话令牌已过期或不是本服务签发的，请重新取得后再试。") from None


def open_tokens(chosen: str, file: Path) -> Tokens:
    """Tokens signed with the secret that was chosen, or with the one kept in the file, made where there is none.

    Raises:
        InvalidSetting: the chosen secret is too short.
    """
    if chosen and len(chosen) < SHORTEST:
        raise InvalidSetting(
            f"设置 ZHENGWEN_SECRET 只有 {len(chosen)} 个字符，请改为至少 {SHORTEST} 个字符的随机文字，留空则自动生成。"
        )
    return Tokens(chosen or _kept(file))


def _kept(file: Path) -> str:
    made = secrets.token_hex(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}-{os.getpid()}-{made[:8]}")
        draft.touch(mode=0o600)
        draft.write_text(made, "ascii")
        # The first worker wins: a link never replaces what is there.
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
        return file.read_text("ascii").strip() or made
    except (OSError, UnicodeError) as error:
        log.warning("the secret cannot be kept, sessions end with this process: %s", error)
        return made
