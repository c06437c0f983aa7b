import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.corpus import read_corpus
from app.errors import ClauseNotFound, CorpusEmpty, DocumentNotFound, IndexBusy, IndexDamaged, IndexMissing
from app.index import Changes, build_index, current_folder, current_sources, open_snapshot
from tests.corpus import files
from tests.index.tiny import ANALYZER, GAME, LOAN, HashEncoder, build, sources, write_corpus


def test_every_clause_and_chunk_of_the_corpus_is_in_the_snapshot(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN, game=GAME)
    build(tmp_path / "index", corpus)
    snapshot = open_snapshot(tmp_path / "index")
    assert len(snapshot.documents) == 2
    for document in snapshot.documents.values():
        held = "".join(snapshot.text(clause) for clause in snapshot.clauses_of(document.id))
        assert "".join(held.split()) == "".join(document.text.split())
    for position in range(len(snapshot.chunks)):
        chunk = snapshot.chunk(position)
        assert chunk.text == snapshot.document(chunk.document_id).text[chunk.start : chunk.end]
        assert snapshot.clause(chunk.clause_id).start <= chunk.start


def test_places_in_tables_come_through_the_index(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "清单.csv").write_bytes(files.sheet(".csv"))
    build(tmp_path / "index", corpus)
    read = {one.id: one for one in read_corpus(corpus).documents}
    served = open_snapshot(tmp_path / "index").documents
    assert dict(served) == read
    assert {str(one.locate(0, 4)) for one in served.values()} == {"B2单元格", "B3单元格"}


def test_two_builds_of_the_same_sources_are_the_same_version(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN, game=GAME)
    build(tmp_path / "one", corpus)
    build(tmp_path / "two", corpus)
    assert open_snapshot(tmp_path / "one").version == open_snapshot(tmp_path / "two").version


def test_a_build_says_what_changed(tmp_path: Path) -> None:
    corpus, index = write_corpus(tmp_path / "corpus", loan=LOAN), tmp_path / "index"
    assert build(index, corpus).sentence() == "新增 1 份（《首次贷款办法》）。"
    assert build(index, corpus).sentence() == "索引已是最新，无需重建。"
    write_corpus(corpus, loan=LOAN + "三、本办法自发布之日起施行。\n", game=GAME)
    assert build(index, corpus).sentence() == "新增 1 份（《游戏产业措施》）；修改 1 份（《首次贷款办法》）。"
    (corpus / "game.txt").unlink()
    assert build(index, corpus).sentence() == "移除 1 份（《游戏产业措施》）。"


def test_a_title_that_has_its_own_marks_gets_no_second_ones() -> None:
    changes = Changes(("《首次贷款办法》政策解读", "首次贷款办法"), (), (), rebuilt=True)
    assert changes.sentence() == "新增 2 份（《首次贷款办法》政策解读、《首次贷款办法》）。"


def test_unknown_ids_are_named_in_the_error(tmp_path: Path) -> None:
    build(tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN))
    snapshot = open_snapshot(tmp_path / "index")
    with pytest.raises(DocumentNotFound, match="没有编号为“nothing”的文件"):
        snapshot.document("nothing")
    with pytest.raises(ClauseNotFound, match="没有编号为“nothing”的条款"):
        snapshot.clause("nothing")


def test_no_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="python -m app build"):
        open_snapshot(tmp_path / "index")


def _index_files(index: Path) -> list[str]:
    return sorted(path.name for path in current_folder(index).iterdir())


def test_any_damaged_or_missing_file_is_named_and_never_half_used(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    for name in _index_files(index):
        path = current_folder(index) / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if name != "manifest.json" else b"{}")
        with pytest.raises(IndexDamaged, match="python -m app build"):
            open_snapshot(index)
        path.unlink()
        with pytest.raises((IndexDamaged, IndexMissing), match="python -m app build"):
            open_snapshot(index)
        path.write_bytes(content)
    open_snapshot(index)


def test_a_damaged_index_is_replaced_by_a_forced_build(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    (current_folder(index) / "chunks.npy").write_bytes(b"broken")
    build(index, corpus, force=True)
    assert len(open_snapshot(index).documents) == 1


@pytest.mark.parametrize("name", ["../elsewhere", "gone"])
def test_a_pointer_that_leads_nowhere_is_named(tmp_path: Path, name: str) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    (index / "CURRENT").write_text(name, "utf-8")
    with pytest.raises(IndexDamaged, match="CURRENT"):
        open_snapshot(index)
    assert current_sources(index) is None


class FullDisk(HashEncoder):
    """Fails in the middle of a build, as a full disk does."""

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        raise OSError(28, "No space left on device")


def test_after_a_full_disk_the_old_index_still_serves_and_nothing_is_left_over(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    version = open_snapshot(index).version
    write_corpus(corpus, game=GAME)
    with pytest.raises(OSError, match="No space left"):
        build(index, corpus, FullDisk())
    assert open_snapshot(index).version == version
    assert not list(index.glob(".partial-*"))


def test_an_empty_corpus_leaves_the_old_index_alone(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    (corpus / "loan.txt").unlink()
    with pytest.raises(CorpusEmpty):
        build(index, corpus)
    open_snapshot(index)


class Slow(HashEncoder):
    """Stops in the middle of a build until it is killed or the file `go` appears."""

    def __init__(self, go: Path) -> None:
        self.go = go

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        self.go.with_name("started").touch()
        while not self.go.exists():
            time.sleep(0.01)
        return super().encode_passages(texts)


def _build_slowly(index: Path, corpus: Path, go: Path) -> None:
    build(index, corpus, Slow(go))


def _started(index: Path, corpus: Path, go: Path) -> multiprocessing.Process:
    process = multiprocessing.get_context("fork").Process(target=_build_slowly, args=(index, corpus, go))
    process.start()
    while not go.with_name("started").exists():
        assert process.is_alive()
        time.sleep(0.01)
    return process


@pytest.mark.filterwarnings("ignore:This process")
def test_after_kill_9_in_the_middle_of_a_build_the_old_index_serves_and_the_next_build_succeeds(
    tmp_path: Path,
) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    build(index, corpus)
    version = open_snapshot(index).version
    write_corpus(corpus, game=GAME)
    process = _started(index, corpus, tmp_path / "go")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert open_snapshot(index).version == version
    assert len(build(index, corpus).added) == 1
    assert not list(index.glob(".partial-*"))


@pytest.mark.filterwarnings("ignore:This process")
def test_of_two_processes_one_builds_and_the_other_waits_and_finds_it_done(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    process = _started(index, corpus, tmp_path / "go")
    told: list[str] = []

    def progress(stage: str, done: int, total: int) -> None:
        told.append(stage)
        (tmp_path / "go").touch()

    changes = build_index(
        index, lambda: pytest.fail("built twice"), lambda: sources(corpus), ANALYZER, HashEncoder(), progress
    )
    process.join()
    assert told == ["等待另一个进程建完索引"]
    assert not changes.rebuilt


@pytest.mark.filterwarnings("ignore:This process")
def test_waiting_for_another_build_ends_with_a_sentence(tmp_path: Path) -> None:
    index, corpus = tmp_path / "index", write_corpus(tmp_path / "corpus", loan=LOAN)
    process = _started(index, corpus, tmp_path / "go")
    with pytest.raises(IndexBusy, match="另一个进程一直在建立索引"):
        build_index(
            index,
            lambda: pytest.fail("built"),
            lambda: sources(corpus),
            ANALYZER,
            HashEncoder(),
            lambda *_: None,
            patience=0.05,
        )
    (tmp_path / "go").touch()
    process.join()
