"""Every store test that asks for `url` runs on SQLite and on PostgreSQL; `scripts/test` starts the latter."""

import os
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, make_url, text

from app.store import Store

POSTGRESQL = os.environ.get("ZHENGWEN_TEST_POSTGRESQL", "")
NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def postgresql():
    """The address of an empty PostgreSQL database that is dropped afterwards."""
    if not POSTGRESQL:
        pytest.skip("没有 PostgreSQL：请用 scripts/test（或 scripts/postgresql pytest …）运行")
    name = f"test_{uuid.uuid4().hex}"
    server = make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path):
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/store.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(url, tmp_path):
    """Opens stores over one database and one spool, as the workers of one machine do; closes them afterwards."""
    stores = []

    def open_store(**settings):
        stores.append(Store.open(url, spool=tmp_path / "spool", **settings))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened):
    return opened()
