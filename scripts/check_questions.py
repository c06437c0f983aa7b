#!/usr/bin/env python3
"""Are the questions in `corpus/questions` and `scripts/questions` our own? Compare them with files that judge the result.

    python scripts/check_questions.py --against FILE.jsonl [--against …] [--questions DIR] [--written DIR]

Two questions are near-duplicates when their sets of character 4-grams have a Jaccard index above .5, or when
more than .7 of the smaller set lies in the larger one (Broder, "On the resemblance and containment of
documents", 1997). Containment is asked only where the smaller set has at least four grams (seven characters): a bare
term of the policy ("技术改造") stands in every question about it and proves nothing.

Each pair found is printed; exit status 1 when there is any, 2 when a file cannot be read, 0 otherwise.
"""

import argparse
import json
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
JACCARD_LIMIT = 0.5
CONTAINMENT_LIMIT = 0.7
CONTAINMENT_MIN_GRAMS = 4


class UnreadableError(Exception):
    """A file is not what it should be; the message names the file, the line and the remedy."""


@dataclass(frozen=True)
class Question:
    """One question, where it stands (`file:line` or `file address`) and its character 4-grams."""

    text: str
    place: str
    grams: frozenset[str]


@dataclass(frozen=True)
class Pair:
    """Two questions that are too alike, with both measures in 0..1."""

    ours: Question
    theirs: Question
    jaccard: float
    containment: float


def grams(text: str, size: int = 4) -> frozenset[str]:
    """The character n-grams of `text` without case, white space and punctuation; a shorter text is one gram."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
    if not plain:
        return frozenset()
    return frozenset(plain[i : i + size] for i in range(max(1, len(plain) - size + 1)))


def overlap(ours: frozenset[str], theirs: frozenset[str]) -> tuple[float, float]:
    """(Jaccard index, containment) of two gram sets; containment is 0 where the smaller set is too small to tell."""
    shared = len(ours & theirs)
    if not shared:
        return 0.0, 0.0
    smaller = min(len(ours), len(theirs))
    return shared / len(ours | theirs), shared / smaller if smaller >= CONTAINMENT_MIN_GRAMS else 0.0


def our_questions(folder: Path) -> Iterator[Question]:
    """Every ask of every `*.yaml` under `folder`. Raises `UnreadableError`."""
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        raise UnreadableError(f"文件夹 {folder} 里没有 .yaml 相似问文件，请用 --questions 指明位置")
    for path in files:
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry in data["questions"]:
                place = f"{path.name} {' '.join(entry['address'])}"
                yield from (Question(ask, place, grams(ask)) for ask in entry["asks"])
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
            raise UnreadableError(
                f"相似问文件 {path} 读不了：{error!r}，请按 corpus/lexicon/README.md 的格式改正"
            ) from error


def their_questions(path: Path) -> Iterator[Question]:
    """The question and the earlier turns of every line of a JSON-lines file. Raises `UnreadableError`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"问题文件 {path} 读不了：{error}，请检查路径与编码（UTF-8）") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield from _one_line(line, f"{path.name}:{number}")


def _one_line(line: str, place: str) -> Iterator[Question]:
    try:
        row = json.loads(line)
        texts = [row["question"], *row.get("turns", [])]
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"{place} 不是含 question 的 JSON 对象：{error!r}，请改正这一行") from error
    yield from (Question(text, place, grams(text)) for text in texts)


def written_questions(folder: Path) -> Iterator[Question]:
    """Every question and earlier turn of every `*.jsonl` under `folder`. Raises `UnreadableError`."""
    files = sorted(folder.rglob("*.jsonl"))
    if not files:
        raise UnreadableError(f"文件夹 {folder} 里没有 .jsonl 问题文件，请用 --written 指明位置")
    for path in files:
        yield from their_questions(path)


def near_duplicates(ours: list[Question], theirs: list[Question]) -> list[Pair]:
    """All pairs over either limit, in the order of `ours`."""
    found = []
    for mine in ours:
        for other in theirs:
            jaccard, containment = overlap(mine.grams, other.grams)
            if jaccard > JACCARD_LIMIT or containment > CONTAINMENT_LIMIT:
                found.append(Pair(mine, other, jaccard, containment))
    return found


def main() -> int:
    """Print the pairs and a count; the exit status is in the module's docstring."""
    parser = argparse.ArgumentParser(description="检查相似问是否与评测问题雷同（字符 4-gram 重合度）")
    parser.add_argument(
        "--against", type=Path, action="append", required=True, metavar="FILE", help="JSONL 问题文件，可重复"
    )
    parser.add_argument(
        "--questions", type=Path, default=ROOT / "corpus" / "questions", metavar="DIR", help="相似问文件夹"
    )
    parser.add_argument(
        "--written",
        type=Path,
        default=ROOT / "scripts" / "questions",
        metavar="DIR",
        help="另写的问题（JSONL）文件夹",
    )
    options = parser.parse_args()
    try:
        ours = [*our_questions(options.questions), *written_questions(options.written)]
        theirs = [question for path in options.against for question in their_questions(path)]
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    pairs = near_duplicates(ours, theirs)
    for pair in pairs:
        print(f"{pair.ours.place}：{pair.ours.text}\n  ≈ {pair.theirs.place}：{pair.theirs.text}")
        print(f"    Jaccard {pair.jaccard:.2f}，包含度 {pair.containment:.2f}")
    print(f"自写问题 {len(ours)} 条，对照 {len(theirs)} 条，雷同 {len(pairs)} 对")
    return 1 if pairs else 0


if __name__ == "__main__":
    sys.exit(main())
