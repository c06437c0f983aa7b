from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
