"""Turns chunks into the two lexical indexes, in several processes where there is much to cut."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context

from app.corpus import Chunk
from app.index.lexical import LexicalBuilder
from app.text import Analyzer, Lexicon

WORDS_K1, WORDS_B = 1.2, 0.75
GRAMS_K1, GRAMS_B = 0.9, 0.4
PARALLEL = 20_000  # chunks from which starting processes pays
SLICE = 4_000  # chunks a process is given at a time

Step = Callable[[int], None]
"""Called with how many chunks are done."""


@dataclass
class Tokens:
    """What was counted: two builders, and in how many chunks each word stands."""

    words: LexicalBuilder = field(default_factory=lambda: LexicalBuilder(WORDS_K1, WORDS_B))
    grams: LexicalBuilder = field(default_factory=lambda: LexicalBuilder(GRAMS_K1, GRAMS_B))
    used: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, analyzer: Analyzer) -> None:
        """Count the tokens of the next chunk."""
        found = analyzer.words(text)
        self.used.update(dict.fromkeys(found, 1))
        self.words.add(found)
        self.grams.add(analyzer.grams(text))

    def extend(self, other: "Tokens") -> None:
        """Count what was counted of the chunks that follow."""
        self.words.extend(other.words)
        self.grams.extend(other.grams)
        self.used.update(other.used)


def indexed_text(chunk: Chunk) -> str:
    """What is indexed of a chunk: its context, then its own words."""
    return f"{chunk.context}\n{chunk.text}"


def count_tokens(pieces: Sequence[Chunk], analyzer: Analyzer, processes: int, step: Step) -> Tokens:
    """The tokens of all chunks, in order; the same whatever the number of processes."""
    texts = [indexed_text(chunk) for chunk in pieces]
    if processes < 2 or len(texts) < PARALLEL:
        return _counted(texts, analyzer, step)
    try:
        return _in_parallel(texts, analyzer.lexicon, processes, step)
    except (BrokenProcessPool, OSError):  # no processes to be had here: slower, but all the same
        return _counted(texts, analyzer, step)


def _counted(texts: Sequence[str], analyzer: Analyzer, step: Step) -> Tokens:
    tokens = Tokens()
    for done, text in enumerate(texts, 1):
        tokens.add(text, analyzer)
        if done % 256 == 0 or done == len(texts):
            step(done)
    return tokens


def _in_parallel(texts: Sequence[str], lexicon: Lexicon, processes: int, step: Step) -> Tokens:
    tokens, done = Tokens(), 0
    # A process is started afresh: a copy of this one would copy its threads' locks with it.
    with ProcessPoolExecutor(processes, get_context("spawn"), _open_analyzer, (lexicon,)) as pool:
        for part in pool.map(_count_slice, _slices(texts)):
            tokens.extend(part)
            done = min(done + SLICE, len(texts))
            step(done)
    return tokens


def _slices(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), SLICE):
        yield texts[start : start + SLICE]


_analyzers: list[Analyzer] = []


def _open_analyzer(lexicon: Lexicon) -> None:
    _analyzers.append(Analyzer(lexicon))


def _count_slice(texts: Sequence[str]) -> Tokens:
    return _counted(texts, _analyzers[0], lambda done: None)
