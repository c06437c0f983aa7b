"""What kind of thing a question asks for, by the example it is nearest to in meaning; the examples stand in `prompts/kinds.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import PromptError
from app.question.question import QueryEncoder, Question
from app.text import fold

CLOSE = 0.66  # a cosine below this is no likeness
FILE = "kinds.toml"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question: its name, how an answer speaks of what it asks for, ways to ask for it, and words that show it."""

    name: str
    asked: str
    examples: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


OTHER = Kind("other", "")
COURTESY = Kind("courtesy", "")


def read_kinds(folder: Path) -> tuple[Kind, ...]:
    """The kinds of the folder's `kinds.toml`, in order.

    Raises:
        PromptError: the file is missing or an entry is not whole; it is named.
    """
    path = folder / FILE
    try:
        entries = tomllib.loads(path.read_text("utf-8"))["kind"]
        return tuple(_kind(entry) for entry in entries)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PromptError(
            f"{path} 无法读取（{error}），每个 [[kind]] 应有 name、asked 和 examples，请改正或恢复原文件。"
        ) from error


def _kind(entry: Mapping[str, Any]) -> Kind:
    examples = tuple(map(str, entry["examples"]))
    return Kind(str(entry["name"]), str(entry["asked"]), examples, tuple(str(entry.get("words", "")).split()))


class Kinds:
    """Tells the kind of questions; the examples are embedded when the first question comes."""

    def __init__(self, kinds: Sequence[Kind], encoder: QueryEncoder) -> None:
        self._kinds, self._encoder = kinds, encoder
        self._other = next((kind for kind in kinds if kind.name == OTHER.name), OTHER)
        self._said = fold("\n".join(one for kind in kinds for one in kind.examples))
        self._owners = [kind for kind in kinds for _ in kind.examples]

    def example(self, name: str) -> str:
        """A way to ask for a kind; "" where there is no such kind."""
        return next((kind.examples[0] for kind in self._kinds if kind.name == name and kind.examples), "")

    def hold(self, words: Sequence[str]) -> bool:
        """Whether each of these words stands in an example, so that together they name no subject; true of no words."""
        return all(word in self._said for word in words)

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self._encoder.encode_queries([one for kind in self._kinds for one in kind.examples])

    def of(self, question: Question) -> Kind:
        """The kind of a question, the one named `other` where it is like no example."""
        if not self._owners:
            return self._other
        cosines = self._vectors @ question.vector
        nearest = int(np.argmax(cosines))
        return self._owners[nearest] if cosines[nearest] >= CLOSE else self._other
