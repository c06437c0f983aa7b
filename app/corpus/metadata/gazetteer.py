"""Places known by name and what each lies in, to tell a place from words that only end like one (关于优化本市, 工业园区)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from app.settings import ROOT
from app.text import read_regions

_LONGEST = 12
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|州|盟|旗)")
_GENERIC = re.compile(r"[市区县州省]$|新区$|自治[区州县旗]$|[盟旗]$")
MOST = 8  # places lie in places, and the list is written by people: a loop must end
REGIONS = ROOT / "corpus" / "lexicon"


class Mention(NamedTuple):
    """A place as the words name it, with those around it that stand directly before: 上海市浦东新区."""

    start: int
    end: int
    names: tuple[str, ...]


class Places:
    """The places of the list by name."""

    def __init__(self, regions: Iterable[tuple[str, str]]) -> None:
        known: dict[str, list[str]] = {}
        for name, parent in regions:
            known.setdefault(name, []).append(parent)
        self._parents: Mapping[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(found)) for name, found in known.items()
        }
        self._firsts = frozenset(name[0] for name in known)

    def __contains__(self, name: str) -> bool:
        return name in self._parents

    def parents(self, name: str) -> tuple[str, ...]:
        """What a place lies in; several where several places bear the name."""
        return self._parents.get(name, ())

    def lies_in(self, inner: str, outer: str) -> bool:
        """Whether one place lies in the other, by their full or short names."""
        fresh, wanted = [inner], {outer, self.full(outer), _GENERIC.sub("", outer)}
        for _ in range(MOST):
            fresh = [above for one in fresh for above in self.parents(one)]
            if wanted.intersection(fresh):
                return True
        return False

    def full(self, name: str) -> str:
        """上海 as 上海市, where the list has that."""
        return next((name + suffix for suffix in ("市", "省", "区", "县") if name + suffix in self), name)

    def mentions(self, words: str) -> list[Mention]:
        """The places that the words name by their full names, those that stand side by side as one."""
        found: list[Mention] = []
        for suffix in _SUFFIX.finditer(words):
            end = suffix.end()
            first = found[-1].end if found else 0
            start = next(
                (at for at in range(max(first, end - _LONGEST), end - 1) if self._is_full(words[at:end])),
                None,
            )
            if start is None:
                continue
            name = words[start:end]
            if found and found[-1].end == start and self.lies_in(name, found[-1].names[-1]):
                found[-1] = Mention(found[-1].start, end, (*found[-1].names, name))
            else:
                found.append(Mention(start, end, (name,)))
        return found

    def _is_full(self, name: str) -> bool:
        return name in self and self.full(name) == name  # 广州 is short for 广州市

    def counted(self, words: str) -> Counter[str]:
        """How often the words name each place, by full or short names; of names in a row that lie in each other the last."""
        counts: Counter[str] = Counter()
        at, before, stop = 0, "", -1
        while at < len(words):
            name = self._beginning(words[at : at + _LONGEST], None) if words[at] in self._firsts else None
            if name:
                if stop == at and self.lies_in(name, before):
                    counts[before] -= 1  # 广州南沙 names one place
                before, stop = self.full(name), at + len(name)
                counts[before] += 1
            at += len(name) if name else 1
        return counts

    def at_start(self, words: str) -> Mention | None:
        """The places that the words begin with, by full or short names: 广州南沙新区, 上海金融监管局."""
        names: list[str] = []
        at = 0
        while name := self._beginning(words[at : at + _LONGEST], names[-1] if names else None):
            names.append(self.full(name))
            at += len(name)
        if not names:
            return None
        rest = re.match(r"新区|区(?![域间])|县|市", words[at:])
        return Mention(0, at + (rest.end() if rest else 0), tuple(names))

    def _beginning(self, words: str, above: str | None) -> str | None:
        for length in range(len(words), 1, -1):
            name = words[:length]
            if name in self and (above is None or self.lies_in(name, above)):
                return name
        return None


@cache
def known_places() -> Places:
    """The places of the lexicon that comes with the product."""
    return Places(read_regions(REGIONS))
