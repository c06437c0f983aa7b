import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from app.errors import InvalidGap, TicketNotFound
from app.settings import Settings
from app.store import (
    Audit,
    CitedSpan,
    Database,
    Feedback,
    Gap,
    Gaps,
    Origin,
    Person,
    Role,
    Sameness,
    TicketFilter,
    TicketState,
)
from app.store.gap_rows import forget_gaps, purge_gaps
from app.store.gap_tables import gaps as gap_table
from app.store.rows import write_rows
from app.text import Analyzer, read_lexicon

from .conftest import NOW
from .letters import Letters
from .rows import together, turn

EDITOR = Person("p1", "bianji", "编辑一", Role.EDITOR, "区经信局", False, NOW, NOW)
RENT = "办公用房租金有没有补贴"
RENT_TOO = "租办公室，租金给不给补贴？"
CHILD = "员工子女入学有照顾吗"


@pytest.fixture(scope="module")
def sameness():
    return Sameness(Analyzer(read_lexicon(Settings().lexicon)), Letters())


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """Gives the address of another empty SQLite database each time, made ready once."""
    folder = tmp_path_factory.mktemp("blank")
    with closing(Database(f"sqlite:///{folder}/0.sqlite3")) as opened:
        opened.prepare()
    numbers = count(1)

    def copied():
        made = folder / f"{next(numbers)}.sqlite3"
        shutil.copy(folder / "0.sqlite3", made)
        return f"sqlite:///{made}"

    return copied


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        opened.prepare()
        yield opened


@pytest.fixture
def gaps(database):
    return Gaps(database)


def asked(question, **more):
    facts = {"channel": "hotline", "created_at": NOW, "origin": Origin.CALL} | more
    return Gap(question, **facts)


def write(database, *rows):
    with database.writing() as connection:
        write_rows(connection, rows)


def silent(question, number, **more):
    facts = {"answer_id": f"a{number}", "session_id": f"s{number}", "status": "not_stated", "citations": (),
             "created_at": NOW + timedelta(minutes=number)}  # fmt: skip
    return turn(question, **facts | more)


def test_a_question_in_other_words_lands_in_the_same_ticket(gaps, sameness):
    first = gaps.open_ticket(asked(RENT, department="区发改委", clauses=("d-1",)), sameness, EDITOR)
    again = gaps.open_ticket(asked(RENT_TOO, created_at=NOW + timedelta(hours=1)), sameness, EDITOR)
    other = gaps.open_ticket(asked(CHILD), sameness, EDITOR)
    assert again.id == first.id != other.id
    assert (again.asked, again.question, again.department, again.clauses) == (
        2,
        RENT,
        "区发改委",
        ("d-1",),
    )
    assert (again.first_at, again.last_at) == (NOW, NOW + timedelta(hours=1))
    assert again.state is TicketState.NEW


def test_what_is_kept_of_an_asking_is_masked_and_so_are_notes_and_their_records(gaps, sameness, database):
    said = "我的手机13800138000，身份证11010119900307451X，邮箱a.b@example.com，补贴多少"
    ticket = gaps.open_ticket(asked(said), sameness, EDITOR)
    gaps.note(ticket.id, f"回电 {said}", EDITOR)
    gaps.place_with(ticket.id, "李某13800138000", EDITOR)
    with database.reading() as connection:
        kept = repr(
            [gaps.askings(ticket.id), gaps.tickets(), gaps.notes(ticket.id), Audit(database).records()]
        )
        kept += repr(connection.execute(select(gap_table)).all())
    for secret in ("13800138000", "11010119900307451X", "a.b@example.com"):
        assert secret not in kept


def test_what_was_asked_and_noted_stands_in_no_audit_record_that_outlives_it(gaps, sameness, database):
    ticket = gaps.open_ticket(asked("李四家的加装电梯补多少"), sameness, EDITOR)
    gaps.note(ticket.id, "李四是独居老人", EDITOR)
    kept = repr(Audit(database).records())
    assert "登记缺口" in kept
    assert "缺口备注" in kept
    assert "李四" not in kept


