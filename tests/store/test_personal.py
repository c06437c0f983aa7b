from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import now
from app.errors import SessionNotFound
from app.store import (
    Audit,
    Calls,
    Database,
    Feedback,
    Gap,
    Gaps,
    Outcome,
    Person,
    Purged,
    Role,
    Sameness,
    Shown,
    WechatRecords,
)
from app.store.retention import purge
from app.store.tables import metadata
from app.text import Analyzer

from .conftest import NOW
from .letters import Letters
from .rows import turn

CLERK = Person("p1", "zuoxi", "坐席一", Role.CLERK, "热线", False, NOW, NOW)
SECRETS = ("13800138000", "11010119900307451X", "li.lei@example.com", "010-69642200")
SAID = f"我的手机{SECRETS[0]}，身份证{SECRETS[1]}，邮箱{SECRETS[2]}，电话{SECRETS[3]}"


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        opened.prepare()
        yield opened


@pytest.fixture
def desk(database, store, url):
    """A session that left its traces everywhere, and another one."""
    gaps, calls = Gaps(database), Calls(database)
    for session in ("s1", "s2"):
        store.record(turn(SAID, session_id=session, answer_id=f"a-{session}", status="not_stated"))
        store.feedback(Feedback(f"a-{session}", False, NOW, reason=SAID, comment=SAID))
        gaps.record(Gap(SAID, "hotline", NOW, session_id=session, answer_id=f"a-{session}"))
        call = calls.begin(CLERK, SAID)
        calls.note(call.id, CLERK, said=SAID, notes=SAID, session_id=session)
        calls.show(call.id, CLERK, [Shown("answer", "a", "shown", SAID, SAID, "answered")])
        calls.end(call.id, CLERK, Outcome.ANSWERED)
        with closing(WechatRecords.open(url)) as records:
            records.joined(session, "person")
    store.flush()
    gaps.gather(Sameness(Analyzer(), Letters()))
    (ticket,) = gaps.tickets()
    gaps.note(ticket.id, SAID, CLERK)
    return gaps


def everything(database):
    with database.reading() as connection:
        return {table.name: repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables}


def test_no_personal_number_that_is_put_in_anywhere_stands_in_any_table(desk, database):
    kept = everything(database)
    assert "[手机号]" in kept["calls"]
    assert "[手机号]" in kept["gaps"]
    assert "[手机号]" in kept["gap_notes"]
    found = {(name, secret) for name, rows in kept.items() for secret in SECRETS if secret in rows}
    assert found == set()
    assert len(Audit(database).records()) > 4


def test_an_export_holds_what_every_table_keeps_of_a_session(desk, store):
    found = store.export("s1")
    assert [len(each) for each in (found.turns, found.feedback, found.gaps, found.calls)] == [1, 1, 1, 1]
    assert found.calls[0].session_id == found.gaps[0].session_id == "s1"


def test_a_session_that_is_forgotten_leaves_no_table_and_its_ticket_counts_without_it(desk, store, database):
    (ticket,) = desk.tickets()
    assert ticket.asked == 2
    assert store.forget("s1") == Purged(turns=1, feedback=1, sessions=1, gaps=1, calls=1)
    assert {name for name, rows in everything(database).items() if "'s1'" in rows} == set()
    assert desk.ticket(ticket.id).asked == 1
    store.forget("s2")
    assert desk.tickets() == ()
    for work in (store.export, store.forget):
        with pytest.raises(SessionNotFound):
            work("s2")


def test_what_is_kept_for_too_long_goes_from_gaps_and_calls_as_well(desk, database):
    removed = purge(database, now() + timedelta(days=1))
    assert (removed.turns, removed.feedback, removed.sessions, removed.gaps, removed.calls) == (2, 2, 2, 2, 2)
    kept = everything(database)
    emptied = ("turns", "feedback", "sessions", "gaps", "gap_tickets", "gap_notes", "calls")
    assert {name: kept[name] for name in emptied} == dict.fromkeys(emptied, "[]")


def test_what_is_young_stays(desk, database):
    assert purge(database, NOW - timedelta(days=1)) == Purged()
    assert len(desk.tickets()) == 1
