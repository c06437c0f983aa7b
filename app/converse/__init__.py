"""Converse: a session and an utterance become a `Reply`."""

from app.converse.dialogue import Dialogue, tidy
from app.converse.matching import Match, Matcher, Neighbour
from app.converse.placing import Placed, point_at
from app.converse.reply import Reply
from app.converse.reviewed import Given, Mark, ReviewedAnswers, unsupported
from app.converse.session import Memory, Sessions
from app.converse.watch import Watch

__all__ = [
    "Dialogue", "Given", "Mark", "Match", "Matcher", "Memory", "Neighbour", "Placed", "Reply", "ReviewedAnswers", "Sessions", "Watch",
    "point_at", "tidy", "unsupported",
]  # fmt: skip
