"""Converse: a session and an utterance become a `Reply`."""

from app.converse.dialogue import Dialogue
from app.converse.reply import Reply

__all__ = ["Dialogue", "Reply"]
