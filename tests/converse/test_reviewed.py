import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.converse import Dialogue, unsupported
from app.errors import StoreUnavailable
from app.index import read_questions
from app.settings import ROOT
from app.store import question_key
from tests.answer.desk import TODAY, analyzer, huairou
from tests.converse.approved import EXPIRES_ON, REVIEWED_ON, Shelf, answers, answers_over, desk, version_of

LOAN = version_of(
    "首次贷款能享受什么支持？",
    "支持中小企业融资中的首次贷款",
    "loan",
    similar=("首贷有哪些扶持", "第一次向银行借钱给补贴吗"),
    counters=("首次贷款的利率是多少", "第二次贷款能享受什么支持"),
)
UPGRADE = version_of("技改升级有哪些支持？", "实际付款周期原则上不超过三年", "upgrade", spoken="")
DESK = desk([LOAN, UPGRADE])


def mark_of(question: str, dialogue: Dialogue = DESK) -> str | None:
    reply = dialogue.reply(question, as_of=TODAY)
    return reply.reviewed.id if reply.reviewed else None


@pytest.mark.parametrize(
    "question",
    [
        "首次贷款能享受什么支持？",
        "请问首次贷款能享受什么支持呀",
        "首次貸款能享受什麼支持",
        "首贷有哪些扶持",
        "首次贷款可以享受哪些支持",
        "第一次贷款能享受什么支持",
    ],
)
def test_the_approved_question_is_answered_by_its_entry_in_these_words_or_others(question):
    assert mark_of(question) == "loan"


def test_a_reviewed_answer_quotes_the_served_text_and_says_whose_it_is():
    reply = DESK.reply("首次贷款能享受什么支持？", as_of=TODAY)
    (citation,) = reply.answer.citations
    document = huairou()[0].document(citation.document_id)
    assert citation.quote == document.text[citation.start : citation.end] != ""
    assert citation.sha256 == document.sha256
    assert reply.answer.text.startswith("【已审口径】某区经信局2025年12月1日复核。\n")
    assert reply.answer.text_spoken == "这项有支持，请看条款。"
    assert (reply.reviewed.department, reply.reviewed.expires_on) == ("某区经信局", EXPIRES_ON)
    assert DESK.reply("技改升级有哪些支持？", as_of=TODAY).answer.text_spoken.count("三年") == 1


@pytest.mark.parametrize(
    "question", [*LOAN.wording.counters, "请问首次贷款的利率是多少？", "首次貸款的利率是多少"]
)
def test_a_counter_example_is_never_answered_by_its_entry(question):
    assert mark_of(question) != "loan"


@pytest.mark.parametrize(
    "question",
    [
        "融资租赁能享受什么支持？",
        "特色园区能享受什么支持",
        "首次上市能享受什么支持？",
        "首次贷款不能享受什么支持？",
        "首次贷款要交什么材料？",
        "首次贷款能享受几年支持？",
        "农民首次贷款能享受什么支持？",
        "海淀区首次贷款能享受什么支持？",
        "技改升级有什么处罚？",
        "贷款",
        "有什么支持",
    ],
)
def test_another_question_is_left_to_the_texts(question):
    assert mark_of(question) is None


def test_who_does_what_to_whom_is_not_turned_around():
    book = answers(version_of("个人卖给企业的二手车有补贴吗", "支持中小企业融资中的首次贷款"))
    assert book.answer("个人卖给企业的二手车有没有补贴", TODAY) is not None
    assert book.answer("企业卖给个人的二手车有补贴吗", TODAY) is None


SUBJECTS = (
    "首次贷款",
    "融资租赁",
    "技改升级",
    "特色园区",
    "游戏版号",
    "小巨人",
    "生物医药",
    "停车场",
    "养老金",
)
FORMS = ("{}能享受什么支持？", "{}有什么支持", "{}的支持有哪些", "请问{}怎么支持", "{}给不给支持")


@given(st.permutations(SUBJECTS), st.sampled_from(FORMS), st.sampled_from(FORMS))
@settings(max_examples=40)
def test_a_question_about_another_subject_never_matches(subjects, asked, approved):
    one, other, *_ = subjects
    book = answers(version_of(approved.format(one), "支持中小企业融资中的首次贷款"))
    assert book.answer(asked.format(other), TODAY) is None


QUESTIONS = st.lists(st.sampled_from([*SUBJECTS, "支持", "多少钱", "怎么", "吗", "？", "3年", "不"]), min_size=1, max_size=5).map("".join)  # fmt: skip


@given(QUESTIONS, QUESTIONS)
@settings(max_examples=40)
def test_what_stands_among_the_counter_examples_is_not_answered_however_alike_it_is(approved, counter):
    if question_key(approved) in ("", question_key(counter)) or not question_key(counter):
        return
    book = answers(version_of(approved, "支持中小企业融资中的首次贷款", counters=(counter,)))
    assert book.answer(approved, TODAY) is not None
    for said in (counter, f"请问{counter}？"):
        assert book.answer(said, TODAY) is None


