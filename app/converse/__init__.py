"""Converse: a session and an utterance become a `Reply`."""

from app.converse.reply import Reply

__all__ = ["Reply"]
