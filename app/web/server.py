"""How the server beneath is set up: uvicorn with nothing left to its defaults that decides who is believed or let in."""

from typing import Any

from fastapi import FastAPI
from uvicorn import Config

from app.web.connections import BACKLOG
from app.web.protocol import GuardedProtocol

NEVER = 3600  # seconds: `GuardedProtocol` ends what is idle, long before


def server_config(app: FastAPI | str, workers: int = 1) -> Config:
    """uvicorn's configuration for an app, or for one that each of several workers makes (`module:factory`)."""
    more: dict[str, Any] = {"factory": True, "workers": workers} if isinstance(app, str) else {}
    return Config(
        app,
        http=GuardedProtocol,
        log_config=None,
        log_level="warning",
        lifespan="on",
        ws="none",
        backlog=BACKLOG,
        timeout_keep_alive=NEVER,
        timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=30,
        proxy_headers=False,  # `whence` alone says whose word about an address counts
        server_header=False,
        **more,
    )
