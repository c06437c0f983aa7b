"""Clause ids: a hash of where a clause stands, so that they outlive re-indexing and edits elsewhere."""

from collections.abc import Sequence
from hashlib import blake2b

from app.corpus.markers import squeeze


class Addresses:
    """Hands out the ids of one document's clauses, in order.

    An id hashes the labels of the headings above and the clause's own label, never a heading's wording. A paragraph
    without a label has its own words hashed instead. The same address met again gets an occurrence number.
    """

    def __init__(self, document_id: str) -> None:
        self._document_id = document_id
        self._met: dict[str, int] = {}
        self._taken: set[str] = set()

    def next_id(self, above: Sequence[str], label: str, words: str) -> str:
        """`document_id-` and 12 hex digits; `words` counts only where there is no label."""
        own = squeeze(label) or "¶" + squeeze(words)
        key = "\x1f".join([*(squeeze(one) for one in above), own])
        occurrence = self._met.get(key, 0)
        while (made := self._hashed(key, occurrence)) in self._taken:
            occurrence += 1
        self._met[key] = occurrence + 1
        self._taken.add(made)
        return made

    def _hashed(self, key: str, occurrence: int) -> str:
        whole = f"{key}\x1e{occurrence}" if occurrence else key
        return f"{self._document_id}-{blake2b(whole.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"
