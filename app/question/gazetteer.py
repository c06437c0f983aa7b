"""Places that questions and texts name, and where each lies: whether a text of one place is a text of another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.corpus import Document
from app.text import fold

NATION = "中国"
MOST = 12  # places lie in places, and the lexicon is written by people: a loop must end
# What makes a place's name part of another: 上海银行, 河南人, 青岛啤酒.
_NO_PLACE = r"(?!银行|大学|学院|医院|证券|基金|啤酒|机场|火车站|话|菜|籍|牌|路\d|人(?![民才力工社口事均]))"
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|州|盟|旗)$")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The places people name, each with those it lies in, by every spelling, in normal form.

    A name may belong to several places (鼓楼区): it then has several parents, and is of kin with all of theirs.
    """

    parents: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, regions: Iterable[tuple[str, str]]) -> "Gazetteer":
        """From (name, parent) pairs in normal form."""
        parents: dict[str, list[str]] = {}
        for name, parent in regions:
            parents.setdefault(name, []).append(parent)
        longest_first = sorted(parents, key=len, reverse=True)
        names = "|".join(map(re.escape, longest_first)) or r"(?!)"
        known = {name: tuple(dict.fromkeys(above)) for name, above in parents.items()}
        return cls(known, re.compile(f"(?:{names}){_NO_PLACE}"))

    def named(self, text: str) -> tuple[str, ...]:
        """The places a text names, in order, each once."""
        return tuple(dict.fromkeys(self.pattern.findall(fold(text))))

    def around(self, place: str) -> frozenset[str]:
        """The place and all it lies in but the nation, by their stems (`stem`)."""
        found, fresh = {place}, [place]
        for _ in range(MOST):
            fresh = [above for one in fresh for above in self.parents.get(one, ()) if above not in found]
            found.update(fresh)
        return frozenset(stem(one) for one in found if one != NATION)

    def narrowest(self, places: Sequence[str]) -> tuple[str, ...]:
        """The places without those that another of them lies in: 北京市怀柔区 is 怀柔区."""
        return tuple(
            place
            for place in places
            if not any(stem(place) in self.around(o) and stem(o) != stem(place) for o in places)
        )

    def is_kin(self, one: str, other: str) -> bool:
        """Whether two places are the same or one lies in the other."""
        return stem(one) in self.around(other) or stem(other) in self.around(one)


@lru_cache(maxsize=65_536)
def stem(place: str) -> str:
    """The name without 省, 市, 区 …, where something is left to tell it by."""
    return _SUFFIX.sub("", place) if len(place) > 2 else place


class Homes:
    """Of which places the documents of a corpus are."""

    def __init__(self, gazetteer: Gazetteer, documents: Iterable[Document]) -> None:
        self._is_kin = lru_cache(maxsize=65_536)(
            gazetteer.is_kin
        )  # asked of every document for every place named
        self._places = {
            document.id: gazetteer.narrowest(gazetteer.named(f"{document.region or ''}\n{document.title}"))
            for document in documents
        }

    def about(self, places: Sequence[str], document_id: str) -> bool | None:
        """Whether a document is of one of these places, of one that lies in it or around it; None where it is of no place."""
        own = self._places[document_id]
        if not own:
            return None
        return any(self._is_kin(place, one) for place in places for one in own)