def test_silent_turns_are_gathered_once_and_counted_together(gaps, sameness, database):
    questions = (RENT, RENT_TOO, RENT, CHILD, "你好")
    kinds = ("other", "other", "other", "other", "courtesy")
    rows = [
        silent(question, number, intent=kind)
        for number, (question, kind) in enumerate(zip(questions, kinds, strict=True))
    ]
    write(database, *rows, silent("注意事项有哪些", 9, status="answered"))
    gaps.gather(sameness)
    gaps.gather(sameness)
    write(database, silent(RENT, 7, status="out_of_scope", channel="widget"))
    gaps.gather(sameness)
    assert [(ticket.question, ticket.asked) for ticket in gaps.tickets()] == [(RENT, 4), (CHILD, 1)]
    (rent, _) = gaps.tickets()
    found = gaps.spreads([rent.id])[rent.id]
    assert (found.channels, found.origins) == ({"api": 3, "widget": 1}, {"not_stated": 3, "out_of_scope": 1})


def test_a_turn_that_comes_late_is_gathered_too(gaps, sameness, database):
    write(database, silent(RENT, 1, created_at=NOW))
    gaps.gather(sameness)
    write(database, silent(CHILD, 2, created_at=NOW - timedelta(days=3)))
    gaps.gather(sameness)
    assert gaps.count() == 2


def test_an_answer_that_was_found_unhelpful_is_a_gap_with_what_it_quoted(gaps, sameness, database):
    quoted = (CitedSpan("d-1", 0, 5), CitedSpan("d-1", 7, 9), CitedSpan("d-2", 0, 3))
    write(
        database,
        silent(RENT, 1, status="answered", citations=quoted),
        silent(CHILD, 2, status="answered"),
        Feedback("a1", False, NOW + timedelta(hours=1)),
        Feedback("a1", False, NOW + timedelta(hours=2)),
        Feedback("a2", True, NOW + timedelta(hours=1)),
        Feedback("a3", False, NOW + timedelta(hours=1)),
    )
    gaps.gather(sameness)
    gaps.gather(sameness)
    (ticket,) = gaps.tickets()
    (asking,) = gaps.askings(ticket.id)
    assert (asking.origin, asking.status, asking.clauses) == (Origin.UNHELPFUL, "answered", ("d-1", "d-2"))


def test_one_asking_that_gives_several_signs_is_counted_once_with_the_strongest(gaps, sameness, database):
    write(database, silent(RENT, 1), Feedback("a1", False, NOW + timedelta(hours=1)))
    gaps.gather(sameness)
    gaps.record(asked(RENT, origin=Origin.HANDOFF, session_id="s1", answer_id="a1"))
    gaps.record(asked(RENT, origin=Origin.NOT_STATED, session_id="s1", answer_id="a1"))
    gaps.gather(sameness)
    (ticket,) = gaps.tickets()
    (asking,) = gaps.askings(ticket.id)
    assert (ticket.asked, asking.origin) == (1, Origin.HANDOFF)


def test_a_solved_question_that_is_asked_again_opens_anew_and_a_declined_one_stays(gaps, sameness):
    solved = gaps.open_ticket(asked(RENT), sameness)
    declined = gaps.open_ticket(asked(CHILD), sameness)
    gaps.move(solved.id, TicketState.SOLVED, EDITOR)
    gaps.move(declined.id, TicketState.DECLINED, EDITOR)
    later = {"created_at": gaps.ticket(solved.id).solved_at + timedelta(hours=1)}
    assert gaps.open_ticket(asked(RENT_TOO, created_at=NOW), sameness).state is TicketState.SOLVED
    assert gaps.open_ticket(asked(RENT_TOO, **later), sameness).state is TicketState.NEW
    assert gaps.open_ticket(asked(CHILD, **later), sameness).state is TicketState.DECLINED


