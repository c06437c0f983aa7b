from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.embed import CachedEncoder, Vectors
from app.embed.cache import forget_others


class Counting:
    """Says what it was asked for."""

    name, dimension = "counting", 2

    def __init__(self, fingerprint: str = "a" * 64) -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> Vectors:
        self.asked += texts
        return np.array([[len(t), sum(map(ord, t)) % 97] for t in texts], np.float32).reshape(-1, 2)


def test_only_new_texts_are_embedded_in_a_later_process(tmp_path: Path) -> None:
    CachedEncoder(Counting(), tmp_path).encode_passages(["甲", "乙乙"])
    second = Counting()
    vectors = CachedEncoder(second, tmp_path).encode_passages(["乙乙", "丙丙丙", "甲"])
    assert second.asked == ["丙丙丙"]
    assert vectors[:, 0].tolist() == [2, 3, 1]


@given(batches=st.lists(st.lists(st.text(max_size=4), max_size=5), max_size=4))
def test_the_cache_answers_as_the_encoder_would(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    for texts in batches:
        cached = CachedEncoder(Counting(), folder)
        np.testing.assert_array_equal(cached.encode_passages(texts), Counting().encode_passages(texts))


def test_a_text_asked_for_twice_is_embedded_once(tmp_path: Path) -> None:
    encoder = Counting()
    assert CachedEncoder(encoder, tmp_path).encode_passages(["甲", "甲"]).shape == (2, 2)
    assert encoder.asked == ["甲"]


def test_another_encoder_does_not_get_these_vectors(tmp_path: Path) -> None:
    CachedEncoder(Counting(), tmp_path).encode_passages(["甲"])
    other = Counting("b" * 64)
    assert len(CachedEncoder(other, tmp_path)) == 0
    forget_others(tmp_path, other.fingerprint)
    assert len(CachedEncoder(Counting(), tmp_path)) == 0


@pytest.mark.parametrize("part", ["keys", "vectors"])
@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY broken"])
def test_an_unreadable_part_is_dropped_and_embedded_again(
    tmp_path: Path, part: str, content: bytes | None
) -> None:
    CachedEncoder(Counting(), tmp_path).encode_passages(["甲"])
    file = next(tmp_path.rglob(f"*.{part}.npy"))
    file.unlink() if content is None else file.write_bytes(content)
    again = Counting()
    CachedEncoder(again, tmp_path).encode_passages(["甲"])
    assert again.asked == ["甲"]


def test_a_write_that_fails_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        CachedEncoder(Counting(), tmp_path).encode_passages(["甲"])
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]
