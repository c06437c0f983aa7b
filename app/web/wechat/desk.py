"""The WeChat channel of one app: everything its endpoints use, made from the settings."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from app.errors import WechatOff
from app.settings import Settings
from app.store import WechatRecords
from app.web.asking import Calendar
from app.web.body import JsonRoute
from app.web.json_bytes import Json
from app.web.wechat.access_token import AccessToken
from app.web.wechat.account import NEEDED_FOR_PUSH, check, missing
from app.web.wechat.answering import Answering
from app.web.wechat.cipher import PersonHash, PushCipher, Seal
from app.web.wechat.client import Client
from app.web.wechat.delivery import Pool, Sender
from app.web.wechat.logins import Logins
from app.web.wechat.once import Once
from app.web.wechat.quota import Quota
from app.web.wechat.receiver import Receiver
from app.web.wechat.screening import Screening


class Desk:
    """The parts of the channel. Nothing is connected to before it is used."""

    def __init__(self, settings: Settings, calendar: Calendar) -> None:
        appid, secret = settings.wechat_appid, settings.wechat_signing_secret
        kept = timedelta(days=settings.retention_days) if settings.retention_days else None
        self.appid = appid
        self.records = WechatRecords.open(settings.database_url, kept)
        self.client = Client(settings.wechat_api, appid, settings.wechat_secret)
        # The secret is part of the name: after it was changed, the old token is not looked for.
        account = PersonHash(secret, "account").of(f"{appid} {settings.wechat_secret}")
        token = AccessToken(
            self.client.access_token, self.records, Seal(secret, f"access {appid}"), account
        ).current
        once = Once(self.records)
        self.logins = Logins(secret, appid, once)
        self.quota = Quota(self.records, calendar, settings.wechat_person_per_day, settings.wechat_per_day)
        # The content check knows people who have opened the mini-program; a 公众号 has none.
        official = settings.wechat_mode == "official"
        screening = None if official else Screening(self.client, token, self.records, settings)
        self.answering = Answering(self.records, self.quota, screening)
        self.pool = Pool()
        key = settings.wechat_push_aes_key.strip()
        self.receiver = Receiver(
            settings.wechat_push_token,
            PushCipher(key, appid) if key else None,
            settings.wechat_mode,
            once=once,
            logins=self.logins,
            answering=self.answering,
            sender=Sender(self.client, token),
            pool=self.pool,
        )

    def close(self) -> None:
        """Finish what was taken on and let go of all connections."""
        self.pool.close()
        self.client.close()
        self.records.close()


class Channel:
    """The desk where the settings are complete; otherwise what they lack."""

    def __init__(self, settings: Settings, calendar: Calendar) -> None:
        """Raises `InvalidSetting` for a value that can never work."""
        check(settings)
        self.absent = missing(settings)
        self.absent_for_push = self.absent + missing(settings, NEEDED_FOR_PUSH)
        self._desk = None if self.absent else Desk(settings, calendar)

    def desk(self) -> Desk:
        """Raises `WechatOff`."""
        if self._desk is None:
            raise WechatOff(f"没有开通微信渠道：缺少设置 {'、'.join(self.absent)}，请管理员补上。")
        return self._desk

    def receiver(self) -> Receiver:
        """Raises `WechatOff`."""
        if self.absent_for_push:
            raise WechatOff(f"没有开通消息推送：缺少设置 {'、'.join(self.absent_for_push)}，请管理员补上。")
        return self.desk().receiver

    def state(self) -> dict[str, Json]:
        """For /readyz: whether the channel is on, and the settings that are absent."""
        absent: list[Json] = list(self.absent_for_push)
        if self.absent:
            sentence = f"没有开通微信渠道，缺少设置：{'、'.join(self.absent)}。"
        elif self.absent_for_push:
            sentence = f"微信渠道已开通；不接收消息推送，缺少设置：{'、'.join(self.absent_for_push)}。"
        else:
            sentence = "微信渠道已开通。"
        return {"state": "off" if self.absent else "on", "missing": absent, "sentence": sentence}

    def close(self) -> None:
        """See `Desk.close`."""
        if self._desk is not None:
            self._desk.close()


class WechatRoute(JsonRoute):
    """A route that is not there while the channel is off, whatever is sent to it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind a look at the channel."""
        handle = super().get_route_handler()

        async def look_then_handle(request: Request) -> Response:
            channel(request).desk()
            return await handle(request)

        return look_then_handle


def channel(request: Request) -> Channel:
    """The channel of the app that serves this request."""
    found = request.app.state.wechat
    if not isinstance(found, Channel):
        raise TypeError(f"app.state.wechat holds {type(found).__name__}")
    return found


async def desk(request: Request) -> Desk:
    """The desk. Raises `WechatOff`."""
    return channel(request).desk()


async def receiver(request: Request) -> Receiver:
    """The receiver of pushed messages. Raises `WechatOff`."""
    return channel(request).receiver()
