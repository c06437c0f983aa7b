"""Reviewed answers as regression questions: each must still answer what it was approved for, and nothing it must not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.converse import ReviewedAnswers
from app.errors import InvalidRequest
from app.store import ReviewedVersion
from app.web.services import Dialogue

Outcome = Literal["good", "expired", "broken"]


@dataclass(frozen=True, slots=True)
class Regression:
    """An entry asked again. `missed` are questions it no longer answers, `wrong` counter-examples that it does answer."""

    version: ReviewedVersion
    asked: int
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    expired: bool = False

    @property
    def outcome(self) -> Outcome:
        """`broken` where a person has to look; an entry that has expired rightly answers nothing."""
        if self.expired and not self.wrong:
            return "expired"
        return "broken" if self.missed or self.wrong or self.troubles else "good"


def ask_reviewed(
    versions: Sequence[ReviewedVersion], answers: ReviewedAnswers, dialogue: Dialogue, today: date
) -> tuple[Regression, ...]:
    """Ask the questions and counter-examples of these versions; nothing of it is kept."""
    return tuple(_asked(version, answers, dialogue, today) for version in versions)


def _asked(version: ReviewedVersion, answers: ReviewedAnswers, dialogue: Dialogue, today: date) -> Regression:
    wording = version.wording
    given = {question: _given(question, dialogue, today) for question in (*wording.asked, *wording.counters)}
    return Regression(
        version,
        len(given),
        tuple(question for question in wording.asked if given[question] != version.entry_id),
        tuple(question for question in wording.counters if given[question] == version.entry_id),
        answers.troubles(version, today),
        wording.expires_on is not None and wording.expires_on < today,
    )


def _given(question: str, dialogue: Dialogue, today: date) -> str | None:
    """The entry that answers the question, if one does."""
    try:
        reply = dialogue.preview(question, session_id=None, as_of=today, document_id=None, channel="hotline")
    except InvalidRequest:
        return None
    return reply.reviewed.id if reply.reviewed is not None else None
