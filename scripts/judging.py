"""When a hit counts as right: texts compared without white space and punctuation, as the benches are judged."""

import re
import unicodedata
from functools import lru_cache

LONGEST_HIT = 600


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """NFKC in lower case without white space and punctuation: what two extractions of one page agree on."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def holds(hit: str, gold: str) -> bool:
    """Whether a squeezed hit holds the start of a squeezed gold passage, or lies inside it."""
    return bool(hit) and len(hit) <= LONGEST_HIT and (gold[:60] in hit or hit in gold)
