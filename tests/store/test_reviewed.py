from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import FourEyes, ReviewedChanged, ReviewedInvalid, ReviewedNotFound, StoreUnavailable
from app.store import Audit, Database, Reviewed, Staged, question_key, tidied
from tests.store.reviewers import ADMIN, EDITOR, NOW, REVIEWER, TODAY, point, wording


@pytest.fixture
def book(url):
    with closing(Reviewed.open(url, lambda: NOW)) as opened:
        yield opened


def approved(book, said=None, by=EDITOR):
    made = book.draft(said or wording(), by)
    handed = book.submit(made.entry_id, by, made.stamp, TODAY)
    return book.approve(made.entry_id, REVIEWER, handed.stamp, TODAY)


def test_a_draft_answers_only_once_another_person_has_approved_it(book):
    made = book.draft(wording(), EDITOR, gap_id="g1")
    assert book.served() == (0, ())
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)
    assert book.served() == (0, ())
    done = book.approve(made.entry_id, REVIEWER, handed.stamp, TODAY)
    revision, (served,) = book.served()
    assert revision == book.revision() == 1
    assert served == done
    assert served.state == "approved"
    assert served.wording.reviewed_on == TODAY
    assert (served.decided_by.name, book.entry(made.entry_id).gap_id) == ("审核乙", "g1")


@pytest.mark.parametrize("who", [EDITOR, ADMIN])
def test_nobody_approves_what_they_wrote_not_even_an_administrator(book, who):
    made = book.draft(wording(), EDITOR)
    edited = book.revise(made.entry_id, wording(spoken="另一句话。"), ADMIN, made.stamp)
    handed = book.submit(made.entry_id, EDITOR, edited.stamp, TODAY)
    with pytest.raises(FourEyes, match="另一位审核人"):
        book.approve(made.entry_id, who, handed.stamp, TODAY)
    assert book.served()[1] == ()


def test_what_somebody_changed_meanwhile_is_neither_overwritten_nor_approved(book):
    made = book.draft(wording(), EDITOR)
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)
    book.revise(made.entry_id, wording(spoken="改过的。"), EDITOR, handed.stamp)
    for step in (
        lambda: book.approve(made.entry_id, REVIEWER, handed.stamp, TODAY),
        lambda: book.reject(made.entry_id, REVIEWER, handed.stamp, "不妥"),
        lambda: book.revise(made.entry_id, wording(), EDITOR, handed.stamp),
        lambda: book.submit(made.entry_id, EDITOR, handed.stamp, TODAY),
    ):
        with pytest.raises(ReviewedChanged, match="刷新"):
            step()


def test_a_change_of_what_answers_is_a_new_version_and_the_old_one_answers_until_it_is_approved(book):
    first = approved(book)
    second = book.revise(first.entry_id, wording(spoken="新的说法。"), EDITOR, first.stamp)
    assert (second.number, second.state, second.based_on) == (2, "draft", 1)
    assert [v.number for v in book.served()[1]] == [1]
    handed = book.submit(first.entry_id, EDITOR, second.stamp, TODAY)
    book.approve(first.entry_id, REVIEWER, handed.stamp, TODAY)
    assert [v.number for v in book.served()[1]] == [2]
    assert [v.number for v in book.versions(first.entry_id)] == [2, 1]


def test_an_approved_version_can_be_brought_back_at_once_and_another_only_as_a_draft(book):
    first = approved(book)
    second = book.revise(first.entry_id, wording(spoken="新的说法。"), EDITOR, first.stamp)
    with pytest.raises(ReviewedInvalid, match="从未批准过"):
        book.restore(first.entry_id, 2, REVIEWER, second.stamp, TODAY)
    with pytest.raises(FourEyes):
        book.restore(first.entry_id, 1, EDITOR, second.stamp, TODAY)
    back = book.restore(first.entry_id, 1, REVIEWER, second.stamp, TODAY)
    assert (back.number, back.based_on, back.wording) == (3, 1, first.wording)
    assert book.served()[1] == (back,)
    again = book.draft_from(first.entry_id, 2, EDITOR, back.stamp)
    assert (again.number, again.state, again.wording) == (4, "draft", second.wording)


