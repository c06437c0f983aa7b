"""Passage vectors kept by what they were made of, so that a rebuild embeds only what is new.

A folder per encoder fingerprint holds pairs of plain arrays: `NAME.vectors.npy` float32 [n, dimension] and
`NAME.keys.npy` uint8 [n, 16], the first half of each text's sha256. The keys are renamed into place last, so a build that
dies leaves whole pairs only, and the next one goes on from there. Anything unreadable is dropped and embedded again.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from app.embed.static import Vectors

KEY = 16
Place = tuple[Path, int]


class PassageEncoder(Protocol):
    """What is cached."""

    name: str
    dimension: int
    fingerprint: str

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...


class CachedEncoder:
    """`encoder` for passages, asking it only for texts that `folder` does not hold yet."""

    def __init__(self, encoder: PassageEncoder, folder: Path) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._folder = folder / encoder.fingerprint[:16]
        self._places: dict[bytes, Place] = {}
        self._open: dict[Path, Vectors] = {}
        for keys in sorted(self._folder.glob("*.keys.npy")):
            self._read(keys)

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors, float32 [n, dimension], in the order of `texts`; new ones are on disk when it returns.

        Raises OSError when the disk is full or not writable.
        """
        keys = [key_of(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._places}
        if new:
            self._keep(list(new), self._encoder.encode_passages(list(new.values())))
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            path, place = self._places[key]
            vectors[row] = self._open[path][place]
        if progress is not None:
            progress(len(texts))
        return vectors

    def __len__(self) -> int:
        """How many texts are held."""
        return len(self._places)

    def _read(self, keys: Path) -> None:
        vectors = keys.with_name(keys.name.replace(".keys.", ".vectors."))
        try:
            held: NDArray[np.uint8] = np.load(keys, allow_pickle=False)
            rows: Vectors = np.load(vectors, mmap_mode="r", allow_pickle=False)
            whole = held.shape == (len(rows), KEY) and rows.shape[1:] == (self.dimension,)
        except (OSError, ValueError, EOFError):
            whole = False
        if not whole:
            keys.unlink(missing_ok=True)
            vectors.unlink(missing_ok=True)
            return
        self._add([bytes(key) for key in held], vectors, rows)

    def _keep(self, keys: list[bytes], rows: Vectors) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = uuid4().hex
        vectors = self._folder / f"{name}.vectors.npy"
        _write(vectors, rows)
        _write(self._folder / f"{name}.keys.npy", np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY))
        self._add(keys, vectors, np.load(vectors, mmap_mode="r", allow_pickle=False))

    def _add(self, keys: list[bytes], path: Path, rows: Vectors) -> None:
        self._open[path] = rows
        self._places.update((key, (path, row)) for row, key in enumerate(keys))


def key_of(text: str) -> bytes:
    """The first 16 bytes of the text's sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]


def forget_others(folder: Path, fingerprint: str) -> None:
    """Remove what other encoders left in `folder`."""
    for path in folder.glob("*"):
        if path.is_dir() and path.name != fingerprint[:16]:
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, array: NDArray[np.float32] | NDArray[np.uint8]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            np.save(stream, array, allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())  # of a file that is whole in name alone nothing would be noticed
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
