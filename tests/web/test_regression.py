from datetime import date

from app.web.regression import ask_reviewed
from tests.answer.desk import TODAY
from tests.converse.approved import answers, desk, version_of

LOAN = version_of(
    "首次贷款能享受什么支持？",
    "支持中小企业融资中的首次贷款",
    "loan",
    similar=("首贷有哪些扶持",),
    counters=("首次贷款的利率是多少",),
)


def regressions(*versions, as_of=TODAY):
    return ask_reviewed(versions, answers(*versions), desk(versions), as_of)


def test_an_entry_that_answers_its_questions_and_no_counter_example_is_good():
    (found,) = regressions(LOAN)
    assert (found.outcome, found.asked, found.missed, found.wrong) == ("good", 3, (), ())


def test_an_entry_that_another_one_contradicts_is_broken_with_the_questions_named():
    rival = version_of("首贷有哪些扶持", "实际付款周期原则上不超过三年", "rival")
    found = {each.version.entry_id: each for each in regressions(LOAN, rival)}
    assert found["loan"].outcome == found["rival"].outcome == "broken"
    assert found["loan"].missed == ("首贷有哪些扶持",)


def test_an_expired_entry_is_told_and_is_no_break():
    (found,) = regressions(LOAN, as_of=date(2027, 1, 1))
    assert (found.outcome, found.troubles) == ("expired", ("已于 2026-12-31 到期",))
