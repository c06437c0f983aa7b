"""A turn of a conversation: the utterance is checked, made a whole question and answered."""

import hashlib
import secrets
import unicodedata
from datetime import date

from app.answer import Composer
from app.converse.reply import Reply
from app.errors import BlankQuestion, QuestionTooLong
from app.text import Analyzer, simplify

LONGEST = 500


class Dialogue:
    """Answers utterances. Sessions are named here; every question is answered on its own."""

    def __init__(self, composer: Composer, analyzer: Analyzer, version: str) -> None:
        self._composer = composer
        self._analyzer = analyzer
        self._version = version

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

        Raises:
            QuestionTooLong, BlankQuestion: the utterance cannot be answered. DocumentNotFound: no such document.
        """
        question = self._checked(utterance)
        answer = self._composer.answer(question, as_of=as_of, document_id=document_id)
        named = f"{self._version}\0{as_of}\0{document_id}\0{question}"
        answer_id = hashlib.blake2b(named.encode(), digest_size=12).hexdigest()
        return Reply(answer_id, session_id or secrets.token_urlsafe(16), answer)

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
