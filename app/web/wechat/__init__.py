"""WeChat: the backend a mini-program calls, and the address that WeChat calls. Off until its settings are there."""

from fastapi import FastAPI

from app.settings import Settings
from app.web.asking import Calendar
from app.web.wechat import ask, entry, push, reading
from app.web.wechat.desk import Channel, channel

__all__ = ["Channel", "add_wechat", "channel"]


def add_wechat(app: FastAPI, settings: Settings, calendar: Calendar) -> Channel:
    """Give the app the channel and its routes. Raises `InvalidSetting`."""
    app.state.wechat = Channel(settings, calendar)
    for router in (entry.router, ask.router, reading.router, push.router):
        app.include_router(router)
    opened: Channel = app.state.wechat
    return opened
