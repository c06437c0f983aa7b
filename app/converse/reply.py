"""What a conversation hands on."""

from dataclasses import dataclass

from app.answer import Answer
from app.converse.reviewed import Mark


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer within a session. `session_started` is true when a new session began, as for an unknown or expired id.

    `reviewed` says which reviewed answer it is, where people approved one for the question; None otherwise.
    """

    answer_id: str
    session_id: str
    answer: Answer
    session_started: bool = True
    reviewed: Mark | None = None
