"""Nearest neighbours among unit vectors. The only importer of faiss.

faiss and torch each bring an OpenMP: torch is imported first wherever both are used, and threads are capped here.
"""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray


class Dense:
    """An exact inner-product index: on unit vectors that is cosine similarity."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        self.size: int = index.ntotal
        self.dimension: int = index.d

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> "Dense":
        """From float32 [size, dimension] unit vectors."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def nearest(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `k` nearest vectors: positions int64 [≤ k] and cosines float32 [≤ k], best first."""
        # One query at a time: waking a second thread costs more than it saves, and several milliseconds on a busy machine.
        faiss.omp_set_num_threads(1)
        near, positions = self._index.search(query.reshape(1, -1).astype(np.float32), min(k, self.size) or 1)
        found = positions[0] >= 0
        return positions[0][found], near[0][found]

    def vectors(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """The stored vectors at those positions: float32 [len(positions), dimension]."""
        stored: NDArray[np.float32] = self._index.reconstruct_batch(np.asarray(positions, dtype=np.int64))
        return stored

    def save(self, path: Path) -> None:
        """Write the index as one file."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "Dense":
        """Read what `save` wrote."""
        return cls(faiss.read_index(str(path)))


def limit_threads(threads: int) -> None:
    """Cap faiss's own thread pool."""
    faiss.omp_set_num_threads(threads)
