"""Places put into questions: the document's own, which changes nothing, or another, which makes it another place's matter."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FORMS = (
    "{place}{question}",
    "{place}，{question}",
    "在{place}，{question}",
    "{question}我在{place}",
    "我是{place}的，{question}",
)
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Places:
    """`parents` maps the name of a place to those of the places it lies in."""

    parents: Mapping[str, frozenset[str]]
    names: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def read(cls, path: Path) -> "Places":
        """From the list of the lexicon: a name and, behind a tab, the place it lies in."""
        parents: dict[str, set[str]] = {}
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                name, *above = line.split("\t")
                parents.setdefault(name.strip(), set()).update(a.strip() for a in above)
        names = tuple(sorted((n for n in parents if len(n) >= SHORTEST), key=lambda n: (-len(n), n)))
        frozen = {name: frozenset(above) for name, above in parents.items()}
        return cls(frozen, names, re.compile("|".join(map(re.escape, names))))

    def of(self, text: str) -> str | None:
        """The last place named in a title, the narrowest as a rule."""
        found = self.pattern.findall(text)
        return found[-1] if found else None

    def other(self, place: str, rng: random.Random) -> str:
        """A place that neither is `place` nor lies above or below it, as far as the list tells."""
        while True:
            name = rng.choice(self.names)
            kin = self.parents.get(name, frozenset()) | {name}
            own = self.parents.get(place, frozenset()) | {place}
            if not any(a[:2] == b[:2] for a in kin - {"中国"} for b in own - {"中国"}):
                return name


def told(place: str, question: str, rng: random.Random) -> str:
    """The question as somebody from `place` asks it."""
    return rng.choice(FORMS).format(place=place, question=question)
