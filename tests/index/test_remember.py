from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.embed import Encoder
from app.index import open_snapshot
from app.index.remember import FOLDER, Remembering
from tests.index.tiny import GAME, LOAN, HashEncoder, build, write_corpus


class Counting(HashEncoder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return super().encode_passages(texts)


def test_a_rebuild_embeds_only_what_is_new(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", loan=LOAN)
    build(tmp_path / "i", corpus, Counting())
    write_corpus(corpus, game=GAME)
    second = Counting()
    build(tmp_path / "i", corpus, second)
    assert second.embedded
    assert all("游戏" in text for text in second.embedded)


def test_kept_vectors_are_the_ones_that_would_be_made(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c", loan=LOAN, game=GAME)
    build(tmp_path / "i", corpus)
    build(tmp_path / "i", corpus, force=True)
    build(tmp_path / "other", corpus)
    first, second = open_snapshot(tmp_path / "i"), open_snapshot(tmp_path / "other")
    everything = np.arange(first.dense.size)
    np.testing.assert_array_equal(first.dense.vectors(everything), second.dense.vectors(everything))


def test_a_static_table_is_remembered_only_while_that_saves_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.index.remember.MOST_STATIC", 3)
    encoder = Counting()
    encoder.is_static = True  # type: ignore[attr-defined]
    remembering = Remembering(encoder, tmp_path)
    for _ in range(2):
        remembering.encode_passages(["贴息"])
    assert encoder.embedded == ["贴息"]
    remembering.encode_passages(["贴息", "担保"])
    assert encoder.embedded == ["贴息", "贴息", "担保"]
    remembering.tidy(4)
    assert not (tmp_path / FOLDER).exists()


def test_the_shipped_model_is_remembered_however_many_passages_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.index.remember.MOST_STATIC", 1)
    encoder = Encoder.open("default")
    passages = ["给予贴息支持", "给予担保支持", "给予技改支持"]
    first = Remembering(encoder, tmp_path).encode_passages(passages)
    monkeypatch.setattr(Encoder, "encode_passages", lambda *_: pytest.fail("embedded again"))
    remembering = Remembering(encoder, tmp_path)
    assert np.array_equal(remembering.encode_passages(passages), first)
    remembering.tidy(3)
    assert (tmp_path / FOLDER).exists()


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    remembering = Remembering(Counting(), tmp_path)
    monkeypatch.setattr("app.embed.cache._write", full)
    made = remembering.encode_passages(["贴息"])
    np.testing.assert_array_equal(made, HashEncoder().encode_passages(["贴息"]))


def test_vectors_of_other_encoders_and_of_passages_long_gone_are_dropped(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "another").mkdir(parents=True)
    remembering = Remembering(Counting(), tmp_path)
    remembering.encode_passages([f"第{n}条" for n in range(10)])
    remembering.tidy(10)
    assert not (tmp_path / FOLDER / "another").exists()
    assert list((tmp_path / FOLDER).iterdir())
    remembering.encode_passages([f"第{n}项" for n in range(10_100)])
    remembering.tidy(10)
    assert not (tmp_path / FOLDER).exists()
