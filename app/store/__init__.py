"""Store: conversations and feedback, kept in SQLite or PostgreSQL."""

from app.store.access import Access, ApiKey, Site
from app.store.audit import LOCKED, SIGN_IN_FAILED, SIGNED_IN, Audit, AuditRecord, named
from app.store.calls import Call, CallFilter, Calls, Outcome, Shown
from app.store.database import Database
from app.store.gap import (
    Again,
    Asked,
    Gap,
    Origin,
    Phrasing,
    Spread,
    Ticket,
    TicketFilter,
    TicketNote,
    TicketState,
)
from app.store.gaps import Gaps
from app.store.mask import mask
from app.store.password import Passwords, check_strength
from app.store.people import People
from app.store.person import Person, Role
from app.store.personal import Transcript
from app.store.publications import Publication, Publications
from app.store.reviewed import Author, Point, Reviewed, Staged, Wording, question_key, tidied
from app.store.reviewed import Entry as ReviewedEntry
from app.store.reviewed import Listing as ReviewedListing
from app.store.reviewed import State as ReviewedState
from app.store.reviewed import Version as ReviewedVersion
from app.store.sameness import Sameness, Traits, likeness
from app.store.security_log import open_security_log, tell
from app.store.sign_ins import Limits, SignIn, SignIns, account_key, address_key, csrf_of
from app.store.statistics import CallCount, Day, Figures, Statistics, TopGap, TopQuestion
from app.store.store import Store
from app.store.turn import CitedSpan, Feedback, Health, Purged, Turn, voice
from app.store.wechat import EVERYBODY, Check, SealedToken, WechatRecords

__all__ = [
    "EVERYBODY", "LOCKED", "SIGNED_IN", "SIGN_IN_FAILED", "Access", "Again", "ApiKey", "Asked", "Audit", "AuditRecord", "Author", "Call",
    "CallCount", "CallFilter", "Calls", "Check", "CitedSpan", "Database", "Day", "Feedback", "Figures",
    "Gap", "Gaps", "Health", "Limits", "Origin", "Outcome", "Passwords", "People", "Person", "Phrasing",
    "Point", "Publication", "Publications", "Purged", "Reviewed", "ReviewedEntry", "ReviewedListing",
    "ReviewedState", "ReviewedVersion",
    "Role", "Sameness", "SealedToken", "Shown", "SignIn", "SignIns", "Site", "Spread", "Staged",
    "Statistics", "Store", "Ticket", "TicketFilter", "TicketNote", "TicketState", "TopGap", "TopQuestion",
    "Traits", "Transcript", "Turn", "WechatRecords", "Wording", "account_key", "address_key",
    "check_strength", "csrf_of", "likeness", "mask", "named", "open_security_log", "question_key", "tell",
    "tidied", "voice",
]  # fmt: skip
