"""One worker process: python -m tests.web.wechat.worker FOLDER WECHAT_URL. Prints its port; ends when its input does."""

import socket
import sys
import threading
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import uvicorn

from app.store import Store
from app.web import create_app

from .office import services_of, settings_of


def main(folder: str, url: str) -> None:
    settings = settings_of(Path(folder), SimpleNamespace(url=url), wechat_mode="miniprogram")
    store = Store.open(settings.database_url, spool=settings.spool)
    app = create_app(settings, lambda: services_of(store))
    logging = deepcopy(uvicorn.config.LOGGING_CONFIG)
    logging["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config = uvicorn.Config(app, log_level="debug", access_log=True, log_config=logging)
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def end_with_input() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_input, daemon=True).start()
    server.run(sockets=[listener])
    store.close()


main(*sys.argv[1:])
