"""The record of what was done, on both databases."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.store import Audit, AuditRecord, Database
from app.store.audit import write_audit

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        opened.prepare()
        yield opened


def put(database, *records):
    with database.writing() as connection:
        for record in records:
            write_audit(connection, record)


def done(action="登录", hours=0, **more):
    return AuditRecord(action, "王芳", created_at=DAY + timedelta(hours=hours), **more)


def test_records_are_found_by_person_action_and_day(database):
    put(database, done(person_id="a"), done("退出", 5, person_id="a"), done("登录", 24, person_id="b"))
    audit = Audit(database)
    assert [each.action for each in audit.records(person_id="a")] == ["退出", "登录"]
    assert [each.person_id for each in audit.records(action="登录")] == ["b", "a"]
    assert len(audit.records(since=DAY, until=DAY + timedelta(days=1))) == 2
    assert audit.count(since=DAY + timedelta(days=1)) == 1
    assert audit.actions() == ("登录", "退出")


def test_what_is_recorded_is_masked_and_of_one_length(database):
    audit = Audit(database)
    audit.record("备注", None, subject="13812345678", detail="x\0" * 5000, address="y" * 200)
    (kept,) = audit.records()
    assert kept.subject == "[手机号]"
    assert (len(kept.detail), len(kept.address)) == (2000, 64)


def test_who_fails_to_sign_in_from_an_address_is_not_taken_for_the_command_line(database):
    audit = Audit(database)
    audit.record("登录失败", None, subject="没有这个账号", address="203.0.113.7")
    audit.record("新增人员", None)
    assert {each.action: each.person_name for each in audit.records()} == {
        "登录失败": "未登录",
        "新增人员": "命令行",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4))
def test_reading_on_from_the_last_one_gives_every_record_once(database, hours, limit):
    with database.writing() as connection:
        connection.execute(text("DELETE FROM audit"))
    put(database, *(done(hours=each) for each in hours))
    audit, after, seen = Audit(database), None, []
    while found := audit.records(after=after, limit=limit):
        seen += found
        after = found[-1].created_at, found[-1].id
    assert len({each.id for each in seen}) == len(hours)
    assert [each.created_at for each in seen] == sorted(
        (DAY + timedelta(hours=each) for each in hours), reverse=True
    )


def test_nothing_in_the_store_changes_or_removes_a_record():
    assert not [
        name for name in dir(Audit) if name.startswith(("delete", "remove", "change", "purge", "update"))
    ]
