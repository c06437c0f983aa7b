#!/usr/bin/env python3
"""How fast is it and how much memory does it take? Measures the real server over HTTP, with one client.

    .venv/bin/python scripts/benchmark.py
    .venv/bin/python scripts/benchmark.py --corpus DIR --questions FILE --index DIR

Each round starts `python -m app serve` on a free loopback port, waits for /readyz, warms it up, asks and searches,
and ends it by its process id. The table shows the median of the rounds and the range they span. Without `--index` an index is built in
a temporary folder first, and the build is timed; with it, the index there is used as it is (and built where it is missing).

Questions come from `--questions` (a text file with one question a line, or JSON lines with a `question`), otherwise from the
corpus itself: the similar questions that belong to it and the headings of its texts. Percentiles are nearest-rank.

Exit status: 0, 1 when a `--max-…` bar is exceeded, 2 when something could not be measured. Without a bar it only prints.
"""

import argparse
import json
import math
import os
import platform
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 900.0  # seconds; a large corpus is indexed first
WARM_UP = 30  # requests of each kind before the clock counts
QUESTION_LIMIT = 500  # code points, as the server has it
SEED = 20260101


class CannotMeasureError(Exception):
    """Something stands in the way; the message names it and the remedy."""


@dataclass(frozen=True)
class Row:
    """One figure: its name, its unit, a value for each round and the bar it must not exceed, if any."""

    name: str
    unit: str
    values: tuple[float, ...]
    bar: float | None = None

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.values)

    @property
    def exceeded(self) -> bool:
        """Whether the median is above the bar."""
        return self.bar is not None and self.median > self.bar

    def cells(self) -> tuple[str, ...]:
        """Name, median, range of the rounds, bar and verdict, as text."""
        span = f"{min(self.values):.1f}–{max(self.values):.1f}" if len(self.values) > 1 else ""
        bar = "" if self.bar is None else f"≤ {self.bar:g}"
        verdict = "" if self.bar is None else ("超出" if self.exceeded else "符合")
        return (self.name, f"{self.median:.1f} {self.unit}", span, bar, verdict)


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


