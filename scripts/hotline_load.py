#!/usr/bin/env python3
"""How fast can clerks type? Finds the rate of key strokes at which 95 of 100 look-ups come within 100 ms.

    python scripts/hotline_load.py --corpus DIR [--index DIR] [--clerks 200] [--per-second 4] [--workers 2] [--seconds 8]

Starts `python -m app serve` on a free loopback port with a database of its own. Each clerk is signed in, has a connection
of their own and types questions cut out of the corpus, a character or two a stroke, at random moments; every stroke is a look-up
of what is typed so far, as the page sends it. Where the next stroke comes before the answer, the look-up is cancelled as a
browser cancels it (the connection is closed), and counts with the time it was waited for. After each question the answer is
asked for once with `--ask`.

All clerks type at the rate asked for first, then slower or faster, until the greatest rate is known at which p95 stays within
the bar. Prints a line for each rate. Exit status: 0, 1 when no rate holds, 2 when the server did not start.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
READY_WITHIN = 600.0  # seconds; a corpus is indexed first
STEPS = 4  # halvings between a rate that holds and one that does not
_SENTENCE = re.compile(r"[\u4e00-\u9fff]{8,24}")


@dataclass
class Tally:
    """What came of the strokes at one rate; times in seconds."""

    waits: list[float] = field(default_factory=list)
    asks: list[float] = field(default_factory=list)
    cancelled: int = 0
    errors: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """In milliseconds, by nearest rank."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("inf")


