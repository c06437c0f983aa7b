"""How the server beneath is set up: uvicorn with nothing left to its defaults that decides who is believed or let in."""

from typing import Any

from fastapi import FastAPI
from uvicorn import Config


def server_config(app: FastAPI | str, workers: int = 1) -> Config:
    """uvicorn's configuration for an app, or for one that each of several workers makes (`module:factory`)."""
    more: dict[str, Any] = {"factory": True, "workers": workers} if isinstance(app, str) else {}
    return Config(
        app,
        log_level="warning",
        lifespan="on",
        ws="none",
        proxy_headers=False,  # `whence` alone says whose word about an address counts
        server_header=False,
        **more,
    )