def machine() -> list[str]:
    """What was measured on, one line a fact."""
    processor = platform.processor() or platform.machine()
    memory = "未知"
    if Path("/proc/cpuinfo").is_file():
        names = [
            line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    if Path("/proc/meminfo").is_file():
        memory = f"{int(_lines('/proc/meminfo')[0].split()[1]) / 1024**2:.1f} GiB"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [
        f"处理器：{processor}，可用 {cores} 核",
        f"内存：{memory}",
        f"系统：{platform.system()} {platform.machine()}，Python {platform.python_version()}",
    ]


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8", errors="replace").splitlines()


def read_questions(path: Path) -> list[str]:
    """The questions of a file: JSON lines with a `question` (`.jsonl`), or one a line. Raises `CannotMeasureError`."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
        found = [json.loads(line)["question"] for line in lines] if path.suffix == ".jsonl" else lines
    except (OSError, UnicodeDecodeError) as error:
        raise CannotMeasureError(f"问题文件 {path} 读不了：{error}，请检查路径与编码（UTF-8）。") from error
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise CannotMeasureError(f"问题文件 {path} 的每一行应为含 question 的 JSON 对象。") from error
    return usable(found, f"问题文件 {path}")


def corpus_questions(corpus: Path, similar: Path = ROOT / "corpus" / "questions") -> list[str]:
    """The similar questions that belong to the texts of a folder, and the headings of these texts."""
    from app.corpus import outline, read_corpus

    documents = read_corpus(corpus).documents
    found = [ask for document in documents for ask in similar_questions(similar, document.file)]
    for document in documents:
        headings = (clause for clause in outline(document) if clause.kind == "heading")
        found += [document.title, *(document.text[each.start : each.end] for each in headings)]
    return usable(found, f"文件夹 {corpus}")


def similar_questions(folder: Path, file: str) -> Iterator[str]:
    """What people ask about one file of the corpus, where such a list exists."""
    import yaml

    for path in sorted(folder.rglob("*.yaml")):
        listed: Any = yaml.safe_load(path.read_text("utf-8"))
        if isinstance(listed, dict) and listed.get("file") == file:
            for entry in listed["questions"]:
                yield from entry["asks"]


def usable(questions: Sequence[object], where: str) -> list[str]:
    """Each question once, on one line, in the order given. Raises `CannotMeasureError` when none is left."""
    tidy = (" ".join(str(question).split())[:QUESTION_LIMIT] for question in questions)
    kept = list(dict.fromkeys(question for question in tidy if any(c.isalnum() for c in question)))
    if not kept:
        raise CannotMeasureError(f"{where} 里没有可用的问题，请用 --questions 指明一个问题文件。")
    return kept


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
    kilobytes = next(line.split()[1] for line in _lines(str(status)) if line.startswith("VmRSS:"))
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


def rows(built: float | None, rounds: Sequence[Round], options: argparse.Namespace) -> list[Row]:
    """The figures, in the order of the table."""
    memory = tuple(each.memory for each in rounds if each.memory is not None)
    table = [Row("建立索引", "s", (built,), options.max_build_s)] if built is not None else []
    table.append(Row("从启动到就绪", "s", tuple(each.ready for each in rounds), options.max_ready_s))
    if memory:
        table.append(Row("预热后常驻内存", "MiB", memory, options.max_memory_mib))
    for name, part in (("提问", "ask"), ("检索", "search")):
        for share in (50, 95):
            values = tuple(percentile(getattr(each, part), share / 100) for each in rounds)
            bar = getattr(options, f"max_{part}_p{share}_ms")
            table.append(Row(f"{name} p{share}", "ms", values, bar))
    return table


def table_text(table: Sequence[Row]) -> str:
    """The figures as a Markdown table."""
    head = ("指标", "中位数", "各轮范围", "上限", "结果")
    lines = [head, ("---",) * len(head), *(row.cells() for row in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def parser() -> argparse.ArgumentParser:
    """The options; `--help` shows them."""
    made = argparse.ArgumentParser(description="测量速度与内存：真实服务、本机 HTTP、单个客户端")
    made.add_argument(
        "--corpus", type=Path, default=ROOT / "corpus" / "policies", metavar="DIR", help="政策文本文件夹"
    )
    made.add_argument(
        "--index", type=Path, metavar="DIR", help="沿用这个索引（缺省时在临时文件夹新建并计时）"
    )
    made.add_argument(
        "--questions", type=Path, metavar="FILE", help="问题文件：每行一问，或 .jsonl（取 question）"
    )
    made.add_argument("--rounds", type=int, default=3, metavar="N", help="轮数，每轮重新启动服务（默认 3）")
    made.add_argument(
        "--requests", type=int, default=300, metavar="N", help="每轮提问与检索各多少次（默认 300）"
    )
    for bar, words in (
        ("build-s", "建立索引（秒）"), ("ready-s", "从启动到就绪（秒）"), ("memory-mib", "预热后常驻内存（MiB）"),
        ("ask-p50-ms", "提问 p50（毫秒）"), ("ask-p95-ms", "提问 p95（毫秒）"),
        ("search-p50-ms", "检索 p50（毫秒）"), ("search-p95-ms", "检索 p95（毫秒）"),
    ):  # fmt: skip
        made.add_argument(f"--max-{bar}", type=float, metavar="X", help=f"{words}的上限，超出则退出码为 1")
    return made


def measure(options: argparse.Namespace) -> list[Row]:
    """Do everything the options ask for, and say what is being done."""
    corpus = options.corpus.resolve()
    questions = read_questions(options.questions) if options.questions else corpus_questions(corpus)
    print(
        "\n".join(
            [
                *machine(),
                f"问题：{len(questions)} 条，每轮提问与检索各 {options.requests} 次，{options.rounds} 轮",
            ]
        )
    )
    with tempfile.TemporaryDirectory(prefix="zhengwen-benchmark-") as scratch:
        index = options.index.resolve() if options.index else Path(scratch) / "index"
        built = None if options.index else build(corpus, index)
        rounds = [
            one_round(corpus, index, questions, options.requests, SEED + number)
            for number in range(options.rounds)
        ]
    return rows(built, rounds, options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and say whether a bar was exceeded; see the module's docstring."""
    options = parser().parse_args(arguments)
    if options.rounds < 1 or options.requests < 1:
        print("--rounds 和 --requests 都应至少为 1。", file=sys.stderr)
        return 2
    from app.errors import ZhengwenError

    try:
        table = measure(options)
    except (CannotMeasureError, ZhengwenError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{table_text(table)}")
    return int(any(row.exceeded for row in table))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
