from pathlib import Path

import numpy as np

from app.index import Dense

RANDOM = np.random.default_rng(7)


def unit(rows: int, dimension: int = 12) -> np.ndarray:
    vectors = RANDOM.normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_nearest_are_those_of_numpy() -> None:
    vectors, query = unit(200), unit(1)[0]
    positions, cosines = Dense.build(vectors).nearest(query, 10)
    truth = np.argsort(-(vectors @ query))[:10]
    assert positions.tolist() == truth.tolist()
    assert np.allclose(cosines, (vectors @ query)[truth], atol=1e-6)


def test_asking_for_more_than_there_is_gives_what_there_is() -> None:
    positions, _ = Dense.build(unit(3)).nearest(unit(1)[0], 10)
    assert sorted(positions.tolist()) == [0, 1, 2]


def test_vectors_come_back_as_they_were_after_saving(tmp_path: Path) -> None:
    vectors = unit(5)
    Dense.build(vectors).save(tmp_path / "dense.faiss")
    loaded = Dense.load(tmp_path / "dense.faiss")
    assert np.array_equal(loaded.vectors(np.array([4, 0])), vectors[[4, 0]])