def test_a_follow_up_is_matched_once_it_is_a_whole_question():
    first = DESK.reply("特色园区怎么支持", as_of=TODAY)
    second = DESK.reply("那技改升级呢", session_id=first.session_id, as_of=TODAY)
    assert second.reviewed is not None
    assert second.reviewed.id == "upgrade"


def test_a_counter_example_stays_one_when_a_follow_up_is_made_of_it():
    entry = version_of("技改升级有哪些支持", "实际付款周期原则上不超过三年", counters=("那技改升级呢",))
    dialogue = desk([entry])
    first = dialogue.reply("特色园区怎么支持", as_of=TODAY)
    assert dialogue.reply("那技改升级呢", session_id=first.session_id, as_of=TODAY).reviewed is None


def test_an_approved_question_stands_on_its_own_within_a_conversation():
    dialogue = desk([version_of("农产品加工首贷可以吗", "支持中小企业融资中的首次贷款")])
    first = dialogue.reply("技改升级有哪些支持", as_of=TODAY)
    assert dialogue.reply("农产品加工首贷可以吗？", session_id=first.session_id, as_of=TODAY).reviewed


def test_a_misspelt_question_is_matched_once_it_is_mended():
    dialogue = desk([version_of("贷款贴息有什么支持", "支持中小企业融资中的首次贷款")])
    assert mark_of("贷款帖息有什么支持", dialogue) == "e1"


def test_it_answers_from_its_review_to_the_last_day_of_its_validity_and_not_a_day_longer():
    def on(day: date) -> bool:
        return DESK.reply("首次贷款能享受什么支持？", as_of=day).reviewed is not None

    assert [on(day) for day in (REVIEWED_ON, EXPIRES_ON)] == [True, True]
    assert [on(day) for day in (date(2025, 11, 30), date(2027, 1, 1))] == [False, False]


def test_two_entries_with_one_question_and_other_clauses_answer_neither():
    rival = replace(LOAN, entry_id="rival", wording=replace(LOAN.wording, points=UPGRADE.wording.points))
    assert mark_of("首次贷款能享受什么支持？", desk([LOAN, rival])) is None
    book = answers(LOAN, rival, UPGRADE)
    assert (book.contested(LOAN), book.contested(UPGRADE)) == (LOAN.wording.asked, ())
    (first, *_) = answers().neighbours(rival, [LOAN])
    assert (first.same, first.same_clauses, first.version.entry_id) == (True, False, "loan")


def test_nearly_the_same_question_is_found_and_its_own_entry_is_not():
    near = version_of("首次贷款可以享受哪些支持政策", "实际付款周期原则上不超过三年", "near")
    found = answers().neighbours(near, [LOAN, UPGRADE, near])
    assert {each.version.entry_id for each in found} == {"loan"}
    assert not any(each.same for each in found)


def test_only_the_document_that_is_asked_about_is_quoted():
    document = huairou()[0].clause(LOAN.wording.points[0].clause_id).document_id
    assert DESK.reply(LOAN.wording.question, as_of=TODAY, document_id=document).reviewed
    assert answers(LOAN).answer(LOAN.wording.question, TODAY, "another") is None


def test_the_same_question_gives_the_same_answer():
    one, other = (DESK.reply("首贷有哪些扶持", as_of=TODAY) for _ in range(2))
    assert (one.answer, one.answer_id, one.reviewed) == (other.answer, other.answer_id, other.reviewed)


SENTENCES = (ROOT / "prompts" / "sentences.j2").read_text("utf-8")
PHRASES = sorted(set(re.findall(r"[一-鿿]+", SENTENCES)), key=len, reverse=True)


@given(
    st.text(alphabet="某区经信局商务委_*（）`", min_size=1, max_size=20),
    st.dates(REVIEWED_ON, date(2025, 12, 31)),
)
@settings(max_examples=40)
def test_the_text_of_a_reviewed_answer_is_template_sentences_and_quotes(department, day):
    entry = version_of("首贷有支持吗", "支持中小企业融资中的首次贷款", department=department, reviewed_on=day)
    if not entry.wording.department:
        return
    answer = answers(entry).compose(entry, "首贷有支持吗", TODAY).answer
    assert "这项有支持" not in f"{answer.text}{answer.markdown}{answer.text_chat}"
    for text in (answer.text, answer.text_chat):
        text = text.replace(entry.wording.department, "", 1).replace(answer.citations[0].quote, "", 1)
        text = text.replace(answer.citations[0].document_title, "", 1)
        for phrase in PHRASES:
            text = text.replace(phrase, "")
        assert set(re.findall(r"\w", text)) <= set("0123456789年月日")


@pytest.mark.parametrize(
    ("spoken", "found"),
    [
        ("首次贷款给贴息。", ()),
        ("最高补500万元，三年内有效。", ("最高", "500万元", "三年")),
        ("实际付款周期原则上不超过三年。", ("不超过", "三年")),
    ],
)
def test_figures_and_limits_that_no_quote_holds_are_named(spoken, found):
    quote = LOAN.wording.points[0].quote
    assert unsupported(spoken, [quote]) == found
    assert unsupported("不超过三年", [UPGRADE.wording.points[0].quote]) == ()


