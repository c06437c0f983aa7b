"""Several questions put in one utterance: where one ends and the next begins is a question mark; whether each is one, reading tells."""

import re
from collections.abc import Sequence

from app.answer.citation import Evidence
from app.answer.proposal import Proposal

MOST_PARTS = 3
MOST_TOGETHER = 400  # characters that all answers may have together, lest each is its best clause alone
SHORTEST = 4  # characters that a question has at least
_ENDS = re.compile(r"[？?]+")


def parts_of(question: str) -> tuple[str, ...]:
    """The questions of an utterance where there are two or three; none where there is one, or where there are more."""
    parts = tuple(part.strip() for part in _ENDS.split(question) if len(part.strip()) >= SHORTEST)
    return parts if 2 <= len(parts) <= MOST_PARTS else ()


def shortest(proposal: Proposal) -> Sequence[Evidence]:
    """An enumeration is told whole (promise 4), anything else by its best clause."""
    return proposal.evidence if proposal.reason == "list" else proposal.evidence[:1]
