"""The processes that serve: one, or several workers that share a listening socket."""

import os
import socket
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.errors import AddressInUse, reason_of
from app.main import Log, Parts, create_app, create_with, environment_of, is_fresh, open_store
from app.parent import GRACE, end_with_parent
from app.web import COUNTS_FOLDER, log_to_stderr, server_config


class Workers(Multiprocess):
    """uvicorn's supervisor of workers, which waits for none of them for ever when it is told to stop."""

    def join_all(self) -> None:
        """Wait for the workers to finish what they answer; end those that do not."""
        for process in self.processes:
            process.process.join(GRACE)
            if process.process.is_alive():
                process.kill()
                process.join()


def worker_app() -> FastAPI:
    """What each worker serves: it ends with the supervisor, and accepts nothing before its index is open."""
    log_to_stderr()
    end_with_parent()
    return create_app(accept_when_open=True)


def serve(parts: Parts, listener: socket.socket, log: Log) -> None:
    """Serve on a listening socket until told to stop."""
    settings = parts.settings
    log_to_stderr()
    store = open_store(settings) if settings.workers == 1 else None
    if settings.watch:
        _watch(parts, log)
    log(f"政问正在 http://{settings.host}:{listener.getsockname()[1]} 提供服务，按 Ctrl+C 停止。")
    if settings.workers == 1:
        config = server_config(create_with(settings, lambda: parts, log, store))
        uvicorn.Server(config).run(sockets=[listener])
        return
    os.environ.update(environment_of(settings))
    with TemporaryDirectory(prefix="zhengwen-") as folder:
        os.environ[COUNTS_FOLDER] = folder
        Workers(server_config("app.hosting:worker_app", settings.workers), sockets=[listener]).run()


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