def test_merging_and_splitting_by_hand_lasts(gaps, sameness):
    rent = gaps.open_ticket(asked(RENT), sameness)
    gaps.open_ticket(asked(RENT_TOO), sameness)
    child = gaps.open_ticket(asked(CHILD), sameness)
    gaps.note(child.id, "问过教委", EDITOR)
    merged = gaps.merge(rent.id, [child.id], EDITOR)
    assert (merged.asked, len(gaps.notes(rent.id)), gaps.count()) == (3, 1, 1)
    assert gaps.open_ticket(asked(CHILD), sameness).id == rent.id
    ways = {each.question: each.wording for each in gaps.phrasings([rent.id])[rent.id]}
    parted = gaps.split(rent.id, [ways[RENT_TOO], ways[CHILD]], EDITOR)
    assert (parted.asked, gaps.ticket(rent.id).asked) == (3, 1)
    for question, place in ((RENT_TOO, parted), (CHILD, parted), (RENT, rent)):
        assert gaps.open_ticket(asked(question), sameness).id == place.id
    with pytest.raises(TicketNotFound):
        gaps.ticket(child.id)


def test_a_merge_or_split_that_changes_nothing_is_refused(gaps, sameness):
    rent = gaps.open_ticket(asked(RENT), sameness)
    (way,) = gaps.phrasings([rent.id])[rent.id]
    with pytest.raises(InvalidGap, match="没有选择"):
        gaps.merge(rent.id, [rent.id], EDITOR)
    for chosen in ([], [way.wording], ["nothing"]):
        with pytest.raises(InvalidGap, match="至少留下一种"):
            gaps.split(rent.id, chosen, EDITOR)
    with pytest.raises(TicketNotFound, match="没有编号为“nobody”"):
        gaps.merge(rent.id, ["nobody"], EDITOR)
    with pytest.raises(InvalidGap, match="备注"):
        gaps.note(rent.id, " ", EDITOR)


def test_a_clerk_sees_the_tickets_of_own_calls_and_those_handed_over(gaps, sameness):
    mine = gaps.open_ticket(asked(RENT, person="c1"), sameness)
    theirs = gaps.open_ticket(asked(CHILD, person="c2"), sameness)
    assert [each.id for each in gaps.tickets(TicketFilter(seen_by="c1"))] == [mine.id]
    with pytest.raises(TicketNotFound):
        gaps.ticket(theirs.id, seen_by="c1")
    gaps.assign(theirs.id, "c1", EDITOR)
    assert gaps.ticket(theirs.id, seen_by="c1").state is TicketState.WORKING


def test_lists_are_filtered_by_each_of_their_fields(gaps, sameness):
    rent = gaps.open_ticket(asked(RENT, department="区发改委", channel="widget"), sameness)
    child = gaps.open_ticket(
        asked(CHILD, origin=Origin.HANDOFF, created_at=NOW + timedelta(days=2)), sameness
    )
    gaps.assign(rent.id, "p9", EDITOR)
    gaps.asked_again({rent.id: "answered", child.id: "not_stated"})
    gaps.asked_again({rent.id: "not_stated", child.id: "not_stated"})
    for wanted, found in (
        (TicketFilter(states=(TicketState.WORKING,)), rent),
        (TicketFilter(department="区发改委"), rent),
        (TicketFilter(channel="widget"), rent),
        (TicketFilter(origin=Origin.HANDOFF), child),
        (TicketFilter(assignee="p9"), rent),
        (TicketFilter(assignee=""), child),
        (TicketFilter(text="入学"), child),
        (TicketFilter(since=NOW + timedelta(days=1)), child),
        (TicketFilter(until=NOW + timedelta(days=1)), rent),
        (TicketFilter(progress="broke"), rent),
        (TicketFilter(progress="open"), child),
    ):
        assert [each.id for each in gaps.tickets(wanted)] == [found.id], wanted
        assert gaps.count(wanted) == 1
    assert gaps.tickets(TicketFilter(text="%")) == ()
    assert gaps.departments() == ("区发改委",)
    assert [each.id for each in gaps.tickets(order="last")] == [child.id, rent.id]


def test_the_outcome_before_is_kept_so_that_what_broke_is_seen(gaps, sameness):
    ticket = gaps.open_ticket(asked(RENT), sameness)
    assert ticket.progress == "unasked"
    for status, progress in (("not_stated", "open"), ("answered", "answered"), ("out_of_scope", "broke")):
        gaps.asked_again({ticket.id: status})
        assert gaps.ticket(ticket.id).progress == progress


def test_a_draft_moves_an_open_ticket_on(gaps, sameness):
    ticket = gaps.open_ticket(asked(RENT), sameness)
    drafted = gaps.draft(ticket.id, "draft-1", EDITOR)
    assert (drafted.state, drafted.draft_id) == (TicketState.DRAFTED, "draft-1")


