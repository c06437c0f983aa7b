"""Store: conversations and feedback, kept in SQLite or PostgreSQL."""

from app.store.mask import mask
from app.store.store import Store
from app.store.turn import CitedSpan, Feedback, Health, Purged, Transcript, Turn

__all__ = ["CitedSpan", "Feedback", "Health", "Purged", "Store", "Transcript", "Turn", "mask"]
