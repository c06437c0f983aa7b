"""A composer over texts given inline, with the real analyzer, retriever, templates and weights."""

import tempfile
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.answer import Answer, Bond, Composer, Renderer, read_courtesies
from app.corpus import corpus_fingerprint, read_corpus
from app.embed import READER, Encoder, Reader
from app.index import Snapshot, Sources, build_index, open_snapshot, read_questions
from app.question import Kinds, read_kinds
from app.read import Readers, load_calibration
from app.retrieve import Retriever
from app.settings import ROOT
from app.text import Analyzer, read_lexicon
from tests.index.tiny import write_corpus

TODAY = date(2026, 1, 1)
POLICIES = ROOT / "corpus" / "policies"


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    return Encoder.open("default")


@lru_cache(maxsize=1)
def analyzer() -> Analyzer:
    return Analyzer(read_lexicon(ROOT / "corpus" / "lexicon"))


def snapshot_of(corpus: Path) -> Snapshot:
    words = analyzer()
    with tempfile.TemporaryDirectory() as folder:
        build_index(
            Path(folder),
            lambda: read_corpus(corpus, 10_000_000),
            lambda: Sources(corpus_fingerprint(corpus), words.fingerprint, encoder().fingerprint),
            words,
            encoder(),
            lambda *_: None,
            questions=lambda: read_questions(ROOT / "corpus" / "questions"),
        )
        return open_snapshot(Path(folder))


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader.open(READER)


def composer_of(snapshot: Snapshot, bonds: Sequence[Bond] = ()) -> Composer:
    prompts = ROOT / "prompts"
    return Composer(
        Retriever(snapshot, analyzer(), encoder()),
        Renderer(prompts),
        Readers(snapshot, reader(), load_calibration()),
        Kinds(read_kinds(prompts), encoder()),
        read_courtesies(prompts),
        bonds=bonds,
    )


@lru_cache(maxsize=1)
def huairou() -> tuple[Snapshot, Composer]:
    """The corpus that comes with the product."""
    snapshot = snapshot_of(POLICIES)
    return snapshot, composer_of(snapshot)


def ask(question: str) -> Answer:
    return huairou()[1].answer(question, as_of=TODAY)


def composer_for(**texts: str) -> Composer:
    with tempfile.TemporaryDirectory() as folder:
        return composer_of(snapshot_of(write_corpus(Path(folder), **texts)))
