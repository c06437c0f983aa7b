"""Counts the tokens of chunks for the two lexical indexes."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.corpus import Chunk
from app.index.lexical import LexicalBuilder
from app.text import Analyzer

WORDS_K1, WORDS_B = 1.2, 0.75
GRAMS_K1, GRAMS_B = 0.9, 0.4


@dataclass
class Tokens:
    """What was counted: two builders, and in how many chunks each word stands."""

    words: LexicalBuilder = field(default_factory=lambda: LexicalBuilder(WORDS_K1, WORDS_B))
    grams: LexicalBuilder = field(default_factory=lambda: LexicalBuilder(GRAMS_K1, GRAMS_B))
    used: Counter[str] = field(default_factory=Counter)

    def add(self, chunk: Chunk, analyzer: Analyzer) -> None:
        """Count the tokens of the next chunk."""
        text = indexed_text(chunk)
        found = analyzer.words(text)
        self.used.update(dict.fromkeys(found, 1))
        self.words.add(found)
        self.grams.add(analyzer.grams(text))

    def extend(self, other: "Tokens") -> None:
        """Count what was counted of the chunks that follow."""
        self.words.extend(other.words)
        self.grams.extend(other.grams)
        self.used.update(other.used)

    def packed(self) -> dict[str, NDArray[Any]]:
        """As plain arrays."""
        used = json.dumps(self.used, ensure_ascii=False).encode("utf-8", "surrogatepass")
        words = {f"words.{name}": array for name, array in self.words.packed().items()}
        grams = {f"grams.{name}": array for name, array in self.grams.packed().items()}
        return {"used": np.frombuffer(used, dtype=np.uint8), **words, **grams}

    @classmethod
    def unpacked(cls, arrays: Mapping[str, NDArray[Any]]) -> "Tokens":
        """What was `packed`."""
        made = cls(used=Counter(json.loads(arrays["used"].tobytes().decode("utf-8", "surrogatepass"))))
        for name, builder in (("words", made.words), ("grams", made.grams)):
            start = f"{name}."
            builder.unpack({part[len(start) :]: a for part, a in arrays.items() if part.startswith(start)})
        return made


def indexed_text(chunk: Chunk) -> str:
    """What is indexed of a chunk: its context, then its own words."""
    return f"{chunk.context}\n{chunk.text}"
