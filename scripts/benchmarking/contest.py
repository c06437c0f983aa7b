"""What every contestant is given, as plain files: the same pieces, the same questions, the same vectors.

`pieces.jsonl` holds one `[text, clause]` a line (what is indexed, and the number of its clause), `questions.json` the
questions in order, `vectors.npy` float32 [pieces, dimension] those of our encoder. A contestant leaves `NAME.json`.
"""

import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
SPARE = 3  # times as many pieces are asked for, so that ten of different clauses are left

Search = Callable[[str, int], Sequence[int]]
"""A question and how many pieces are wanted; gives the numbers of pieces, best first."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a contestant may use. `encode` turns questions into our vectors, float32 [n, dimension]."""

    texts: Sequence[str]
    clauses: Sequence[int]
    questions: Sequence[str]
    vectors: NDArray[np.float32]
    index: Path
    encode: Callable[[list[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one contestant did: `found` are pieces of different clauses for each question, best first; seconds to build,
    MiB resident at the end, and milliseconds on the clock and of one core for each question."""

    found: list[list[int]]
    build_s: float
    memory_mib: float
    wall_ms: list[float]
    cpu_ms: list[float]

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, path: Path) -> "Outcome":
        """What `write` wrote."""
        fields: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return cls(**fields)


def write_material(
    folder: Path, pieces: Sequence[tuple[str, int]], questions: Sequence[str], vectors: NDArray[np.float32]
) -> None:
    """Write the files of a contest."""
    lines = (json.dumps(piece, ensure_ascii=False) for piece in pieces)
    (folder / "pieces.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "questions.json").write_text(json.dumps(list(questions), ensure_ascii=False), "utf-8")
    np.save(folder / "vectors.npy", vectors)


def read_material(folder: Path, index: Path, encode: Callable[[list[str]], NDArray[np.float32]]) -> Material:
    """What `write_material` wrote."""
    lines = (folder / "pieces.jsonl").read_text("utf-8").splitlines()
    pieces = [json.loads(line) for line in lines]
    questions = json.loads((folder / "questions.json").read_text("utf-8"))
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    return Material([p[0] for p in pieces], [p[1] for p in pieces], questions, vectors, index, encode)


def played(material: Material, build: Callable[[Material], Search], most: int | None = None) -> Outcome:
    """Build one contestant and ask it everything, or the first `most` questions."""
    began = time.perf_counter()
    search = build(material)
    built = time.perf_counter() - began
    found, wall, cpu = [], [], []
    for question in material.questions[:most]:
        clock, core = time.perf_counter(), time.process_time()
        numbers = search(question, DEPTH * SPARE)
        wall.append((time.perf_counter() - clock) * 1000)
        cpu.append((time.process_time() - core) * 1000)
        found.append(of_different_clauses(numbers, material.clauses))
    return Outcome(found, built, _resident(), wall, cpu)


def of_different_clauses(numbers: Sequence[int], clauses: Sequence[int]) -> list[int]:
    """The first pieces, each of another clause, at most `DEPTH`."""
    first: dict[int, int] = {}
    for number in numbers:
        first.setdefault(clauses[number], int(number))
    return list(first.values())[:DEPTH]


def _resident() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():  # the peak, where the present is not told
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
