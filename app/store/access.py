"""Who may ask: sites that carry the widget and keys of other programs.

A site's id is public: it stands in the page's source, and only the origins make it worth something. Of a key only a
digest is kept: it is 256 random bits, so a plain SHA-256 cannot be searched.
"""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Self

from sqlalchemy import JSON, Column, Integer, String, Table, insert, select, update

from app.clock import now
from app.errors import KeyNotFound, SiteNotFound
from app.store.database import Database
from app.store.tables import Moment, metadata

sites = Table(
    "sites",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site that may carry the widget. `origins` are `https://host`, or `https://*.host` for all below it."""

    name: str
    origins: tuple[str, ...]
    per_day: int
    id: str = field(default_factory=lambda: f"site-{secrets.token_hex(8)}")
    created_at: datetime = field(default_factory=now)
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of another program, without the secret: `digest` is the SHA-256 of the whole key, in hex."""

    name: str
    scopes: tuple[str, ...]
    per_minute: int
    id: str
    digest: str
    created_at: datetime = field(default_factory=now)
    revoked_at: datetime | None = None

    def matches(self, key: str) -> bool:
        """Whether this is the key, and it has not been revoked."""
        return self.revoked_at is None and compare_digest(self.digest, digest_of(key))


def digest_of(key: str) -> str:
    """SHA-256 of a key, in hex."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def id_of(key: str) -> str | None:
    """The public part of `zw_<id>_<secret>`; None where the text is no key."""
    parts = key.split("_")
    return parts[1] if len(parts) == 3 and parts[0] == "zw" and parts[1] else None


class Access:
    """Sites and keys, in the store's `database`. Safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        """Use `Access.open`."""
        self.database = self._database = database

    @classmethod
    def open(cls, url: str = "") -> Self:
        """Does not connect yet. Raises `InvalidSetting`."""
        return cls(Database(url))

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def add_site(self, site: Site) -> Site:
        """Keep a site. Raises `StoreUnavailable`, as all of these do."""
        self._insert(sites, asdict(site) | {"origins": list(site.origins)})
        return site

    def sites(self) -> tuple[Site, ...]:
        """All sites, oldest first, revoked ones among them."""
        return tuple(_site(row) for row in self._rows(select(sites).order_by(sites.c.created_at, sites.c.id)))

    def site(self, site_id: str) -> Site | None:
        """The site of that id, if there is one and it has not been revoked."""
        chosen = select(sites).where(sites.c.id == site_id[:32], sites.c.revoked_at.is_(None))
        return next((_site(row) for row in self._rows(chosen)), None)

    def revoke_site(self, site_id: str) -> None:
        """From now on the site is unknown. Raises `SiteNotFound`."""
        if not self._revoke(sites, site_id):
            raise SiteNotFound(f"没有编号为“{site_id[:40]}”的站点，请用 python -m app sites list 查看。")

    def add_key(self, name: str, scopes: tuple[str, ...], per_minute: int) -> tuple[ApiKey, str]:
        """A new key, and its secret text, which is not kept and cannot be shown again."""
        key_id = secrets.token_hex(6)
        secret = f"zw_{key_id}_{secrets.token_hex(32)}"
        made = ApiKey(name, scopes, per_minute, key_id, digest_of(secret))
        self._insert(api_keys, asdict(made) | {"scopes": list(scopes)})
        return made, secret

    def keys(self) -> tuple[ApiKey, ...]:
        """All keys, oldest first, revoked ones among them."""
        chosen = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
        return tuple(_key(row) for row in self._rows(chosen))

    def key(self, secret: str) -> ApiKey | None:
        """The key of this secret text; None where it is unknown or revoked."""
        key_id = id_of(secret)
        if key_id is None:
            return None
        found = (_key(row) for row in self._rows(select(api_keys).where(api_keys.c.id == key_id[:32])))
        return next((key for key in found if key.matches(secret)), None)

    def revoke_key(self, key_id: str) -> None:
        """From now on the key opens nothing. Raises `KeyNotFound`."""
        if not self._revoke(api_keys, key_id):
            raise KeyNotFound(f"没有编号为“{key_id[:40]}”的密钥，请用 python -m app keys list 查看。")

    def _insert(self, table: Table, columns: dict[str, Any]) -> None:
        self._database.prepare()
        with self._database.writing() as connection:
            connection.execute(insert(table), columns)

    def _rows(self, chosen: Any) -> list[dict[str, Any]]:
        self._database.prepare()
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]

    def _revoke(self, table: Table, row_id: str) -> bool:
        self._database.prepare()
        with self._database.writing() as connection:
            chosen = update(table).where(table.c.id == row_id[:32], table.c.revoked_at.is_(None))
            return connection.execute(chosen.values(revoked_at=now())).rowcount > 0


def _site(row: dict[str, Any]) -> Site:
    return Site(**{**row, "origins": tuple(row["origins"])})


def _key(row: dict[str, Any]) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(row["scopes"])})
