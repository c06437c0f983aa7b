"""Reviewed answers (已审口径) in a conversation: the approved clauses for the approved question, quoted anew each time."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.answer import Answer, Citation, Evidence, Finding, Renderer, cite, verify
from app.converse.matching import Match, Matcher, Neighbour, clauses_of
from app.converse.placing import Placed, Texts, placed
from app.converse.watch import Book, Watch
from app.errors import QuoteMismatch
from app.question import OTHER
from app.store import ReviewedVersion, Sameness
from app.text import Analyzer, fold

log = logging.getLogger("zhengwen.reviewed")

_FIGURE = re.compile(
    r"(?:[\d.,]+|[零〇一二两三四五六七八九十百千万亿]+)(?:%|个百分点|(?:百|千|万|亿)*(?:元|亩|平方米|家|人|名|次|倍|年|个月|月|日|天|周岁|岁))|\d[\d.,]*%?"
    r"|最高|最低|最多|最少|不超过|不低于|不少于|至少|封顶|上限|全额|一律|全部"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is shown beside a reviewed answer: which one it is, whose it is, and how long it holds."""

    id: str
    question: str
    department: str
    reviewed_on: date | None
    expires_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Given:
    """A reviewed answer to a question."""

    answer: Answer
    mark: Mark


Beside = Callable[[str, str, date, Sequence[str]], tuple[str, ...]]
"""Questions to suggest: about a document, not this question, on a day, beside these clauses."""


def _nothing_beside(_: str, __: str, ___: date, ____: Sequence[str]) -> tuple[str, ...]:
    return ()


