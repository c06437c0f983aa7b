"""Several questions put at once: each is answered by itself, and the answers stand together or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.answer.citation import Evidence
from app.answer.compare import questions, sides
from app.answer.cover import Features
from app.answer.draft import Draft
from app.answer.intent import read_intent
from app.answer.links import Links
from app.answer.typed import is_typed
from app.corpus import Clause

HALF_SURE = 0.2  # of the threshold: how sure each side of a comparison must be when the other is sure
MOST = 400  # characters that all may have together, lest each is its best clause alone

Part = Callable[[str], tuple[Draft | None, bool]]
"""The draft for one question, None where nothing was found, and whether its evidence is of the kind asked for."""


@dataclass(frozen=True, slots=True)
class Several:
    """Joins the drafts for the questions in one. `whole` quotes a clause; `threshold`: the confidence to answer from."""

    links: Links
    features: Features
    whole: Callable[[Clause], Evidence]
    threshold: float

    def draft(self, question: str, part: Part) -> Draft | None:
        """One draft for all; None where one thing is asked, a part is unsure, or all come to the same clause."""
        return self._sides(question, part) or self._questions(question, part)

    def _sides(self, question: str, part: Part) -> Draft | None:
        drafts = []
        for side in sides(question):
            draft, _ = part(side)
            if draft is None or draft.confidence < HALF_SURE * self.threshold:
                return None
            drafts.append(draft)
        return self._together(drafts, question)

    def _questions(self, question: str, part: Part) -> Draft | None:
        """As for sides, but each must be sure, name something, and not ask for what is not stated."""
        drafts = []
        for each in questions(question):
            draft, holds = part(each)
            if draft is None or not holds or draft.confidence < self.threshold:
                return None
            if _leans(each) and not self.features.subject(each, draft.evidence[0].document):
                return None
            drafts.append(draft)
        return self._together(drafts, question)

    def _together(self, drafts: Sequence[Draft], question: str) -> Draft | None:
        evidence = {(e.clause.id, e.start): e for draft in drafts for e in draft.evidence}
        if len(drafts) < 2 or len({e.clause.id for e in evidence.values()}) < 2:
            return None
        surest = max(draft.confidence for draft in drafts)
        if surest < self.threshold:
            return None
        if sum(e.end - e.start for e in evidence.values()) > MOST:
            evidence = {(e.clause.id, e.start): e for draft in drafts for e in _shortest(draft)}
        bound = self.links.travelling(tuple(e.clause for e in evidence.values()), question)
        evidence |= {(clause.id, clause.start): self.whole(clause) for clause in bound}
        matched = tuple(dict.fromkeys(word for draft in drafts for word in draft.matched))
        together = tuple(evidence.values())
        return replace(drafts[0], confidence=surest, evidence=together, reason="quote", matched=matched)


def _leans(question: str) -> bool:
    """Whether what is asked for is asked of something (how much, on what terms), which may have been named before."""
    asked = read_intent(question)
    if asked.intent == "other" and asked.wants_list:
        return True
    return is_typed(asked.intent) or (asked.intent in ("condition", "support") and asked.reasons[0] != "政策")


def _shortest(draft: Draft) -> Sequence[Evidence]:
    """An enumeration is told whole (promise 4), anything else by its best clause."""
    return draft.evidence if draft.reason == "list" else draft.evidence[:1]
