"""The normal form of every chunk, so that ranking reads it instead of folding the same text for every question."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.index.arrays import save_array


@dataclass(frozen=True, slots=True)
class FoldedTexts:
    """`data` uint8 holds the texts in UTF-8, one after another; text `i` is `data[starts[i]:starts[i + 1]]`."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def text(self, position: int) -> str:
        """The normal form of the chunk at that position."""
        return self.data[self.starts[position] : self.starts[position + 1]].tobytes().decode("utf-8")

    @classmethod
    def build(cls, texts: Iterable[str]) -> "FoldedTexts":
        """From folded texts in chunk order."""
        encoded = [text.encode("utf-8") for text in texts]
        starts = np.concatenate(([0], np.cumsum([len(one) for one in encoded], dtype=np.int64)))
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts.astype(np.int64))

    def save(self, folder: Path) -> None:
        """Write two files."""
        save_array(folder / "folded.texts.npy", self.data)
        save_array(folder / "folded.starts.npy", self.starts)

    @classmethod
    def load(cls, folder: Path) -> "FoldedTexts":
        """Map what `save` wrote."""
        data = np.load(folder / "folded.texts.npy", mmap_mode="r").view(np.ndarray)
        return cls(data, np.load(folder / "folded.starts.npy", mmap_mode="r").view(np.ndarray))