def test_what_is_served_is_read_again_only_when_its_number_has_grown():
    shelf = Shelf(LOAN)
    book = answers_over(huairou()[0], shelf)
    before = book.watch.current
    assert book.watch.look()
    assert book.watch.current is before
    shelf.put(UPGRADE)
    assert book.watch.look()
    assert book.answer(LOAN.wording.question, TODAY) is None
    assert book.answer(UPGRADE.wording.question, TODAY) is not None


@pytest.mark.parametrize(
    "fault", [StoreUnavailable("连不上数据库"), RuntimeError("whatever a driver raises")]
)
def test_while_the_database_is_away_the_last_known_ones_go_on(fault):
    shelf = Shelf(LOAN)
    book = answers_over(huairou()[0], shelf)
    shelf.away = fault
    assert not book.watch.look()
    assert book.answer(LOAN.wording.question, TODAY) is not None
    shelf.away = None
    shelf.put()
    assert book.watch.look()
    assert book.answer(LOAN.wording.question, TODAY) is None


def test_no_question_looks_at_the_book():
    shelf = Shelf(LOAN)
    dialogue = Dialogue(huairou()[1], analyzer(), huairou()[0], reviewed=answers_over(huairou()[0], shelf))
    looked = shelf.looked
    for question in (LOAN.wording.question, "特色园区怎么支持"):
        dialogue.reply(question, as_of=TODAY)
    assert shelf.looked == looked


def test_a_thread_follows_the_book_until_it_is_told_to_stop():
    shelf = Shelf()
    book = answers_over(huairou()[0], shelf)
    book.watch.start()
    shelf.put(LOAN)
    for _ in range(2000):
        if book.answer(LOAN.wording.question, TODAY):
            break
        book.watch._stop.wait(0.01)
    assert book.answer(LOAN.wording.question, TODAY)
    book.watch.close()
    assert not book.watch._thread.is_alive()


def test_of_the_similar_questions_of_the_corpus_none_is_answered_by_the_entry_of_another_clause():
    """Each clause's first six questions are an entry; all others are asked. A miss costs nothing, a wrong match all."""
    asks = {
        entry.address: entry.asks
        for entry in read_questions(ROOT / "corpus" / "questions")
        if len(entry.asks) > 6
    }
    template = version_of("问", "支持中小企业融资中的首次贷款")
    entries = [
        replace(
            template,
            entry_id=str(number),
            wording=replace(
                template.wording,
                question=given[0],
                similar=given[1:6],
                points=(replace(template.wording.points[0], clause_id=str(number)),),
            ),
        )
        for number, given in enumerate(asks.values())
    ]
    matcher = answers(*entries).watch.current
    rest = [(str(n), question) for n, given in enumerate(asks.values()) for question in given[6:]]
    found = [(n, question, match) for n, question in rest if (match := matcher.match(question))]
    assert len(rest) > 300
    assert len(found) > 5
    assert [(question, match.question) for n, question, match in found if match.version.entry_id != n] == []


ASKED_OF_IT = (
    "{}最高补多少钱", "{}最低补多少钱", "{}什么时候申报", "{}什么时候拨付", "{}什么时候截止", "{}要什么材料", "{}要什么条件", "{}怎么申请",
    "{}怎么领取", "{}怎么退出", "{}找谁办", "{}能重复享受吗", "{}有什么支持", "{}有什么奖励", "{}的依据是什么", "{}今年还有吗", "{}明年还有吗",
    "{}之前的项目算吗", "{}之后的项目算吗", "{}的名额有多少", "{}怎么认定", "{}什么时候公示", "{}是什么意思", "{}一定要申报吗",
)  # fmt: skip


@pytest.mark.parametrize("subject", ["首次贷款", "加装电梯"])
def test_another_thing_asked_of_the_same_subject_never_matches(subject):
    for approved in ASKED_OF_IT:
        book = answers(version_of(approved.format(subject), "支持中小企业融资中的首次贷款"))
        found = [other for other in ASKED_OF_IT if book.answer(other.format(subject), TODAY)]
        assert found == [approved]


@pytest.mark.parametrize(
    ("approved", "asked"),
    [
        ("{}能享受什么支持", "对{}有哪些扶持"),
        ("{}能享受什么支持", "请问{}有什么扶持政策"),
        ("{}怎么申请", "{}在哪里办理"),
        ("{}怎么申请", "请问怎么申领{}"),
        ("{}要什么材料", "{}需要带哪些资料"),
        ("{}要什么条件", "{}的申请条件"),
        ("{}什么时候截止", "{}截止日期是几号"),
        ("{}最高补多少钱", "{}补贴上限是多少"),
    ],
)
def test_the_same_thing_in_other_words_matches(approved, asked):
    book = answers(version_of(approved.format("首次贷款"), "支持中小企业融资中的首次贷款"))
    assert book.answer(asked.format("首次贷款"), TODAY)
