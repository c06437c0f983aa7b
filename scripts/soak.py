"""Many clients at once for a while, against a real server with the store writing: every reply counted, every turn found again.

    python scripts/soak.py [--clients 50] [--seconds 60] [--workers 1] [--database-url URL]

Starts `python -m app serve` on a free loopback port with a database of its own, lets each client hold conversations, ends
the server by its pid and counts the turns in the database. Prints replies, errors, lost turns and latency; exits 1 when anything
failed or was lost.
"""

import argparse
import os
import platform
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx2
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "注意事项有哪些", "第二个呢", "技改升级怎么支持企业", "那付款周期有限制吗", "首次贷款怎么界定", "升规奖多少钱", "支持哪些方向",
    "慕田峪长城门票多少钱", "生物医药有什么扶持", "电话是多少",
)  # fmt: skip
WAIT = 60.0


class Tally:
    """What the clients saw; each list is appended to by one thread at a time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.errors: list[str] = []


def client(base: str, until: float, seed: int, tally: Tally) -> None:
    """One client: conversations of up to six questions until the time is over."""
    chance = random.Random(seed)
    with httpx2.Client(base_url=base, timeout=30) as http:
        session: str | None = None
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                reply = http.post(
                    "/api/v1/ask", json={"question": chance.choice(QUESTIONS), "session_id": session}
                )
                reply.raise_for_status()
                session = None if chance.random() < 0.2 else reply.json()["session_id"]
                tally.seconds.append(time.perf_counter() - began)
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                tally.errors.append(repr(error))


def start(port: int, workers: int, url: str, folder: Path) -> subprocess.Popen[bytes]:
    """The server, ready."""
    environment = {**os.environ, "ZHENGWEN_DATABASE_URL": url, "ZHENGWEN_SPOOL": str(folder / "spool")}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return server
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    server.kill()
    raise SystemExit("服务没有就绪。")


def run(arguments: argparse.Namespace, folder: Path) -> int:
    """Run the clients and count; the exit code."""
    url = arguments.database_url or f"sqlite:///{folder}/turns.sqlite3"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = start(port, arguments.workers, url, folder)
    tallies = [Tally() for _ in range(arguments.clients)]
    until = time.monotonic() + arguments.seconds
    threads = [
        threading.Thread(target=client, args=(f"http://127.0.0.1:{port}", until, n, tally))
        for n, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.send_signal(signal.SIGTERM)
    server.wait(30)
    with create_engine(url).connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM turns")).scalar_one()
    seconds = sorted(s for tally in tallies for s in tally.seconds)
    errors = [error for tally in tallies for error in tally.errors]
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    print(
        f"{arguments.clients} clients, {arguments.seconds} s, {arguments.workers} workers: {len(seconds)} replies, {len(errors)} errors"
    )
    print(f"turns kept {kept}, lost {len(seconds) - kept}")
    if seconds:
        p95 = seconds[int(len(seconds) * 0.95)] * 1000
        print(
            f"{len(seconds) / arguments.seconds:.0f} replies/s, p50 {statistics.median(seconds) * 1000:.0f} ms, p95 {p95:.0f} ms"
        )
    for error in errors[:5]:
        print(error)
    return int(bool(errors) or kept < len(seconds) or not seconds)


def main() -> int:
    """Parse and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--database-url", default="")
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
