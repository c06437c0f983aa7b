"""Which document a question is about, when several hold clauses that fit it nearly as well: the one whose title says so."""

from collections.abc import Sequence

from app.retrieve import Hit
from app.text import fold

NEAR = 0.8  # a document whose best clause is this close to the best of all may be meant
LEAD = 0.2  # how much more of the question's subject its title must hold


def meant_first(hits: Sequence[Hit], subject: Sequence[str]) -> list[Hit]:
    """The hits, those of the document that is meant before the others; as they are where no title says more than the first's.

    How much a title says is the share of the subject's pairs of characters that stand in it.
    """
    pairs = {word[at : at + 2] for word in subject for at in range(len(word) - 1)}
    if not pairs or not hits:
        return list(hits)
    held: dict[str, float] = {}
    for hit in hits:
        if hit.score >= NEAR * hits[0].score and hit.document.id not in held:
            title = fold(hit.document.title)
            held[hit.document.id] = sum(pair in title for pair in pairs) / len(pairs)
    first = hits[0].document.id
    best = max(held, key=lambda one: (held[one], one == first))
    if held[best] < held[first] + LEAD:
        return list(hits)
    return sorted(hits, key=lambda hit: hit.document.id != best)
