"""A retriever over texts given inline, without a model."""

import tempfile
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.corpus import corpus_fingerprint, read_corpus
from app.index import Entry, Snapshot, Sources, build_index, open_snapshot
from app.retrieve import Retriever
from app.settings import ROOT
from app.text import Analyzer, Lexicon, read_lexicon
from tests.index.tiny import HashEncoder, write_corpus

TODAY = date(2026, 1, 1)


@lru_cache(maxsize=1)
def lexicon_analyzer() -> Analyzer:
    """The analyzer with the lexicon that comes with the product."""
    return Analyzer(read_lexicon(ROOT / "corpus" / "lexicon"))


def analyzer_of(**parts: object) -> Analyzer:
    """An analyzer with a lexicon given inline."""
    return Analyzer(Lexicon(**parts))  # type: ignore[arg-type]


def snapshot_of(analyzer: Analyzer, questions: Sequence[Entry] = (), **texts: str) -> Snapshot:
    """An index of the texts, by file name."""
    with tempfile.TemporaryDirectory() as name:
        corpus = write_corpus(Path(name) / "corpus", **texts)
        build_index(
            Path(name) / "index",
            lambda: read_corpus(corpus, 1_000_000),
            lambda: Sources(corpus_fingerprint(corpus), analyzer.fingerprint, HashEncoder.fingerprint),
            analyzer,
            HashEncoder(),
            lambda *_: None,
            questions=lambda: questions,
        )
        return open_snapshot(Path(name) / "index")


def retriever_of(analyzer: Analyzer, questions: Sequence[Entry] = (), **texts: str) -> Retriever:
    """A retriever over the texts, by file name."""
    return Retriever(snapshot_of(analyzer, questions, **texts), analyzer, HashEncoder())
