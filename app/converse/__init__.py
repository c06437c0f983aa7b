"""Converse: a session and an utterance become a `Reply`."""

from app.converse.dialogue import Dialogue, tidy
from app.converse.reply import Reply
from app.converse.session import Memory, Sessions

__all__ = ["Dialogue", "Memory", "Reply", "Sessions", "tidy"]
