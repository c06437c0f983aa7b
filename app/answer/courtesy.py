"""What is said to whoever answers and asks nothing of a policy: the utterances of `prompts/courtesies.txt`, alone or in a row."""

from functools import lru_cache
from pathlib import Path

from app.errors import PromptError
from app.text import fold

FILE = "courtesies.txt"
_AROUND = " ,。.!?~、…啊呀吗呢吧了哦您你们"


class Courtesies:
    """Tells courtesies from questions."""

    def __init__(self, said: frozenset[str]) -> None:
        self._said = frozenset(one.strip(_AROUND) or one for one in said)
        self._longest = max(map(len, self._said), default=0)
        self.holds = lru_cache(maxsize=1_024)(self._holds)

    def _holds(self, utterance: str) -> bool:
        """Whether an utterance is made of courtesies alone."""
        rest = fold(utterance).strip(_AROUND)
        while rest:
            size = next((n for n in range(min(self._longest, len(rest)), 0, -1) if rest[:n] in self._said), 0)
            if not size:
                return False
            rest = rest[size:].lstrip(_AROUND)
        return bool(fold(utterance).strip())


def read_courtesies(folder: Path) -> Courtesies:
    """From the folder's `courtesies.txt`.

    Raises:
        PromptError: it cannot be read.
    """
    path = folder / FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} 无法读取（{error}），请恢复原文件。") from error
    return Courtesies(frozenset(fold(line.strip()) for line in lines if line.strip() and line[0] != "#"))
