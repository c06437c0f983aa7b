"""Which other documents a text gives a later last day: 《…》有效期延长至2026年12月31日."""

import re
from collections.abc import Iterator

from app.corpus.document import Named, Prolonged
from app.corpus.metadata.days import DAY, read_day
from app.corpus.metadata.found import Found
from app.corpus.metadata.references import NAME, as_named

_PROLONG = "延长|延续|延期|顺延|展期"
_VERB = re.compile(rf"(?:{_PROLONG})[^，,。；;《》\n]{{0,12}}?(?:到|至)\s*(?P<day>{DAY})")
_OBJECT = re.compile(rf"(?:{_PROLONG})(?:实施|执行|施行)?《[^\n。；]{{2,160}}?(?:到|至)\s*(?P<day>{DAY})")
_TITLE = re.compile(rf"(?:{_PROLONG}|继续有效)")
_SENTENCE = re.compile(r"[^。；;\n]+")


def read_prolonged(text: str, title: Found[str]) -> tuple[Prolonged, ...]:
    """The documents a sentence names that it prolongs; where it names none, the one that the title says is prolonged."""
    return tuple(dict.fromkeys(_prolonged(text, title)))


def _prolonged(text: str, title: Found[str]) -> Iterator[Prolonged]:
    of_title = NAME.search(title.value) if _TITLE.search(title.value) else None
    for sentence in _SENTENCE.finditer(text) if re.search(_PROLONG, text) else ():
        verb = _VERB.search(sentence[0]) or _OBJECT.search(sentence[0])
        until = read_day(verb["day"]) if verb else None
        if not verb or not until:
            continue
        names = list(NAME.finditer(sentence[0], 0, verb.end()))
        if names:
            yield Prolonged(as_named(names[-1], sentence.start()), until)
        elif of_title:
            yield Prolonged(_unplaced(as_named(of_title, 0)), until)


def _unplaced(one: Named) -> Named:
    return one._replace(start=0, end=0)