def test_what_is_withdrawn_stops_and_counts_as_a_change(book):
    first = approved(book)
    gone = book.withdraw(first.entry_id, REVIEWER, "文件修订中")
    assert (gone.state, gone.note, book.served()) == ("withdrawn", "文件修订中", (2, ()))
    with pytest.raises(ReviewedChanged, match="不需要撤回"):
        book.withdraw(first.entry_id, REVIEWER, "")


def test_a_rejection_says_why_and_the_draft_goes_on_as_a_new_version(book):
    made = book.draft(wording(), EDITOR)
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)
    with pytest.raises(ReviewedInvalid, match="原因"):
        book.reject(made.entry_id, REVIEWER, handed.stamp, "  ")
    back = book.reject(made.entry_id, REVIEWER, handed.stamp, "请致电13812345678核实")
    assert back.note == "请致电[手机号]核实"
    assert book.revise(made.entry_id, wording(), EDITOR, back.stamp).number == 2


def test_a_draft_can_be_given_up_and_what_answers_goes_on(book):
    first = approved(book)
    with pytest.raises(ReviewedChanged, match="不能放弃"):
        book.discard(first.entry_id, EDITOR, first.stamp)
    second = book.revise(first.entry_id, wording(spoken="新的说法。"), EDITOR, first.stamp)
    assert book.discard(first.entry_id, EDITOR, second.stamp).state == "withdrawn"
    assert [v.number for v in book.served()[1]] == [1]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"points": ()}, "条款"),
        ({"department": " "}, "责任部门"),
        ({"expires_on": None}, "有效期"),
        ({"expires_on": date(2026, 3, 1)}, "已过"),
        ({"reviewed_on": date(2026, 3, 3)}, "还没有到"),
    ],
)
def test_what_is_incomplete_can_be_kept_but_not_handed_in(book, more, named):
    made = book.draft(wording(**more), EDITOR)
    with pytest.raises(ReviewedInvalid, match=named):
        book.submit(made.entry_id, EDITOR, made.stamp, TODAY)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"question": "？！"}, "标准问是空的"),
        ({"question": "问" * 201}, "201 字"),
        ({"spoken": "说" * 601}, "口径"),
        ({"similar": tuple(f"第{n}种问法" for n in range(51))}, "51 条"),
        ({"counters": ("新开小店有补贴吗",)}, "只留一处"),
        ({"points": tuple(point(f"c:{n}") for n in range(21))}, "21 个条款"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_name(book, more, named):
    with pytest.raises(ReviewedInvalid, match=named):
        book.draft(wording(**more), EDITOR)


def test_personal_numbers_in_questions_are_masked_and_official_ones_in_the_spoken_sentence_stay(book):
    made = book.draft(
        wording(similar=("我的电话是13812345678，小店能补吗",), spoken="请拨打010-69641234。"), EDITOR
    )
    assert made.wording.similar == ("我的电话是[手机号]，小店能补吗",)
    assert made.wording.spoken == "请拨打010-69641234。"


def test_entries_are_found_by_state_department_and_words(book):
    one = approved(book)
    two = book.draft(wording("摊位怎么收费", similar=("100%_摊位",), department="某区城管委"), EDITOR)
    assert {e.id for e in book.entries().entries} == {one.entry_id, two.entry_id}
    assert [e.id for e in book.entries(state="draft").entries] == [two.entry_id]
    assert [e.id for e in book.entries(served=True).entries] == [one.entry_id]
    assert [e.id for e in book.entries(text="100%_").entries] == [two.entry_id]
    assert book.entries(text="%").found == 1
    assert book.entries(text="' OR 1=1 --").found == 0
    assert [e.id for e in book.entries(department="某区城管委").entries] == [two.entry_id]
    assert book.departments() == ("某区商务局", "某区城管委")
    first, second = (book.entries(page=page, size=1) for page in (1, 2))
    assert (first.found, len(first.entries), first.entries != second.entries) == (2, 1, True)


def test_every_step_is_in_the_audit_record_with_who_did_it(book, url):
    first = approved(book)
    book.withdraw(first.entry_id, ADMIN, "停用")
    with closing(Database(url)) as database:
        records = Audit(database).records()
    done = {record.action: record for record in records}
    assert set(done) == {"起草口径", "提交口径", "批准口径", "撤回口径"}
    assert done["批准口径"].person_id == REVIEWER.id
    assert first.entry_id in done["撤回口径"].subject


def test_many_rows_are_added_all_or_none(book):
    with pytest.raises(ReviewedInvalid):
        book.take_in([wording(), wording("")], [], EDITOR)
    with pytest.raises(ReviewedNotFound):
        book.take_in([wording()], [("nobody", "1.0.draft", wording())], EDITOR)
    assert book.entries().found == 0
    made = book.take_in([wording(), wording("另一个问题", points=())], [], EDITOR, TODAY)
    assert [version.state for version in made] == ["submitted", "draft"]
    change = (made[0].entry_id, made[0].stamp, wording(spoken="改过。"))
    assert [v.state for v in book.take_in([], [change], EDITOR)] == ["draft"]
    assert book.served() == (0, ())


def test_an_unknown_entry_is_named(book):
    with pytest.raises(ReviewedNotFound, match="没有编号为“nobody”的口径"):
        book.entry("nobody")
    with pytest.raises(ReviewedNotFound):
        book.versions("x" * 1000)


def test_a_waiting_import_comes_back_once_and_only_to_its_owner(url):
    with closing(Staged.open(url)) as staged:
        number = staged.keep([{"question": "=1+1"}], "id-1")
        with pytest.raises(ReviewedNotFound):
            staged.take(number, "id-2")
        assert staged.take(number, "id-1") == [{"question": "=1+1"}]
        with pytest.raises(ReviewedNotFound, match="重新上传"):
            staged.take(number, "id-1")


def test_a_database_that_is_away_is_said_to_be(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    book = Reviewed.open(f"sqlite:///{tmp_path}/file/x.sqlite3")
    with closing(book), pytest.raises(StoreUnavailable):
        book.served()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("请问新开小店有补贴吗？", "新開小店有補貼", True),
        ("您好，我想咨询一下 ＣＲＯ 怎么补", "您好我想咨询一下cro怎么补呢", True),
        ("补贴1-3年", "补贴13年", False),
        ("补贴5%", "补贴5", False),
        ("能补贴吗", "不能补贴吗", False),
        ("咨询服务业怎么支持", "服务业怎么支持", False),
    ],
)
def test_courtesies_and_punctuation_make_no_difference_and_numbers_do(one, other, same):
    assert (question_key(one) == question_key(other)) is same


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing_more(text):
    try:
        once = tidied(wording(text, similar=(text, text + "甲"), counters=(text + "乙",), spoken=text))
    except ReviewedInvalid:
        return
    assert tidied(once) == once
    assert "\n" not in "".join((*once.asked, *once.counters, once.spoken))
    assert replace(once, question="x").asked[0] == "x"


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(text):
    assert question_key(question_key(text)) == question_key(text)


def test_of_two_reviewers_at_the_same_moment_one_decides(book, url):
    made = book.draft(wording(), EDITOR)
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)

    def decide(by):
        with closing(Reviewed.open(url, lambda: NOW)) as mine:
            try:
                return mine.approve(made.entry_id, by, handed.stamp, TODAY).decided_by.name
            except ReviewedChanged:
                return None

    with ThreadPoolExecutor(2) as pool:
        decided = list(pool.map(decide, [REVIEWER, ADMIN]))
    assert sorted(decided, key=bool)[0] is None
    assert book.served()[1][0].decided_by.name in decided
    assert book.revision() == 1
