"""Store: conversations and feedback, kept in SQLite or PostgreSQL."""

from app.store.access import Access, ApiKey, Gap, Site
from app.store.mask import mask
from app.store.store import Store
from app.store.turn import CitedSpan, Feedback, Health, Purged, Transcript, Turn
from app.store.wechat import EVERYBODY, Check, SealedToken, WechatRecords

__all__ = [
    "EVERYBODY", "Access", "ApiKey", "Check", "CitedSpan", "Feedback", "Gap", "Health", "Purged", "SealedToken",
    "Site", "Store", "Transcript", "Turn", "WechatRecords", "mask",
]  # fmt: skip
