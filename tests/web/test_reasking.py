from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.converse import Reply
from app.store import Database, Gap, Gaps, Origin, Person, Role, Sameness, TicketState
from app.text import Analyzer
from app.web import ask_again
from tests.store.letters import Letters
from tests.web.corpus import answer_of, citation_of, clauses_of, document_of

NOW, TODAY = datetime(2025, 3, 1, tzinfo=UTC), date(2025, 3, 1)
DOCUMENT = document_of()
CLAUSES = clauses_of(DOCUMENT)
EDITOR = Person("p1", "bianji", "编辑一", Role.EDITOR, "", False, NOW, NOW)
ASK = "办公用房租金有没有补贴"


@dataclass
class Says:
    """Answers each question as it is told to; of no other it knows anything."""

    answers: dict = field(default_factory=dict)
    reviewed: object = None

    def preview(self, utterance, *, session_id, as_of, document_id, channel):
        status, numbers = self.answers.get(utterance, ("out_of_scope", ()))
        citations = tuple(citation_of(DOCUMENT, CLAUSES[n], mark) for mark, n in enumerate(numbers, 1))
        return Reply("a", "s", answer_of(status, "…", citations), True, self.reviewed)


@pytest.fixture
def gaps(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/s.sqlite3")) as database:
        yield Gaps(database)


@pytest.fixture
def sameness():
    return Sameness(Analyzer(), Letters())


def gap(question=ASK, origin=Origin.NOT_STATED, status="not_stated", clauses=("new-energy:5",), **more):
    return Gap(question, "widget", NOW, clauses, origin=origin, status=status, **more)


def kinds(report):
    return {each.ticket.question: each.kind for each in report.results}


def test_what_is_answered_what_is_not_and_what_broke_are_told_apart(gaps, sameness):
    says = Says(
        {
            "一": ("answered", (5,)),
            "二": ("not_stated", (5,)),
            "三": ("answered", (5,)),
            "四": ("answered", (5,)),
        }
    )
    for question in ("一", "二", "三", "四"):
        gaps.open_ticket(gap(question), sameness)
    assert kinds(ask_again(gaps, says, TODAY)) == {
        "一": "answered",
        "二": "open",
        "三": "answered",
        "四": "answered",
    }
    says.answers |= {"二": ("answered", (5,)), "三": ("not_stated", (5,))}
    assert kinds(ask_again(gaps, says, TODAY)) == {
        "一": "still",
        "二": "answered",
        "三": "broke",
        "四": "still",
    }
    assert {each.question for each in gaps.tickets() if each.progress == "broke"} == {"三"}


def test_clauses_that_people_found_wanting_are_no_answer_until_they_are_approved(gaps, sameness):
    says = Says({ASK: ("answered", (5,))})
    gaps.open_ticket(gap(origin=Origin.UNHELPFUL, status="answered"), sameness)
    (first,) = ask_again(gaps, says, TODAY).results
    assert (first.kind, first.outcome, first.missed) == ("open", "same", (ASK,))
    says.answers[ASK] = ("answered", (5, 6))
    assert ask_again(gaps, says, TODAY).results[0].outcome == "answered"
    says.answers[ASK] = ("answered", (5,))
    assert ask_again(gaps, says, TODAY).results[0].kind == "broke"
    says.reviewed = object()
    assert ask_again(gaps, says, TODAY).results[0].outcome == "answered"


def test_a_ticket_is_answered_when_each_of_its_wordings_is(gaps, sameness):
    one = gaps.open_ticket(gap("一"), sameness)
    other = gaps.open_ticket(gap("二"), sameness)
    gaps.merge(one.id, [other.id], EDITOR)
    says = Says({"一": ("answered", (5,))})
    (result,) = ask_again(gaps, says, TODAY).results
    assert (result.outcome, result.missed) == ("out_of_scope", ("二",))
    says.answers["二"] = ("answered", (5,))
    assert ask_again(gaps, says, TODAY).results[0].kind == "answered"


def test_declined_tickets_are_left_alone_and_solved_ones_are_watched(gaps, sameness):
    says = Says({"一": ("answered", (5,)), "二": ("answered", (5,))})
    declined, solved = gaps.open_ticket(gap("一"), sameness), gaps.open_ticket(gap("二"), sameness)
    gaps.move(declined.id, TicketState.DECLINED, None)
    gaps.move(solved.id, TicketState.SOLVED, None)
    assert kinds(ask_again(gaps, says, TODAY)) == {"二": "answered"}
    says.answers.clear()
    assert kinds(ask_again(gaps, says, TODAY)) == {"二": "broke"}


def test_the_most_asked_are_asked_again_first_where_not_all_can_be(gaps, sameness):
    gaps.open_ticket(gap("一"), sameness)
    for number in range(3):
        gaps.open_ticket(replace(gap("二"), created_at=NOW + timedelta(minutes=number)), sameness)
    assert list(kinds(ask_again(gaps, Says(), TODAY, limit=1))) == ["二"]


def test_nothing_to_ask_is_no_failure(gaps):
    assert ask_again(gaps, Says(), TODAY).results == ()
