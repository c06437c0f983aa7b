"""The database behind the store: SQLite or PostgreSQL, brought to its newest form before it is used.

SQLite runs in WAL mode: readers and one writer do not wait for each other. What was committed is on the disk, in either
database. Every failure of SQLAlchemy, of a driver
or of the disk leaves here as `StoreUnavailable` with a Chinese reason that holds no password.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DisconnectionError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import InvalidSetting, StoreUnavailable
from app.settings import ROOT
from app.store.rows import write_rows
from app.store.spool import make_folder
from app.store.turn import Row

LOCK_WAIT = 2500  # ms a write waits for the lock of SQLite, whose holder flushes the disk: longer waits are the business of the spool
LOG_KEPT = 8 * 1024 * 1024  # bytes of SQLite's log (WAL) that stay allocated once nobody needs them
MIGRATION_WAIT = 10_000  # ms: another worker may be bringing the database up to date
MIGRATION_KEY = 0x7A68656E  # any number that no other program uses for an advisory lock: "zhen"
MIGRATIONS = Path(__file__).parent / "migrations"
_REFUSED = (IntegrityError, DataError, ValueError, OverflowError)

_REASONS = (
    (("locked",), "数据库正被其他程序占用"),
    (("readonly", "read-only", "permission denied"), "数据库是只读的"),
    (("full", "no space"), "磁盘已满"),
    (("not a database", "malformed"), "数据库文件已损坏"),
    (("unable to open", "not a directory"), "数据库文件打不开"),
    (("locate revision",), "数据库是由更新的程序版本建立的"),
    (("connect", "closed", "terminat", "timeout"), "连不上数据库"),
)


def read_url(url: str) -> URL:
    """The address of a database; an empty one means the SQLite file `data/zhengwen.sqlite3`.

    Raises:
        InvalidSetting: it is not an address, or one of a database that is not supported.
    """
    if not url.strip():
        return URL.create("sqlite", database=str(ROOT / "data" / "zhengwen.sqlite3"))
    try:
        given = make_url(url.strip())
    except (ArgumentError, ValueError):
        # The value is not repeated: it may hold a password.
        raise _unusable("不是数据库地址") from None
    kind = given.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return given.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and given.database and not given.database.startswith((":memory:", "file:")):
        return URL.create("sqlite", database=given.database)
    raise _unusable("不能用：会话记录要存到 SQLite 文件或 PostgreSQL")


def _unusable(why: str) -> InvalidSetting:
    return InvalidSetting(
        f"设置 ZHENGWEN_DATABASE_URL 的值{why}，"
        "请写成 sqlite:////路径/文件名.sqlite3 或 postgresql://用户:密码@主机:5432/库名，留空则用本机文件。"
    )


class Database:
    """A database that may be away: each use either works or raises `StoreUnavailable`."""

    def __init__(self, url: str) -> None:
        """Does not connect yet. Raises `InvalidSetting` for an address that can never be used."""
        address = read_url(url)
        self._file = Path(address.database or "") if address.drivername == "sqlite" else None
        self._engine = _engine(address)
        self._inode: int | None = None
        self._generation = 0
        event.listen(self._engine, "connect", self._mark)
        event.listen(self._engine, "checkout", self._check)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose work is rolled back. Raises `StoreUnavailable`, also for what is done with it."""
        with _told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, wait: int = LOCK_WAIT) -> Iterator[Connection]:
        """A connection that may write at once; committed at the end unless something was raised.

        SQLite's lock is waited for `wait` milliseconds. Raises `StoreUnavailable` as `reading` does.
        """
        with _told(), self._engine.connect() as plain:
            connection = plain.execution_options(immediate_wait=wait)
            with connection.begin():
                yield connection

    def write(self, rows: Sequence[Row]) -> list[Row]:
        """Write the rows in one transaction; those of them that the database will never take.

        Raises:
            StoreUnavailable: nothing is written, or (a connection lost in mid-commit) it may be: write them again.
        """
        try:
            with self.writing() as connection:
                write_rows(connection, rows)
            return []
        except _REFUSED:
            # One bad row must not hold up the rest for ever.
            return list(rows) if len(rows) == 1 else [bad for row in rows for bad in self.write([row])]

    def prepare(self) -> None:
        """Bring the database to its newest form, if that is not known to be done. Raises `StoreUnavailable`."""
        if self._inode is not None and self._inode == self._inode_now():
            return
        # A new file in the old one's place: connections to the old one would write where nobody reads.
        self.renew()
        with _told():
            if self._file is not None:
                make_folder(self._file.parent)
            _bring_up_to_date(self)
        self._inode = self._inode_now()

    def renew(self) -> None:
        """Use none of the present connections again: they remember a read-only file, or a server that is gone."""
        self._generation += 1

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _mark(self, _: object, record: ConnectionPoolEntry) -> None:
        record.info["generation"] = self._generation

    def _check(self, _: object, record: ConnectionPoolEntry, __: object) -> None:
        if record.info["generation"] != self._generation:
            raise DisconnectionError  # the pool closes it and makes another

    def _inode_now(self) -> int | None:
        """The number of the SQLite file, None where there is none; 0 for a server."""
        try:
            return self._file.stat().st_ino if self._file is not None else 0
        except OSError:
            return None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _REFUSED:
        raise
    except (SQLAlchemyError, OSError) as error:
        raise StoreUnavailable(reason_of(error)) from error


