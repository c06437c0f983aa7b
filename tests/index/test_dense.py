from pathlib import Path

import numpy as np
import pytest

from app.index import Dense
from app.index.arrays import save_array

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


def test_a_grouped_index_finds_most_of_what_an_exact_one_finds(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).normal(size=(600, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    dense = Dense.build(rows, grouped=True, groups=64)
    assert dense.recall(rows, rows[:40]) > 0.9
    dense.save(tmp_path / "dense.faiss")
    again = Dense.load(tmp_path / "dense.faiss")
    np.testing.assert_array_equal(again.nearest(rows[5], 4)[0], dense.nearest(rows[5], 4)[0])
    np.testing.assert_allclose(again.vectors(np.array([7, 3])), rows[[7, 3]], rtol=1e-6)


def test_only_what_is_allowed_is_found_whether_compared_one_by_one_or_in_groups() -> None:
    vectors, query = unit(400), unit(1)[0]
    allowed = RANDOM.random(400) < 0.3
    truth = [n for n in np.argsort(-(vectors @ query)) if allowed[n]][:10]
    positions, _ = Dense.build(vectors).nearest(query, 10, allowed)
    assert positions.tolist() == truth
    grouped, _ = Dense.build(vectors, grouped=True, groups=8).nearest(query, 10, allowed)
    assert grouped.tolist() == truth  # so few groups are all looked into


def test_what_does_not_fit_on_the_disk_is_said_however_little_it_is(tmp_path):
    few = np.eye(3, 16, dtype=np.float32)
    with pytest.raises(OSError, match="No space left"):
        Dense.build(few, grouped=False).save(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left"):
        save_array(Path("/dev/full"), few)
    save_array(tmp_path / "few.npy", few)
    np.save(tmp_path / "same.npy", few)
    assert (tmp_path / "few.npy").read_bytes() == (tmp_path / "same.npy").read_bytes()
