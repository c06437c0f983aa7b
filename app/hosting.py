"""The processes that serve: one, or several workers that share a listening socket."""

import os
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.errors import AddressInUse, reason_of
from app.main import Log, Parts, create_with, environment_of, is_fresh, open_store
from app.web import server_config


def serve(parts: Parts, listener: socket.socket, log: Log) -> None:
    """Serve on a listening socket until told to stop."""
    settings = parts.settings
    store = open_store(settings) if settings.workers == 1 else None
    if settings.watch:
        _watch(parts, log)
    log(f"政问正在 http://{settings.host}:{listener.getsockname()[1]} 提供服务，按 Ctrl+C 停止。")
    if settings.workers == 1:
        config = server_config(create_with(settings, lambda: parts, log, store))
        uvicorn.Server(config).run(sockets=[listener])
        return
    os.environ.update(environment_of(settings))
    Multiprocess(server_config("app.main:create_app", settings.workers), sockets=[listener]).run()


def _watch(parts: Parts, log: Log) -> None:
    """Have the index built whenever the folder changes, by this process alone; every worker takes it up by itself."""
    from app.building import build_apart
    from app.watching import Watcher

    settings = parts.settings
    fresh = is_fresh(parts)
    Watcher(settings.corpus, lambda: build_apart(settings).sentence(), log, fresh=fresh).start()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything slow is done.

    Raises:
        AddressInUse: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named asyncio sends small answers at once; without it each waits for the peer (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise AddressInUse(
            f"无法在 {host} 的端口 {port} 上监听（{reason_of(error)}），请换一个端口，例如 --port {port % 65535 + 1}。"
        ) from None
    listener.set_inheritable(True)
    return listener