def reason_of(error: Exception) -> str:
    """Why the database cannot be used: a Chinese clause that never repeats what the driver said."""
    said = str(error).lower()
    return next((reason for signs, reason in _REASONS if any(sign in said for sign in signs)), "数据库出错")


def _bring_up_to_date(database: Database) -> None:
    """Run the steps that are missing. Where none is, no lock is needed: a locked database can still be read."""
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database.reading() as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with database.writing(MIGRATION_WAIT) as connection:
        _wait_for_others(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreUnavailable(reason_of(error)) from error


def _wait_for_others(connection: Connection) -> None:
    """One worker at a time: SQLite's write lock is held already, PostgreSQL has a lock made for this."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_KEY})


def _engine(url: URL) -> Engine:
    to_json = partial(json.dumps, ensure_ascii=False)
    if url.drivername == "sqlite":
        engine = create_engine(
            url, json_serializer=to_json, hide_parameters=True, pool_size=20, max_overflow=40
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Two seconds to connect and five for a statement: a person is waiting for the answer.
    limits = {
        "connect_timeout": "2",
        "tcp_user_timeout": "5000",
        "options": "-c statement_timeout=5000 -c lock_timeout=1000 -c timezone=UTC",
    }
    url = url.set(query=limits | dict(url.query))
    try:
        # Connections are dear here, and a server has 100 by default: threads share 20, and wait for one in turn.
        engine = create_engine(
            url,
            json_serializer=to_json,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=2,
        )
    except ModuleNotFoundError:
        raise InvalidSetting(
            "设置 ZHENGWEN_DATABASE_URL 指向 PostgreSQL，但没有安装它的驱动，请运行 pip install 'zhengwen[postgresql]'。"
        ) from None
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: Any, _: object) -> None:
    """A server may be set to say that a commit is done before it is; one that also waits for others stays so."""
    with connection.cursor() as cursor:
        if cursor.execute("SHOW synchronous_commit").fetchone()[0] == "off":
            cursor.execute("SET synchronous_commit = on")
    connection.commit()


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver would otherwise begin transactions by itself, and too late for a write that first reads.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    # FULL, so that no commit is lost when the power fails, and where WAL cannot be had its folder is flushed as well.
    connection.execute("PRAGMA synchronous = EXTRA")
    # A long reader keeps the log from beginning anew: what it grew to meanwhile is given back afterwards.
    connection.execute(f"PRAGMA journal_size_limit = {LOG_KEPT}")
    # WAL is a property of the file, and cannot be set while another process sets it, nor in a read-only file.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    wait = connection.get_execution_options().get("immediate_wait")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait or LOCK_WAIT}")
    connection.exec_driver_sql("BEGIN" if wait is None else "BEGIN IMMEDIATE")
