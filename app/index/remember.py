"""Vectors of passages kept beside the index versions, so that a rebuild embeds only what is new.

It is only ever a saving: where the folder cannot be read or written, passages are embedded as if it were not there.
"""

import shutil
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from app.embed import CachedEncoder, forget_others

FOLDER = ".vectors"
MOST_STATIC = 200_000  # passages from which a static table embeds faster than so many vectors are found again
SPARE = 10_000  # passages no longer in the corpus that may stay, beside as many as are in it


class PassageEncoder(Protocol):
    """What a build needs of an encoder."""

    name: str
    dimension: int
    fingerprint: str

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...

    def encode_queries(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimension]."""
        ...


class Remembering:
    """Passages through the kept vectors of one index folder."""

    def __init__(self, encoder: PassageEncoder, index: Path) -> None:
        self._encoder = encoder
        self._folder = index / FOLDER
        self._cached: CachedEncoder | None = None
        self._most = MOST_STATIC if getattr(encoder, "is_static", False) else None
        self._asked = 0
        try:
            self._cached = CachedEncoder(cast(Any, encoder), self._folder)
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimension]."""
        self._asked += len(texts)
        if self._most is not None and self._asked > self._most:
            self._cached = None
        if self._cached is not None:
            try:
                return self._cached.encode_passages(texts)
            except OSError:
                self._cached = None
        return self._encoder.encode_passages(texts)

    def tidy(self, passages: int) -> None:
        """Drop what other encoders left, and everything once most of it is of passages that are gone."""
        forget_others(self._folder, self._encoder.fingerprint)
        if self._cached is None or len(self._cached) > 2 * passages + SPARE:
            shutil.rmtree(self._folder, ignore_errors=True)
