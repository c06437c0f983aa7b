"""A turn of a conversation: the utterance is checked, made a whole question, answered and remembered."""

import hashlib
import unicodedata
from datetime import date

from app.answer import Answer, Composer
from app.converse.reply import Reply
from app.converse.rewrite import leaves_topic, rewritten, with_topic
from app.converse.session import Sessions, Turn
from app.errors import BlankQuestion, QuestionTooLong
from app.text import Analyzer, simplify

LONGEST = 500


class Dialogue:
    """Answers utterances within sessions. Safe to share between threads."""

    def __init__(
        self, composer: Composer, analyzer: Analyzer, version: str, sessions: Sessions | None = None
    ) -> None:
        self._composer = composer
        self._analyzer = analyzer
        self._version = version
        self._sessions = sessions or Sessions()

    def reply(
        self,
        utterance: str,
        *,
        session_id: str | None = None,
        as_of: date,
        document_id: str | None = None,
        channel: str = "api",
    ) -> Reply:
        """The reply to an utterance of at most 500 code points; an unknown session id begins a new session.

        Raises:
            QuestionTooLong, BlankQuestion: the utterance cannot be answered. DocumentNotFound: no such document.
        """
        said = self._checked(utterance)
        session, turns = self._sessions.open(session_id)
        question, answer = self._answered(said, turns, as_of, document_id)
        self._sessions.add(session, Turn(said, question, answer))
        named = f"{self._version}\0{as_of}\0{document_id}\0{question}"
        return Reply(hashlib.blake2b(named.encode(), digest_size=12).hexdigest(), session, answer)

    def _answered(
        self, said: str, turns: tuple[Turn, ...], as_of: date, document_id: str | None
    ) -> tuple[str, Answer]:
        def ask(question: str) -> Answer:
            return self._composer.answer(question[:LONGEST], as_of=as_of, document_id=document_id)

        last = _last_on_topic(turns)
        fresh = leaves_topic(said)
        if last is None or fresh is not None:
            return fresh or said, ask(fresh or said)
        if (question := rewritten(said, last, self._analyzer)) is not None:
            return question, ask(question)
        answer = ask(said)
        # Silence about a few words alone may be an answer with the topic they leave out.
        if answer.status == "out_of_scope" and (question := with_topic(said, last, self._analyzer)):
            again = ask(question)
            words = self._analyzer.subject(said)
            if again.status in ("answered", "not_stated") and all(
                word in again.matched_terms for word in words
            ):
                return question, again
        return said, answer

    def _checked(self, utterance: str) -> str:
        if len(utterance) > LONGEST:
            raise QuestionTooLong(
                f"问题有 {len(utterance)} 个字，超过了 {LONGEST} 个字的上限，请精简后再问，或分成几个问题。"
            )
        question = tidy(utterance)
        if not self._analyzer.has_content(question):
            raise BlankQuestion("没有读到可以回答的文字，请用汉字、字母或数字写出您的问题。")
        return question


def _last_on_topic(turns: tuple[Turn, ...]) -> Turn | None:
    return next((turn for turn in reversed(turns) if turn.answer.status != "out_of_scope"), None)


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
