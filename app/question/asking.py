"""What the words of a question ask for, where two questions are held against each other: its kinds, and what is asked of its subject.

Two questions about one subject look nearly the same to any measure of likeness, so their asking words are compared apart. The
words stand in `prompts/kinds.toml` and `prompts/actions.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.errors import PromptError
from app.question.kinds import Kind, read_kinds
from app.text import fold

FILE = "actions.toml"


class Words:
    """Words that stand for something, looked for in a text the longest first, none within another."""

    def __init__(self, named: Mapping[str, str]) -> None:
        """`named` is what each word, in normal form, stands for; "" for what only keeps others from being found in it."""
        self._named = named
        longest_first = sorted(named, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def named(self, text: str) -> frozenset[str]:
        """What the words of a text stand for."""
        return frozenset(self._named[word] for word in self._found.findall(fold(text))) - {""}


@dataclass(frozen=True, slots=True)
class Asking:
    """Reads kinds and actions off the words of questions. `implied` goes without saying beside any of its others."""

    kind_words: Words
    action_words: Words
    implied: Mapping[str, frozenset[str]]

    def kinds(self, question: str) -> frozenset[str]:
        """The names of the kinds that a question shows."""
        return self.kind_words.named(question)

    def actions(self, question: str) -> frozenset[str]:
        """What a question asks of its subject, each by the first word of its line."""
        found = self.action_words.named(question)
        return found - {one for one, others in self.implied.items() if found & others}


@lru_cache(maxsize=4)
def read_asking(folder: Path) -> Asking:
    """From the folder's `kinds.toml` and `actions.toml`.

    Raises:
        PromptError: a file is missing or not whole; it is named.
    """
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        lines = [line.split() for line in str(told["actions"]).strip().splitlines()]
        neutral = dict.fromkeys(str(told["neutral"]).split(), "")
        implied = {one: frozenset(str(others).split()) for one, others in told["implied"].items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise PromptError(
            f"{path} 无法读取（{error}），应有 actions、neutral 和 [implied] 三项，请改正或恢复原文件。"
        ) from error
    actions = {word: line[0] for line in lines for word in line} | neutral
    return Asking(Words(_folded(_of_kinds(read_kinds(folder)))), Words(_folded(actions.items())), implied)


def _of_kinds(kinds: Iterable[Kind]) -> Iterable[tuple[str, Any]]:
    return ((word, kind.name) for kind in kinds for word in kind.words)


def _folded(named: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {fold(word): str(name) for word, name in named}
