"""Rows of an import that were looked at and wait for a person's word: any worker can go on with them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import delete, insert, select

from app.clock import now
from app.errors import ReviewedNotFound
from app.store.database import Database
from app.store.reviewed.tables import imports

KEPT = timedelta(hours=2)


class Staged:
    """Imports between their dry run and the confirmation. All raise `StoreUnavailable`."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        """Use `Staged.open`."""
        self._database, self._clock = database, clock

    @classmethod
    def open(cls, url: str = "") -> Self:
        """Does not connect yet. Raises `InvalidSetting`."""
        return cls(Database(url))

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def keep(self, rows: Sequence[dict[str, Any]], person_id: str) -> str:
        """Keep the rows for two hours; the id that brings them back. Older ones go."""
        made, now = uuid4().hex, self._clock()
        self._database.prepare()
        with self._database.writing() as connection:
            connection.execute(delete(imports).where(imports.c.created_at < now - KEPT))
            kept = {"id": made, "rows": list(rows), "person_id": person_id, "created_at": now}
            connection.execute(insert(imports), kept)
        return made

    def take(self, import_id: str, person_id: str) -> list[dict[str, Any]]:
        """The rows, once, to whom they belong. Raises `ReviewedNotFound`."""
        mine = (imports.c.id == import_id[:32]) & (imports.c.person_id == person_id)
        self._database.prepare()
        with self._database.writing() as connection:
            found = connection.execute(select(imports).where(mine)).mappings().first()
            gone = connection.execute(delete(imports).where(mine)).rowcount
        if found is None or not gone or self._clock() - found["created_at"] > KEPT:
            raise ReviewedNotFound("没有找到这次导入，它可能已经确认过或过期，请重新上传文件。")
        rows: list[dict[str, Any]] = found["rows"]
        return rows
