"""Adding while the power fails, and while somebody else adds: every file is there whole or not at all."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from app.corpus import Shelf, read_corpus
from app.corpus.lock import corpus_lock
from app.errors import CorpusBusy
from tests.index.tiny import LOAN, write_corpus

pytestmark = pytest.mark.filterwarnings("ignore:This process")
TEXTS = {f"t{n}": f"第{n}号办法\n一、对{n}类企业给予贴息支持。\n" for n in range(4)}


def in_a_process(work: Callable[..., None], *arguments: object) -> multiprocessing.Process:
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    process.start()
    return process


def add_and_die(corpus: Path, source: Path, after: int) -> None:
    """Killed when so many files have been put in their places, -1: while the first is still being copied."""
    replace, done = os.replace, 0

    def counted(one: Path, other: Path) -> None:
        nonlocal done
        replace(one, other)
        done += 1
        if done > after:
            os.kill(os.getpid(), signal.SIGKILL)

    def half(file: object, target: object, size: int) -> None:
        target.write(file.read(10))  # type: ignore[attr-defined]
        target.flush()  # type: ignore[attr-defined]
        os.kill(os.getpid(), signal.SIGKILL)

    import app.corpus.shelf as shelf

    shelf.os.replace = counted  # type: ignore[assignment]
    if after < 0:
        shelf.shutil.copyfileobj = half  # type: ignore[assignment]
    at = Shelf(corpus)
    with at.receive(source) as delivery:
        at.place(delivery)


@pytest.mark.parametrize("after", [-1, 0, 2])
def test_after_kill_9_each_file_is_there_whole_or_not_at_all_and_the_next_one_cleans_up(
    tmp_path: Path, after: int
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    source = write_corpus(tmp_path / "new", **TEXTS)
    process = in_a_process(add_and_die, corpus, source, after)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert list(corpus.glob(".incoming-*"))
    there = {path.stem: path.read_text("utf-8") for path in corpus.glob("t*.txt")}
    assert there.items() <= TEXTS.items()
    assert len(there) == after + 1
    assert len(read_corpus(corpus).documents) == 1 + len(there)
    at = Shelf(corpus, lambda: read_corpus(corpus).documents)
    with at.receive(source) as delivery:
        assert not delivery.refused
        at.place(delivery)
    assert len(read_corpus(corpus).documents) == 5
    assert not list(corpus.glob(".incoming-*"))


def add_with_ids(corpus: Path, source: Path, numbers: list[int]) -> None:
    at = Shelf(corpus)
    for number in numbers:
        with at.receive(source / f"t{number}.txt", as_id=f"id-{number}") as delivery:
            at.place(delivery)


def test_two_who_add_at_once_both_find_their_files_and_their_ids(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    source = write_corpus(tmp_path / "new", **TEXTS)
    adders = [in_a_process(add_with_ids, corpus, source, numbers) for numbers in ([0, 1], [2, 3])]
    for adder in adders:
        adder.join()
        assert adder.exitcode == 0
    assert json.loads((corpus / ".ids.json").read_text("utf-8")) == {f"t{n}.txt": f"id-{n}" for n in range(4)}
    ids = {document.id for document in read_corpus(corpus).documents}
    assert {f"id-{number}" for number in range(4)} < ids


def test_whoever_waits_too_long_for_another_is_told(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    with (
        corpus_lock(corpus),
        pytest.raises(CorpusBusy, match="另一个进程正在改动"),
        corpus_lock(corpus, 0.05),
    ):
        pytest.fail("both hold it")