def test_askings_of_an_older_version_get_their_wording_and_a_ticket(gaps, sameness, database):
    old = {"id": "old", "question": RENT, "clauses": [], "channel": "widget", "created_at": NOW,
           "origin": "handoff", "department": "", "leads": False, "wording": ""}  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(gap_table), [old, old | {"id": "older", "question": CHILD}])
    assert gaps.waiting() == 2
    gaps.gather(sameness)
    assert (gaps.count(), gaps.waiting()) == (2, 0)


def test_workers_that_open_the_same_question_at_once_make_one_ticket(gaps, sameness):
    together(*[lambda: gaps.open_ticket(asked(RENT), sameness) for _ in range(6)])
    (ticket,) = gaps.tickets()
    assert ticket.asked == 6


ORDER = st.lists(
    st.sampled_from([RENT, RENT_TOO, CHILD, "公积金最多能贷多少", "公积金贷款最高额度多少"]), max_size=12
)


@settings(max_examples=10)
@given(questions=ORDER, pieces=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_the_same_askings_make_the_same_tickets_however_they_are_taken(questions, pieces, sameness, blank):
    found = []
    for cut in ([len(questions) or 1], pieces):
        with closing(Database(blank())) as opened:
            kept = Gaps(opened)
            rest = [replace(silent_gap(question, n)) for n, question in enumerate(questions)]
            while rest:
                take, cut = cut[0], cut[1:] or cut
                for gap in rest[:take]:
                    kept.record(gap)
                rest = rest[take:]
                kept.gather(sameness)
            found.append(sorted((each.question, each.asked) for each in kept.tickets()))
    assert found[0] == found[1]


DEEDS = st.lists(
    st.one_of(
        st.tuples(
            st.just("ask"), st.sampled_from([RENT, RENT_TOO, CHILD, "公积金最多能贷多少"]), st.integers(0, 3)
        ),
        st.tuples(st.just("merge"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("split"), st.integers(0, 5), st.integers(0, 2)),
        st.tuples(st.just("forget"), st.integers(0, 3), st.none()),
        st.tuples(st.just("purge"), st.integers(0, 20), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=15)
@given(deeds=DEEDS)
def test_whatever_is_done_a_ticket_counts_the_askings_it_has_and_is_led_by_one(deeds, sameness, blank):
    with closing(Database(blank())) as opened:
        kept = Gaps(opened)
        opened.prepare()
        for number, deed in enumerate(deeds):
            do(kept, opened, sameness, number, *deed)
        for ticket in kept.tickets():
            mine = kept.askings(ticket.id)
            assert (ticket.asked, ticket.first_at, ticket.last_at) == (
                len(mine),
                min(each.created_at for each in mine),
                max(each.created_at for each in mine),
            )
            assert ticket.question in {each.question for each in mine if each.leads}
        with opened.reading() as connection:
            assert {row[0] for row in connection.execute(select(gap_table.c.ticket_id))} == {
                each.id for each in kept.tickets()
            }


def do(kept, database, same, number, deed, one, other):
    """Do it to the tickets that are there."""
    there = sorted(kept.tickets(), key=lambda each: (each.question, each.id))
    if deed == "ask":
        at = NOW + timedelta(hours=number)
        kept.open_ticket(asked(one, created_at=at, session_id=f"s{other}", answer_id=f"a{number}"), same)
    elif deed == "merge" and len(there) > max(one, other) and one != other:
        kept.merge(there[one].id, [there[other].id], EDITOR)
    elif deed == "split" and len(there) > one:
        ways = kept.phrasings([there[one].id])[there[one].id]
        if len(ways) > 1:
            kept.split(there[one].id, [ways[other % len(ways)].wording], EDITOR)
    elif deed == "forget":
        with database.writing() as connection:
            forget_gaps(connection, f"s{one}")
    elif deed == "purge":
        with database.writing() as connection:
            purge_gaps(connection, NOW + timedelta(hours=one))


def silent_gap(question, number):
    return Gap(question, "api", NOW + timedelta(minutes=number), id=f"g{number:03}")
