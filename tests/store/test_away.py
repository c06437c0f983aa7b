"""The database goes away and comes back; answers go on, and nothing is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from app.errors import NotKept, StoreUnavailable
from app.settings import ROOT
from app.store import Feedback, Store
from tests.store.rows import NOW, SESSION, asked, together, turn


def until(state, store):
    """Wait until the store says it is so; tests have no stopwatch, only a limit."""
    deadline = time.monotonic() + 30
    while store.health().state != state:
        assert time.monotonic() < deadline, store.health()
        time.sleep(0.02)
    return store.health()


def in_file(url):
    return Path(make_url(url).database)


@pytest.fixture
def away(request, url, tmp_path):
    """Makes the database refuse writes, and gives them back, in the way named."""
    return {"sqlite": locked, "postgresql": read_only_server}[make_url(url).drivername]


def locked(url):
    held = sqlite3.connect(in_file(url), isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    return held.close


def read_only_server(url):
    database = make_url(url).database

    def setting(value):
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text(f"ALTER DATABASE {database} SET default_transaction_read_only = {value}"))
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :d AND pid <> pg_backend_pid()"
            connection.execute(text(others), {"d": database})
        engine.dispose()

    setting("on")
    return lambda: setting("off")


def test_answers_go_on_while_the_database_refuses_writes(opened, url, away):
    store, other = opened(), opened()
    store.record(turn("之前"))
    assert store.flush()
    give_back = away(url)
    store.record(turn("期间一"))
    degraded = until("degraded", store)
    assert degraded.sentence.startswith(
        ("数据库正被其他程序占用，记录暂存", "数据库是只读的，记录暂存", "连不上数据库，记录暂存")
    )
    store.record(turn("期间二"))
    store.feedback(Feedback("a1", True, NOW))
    assert asked(store.history(SESSION)) == ["之前", "期间一", "期间二"]
    assert [one.number for one in store.history(SESSION)] == [1, 2, 3]
    with pytest.raises(StoreUnavailable, match="现在不能删除会话"):
        store.forget(SESSION)
    give_back()
    assert until("ok", store).waiting == 0
    store.record(turn("之后"))
    assert asked(store.export(SESSION).turns) == ["之前", "期间一", "期间二", "之后"]
    assert len(store.export(SESSION).feedback) == 1
    assert [one.number for one in other.history(SESSION)] == [1, 2, 3, 4]


def test_what_a_stopped_worker_left_in_the_spool_is_written_by_the_next(opened, url, away):
    opened().close()
    give_back = away(url)
    first = opened()
    first.record(turn("停机前"))
    first.close()
    give_back()
    assert asked(opened().export(SESSION).turns) == ["停机前"]


def test_under_load_no_turn_is_lost_when_the_database_goes_and_comes(opened, url, away):
    stores = [opened(), opened()]

    def client(store, session):
        for number in range(60):
            store.record(turn(f"{number}", session_id=session))
            assert asked(store.history(session, 1)) == [f"{number}"]
            time.sleep(0.01)

    def weather():
        time.sleep(0.1)
        give_back = away(url)
        time.sleep(0.3)
        give_back()

    together(weather, *(lambda s=s, n=n: client(s, f"s{n}") for n, s in enumerate(stores * 4)))
    for store in stores:
        until("ok", store)
        assert store.flush()
    for session in range(8):
        kept = stores[0].export(f"s{session}").turns
        assert asked(kept) == [f"{number}" for number in range(60)]
        assert [one.number for one in kept] == list(range(1, 61))
    assert stores[0].health().dropped == stores[1].health().dropped == 0


def test_a_read_only_file_is_read_and_said(sqlite, tmp_path):
    with Store.open(sqlite, spool=tmp_path / "spool") as store:
        store.record(turn("之前"))
    with closing(sqlite3.connect(in_file(sqlite))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    header(in_file(sqlite), 3)
    with Store.open(sqlite, spool=tmp_path / "spool") as store:
        assert store.health().sentence.startswith("数据库是只读的，新的记录将暂存在本机")
        store.record(turn("期间"))
        assert asked(store.history(SESSION)) == ["之前", "期间"]
        header(in_file(sqlite), 2)
        until("ok", store)
        assert asked(store.export(SESSION).turns) == ["之前", "期间"]


def header(file, version):
    """Set the write version of a SQLite file: one above 2 makes it read-only for everybody, for root too."""
    with file.open("r+b") as content:
        content.seek(18)
        content.write(bytes([version]))


def test_a_server_that_cannot_be_reached_stops_nothing(tmp_path):
    pytest.importorskip("psycopg")
    url = "postgresql://someone:secret@127.0.0.1:1/nothing"
    with Store.open(url, spool=tmp_path / "spool") as store:
        store.record(turn("一"))
        store.record(turn("二"))
        assert asked(store.history(SESSION)) == ["一", "二"]
        assert store.resume("猜的编号", NOW) is None
        health = store.health()
    assert health.state == "degraded"
    assert health.sentence.startswith("连不上数据库，记录暂存在本机")
    assert "secret" not in health.sentence


def test_a_damaged_file_is_said_and_nothing_raised(sqlite, tmp_path):
    in_file(sqlite).parent.mkdir()
    in_file(sqlite).write_bytes(b"this is no database" * 100)
    with Store.open(sqlite, spool=tmp_path / "spool") as store:
        store.record(turn())
        assert asked(store.history(SESSION)) == ["注意事项有哪些？"]
        assert store.health().sentence.startswith("数据库文件已损坏")


def test_a_file_that_was_removed_is_made_anew(sqlite, tmp_path):
    with Store.open(sqlite, spool=tmp_path / "spool") as store:
        store.record(turn("之前"))
        assert store.flush()
        for file in in_file(sqlite).parent.iterdir():
            file.unlink()
        store.record(turn("之后"))
        assert asked(store.export(SESSION).turns) == ["之后"]


def test_what_fits_neither_database_nor_spool_is_not_said_to_be_kept(tmp_path):
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path}/file/store.sqlite3"
    with Store.open(url, spool=tmp_path / "spool", spool_limit=10) as store:
        with pytest.raises(NotKept, match="没有能存下这次的记录"):
            store.record(turn())
        with pytest.raises(NotKept):
            store.feedback(Feedback("a1", True, NOW))
        assert store.health().dropped == 2
        assert store.health().state == "degraded"
        assert store.health().sentence.endswith("本进程启动以来有 2 条记录未能保存。")
        assert store.history(SESSION) == ()


def test_where_answers_matter_more_than_records_a_loss_is_counted(tmp_path):
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path}/file/store.sqlite3"
    with Store.open(url, spool=tmp_path / "spool", spool_limit=10, durable=False) as store:
        store.record(turn())
        assert store.health().dropped == 1
        assert asked(store.history(SESSION)) == ["注意事项有哪些？"]


def test_a_row_that_was_lost_is_said_when_the_database_is_well_again(sqlite, tmp_path):
    with Store.open(sqlite, spool=tmp_path / "spool", spool_limit=10) as store:
        give_back = locked(sqlite)
        with pytest.raises(NotKept):
            store.record(turn())
        give_back()
        store.flush()
        assert store.health().sentence == "会话记录正常。本进程启动以来有 1 条记录未能保存。"
        assert store.health().state == "degraded"


def test_a_database_that_hangs_keeps_nobody_waiting_and_loses_nothing(sqlite, tmp_path, monkeypatch):
    monkeypatch.setattr("app.store.writer.PATIENCE", 0.1)
    entered, go = threading.Event(), threading.Event()
    with Store.open(sqlite, spool=tmp_path / "spool") as store:
        write = store._database.write

        def hang(rows):
            entered.set()
            assert go.wait(30)
            return write(rows)

        store._database.write = hang
        store.record(turn("一"))
        assert entered.is_set()
        store.record(turn("二"))
        assert store.health().sentence.startswith("数据库没有回应，记录暂存在本机")
        go.set()
        assert asked(store.export(SESSION).turns) == ["一", "二"]


KILLED = """
import sys
from pathlib import Path
from app.store import Store
from tests.store.rows import turn
store = Store.open(sys.argv[1], spool=Path(sys.argv[2]))
for number in range(10**6):
    store.record(turn(str(number)))
    print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_that_it_said_was_recorded(url, opened, tmp_path):
    command = [sys.executable, "-c", KILLED, url, str(tmp_path / "spool")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        said = [process.stdout.readline().strip() for _ in range(50)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.read().splitlines()
    kept = asked(opened().export(SESSION).turns)
    assert kept[: len(said)] == said
    assert len(kept) <= len(said) + 1  # one may have been written and not yet said


def test_a_program_that_ends_without_closing_loses_nothing(url, opened, tmp_path):
    program = KILLED.replace("10**6", "30").replace(
        "spool=Path(sys.argv[2])", "spool=Path(sys.argv[2]), durable=False"
    )
    subprocess.run([sys.executable, "-c", program, url, str(tmp_path / "spool")], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    assert asked(opened().export(SESSION).turns) == [str(number) for number in range(30)]
