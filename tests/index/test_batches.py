import os
import signal
from collections.abc import Callable
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Document, read_corpus
from app.index import batches, open_snapshot
from app.index.batches import FOLDER, Cut, cut_all, cut_batch
from tests.index.tiny import ANALYZER, build, write_corpus

TEXTS = {f"t{n}": f"第{n}号办法\n一、对{n}类企业给予贴息支持。\n二、材料应当真实、完整。\n" for n in range(7)}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every corpus is large, every batch two documents, and one process does it all."""
    monkeypatch.setattr(batches, "PARALLEL", 1)
    monkeypatch.setattr(batches, "KEPT", 1)
    monkeypatch.setattr(batches, "BATCH", 40)
    monkeypatch.setattr(batches, "SPAN", 1 << 30)
    monkeypatch.setattr(batches, "MOST_PROCESSES", 1)


def _documents(folder: Path) -> tuple[Document, ...]:
    return read_corpus(write_corpus(folder, **TEXTS), 1_000_000).documents


def _all(documents: tuple[Document, ...], index: Path) -> list[Cut]:
    index.mkdir(exist_ok=True)
    return list(cut_all(documents, ANALYZER, index, lambda done: None))


def _told(cuts: list[Cut]) -> list[object]:
    scores = [cut.tokens.grams.build().scores({"贴": 1.0}).tolist() for cut in cuts]
    return [*((cut.clauses, cut.chunks, cut.folded, cut.tokens.used) for cut in cuts), scores]


def test_what_is_kept_is_what_was_made(tmp_path: Path, small: None) -> None:
    documents = _documents(tmp_path / "c")
    made = _all(documents, tmp_path / "i")
    assert len(list((tmp_path / "i" / FOLDER).glob("*.npz"))) == len(made) > 2
    assert _told(_all(documents, tmp_path / "i")) == _told(made)
    assert [piece.position for cut in made for piece in cut.chunks] == list(
        range(sum(len(c.chunks) for c in made))
    )


def test_several_processes_cut_what_one_does(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = _documents(tmp_path / "c")
    alone = _all(documents, tmp_path / "one")
    monkeypatch.setattr(batches, "MOST_PROCESSES", 2)
    monkeypatch.setattr(batches, "_cores", lambda: 2)
    assert _told(_all(documents, tmp_path / "two")) == _told(alone)


def test_where_no_process_can_be_started_one_does_it_all(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise batches.BrokenProcessPool

    documents = _documents(tmp_path / "c")
    alone = _all(documents, tmp_path / "one")
    monkeypatch.setattr(batches, "MOST_PROCESSES", 2)
    monkeypatch.setattr(batches, "_cores", lambda: 2)
    monkeypatch.setattr(batches, "ProcessPoolExecutor", refused)
    assert _told(_all(documents, tmp_path / "two")) == _told(alone)


@given(st.data())
def test_a_file_cut_short_is_made_again(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.getbasetemp() / "cut-short.npz"
    whole = _whole_file(file)
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert batches._arrays(file) is None


@lru_cache(maxsize=1)
def _whole_file(file: Path) -> bytes:
    text = "停车办法\n一、车辆应当停放在泊位内。\n"
    batches._write(cut_batch([Document("d", "d.txt", "停车办法", text, "")], ANALYZER), file)
    return file.read_bytes()


def test_a_kept_file_that_is_not_whole_does_no_harm(tmp_path: Path, small: None) -> None:
    documents = _documents(tmp_path / "c")
    made = _all(documents, tmp_path / "i")
    for file in (tmp_path / "i" / FOLDER).glob("*.npz"):
        file.write_bytes(file.read_bytes()[:-9])
    assert _told(_all(documents, tmp_path / "i")) == _told(made)


def test_a_changed_document_is_another_batch(tmp_path: Path, small: None) -> None:
    documents = _documents(tmp_path / "c")
    _all(documents, tmp_path / "i")
    before = {file.name for file in (tmp_path / "i" / FOLDER).iterdir()}
    write_corpus(tmp_path / "c", t0=TEXTS["t0"].replace("真实", "准确"))
    _all(read_corpus(tmp_path / "c", 1_000_000).documents, tmp_path / "i")
    assert len({file.name for file in (tmp_path / "i" / FOLDER).iterdir()} - before) == 1


def _killed(index: Path, corpus: Path, after: int) -> None:
    made = 0
    write = batches._write

    def counted(cut: Cut, file: Path) -> None:
        nonlocal made
        write(cut, file)
        made += 1
        if made == after:
            os.kill(os.getpid(), signal.SIGKILL)

    batches._write = counted
    build(index, corpus)


@pytest.mark.filterwarnings("ignore:This process")
def test_a_build_that_was_killed_is_taken_up_where_it_stopped_and_gives_the_same_bytes(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index = write_corpus(tmp_path / "c", **TEXTS), tmp_path / "i"
    process = get_context("fork").Process(target=_killed, args=(index, corpus, 2))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    kept = {file.name for file in (index / FOLDER).glob("*.npz")}
    assert len(kept) == 2
    made = _spied(monkeypatch)
    build(index, corpus)
    assert made
    assert not kept & set(made)
    build(tmp_path / "other", corpus)
    assert open_snapshot(index).version == open_snapshot(tmp_path / "other").version
    assert kept < {file.name for file in (index / FOLDER).iterdir()}  # for the next change


def _spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    write: Callable[[Cut, Path], None] = batches._write

    def spied(cut: Cut, file: Path) -> None:
        names.append(file.name)
        write(cut, file)

    monkeypatch.setattr(batches, "_write", spied)
    return names


@given(st.sets(st.integers(0, 400), min_size=40, max_size=80), st.integers(401, 500))
def test_one_more_document_costs_no_other_batch_than_its_own(numbers: set[int], more: int) -> None:
    def cut(chosen: set[int]) -> list[tuple[str, ...]]:
        made = (Document(f"d{n}", f"{n}.txt", "办法", "办法\n", "") for n in sorted(chosen))
        return [tuple(one.id for one in batch) for batch in batches._batches(list(made))]

    before, after = set(cut(numbers)), set(cut(numbers | {more}))
    assert len(after - before) <= 2
    between = max(numbers) // 2
    after = set(cut(numbers | {between}))
    assert len(after - before) <= 2


def test_batches_that_are_no_longer_of_use_are_forgotten(tmp_path: Path, small: None) -> None:
    documents = _documents(tmp_path / "c")
    _all(documents, tmp_path / "i")
    folder = tmp_path / "i" / FOLDER
    for file in folder.iterdir():
        os.utime(file, (1000, 1000))
    _all(documents[:2], tmp_path / "i")
    batches.forget_unused(tmp_path / "i", 2000)
    assert len(list(folder.iterdir())) == 1


def test_a_small_corpus_leaves_no_batches(tmp_path: Path) -> None:
    _all(_documents(tmp_path / "c"), tmp_path / "i")
    assert not (tmp_path / "i" / FOLDER).exists()