class ReviewedAnswers:
    """Answers questions that people have answered before. Safe to share between threads."""

    def __init__(
        self,
        book: Book,
        texts: Texts,
        renderer: Renderer,
        analyzer: Analyzer,
        sameness: Sameness,
        base_url: str = "",
        beside: Beside = _nothing_beside,
        kind_of: Callable[[str], str] = lambda _: OTHER.name,
    ) -> None:
        """`beside` suggests further questions, `kind_of` names the kind of a question."""
        self._texts, self._renderer, self._analyzer, self._sameness = texts, renderer, analyzer, sameness
        self._base_url, self._beside, self._kind_of = base_url, beside, kind_of
        self._last: Matcher | None = None
        self.watch: Watch[Matcher] = Watch(book, self._matcher)

    def _matcher(self, versions: Sequence[ReviewedVersion]) -> Matcher:
        self._last = Matcher(versions, self._sameness, self._analyzer, self._last)
        return self._last

    def exact(self, question: str, as_of: date, document_id: str | None = None) -> Given | None:
        """The answer approved for this very question, or None."""
        return self._given(self.watch.current.exact(question), question, as_of, document_id)

    def answer(
        self,
        question: str,
        as_of: date,
        document_id: str | None = None,
        blocked: frozenset[str] = frozenset(),
    ) -> Given | None:
        """The answer approved for this question, in these words or others, or None. `blocked` entries never answer."""
        return self._given(self.watch.current.match(question, blocked), question, as_of, document_id)

    def blocked(self, utterance: str) -> frozenset[str]:
        """The entries that must not answer this utterance, whatever question it is understood as."""
        return self.watch.current.blocked(utterance)

    def placed(self, version: ReviewedVersion, as_of: date) -> Placed:
        """Where the version's clauses stand now, and what is wrong with those that do not."""
        return placed(version, self._texts, as_of)

    def troubles(self, version: ReviewedVersion, as_of: date) -> tuple[str, ...]:
        """Why the version does not answer on that day; none where it does."""
        wording, made = version.wording, list(self.placed(version, as_of).troubles)
        if wording.expires_on is not None and wording.expires_on < as_of:
            made.append(f"已于 {wording.expires_on} 到期")
        if wording.reviewed_on is not None and wording.reviewed_on > as_of:
            made.append(f"{wording.reviewed_on} 才复核")
        return tuple(made or ([] if wording.points else ["没有选择条款"]))

    def contested(self, version: ReviewedVersion) -> tuple[str, ...]:
        """The questions of this version that an answering entry claims for other clauses, so that neither answers."""
        return self.watch.current.contested(version)

    def neighbours(
        self, version: ReviewedVersion, others: Sequence[ReviewedVersion]
    ) -> tuple[Neighbour, ...]:
        """The questions of others that are the same as this version's, or nearly."""
        asked, clauses = version.wording.asked, clauses_of(version)
        held = Matcher(others, self._sameness, self._analyzer, self.watch.current)
        return tuple(held.neighbours(version.entry_id, asked, clauses))

    def compose(self, version: ReviewedVersion, question: str, as_of: date) -> Given:
        """The version in words, its quotes cut from the text that is served; whatever stands nowhere is left out.

        Raises:
            QuoteMismatch: a quote failed its check.
        """
        citations = self._cited(self.placed(version, as_of).evidence, as_of)
        wording = version.wording
        finding = Finding(
            status="answered",
            intent=self._kind_of(question),
            asked="",
            reason="reviewed",
            title=citations[0].document_title if citations else "",
            subject=_told(wording.department, wording.reviewed_on or as_of),
            citations=citations,
        )
        answer = Answer(
            status="answered",
            intent=finding.intent,
            interpreted_as=question,
            text=self._renderer.text(finding),
            markdown=self._renderer.markdown(finding),
            citations=citations,
            confidence=1.0,
            matched_terms=self._matched(question, citations),
            suggestions=self._suggested(question, as_of, citations),
            options=(),
            disclaimer=self._renderer.disclaimer(),
            text_spoken=wording.spoken or self._renderer.spoken(finding),
            text_chat=self._renderer.chat(finding),
        )
        mark = Mark(
            version.entry_id,
            wording.question,
            wording.department,
            wording.reviewed_on,
            wording.expires_on,
            version.number,
        )
        return Given(answer, mark)

    def _given(
        self, match: Match | None, question: str, as_of: date, document_id: str | None
    ) -> Given | None:
        if match is None or self.troubles(match.version, as_of):
            return None
        try:
            given = self.compose(match.version, question, as_of)
        except QuoteMismatch:
            log.exception("reviewed answer %s is not served", match.version.entry_id)
            return None
        elsewhere = document_id is not None and any(
            document_id not in (citation.document_id, citation.version_of)
            for citation in given.answer.citations
        )
        return None if elsewhere else given

    def _cited(self, evidence: Sequence[Evidence], as_of: date) -> tuple[Citation, ...]:
        citations = tuple(cite(each, mark, as_of, self._base_url) for mark, each in enumerate(evidence, 1))
        for citation in citations:
            verify(citation, self._texts.document(citation.document_id))
        return citations

    def _matched(self, question: str, citations: Sequence[Citation]) -> tuple[str, ...]:
        said = fold("\n".join(citation.quote for citation in citations))
        return tuple(word for word in self._analyzer.subject(question) if word in said)

    def _suggested(self, question: str, as_of: date, citations: Sequence[Citation]) -> tuple[str, ...]:
        if not citations:
            return ()
        clauses = [citation.clause_id for citation in citations]
        return self._beside(citations[0].document_id, question, as_of, clauses)


def unsupported(spoken: str, quotes: Sequence[str]) -> tuple[str, ...]:
    """The figures, dates and limits of a spoken sentence that none of the quotes holds: for a person to look at."""
    said = "".join(fold("".join(quotes)).split())
    found = _FIGURE.findall("".join(fold(spoken).split()))
    return tuple(dict.fromkeys(figure for figure in found if figure not in said))


def _told(department: str, reviewed_on: date) -> str:
    return f"{department}{reviewed_on.year}年{reviewed_on.month}月{reviewed_on.day}日"
