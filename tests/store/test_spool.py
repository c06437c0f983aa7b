import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import ROOT
from app.store import Feedback
from app.store.columns import of_line, to_line
from app.store.spool import Spool
from tests.store.rows import NOW, turn, turns


@given(turns)
def test_a_turn_comes_back_from_its_line(one):
    line = to_line(one)
    assert of_line(line) == replace(one, number=0)
    assert line.count(b"\n") == 1


def test_feedback_comes_back_from_its_line():
    told = Feedback("a1", False, NOW, comment="没有\n答到点上")
    assert of_line(to_line(told)) == told


@given(st.binary())
def test_a_line_that_is_not_ours_is_nothing(line):
    assert of_line(line) is None


def drained(spool):
    rows = []
    spool.drain(rows.extend)
    return rows


def test_rows_come_out_in_order_and_once(tmp_path):
    spool = Spool(tmp_path / "spool", 10**6)
    rows = [turn(f"第{number}问") for number in range(1203)]
    assert sum(spool.append(rows[start : start + 100]) for start in range(0, 1203, 100)) == 1203
    assert drained(spool) == rows
    assert (spool.size(), drained(spool)) == (0, [])


def test_rows_stay_when_they_cannot_be_written_and_newer_ones_go_behind_them(tmp_path):
    spool, one, two = Spool(tmp_path, 10**6), turn("先"), turn("后")
    spool.append([one])
    with pytest.raises(RuntimeError):
        spool.drain(lambda rows: (_ for _ in ()).throw(RuntimeError))
    spool.append([two])
    assert drained(spool) == [one, two]


def test_no_more_is_kept_than_there_is_room_for(tmp_path):
    one = turn()
    spool = Spool(tmp_path, 2 * len(to_line(one)) + 10)
    assert spool.append([one, one, one]) == 2
    assert spool.append([one]) == 0
    assert len(drained(spool)) == 2
    assert spool.append([one]) == 1


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    spool = Spool(tmp_path / "file" / "spool", 10**6)
    assert (spool.append([turn()]), spool.size()) == (0, 0)


def test_a_torn_line_is_counted_and_spoils_no_other(tmp_path):
    spool, one, two = Spool(tmp_path, 10**6), turn("先"), turn("后")
    spool.append([one])
    with (tmp_path / "waiting.jsonl").open("ab") as file:
        file.write(to_line(two)[:40])
    spool.append([two])
    rows = []
    assert spool.drain(rows.extend) == 1
    assert rows == [one, two]


def test_only_one_worker_drains_at_a_time(tmp_path):
    spool = Spool(tmp_path, 10**6)
    spool.append([turn()])
    seen = []
    spool.drain(lambda rows: seen.append(drained(Spool(tmp_path, 10**6))))
    assert seen == [[]]


def test_rows_are_flushed_to_the_disk_with_their_folder_before_they_count_as_kept(tmp_path, monkeypatch):
    flushed, fsync = [], os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda one: (flushed.append(os.readlink(f"/proc/self/fd/{one}")), fsync(one))
    )
    spool = Spool(tmp_path / "spool", 10**6)
    assert spool.append([turn()]) == 1
    assert flushed == [str(tmp_path), str(tmp_path / "spool"), str(tmp_path / "spool" / "waiting.jsonl")]
    monkeypatch.setattr(os, "fsync", lambda one: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    assert spool.append([turn("没有写到磁盘")]) == 0
    monkeypatch.setattr(os, "fsync", fsync)
    assert len(drained(spool)) == 1


FULL = """
import errno, os, sys
from pathlib import Path
from app.store.spool import Spool
from tests.store.rows import turn
home = Path(sys.argv[1])
os.mkdir(home / "small")
if os.system(f"mount -t tmpfs -o size=256k none {home}/small"):
    sys.exit(77)
spool = Spool(home / "small" / "spool", 100_000)
assert not spool.reserve(), spool.reserve()
assert Spool(home / "small" / "other", 10**6).reserve().startswith("磁盘余下的空间不够暂存记录")
try:
    with (home / "small" / "fill").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
except OSError as error:
    assert error.errno == errno.ENOSPC
assert spool.append([turn(str(number)) for number in range(150)]) == 150
rows = []
spool.drain(rows.extend)
assert [row.question for row in rows] == [str(number) for number in range(150)]
"""


def test_a_disk_that_somebody_else_has_filled_still_takes_what_must_wait(tmp_path):
    command = ["unshare", "-rm", sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode in (1, 77) and "AssertionError" not in done.stderr and "Traceback" not in done.stderr:
        pytest.skip(f"没有权限挂载一小块磁盘：{done.stderr.strip()[:80]}")
    assert done.returncode == 0, done.stderr
