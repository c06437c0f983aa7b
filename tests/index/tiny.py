"""A tiny corpus and an encoder that needs no model."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.corpus import corpus_fingerprint, read_corpus
from app.index import Changes, Entry, Sources, build_index
from app.text import Analyzer

ANALYZER = Analyzer()
LOAN = "首次贷款办法\n一、对首次贷款的企业给予贴息支持。\n二、申报材料必须真实、完整。\n"
GAME = "游戏产业措施\n第一条 支持游戏电竞产业发展。\n第二条 首次上线运营的游戏给予支持。\n"


class HashEncoder:
    """Character pairs hashed into unit vectors: deterministic, and alike for texts that look alike."""

    name = "hash"
    dimension = 16
    fingerprint = "hash-16"

    def encode_passages(self, texts: list[str]) -> NDArray[np.float32]:
        """float32 [n, 16]."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(text):
                vectors[row, hashlib.md5("".join(pair).encode()).digest()[0] % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    encode_queries = encode_passages


def write_corpus(folder: Path, **texts: str) -> Path:
    """Write each text as `name.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def sources(corpus: Path) -> Sources:
    """What an index of that corpus is made from."""
    return Sources(corpus_fingerprint(corpus), ANALYZER.fingerprint, HashEncoder.fingerprint)


def build(
    index: Path,
    corpus: Path,
    encoder: HashEncoder | None = None,
    *,
    questions: Sequence[Entry] = (),
    force: bool = False,
) -> Changes:
    """Build without showing progress."""
    return build_index(
        index,
        lambda: read_corpus(corpus, 1_000_000),
        lambda: sources(corpus),
        ANALYZER,
        encoder or HashEncoder(),
        lambda stage, done, total: None,
        questions=lambda: questions,
        force=force,
    )
