"""A turn of a conversation: the utterance is checked, made a whole question, answered and remembered."""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import perf_counter

from app.answer import Answer, Composer, Status, titled
from app.clock import now
from app.converse.reply import Reply
from app.converse.reviewed import Given, Mark, ReviewedAnswers
from app.converse.rewrite import leaves_topic, rewritten, with_topic
from app.converse.session import Memory, Past, Sessions, past_of
from app.errors import BlankQuestion, ClauseNotFound, QuestionTooLong
from app.index import Snapshot
from app.store import CitedSpan, Turn
from app.text import Analyzer, simplify

LONGEST = 500
_RANK: Mapping[Status, int] = {"answered": 3, "clarify": 2, "not_stated": 1, "out_of_scope": 0}


@dataclass(frozen=True, slots=True)
class _Given:
    """The whole question, its answer, and the reviewed answer it is, if any."""

    question: str
    answer: Answer
    mark: Mark | None = None


class Dialogue:
    """Answers utterances within sessions. Safe to share between threads."""

    def __init__(
        self,
        composer: Composer,
        analyzer: Analyzer,
        snapshot: Snapshot,
        memory: Memory | None = None,
        clock: Callable[[], datetime] = now,
        reviewed: ReviewedAnswers | None = None,
    ) -> None:
        self._composer = composer
        self._analyzer = analyzer
        self._snapshot = snapshot
        self._memory = memory or Sessions()
        self._clock = clock
        self._reviewed = reviewed

    def reply(
        self,
        utterance: str,
        *,
        session_id: str | None = None,
        as_of: date,
        document_id: str | None = None,
        channel: str = "api",
    ) -> Reply:
        """The reply to an utterance of at most 500 code points.

        A session id that is unknown, expired or of another channel begins a new session, whose id the reply carries.

        Raises:
            QuestionTooLong, BlankQuestion: the utterance cannot be answered. DocumentNotFound: no such document.
            NotKept: the turn cannot be kept, and a reply that nobody can find again is not given.
        """
        began, now = perf_counter(), self._clock()
        said, reply = self._reply(utterance, session_id, as_of, document_id, channel, now)
        self._memory.record(self._turn(said, reply, channel, now, (perf_counter() - began) * 1000))
        return reply

    def preview(
        self,
        utterance: str,
        *,
        session_id: str | None = None,
        as_of: date,
        document_id: str | None = None,
        channel: str = "api",
    ) -> Reply:
        """What `reply` would answer, of which nothing is kept: for a question that is perhaps not finished.

        Raises as `reply` does.
        """
        return self._reply(utterance, session_id, as_of, document_id, channel, self._clock())[1]

    def _reply(
        self,
        utterance: str,
        session_id: str | None,
        as_of: date,
        document_id: str | None,
        channel: str,
        now: datetime,
    ) -> tuple[str, Reply]:
        said = self._checked(utterance)
        turns = self._memory.resume(session_id, now, channel=channel) if session_id else None
        session = session_id if session_id and turns is not None else secrets.token_urlsafe(16)
        given = self._answered(said, past_of(turns or (), self._quote), as_of, document_id)
        named = f"{self._snapshot.version}\0{as_of}\0{document_id}\0{given.question}\0{given.answer.markdown}"
        if given.mark is not None:
            named += f"\0{given.mark.id}\0{given.mark.version}"
        answer_id = hashlib.blake2b(named.encode(), digest_size=12).hexdigest()
        return said, Reply(answer_id, session, given.answer, turns is None, given.mark)

    def _turn(self, said: str, reply: Reply, channel: str, now: datetime, latency_ms: float) -> Turn:
        answer = reply.answer
        return Turn(
            session_id=reply.session_id,
            answer_id=reply.answer_id,
            question=said,
            interpreted_as=answer.interpreted_as,
            status=answer.status,
            intent=answer.intent,
            citations=tuple(CitedSpan(c.clause_id, c.start, c.end) for c in answer.citations),
            confidence=answer.confidence,
            index_version=self._snapshot.version,
            channel=channel,
            latency_ms=round(latency_ms, 3),
            created_at=now,
            options=answer.options,
        )

    def _quote(self, span: CitedSpan) -> tuple[str, str] | None:
        try:
            clause = self._snapshot.clause(span.clause_id)
        except ClauseNotFound:
            return None
        if not clause.start <= span.start <= span.end <= clause.end:
            return None  # the text has changed since it was quoted
        return clause.document_id, self._snapshot.document(clause.document_id).text[span.start : span.end]

    def _answered(self, said: str, last: Past | None, as_of: date, document_id: str | None) -> _Given:
        # A question that people approved word for word stands on its own, whatever was said before.
        if self._reviewed is not None and (exact := self._reviewed.exact(said, as_of, document_id)):
            return _Given(said, exact.answer, exact.mark)
        blocked = self._reviewed.blocked(said) if self._reviewed is not None else frozenset()

        def ask(question: str, turns: Sequence[str] = ()) -> _Given:
            return self._asked(question[:LONGEST], turns, as_of, document_id, blocked)

        fresh = leaves_topic(said)
        if last is None or fresh is not None or self._composer.is_courtesy(said):
            return ask(fresh or said)
        if self._composer.is_elsewhere(said, as_of, document_id):
            return ask(said)
        # What is looked up differs; all of it is read in the light of the last question.
        rule = rewritten(said, last, self._analyzer)
        leans = bool(rule) or self._composer.is_field(self._analyzer.subject(said))
        whole = (*rule, *with_topic(said, last, self._analyzer))
        questions = dict.fromkeys((*whole, said) if leans else (said, *whole))
        tried = [ask(question, (last.question, said)) for question in questions]

        def worth(each: _Given) -> tuple[int, bool, float]:
            # Half a question goes with what it leans on, where that is answered too.
            return _RANK[each.answer.status], leans and each.question != said, each.answer.confidence

        best = max(tried, key=worth)
        if document_id is not None or last.document_id is None:
            return best
        cited = {citation.document_id for citation in best.answer.citations}
        away = leans and bool(cited) and last.document_id not in cited
        if best.answer.status == "answered" and not away:
            return best
        within = self._within(said, last, last.document_id, as_of)
        # What leans on the last answer is never answered from another document, nor told to be missing there.
        return within if away or within.answer.status == "answered" else best

    def _within(self, said: str, last: Past, document_id: str, as_of: date) -> _Given:
        """The answer of the document last quoted to what was said, in the light of the last question."""
        turns = (last.question, said)
        answer = self._composer.answer(said, as_of=as_of, document_id=document_id, turns=turns)
        title = self._snapshot.document(document_id).title
        return _Given(said, replace(answer, interpreted_as=f"{titled(title)}{said}"[:LONGEST]))

    def _asked(
        self,
        question: str,
        turns: Sequence[str],
        as_of: date,
        document_id: str | None,
        blocked: frozenset[str],
    ) -> _Given:
        """The reviewed answer where one was approved for the question, or else the composed one."""

        def reviewed(asked: str) -> Given | None:
            return self._reviewed.answer(asked, as_of, document_id, blocked) if self._reviewed else None

        if given := reviewed(question):
            return _Given(question, given.answer, given.mark)
        answer = self._composer.answer(question, as_of=as_of, document_id=document_id, turns=turns)
        # The composer mends misspelt words; the question may be known once it is mended.
        if answer.interpreted_as != question and (given := reviewed(answer.interpreted_as)):
            return _Given(question, given.answer, given.mark)
        return _Given(question, answer)

    def _checked(self, utterance: str) -> str:
        if len(utterance) > LONGEST:
            raise QuestionTooLong(
                f"问题有 {len(utterance)} 个字，超过了 {LONGEST} 个字的上限，请精简后再问，或分成几个问题。"
            )
        question = tidy(utterance)
        if not self._analyzer.has_content(question):
            raise BlankQuestion("没有读到可以回答的文字，请用汉字、字母或数字写出您的问题。")
        return question


def tidy(utterance: str) -> str:
    """What was said, in one line of simplified Chinese and half-width letters, without invisible characters."""
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in utterance
    )
    return " ".join(simplify(unicodedata.normalize("NFC", visible).translate(_HALF)).split())


# Letters and digits become half width; Chinese punctuation stays as people write it.
_HALF = {
    code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
}
