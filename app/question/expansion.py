"""What the lexicon says a phrase of the question may also be called, by the rules of `corpus/lexicon/README.md`."""

import re
from collections.abc import Mapping, Sequence

from app.text import Analyzer

_LATIN = re.compile(r"[a-z0-9]")


class Expander:
    """Finds lexicon members in a question, the longest first; what was matched is not matched again inside.

    Members of two characters must fall on word boundaries, so that 出口 is not found in 退出口罩; members that begin or
    end in a Latin letter or digit must not continue with one, so that AI is not found in MAIL.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._names = names_of(analyzer)
        self._lengths = sorted({len(member) for member in self._names}, reverse=True)

    def alternatives(self, folded: str) -> dict[str, tuple[str, ...]]:
        """Each phrase of the question that the lexicon knows, in order of place, with its other names."""
        if not self._names:
            return {}
        edges = self._analyzer.word_edges(folded)
        taken = [False] * len(folded)
        found: dict[int, str] = {}
        for length in self._lengths:
            for start in range(len(folded) - length + 1):
                member = folded[start : start + length]
                if member not in self._names or any(taken[start : start + length]):
                    continue
                if _stands_alone(folded, start, start + length, edges):
                    found[start] = member
                    taken[start : start + length] = [True] * length
        return {found[start]: self._names[found[start]] for start in sorted(found)}


def names_of(analyzer: Analyzer) -> Mapping[str, tuple[str, ...]]:
    """The other names of each synonym, and the field of each member of an industry (one direction only)."""
    table: dict[str, dict[str, None]] = {}
    for group in analyzer.lexicon.synonyms:
        for member in group:
            table.setdefault(member, {}).update(dict.fromkeys(other for other in group if other != member))
    for head, members in analyzer.lexicon.industries:
        for member in members:
            table.setdefault(member, {})[head] = None
    return {member: tuple(others) for member, others in table.items()}


def _stands_alone(text: str, start: int, end: int, edges: Sequence[bool]) -> bool:
    if _LATIN.match(text[start]) and start > 0 and _LATIN.match(text[start - 1]):
        return False
    if _LATIN.match(text[end - 1]) and end < len(text) and _LATIN.match(text[end]):
        return False
    return end - start > 2 or (edges[start] and edges[end])
