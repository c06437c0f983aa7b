"""Store: conversations and feedback, kept in SQLite or PostgreSQL."""

from app.store.access import Access, ApiKey, Gap, Site
from app.store.audit import Audit, AuditRecord
from app.store.database import Database
from app.store.mask import mask
from app.store.password import Passwords, check_strength
from app.store.people import People
from app.store.person import Person, Role
from app.store.sign_ins import Limits, SignIn, SignIns, account_key, address_key, csrf_of
from app.store.store import Store
from app.store.turn import CitedSpan, Feedback, Health, Purged, Transcript, Turn
from app.store.wechat import EVERYBODY, Check, SealedToken, WechatRecords

__all__ = [
    "EVERYBODY", "Access", "ApiKey", "Audit", "AuditRecord", "Check", "CitedSpan", "Database", "Feedback", "Gap",
    "Health", "Limits", "Passwords", "People", "Person", "Purged", "Role", "SealedToken", "SignIn", "SignIns", "Site",
    "Store", "Transcript", "Turn", "WechatRecords", "account_key", "address_key", "check_strength", "csrf_of", "mask",
]  # fmt: skip
