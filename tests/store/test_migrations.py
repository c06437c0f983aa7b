import importlib
import multiprocessing
import pkgutil
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import app.store
from app.errors import StoreUnavailable
from app.store import Store
from app.store.database import Database
from app.store.tables import metadata

# Tables are known once their modules are: those of the whole room.
for module in pkgutil.iter_modules(app.store.__path__, "app.store."):
    importlib.import_module(module.name)


def test_an_empty_database_is_brought_to_what_the_tables_say(url):
    with closing(Database(url)) as database:
        database.prepare()
        with database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            seen = inspect(connection)
            assert set(seen.get_table_names()) == {*metadata.tables, "alembic_version"}
            found = {index["name"] for name in metadata.tables for index in seen.get_indexes(name)}
        assert {index.name for table in metadata.tables.values() for index in table.indexes} <= found


def test_a_database_of_a_newer_version_is_left_alone(url, tmp_path):
    with closing(Database(url)) as database:
        database.prepare()
        with database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with closing(Database(url)) as database, pytest.raises(StoreUnavailable, match="更新的程序版本"):
        database.prepare()
    with Store.open(url, spool=tmp_path / "spool") as store:
        assert store.health().state == "degraded"
        assert "更新的程序版本" in store.health().sentence


def open_and_say(url, spool, answers):
    with Store.open(url, spool=spool) as store:
        answers.put(store.health().state)


def test_workers_that_start_together_do_not_trip_over_each_other(url, tmp_path):
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    workers = [spawn.Process(target=open_and_say, args=(url, tmp_path / "spool", answers)) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert [answers.get(timeout=60) for _ in workers] == ["ok"] * 3
    for worker in workers:
        worker.join()
