"""Store: conversations and feedback, kept in SQLite or PostgreSQL."""

from app.store.access import Access, ApiKey, Gap, Site
from app.store.mask import mask
from app.store.store import Store
from app.store.turn import CitedSpan, Feedback, Health, Purged, Transcript, Turn

__all__ = [
    "Access", "ApiKey", "CitedSpan", "Feedback", "Gap", "Health", "Purged", "Site", "Store", "Transcript", "Turn",
    "mask",
]  # fmt: skip
