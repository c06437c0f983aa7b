"""A real server of our own, measured over HTTP with one client."""

import json
import math
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 900.0  # seconds; a large corpus is indexed first
WARM_UP = 30  # requests of each kind before the clock counts


class CannotMeasureError(Exception):
    """Something stands in the way; the message names it and the remedy."""


@dataclass(frozen=True)
class Round:
    """What one server showed: seconds until ready, MiB resident after warm-up, milliseconds of each request."""

    ready: float
    memory: float | None
    ask: tuple[float, ...]
    search: tuple[float, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def build(corpus: Path, index: Path) -> float:
    """Build the index; seconds of the whole process."""
    command = [
        sys.executable,
        "-m",
        "app",
        "build",
        "--force",
        "--corpus",
        str(corpus),
        "--index",
        str(index),
    ]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMeasureError(f"建立索引失败：{(done.stderr or done.stdout).strip()[-500:]}")
    return time.perf_counter() - began


@contextmanager
def serving(corpus: Path, index: Path) -> Iterator[tuple[int, int, float]]:
    """A server of our own: its process id, its port and the seconds until it was ready. Ended by its process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--corpus", str(corpus), "--index", str(index)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_until_ready(port, process, began)
            yield process.pid, port, time.perf_counter() - began
        except CannotMeasureError as error:
            log.seek(0)
            raise CannotMeasureError(
                f"{error}{log.read().decode('utf-8', 'replace').strip()[-500:]}"
            ) from None
        finally:
            _end(process)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], began: float) -> None:
    while time.perf_counter() - began < READY_WITHIN:
        if process.poll() is not None:
            raise CannotMeasureError(f"服务已退出（{process.returncode}）：")
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass  # it does not listen yet
        finally:
            connection.close()
        time.sleep(0.02)
    raise CannotMeasureError(f"服务在 {READY_WITHIN:.0f} 秒内没有就绪：")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def timed(port: int, path: str, bodies: Sequence[dict[str, object]]) -> tuple[float, ...]:
    """Milliseconds of each POST on one kept connection, until its last byte. Raises `CannotMeasureError` on any failure."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for body in bodies:
        data = json.dumps(body, ensure_ascii=False).encode()
        began = time.perf_counter()
        connection.request("POST", path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        taken.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            raise CannotMeasureError(
                f"{path} 对 {body} 返回 {response.status}：{answer.decode('utf-8', 'replace')[:300]}"
            )
    connection.close()
    return tuple(taken)


def resident(pid: int) -> float | None:
    """MiB a process holds in memory, or None where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    lines = status.read_text("utf-8", errors="replace").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


def one_round(corpus: Path, index: Path, questions: Sequence[str], requests: int, seed: int) -> Round:
    """Start a server, warm it up and measure it."""
    chosen = random.Random(seed).choices(questions, k=WARM_UP + requests)
    asks: list[dict[str, object]] = [{"question": question} for question in chosen]
    searches: list[dict[str, object]] = [{"query": question, "limit": 10} for question in chosen]
    with serving(corpus, index) as (pid, port, ready):
        timed(port, "/api/v1/ask", asks[:WARM_UP])
        timed(port, "/api/v1/search", searches[:WARM_UP])
        memory = resident(pid)
        ask = timed(port, "/api/v1/ask", asks[WARM_UP:])
        return Round(ready, memory, ask, timed(port, "/api/v1/search", searches[WARM_UP:]))
