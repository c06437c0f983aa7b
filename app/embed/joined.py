"""Several models as one: their vectors side by side, so that the product of two is the weighted mean of their cosines.

A static table and a transformer err on different texts; the mean of both cosines ranks better than either.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from app.embed.folder import JOINED, ModelFolder, damaged, read_folder, read_json
from app.embed.static import Vectors, unit


class Runtime(Protocol):
    """What turns texts into vectors [n, dimension]."""

    dimension: int

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension]; `query` says that the texts are questions."""


@dataclass(frozen=True, slots=True)
class Part:
    """A model of the union: its folder, its weight, and how many leading dimensions of it are used (0: all)."""

    folder: ModelFolder
    weight: float
    size: int


def parts_of(folder: ModelFolder) -> tuple[Part, ...]:
    """The parts that `joined.json` lists: `[{"folder": …, "weight": 0…1, "size": …}]`. Raises ModelError."""
    try:
        listed: Sequence[dict[str, Any]] = read_json(folder.path / JOINED)
        made = tuple(_part(folder, entry) for entry in listed)
    except (TypeError, KeyError, ValueError) as fault:
        raise damaged(folder.path, JOINED, fault) from fault
    if len(made) < 2:
        raise damaged(folder.path, JOINED, "至少要有两个模型")
    return made


def _part(folder: ModelFolder, entry: dict[str, Any]) -> Part:
    weight, size = float(entry["weight"]), int(entry.get("size", 0))
    if not 0 < weight <= 1 or size < 0:
        raise ValueError
    return Part(read_folder(folder.path / str(entry["folder"])), weight, size)


class JoinedRuntime:
    """Vectors [n, sum of sizes]; `token_vectors` are those of the first part that has some."""

    def __init__(self, parts: Sequence[Part], open_part: Callable[[ModelFolder], Runtime]) -> None:
        self._parts = parts
        self.runtimes = [open_part(part.folder) for part in parts]
        sizes = zip(parts, self.runtimes, strict=True)
        self._sizes = [min(part.size or runtime.dimension, runtime.dimension) for part, runtime in sizes]
        self.dimension = sum(self._sizes)

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension] whose squared length is the weight of the parts that know something of the text."""
        beside = [
            unit(runtime.encode(texts, query)[:, :size]) * np.float32(part.weight**0.5)
            for part, runtime, size in zip(self._parts, self.runtimes, self._sizes, strict=True)
        ]
        return np.concatenate(beside, axis=1)
