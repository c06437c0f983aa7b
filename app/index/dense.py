"""Nearest neighbours among unit vectors. The only importer of faiss.

faiss and torch each bring an OpenMP: torch is imported first wherever both are used, and threads are capped here.
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

GROUPS = 1024
PROBES = 48  # groups looked into; more find more and take longer
SAMPLE = 40_000  # vectors that the groups are learned from
DEPTH = 24  # to which recall is measured


class Dense:
    """An inner-product index, which on unit vectors is cosine similarity: exact, or grouped (faiss IVF, which looks
    only into the groups nearest to a query)."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._quantizer: Any = None  # kept alive for an index that was built here
        self.size: int = index.ntotal
        self.dimension: int = index.d
        if isinstance(index, faiss.IndexIVF):
            index.nprobe = PROBES
            index.make_direct_map()

    @classmethod
    def build(cls, vectors: NDArray[np.float32], *, grouped: bool = False, groups: int = GROUPS) -> "Dense":
        """From float32 [size, dimension] unit vectors."""
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if not grouped:
            index = faiss.IndexFlatIP(rows.shape[1])
            index.add(rows)
            return cls(index)
        quantizer = faiss.IndexFlatIP(rows.shape[1])
        made = faiss.IndexIVFFlat(quantizer, rows.shape[1], groups, faiss.METRIC_INNER_PRODUCT)
        made.cp.niter, made.cp.seed = 8, 7
        made.cp.min_points_per_centroid = 1
        chosen = np.random.default_rng(7).permutation(len(rows))[:SAMPLE]
        made.train(rows[np.sort(chosen)])
        made.add(rows)
        # The quantizer is kept by Python, and written with the index.
        made.own_fields = False
        dense = cls(made)
        dense._quantizer = quantizer
        return dense

    def nearest(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `k` nearest vectors: positions int64 [≤ k] and cosines float32 [≤ k], best first.

        `allowed` (bool [size]) leaves out the others.
        """
        # One query at a time: waking a second thread costs more than it saves, and several milliseconds on a busy machine.
        faiss.omp_set_num_threads(1)
        wanted, most = query.reshape(1, -1).astype(np.float32), min(k, self.size) or 1
        near, positions = self._index.search(wanted, most, params=self._only(allowed))
        found = positions[0] >= 0
        return positions[0][found], near[0][found]

    def _only(self, allowed: NDArray[np.bool_] | None) -> Any:
        if allowed is None:
            return None
        chosen = faiss.IDSelectorBatch(np.flatnonzero(allowed).astype(np.int64))
        made: Any = (
            faiss.SearchParametersIVF if isinstance(self._index, faiss.IndexIVF) else faiss.SearchParameters
        )
        params = made(sel=chosen)
        if isinstance(self._index, faiss.IndexIVF):
            params.nprobe = PROBES
        return params

    def vectors(self, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """The stored vectors at those positions: float32 [len(positions), dimension]."""
        stored: NDArray[np.float32] = self._index.reconstruct_batch(np.asarray(positions, dtype=np.int64))
        return stored

    def recall(self, vectors: NDArray[np.float32], queries: NDArray[np.float32]) -> float:
        """The share of the exact nearest among `vectors` that is found, averaged over `queries` [n, dimension]."""
        shares = []
        for query in queries:
            exact = np.argsort(-(vectors @ query), kind="stable")[:DEPTH]
            found = set(self.nearest(query, DEPTH)[0].tolist())
            shares.append(len(found.intersection(exact.tolist())) / max(1, len(exact)))
        return float(np.mean(shares)) if shares else 1.0

    def save(self, path: Path) -> None:
        """Write the index as one file. Raises OSError when the disk is full or not writable.

        Given a path, faiss raises RuntimeError for that, and passes over what does not fit when the file is closed.
        """
        with path.open("wb") as file:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]

    @classmethod
    def load(cls, path: Path) -> "Dense":
        """Read what `save` wrote."""
        return cls(faiss.read_index(str(path)))


def limit_threads(threads: int) -> None:
    """Cap faiss's own thread pool."""
    faiss.omp_set_num_threads(threads)
