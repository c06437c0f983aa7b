"""A person's question within the WeChat channel: counted, checked, answered in a session of theirs."""

from collections.abc import Sequence

from app.converse import Reply
from app.errors import StoreUnavailable
from app.store import WechatRecords
from app.web.asking import QUESTION_LIMIT, chosen_document
from app.web.opened import Opened
from app.web.wechat.logins import Person
from app.web.wechat.quota import Quota
from app.web.wechat.screening import Screening

CHANNEL = "wechat"


class Answering:
    """Answers for persons. `screening` is None where WeChat's check does not apply (公众号)."""

    def __init__(self, records: WechatRecords, quota: Quota, screening: Screening | None) -> None:
        self._records, self._quota, self._screening = records, quota, screening

    def answer(
        self,
        person: Person,
        question: str,
        now: Opened,
        *,
        session_id: str | None = None,
        as_of: str | None = None,
        document_id: str | None = None,
    ) -> Reply:
        """The reply. Raises what the dialogue raises, `TooManyRequests` and `ContentRefused`."""
        day = now.calendar.day(as_of)
        document = chosen_document(now.services.snapshot, document_id)
        self._quota.use(person.id)
        # What is too long or blank is refused by the dialogue: no need to show it to WeChat.
        if self._screening and len(question) <= QUESTION_LIMIT and question.strip():
            self._screening.screen(person, question)
        reply = now.services.dialogue.reply(
            question,
            session_id=session_id if session_id and self._owns(person, session_id) else None,
            as_of=day,
            document_id=document,
            channel=CHANNEL,
        )
        now.metrics.count_answer(reply.answer.status)
        self._join(person, reply.session_id)
        return reply

    def last_session(self, person: Person) -> str | None:
        """The session a person wrote in last; whether it still goes on is the dialogue's business."""
        return next(iter(self.sessions(person, 1)), None)

    def sessions(self, person: Person, limit: int) -> Sequence[str]:
        """The person's sessions, the latest first; none while the store is away."""
        try:
            return self._records.sessions_of(person.id, limit)
        except StoreUnavailable:
            return ()

    def _owns(self, person: Person, session_id: str) -> bool:
        try:
            return self._records.owns(person.id, session_id)
        except StoreUnavailable:
            return False

    def _join(self, person: Person, session_id: str) -> None:
        try:
            self._records.joined(session_id, person.id)
        except StoreUnavailable:
            return  # the answer matters more than the history
