#!/usr/bin/env python3
"""How fast is it and how much memory does it take? Measures the real server over HTTP, with one client.

    .venv/bin/python scripts/benchmark.py
    .venv/bin/python scripts/benchmark.py --corpus DIR --questions FILE --index DIR

Each round starts `python -m app serve` on a free loopback port, waits for /readyz, warms it up, asks and searches,
and ends it by its process id. The table shows the median of the rounds and the range they span. Without `--index` an index is built in
a temporary folder first, and the build is timed; with it, the index there is used as it is (and built where it is missing).

Questions come from `--questions` (a text file with one question a line, or JSON lines with a `question`), otherwise from the
corpus itself: the similar questions that belong to it and the headings of its texts. Percentiles are nearest-rank.

Two other tables, each printed as Markdown:

    benchmark.py --peers --corpus DIR --questions FILE     the same chunks and questions through other libraries (extra `bench`)
    benchmark.py --sizes 1000,10000 --corpus DIR           latency against the number of clauses, in parts of one corpus

Exit status: 0, 1 when a `--max-…` bar is exceeded, 2 when something could not be measured. Without a bar it only prints.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarking.server import CannotMeasureError, Round, build, one_round, percentile

ROOT = Path(__file__).resolve().parent.parent
QUESTION_LIMIT = 500  # code points, as the server has it
SEED = 20260101
ONE_MORE = "某市停车场建设补助办法\n第一条 对新建的停车场给予补助。\n第二条 申报材料应当真实、完整。\n"


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


def add_one(corpus: Path, index: Path, scratch: Path) -> float:
    """Seconds to bring an index up to date after one more document: the whole process, on copies of corpus and index."""
    shutil.copytree(corpus, scratch / "grown")
    shutil.copytree(index, scratch / "grown-index")
    (scratch / "grown" / "one-more-document.txt").write_text(ONE_MORE, "utf-8")
    return build(scratch / "grown", scratch / "grown-index")


def rows(
    built: float | None,
    rounds: Sequence[Round],
    options: argparse.Namespace,
    added: float | None = None,
) -> list[Row]:
    """The figures, in the order of the table."""
    memory = tuple(each.memory for each in rounds if each.memory is not None)
    table = [Row("建立索引", "s", (built,), options.max_build_s)] if built is not None else []
    if added is not None:
        table.append(Row("加入一份后更新索引", "s", (added,)))
    table.append(Row("从启动到就绪", "s", tuple(each.ready for each in rounds), options.max_ready_s))
    if memory:
        table.append(Row("预热后常驻内存", "MiB", memory, options.max_memory_mib))
    for name, part in (("提问", "ask"), ("检索", "search")):
        for share in (50, 95):
            values = tuple(percentile(getattr(each, part), share / 100) for each in rounds)
            bar = getattr(options, f"max_{part}_p{share}_ms")
            table.append(Row(f"{name} p{share}", "ms", values, bar))
    return table


def sizes_of(text: str) -> tuple[int, ...]:
    """Numbers of clauses, divided by commas."""
    sizes = tuple(int(part) for part in text.split(","))
    if min(sizes) < 1:
        raise ValueError(text)
    return sizes


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
    made.add_argument("--peers", action="store_true", help="改为与其他检索库比较质量、速度和内存")
    made.add_argument("--clauses", type=int, metavar="N", help="比较时只取若干文件，凑够这么多条款")
    made.add_argument("--most-questions", type=int, metavar="N", help="比较时至多用这么多问题（抽样）")
    made.add_argument(
        "--patience", type=float, default=600.0, metavar="S", help="每一家至多等多少秒（默认 600）"
    )
    made.add_argument(
        "--peer-python", type=Path, metavar="FILE", help="运行其他检索库的 Python（缺省为本程序的）"
    )
    made.add_argument("--sizes", type=sizes_of, metavar="N,N", help="改为在各种条款数下测量耗时")
    made.add_argument("--plot", type=Path, metavar="FILE", help="把各种条款数下的耗时画成 PNG")
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
    questions = _questions(options)
    print(f"问题：{len(questions)} 条，每轮提问与检索各 {options.requests} 次，{options.rounds} 轮")
    with tempfile.TemporaryDirectory(prefix="zhengwen-benchmark-") as scratch:
        index = options.index.resolve() if options.index else Path(scratch) / "index"
        built = None if options.index else build(corpus, index)
        added = None if options.index else add_one(corpus, index, Path(scratch))
        rounds = [
            one_round(corpus, index, questions, options.requests, SEED + number)
            for number in range(options.rounds)
        ]
    return rows(built, rounds, options, added)


def _questions(options: argparse.Namespace) -> list[str]:
    found = read_questions(options.questions) if options.questions else corpus_questions(options.corpus)
    print("\n".join(machine()))
    return found


def measure_sizes(options: argparse.Namespace) -> str:
    """The table of latency against size; draws it too where `--plot` says where."""
    from benchmarking import sizes

    questions = _questions(options)
    with tempfile.TemporaryDirectory(prefix="zhengwen-sizes-") as scratch:
        rounds = sizes.measured(options, questions, Path(scratch))
    if options.plot:
        sizes.plot(rounds, options.plot)
    return sizes.table(rounds)


def compare(options: argparse.Namespace) -> str:
    """The table of other libraries."""
    from benchmarking import peers

    print("\n".join(machine()))
    return peers.compare(options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and say whether a bar was exceeded; see the module's docstring."""
    options = parser().parse_args(arguments)
    if options.rounds < 1 or options.requests < 1:
        print("--rounds 和 --requests 都应至少为 1。", file=sys.stderr)
        return 2
    from app.errors import ZhengwenError

    try:
        if options.peers or options.sizes:
            print(f"\n{compare(options) if options.peers else measure_sizes(options)}")
            return 0
        table = measure(options)
    except (CannotMeasureError, ZhengwenError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{table_text(table)}")
    return int(any(row.exceeded for row in table))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
