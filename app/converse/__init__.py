"""Converse: a session and an utterance become a `Reply`."""

from app.converse.dialogue import Dialogue, tidy
from app.converse.reply import Reply
from app.converse.session import Sessions, Turn

__all__ = ["Dialogue", "Reply", "Sessions", "Turn", "tidy"]
