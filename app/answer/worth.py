"""Which hits are worth reading, and when a question is one that people have written beside the clause."""

from collections.abc import Sequence

from app.read import Readings
from app.retrieve import Hit

READ = 5  # hits that are read
NEAR = 0.62  # of the best score: what a hit must have to be read
KNOWN = 0.97  # the cosine from which a question is a similar question of the clause in all but a word


def worth_reading(hits: Sequence[Hit]) -> Sequence[Hit]:
    """The first hits, but for those far behind the best: of these one in a thousand answers."""
    return [hit for hit in hits[:READ] if hit.score >= NEAR * hits[0].score]


def is_known(readings: Readings) -> bool:
    """Whether the question is, in all but a word, one that people have written for the clause that comes first."""
    return readings.best.hit.signals.get("asked", 0.0) >= KNOWN