class Line(asyncio.Protocol):
    """One keep-alive connection that has at most one request on its way."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole, by its Content-Length."""
        self._buffer += data
        head, mark, body = bytes(self._buffer).partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower()) if mark else None
        if length and len(body) >= int(length[1]) and self._answer and not self._answer.done():
            self._buffer.clear()
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits hears of it."""
        self.transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    def send(self, request: bytes) -> "asyncio.Future[int]":
        """The status that comes."""
        assert self.transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def close(self) -> None:
        """As a browser does that no longer wants the answer."""
        if self._answer and not self._answer.done():
            self._answer.cancel()
        if self.transport:
            self.transport.abort()


@dataclass
class Clerk:
    """Types questions, one after another."""

    port: int
    token: str
    csrf: str
    chance: random.Random
    sentences: Sequence[str]
    ask: bool
    line: Line | None = None

    def prefixes(self) -> Iterator[str]:
        """What stands in the box after each stroke."""
        sentence, end = self.chance.choice(self.sentences), 0
        while end < len(sentence):
            end += self.chance.choice((1, 1, 2))
            yield sentence[:end]

    def request(self, path: str, content: dict[str, object]) -> bytes:
        """As the page sends it."""
        body = json.dumps(content).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nOrigin: http://127.0.0.1:{self.port}\r\n"
            f"Cookie: zhengwen_console={self.token}\r\nX-CSRF-Token: {self.csrf}\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def answered(self, path: str, content: dict[str, object], patience: float, tally: Tally) -> float:
        """Seconds until the answer, or until it was given up."""
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            if self.line is None or self.line.transport is None:  # the server closes idle ones
                _, self.line = await loop.create_connection(Line, "127.0.0.1", self.port)
            status = await asyncio.wait_for(self.line.send(self.request(path, content)), patience)
            if status != 200:
                tally.errors.append(f"{path}: {status}")
        except TimeoutError:
            tally.cancelled += 1
            self.hang_up()
        except OSError as error:
            tally.errors.append(repr(error))
            self.hang_up()
        return time.perf_counter() - began

    def hang_up(self) -> None:
        """The connection is of no more use."""
        if self.line:
            self.line.close()
        self.line = None

    async def type(self, per_second: float, begin: float, until: float, tally: Tally) -> None:
        """Strokes at random moments, `per_second` on average; those before `begin` warm up and do not count."""
        due = time.perf_counter() + self.chance.random() / per_second
        while due < until:
            for text in self.prefixes():
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                gap = self.chance.uniform(0.5, 1.5) / per_second
                late = max(0.0, time.perf_counter() - due)
                waited = await self.answered(
                    "/hotline/search", {"query": text}, max(0.001, gap - late), tally
                )
                if due >= begin:
                    tally.waits.append(late + waited)
                due += gap
                if due >= until:
                    return
            if self.ask:
                tally.asks.append(await self.answered("/hotline/ask", {"query": text}, 10.0, tally))
                due = max(due, time.perf_counter())


async def measure(clerks: Sequence[Clerk], per_second: float, seconds: float) -> Tally:
    """All clerks type for so long; the first second does not count."""
    tally = Tally()
    begin = time.perf_counter() + 1.0
    await asyncio.gather(*(clerk.type(per_second, begin, begin + seconds, tally) for clerk in clerks))
    for clerk in clerks:
        clerk.hang_up()
    return tally


def processor_seconds(group: int) -> float:
    """What the processes of a group have used so far; Linux tells."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended since
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def find_rate(clerks: Sequence[Clerk], arguments: argparse.Namespace, group: int) -> float:
    """The greatest rate in strokes per second and clerk that holds; 0 where none does."""

    def holds(rate: float) -> bool:
        used = processor_seconds(group)
        tally = asyncio.run(measure(clerks, rate, arguments.seconds))
        used = (processor_seconds(group) - used) / max(1, arguments.seconds + 1)
        p50, p95 = tally.quantile(0.5), tally.quantile(0.95)
        asked = f", {len(tally.asks) / arguments.seconds:.0f} answers/s" if tally.asks else ""
        print(
            f"{len(clerks)} clerks x {rate:.2f}/s: {len(tally.waits) / arguments.seconds:.0f} look-ups/s{asked}, p50 {p50:.1f} ms, "
            f"p95 {p95:.1f} ms, {tally.cancelled} cancelled, {len(tally.errors)} errors, "
            f"server {used:.2f} cores, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        for error in tally.errors[:3]:
            print(error)
        return p95 <= arguments.max_p95_ms and not tally.errors

    low, high = 0.0, arguments.per_second
    if holds(high):
        while high < 64 and holds(high * 1.5):
            high *= 1.5
        low, high = high, high * 1.5
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def sign_in(url: str, clerks: int) -> list[tuple[str, str]]:
    """A person and so many sessions of theirs: token and form token of each."""
    from app.store import Database, People, SignIns, csrf_of

    database = Database(url)
    person = People(database).add("load", "a long password 1", must_change=False)
    sessions = SignIns(database)
    tokens = [sessions.open(person) for _ in range(clerks)]
    database.close()
    return [(token, csrf_of(token)) for token in tokens]


def sentences_of(corpus: Path, seed: int) -> list[str]:
    """Runs of Chinese characters out of the texts, shuffled."""
    found = {
        run
        for path in sorted(corpus.rglob("*"))
        if path.suffix in (".txt", ".md")
        for run in _SENTENCE.findall(path.read_text("utf-8", "replace"))
    }
    ordered = sorted(found)
    random.Random(seed).shuffle(ordered)
    return ordered


def start(arguments: argparse.Namespace, port: int, url: str, folder: Path) -> subprocess.Popen[bytes] | None:
    """The server, ready; None where it did not start."""
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", str(arguments.workers),
               "--corpus", str(arguments.corpus), "--index", str(arguments.index or folder / "index")]  # fmt: skip
    environment = os.environ | {
        "ZHENGWEN_DATABASE_URL": url,
        "ZHENGWEN_SPOOL": str(folder / "spool"),
        "ZHENGWEN_THREADS": "1",
    }
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            reply = httpx2.get(f"http://127.0.0.1:{port}/readyz")
            if reply.status_code == 200:
                print(f"{reply.json()['documents']} documents, {reply.json()['clauses']} clauses")
                time.sleep(arguments.workers)  # the other workers open their index, too
                return server
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    server.kill()
    return None


def run(arguments: argparse.Namespace, folder: Path) -> int:
    """Start, type, find, print; the exit status."""
    url = f"sqlite:///{folder}/load.sqlite3"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sessions = sign_in(url, arguments.clerks)
    server = start(arguments, port, url, folder)
    if server is None:
        print("服务没有就绪。")
        return 2
    sentences = sentences_of(arguments.corpus, arguments.seed)
    clerks = [
        Clerk(port, token, csrf, random.Random(arguments.seed + n), sentences, arguments.ask)
        for n, (token, csrf) in enumerate(sessions)
    ]
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {arguments.workers} workers"
    )
    try:
        rate = find_rate(clerks, arguments, server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    print(
        f"sustained: {rate * len(clerks):.0f} look-ups/s ({len(clerks)} clerks x {rate:.2f} strokes/s) "
        f"with p95 <= {arguments.max_p95_ms:.0f} ms"
    )
    return int(rate == 0)


def main() -> int:
    """Parse and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--clerks", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=4.0)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--max-p95-ms", type=float, default=100.0)
    parser.add_argument("--ask", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
