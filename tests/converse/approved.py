"""Reviewed answers over the corpus that comes with the product, without a database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from app.answer import Renderer
from app.converse import Dialogue, ReviewedAnswers, point_at
from app.embed import Encoder
from app.settings import ROOT
from app.store import Author, ReviewedVersion, Sameness, Wording, tidied
from tests.answer.desk import analyzer, composer_of, huairou

MOMENT = datetime(2025, 12, 1, tzinfo=UTC)
REVIEWED_ON, EXPIRES_ON = date(2025, 12, 1), date(2026, 12, 31)


class Shelf:
    """A book of versions in memory; `away` is raised where there is one."""

    def __init__(self, *versions: ReviewedVersion) -> None:
        self.versions, self.number, self.looked = versions, 1, 0
        self.away: Exception | None = None

    def put(self, *versions: ReviewedVersion) -> None:
        self.versions, self.number = versions, self.number + 1

    def revision(self) -> int:
        self.looked += 1
        if self.away is not None:
            raise self.away
        return self.number

    def served(self) -> tuple[int, tuple[ReviewedVersion, ...]]:
        return self.revision(), tuple(self.versions)


def clause_with(words: str, snapshot=None):  # type: ignore[no-untyped-def]
    snapshot = snapshot or huairou()[0]
    return next(c for c in snapshot.clauses if words in snapshot.text(c) and c.kind != "heading")


def version_of(
    question: str, words: str, entry_id: str = "e1", snapshot=None, **more: object
) -> ReviewedVersion:  # type: ignore[no-untyped-def]
    """An approved version that points to the clause with these words."""
    snapshot = snapshot or huairou()[0]
    facts = {
        "question": question,
        "points": (point_at(snapshot, clause_with(words, snapshot).id),),
        "spoken": "这项有支持，请看条款。",
        "department": "某区经信局",
        "reviewed_on": REVIEWED_ON,
        "expires_on": EXPIRES_ON,
    }
    wording = tidied(Wording(**(facts | more)))  # type: ignore[arg-type]
    return ReviewedVersion(entry_id, 1, "approved", wording, (Author("a", "甲"),), MOMENT, MOMENT)


@lru_cache(maxsize=1)
def sameness() -> Sameness:
    return Sameness(analyzer(), Encoder.open("fast"))


def answers_over(snapshot, book: Shelf) -> ReviewedAnswers:  # type: ignore[no-untyped-def]
    made = ReviewedAnswers(book, snapshot, Renderer(ROOT / "prompts"), analyzer(), sameness())
    made.watch.look()
    return made


def answers(*versions: ReviewedVersion) -> ReviewedAnswers:
    return answers_over(huairou()[0], Shelf(*versions))


def desk(versions: Sequence[ReviewedVersion], snapshot=None) -> Dialogue:  # type: ignore[no-untyped-def]
    """A dialogue that knows these reviewed answers."""
    given = snapshot or huairou()[0]
    composer = huairou()[1] if snapshot is None else composer_of(snapshot)
    return Dialogue(composer, analyzer(), given, reviewed=answers_over(given, Shelf(*versions)))
