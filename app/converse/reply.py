"""What a conversation hands on."""

from dataclasses import dataclass

from app.answer import Answer


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer within a session."""

    answer_id: str
    session_id: str
    answer: Answer
