"""Corrections: kept apart from what was read, surviving changes of the file, told when they may be stale."""

from datetime import date
from pathlib import Path

import pytest

from app.corpus import FIELDS, Document, amended, as_kept, correct, read_corpus, read_documents, withdraw
from app.corpus.corrections import FOLDER, corrections_fingerprint
from app.errors import InvalidRequest

TEXT = "某市停车办法\n某政发〔2024〕9号\n第一条 白天每小时八元。\n某市人民政府\n2024年5月6日\n"
DAY = date(2026, 11, 25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "停车.txt").write_text(TEXT, "utf-8")
    return tmp_path


def served(folder: Path) -> Document:
    return read_documents(folder / "停车.txt", folder)[0][0]


def put_right(folder: Path, **changes: str) -> Document:
    return correct(folder, served(folder), changes, editor="王编辑", day=DAY)


def test_a_corrected_value_is_served_and_the_one_read_is_kept_beside_it(folder: Path) -> None:
    made = put_right(
        folder, title="某市机动车停车办法", issuers="某市人民政府、某市公安局", expires_on="2029-05-31"
    )
    assert made == served(folder)
    assert (made.title, made.issuers) == ("某市机动车停车办法", ("某市人民政府", "某市公安局"))
    assert made.expires_on == date(2029, 5, 31)
    assert [(one.field, one.read, one.editor, one.day) for one in made.corrections] == [
        ("issuers", ("某市人民政府",), "王编辑", "2026-11-25"),
        ("title", "某市停车办法", "王编辑", "2026-11-25"),
        ("expires_on", None, "王编辑", "2026-11-25"),
    ]


def test_nothing_says_that_the_text_states_none(folder: Path) -> None:
    assert put_right(folder, number="", issuers="").number is None
    assert served(folder).issuers == ()


def test_a_correction_outlives_a_change_of_the_file(folder: Path) -> None:
    put_right(folder, number="某政规〔2024〕9号")
    (folder / "停车.txt").write_text(TEXT.replace("八元", "十元"), "utf-8")
    documents, notes = read_documents(folder / "停车.txt", folder)
    assert "十元" in documents[0].text
    assert documents[0].number == "某政规〔2024〕9号"
    assert notes == ()


def test_a_note_asks_to_look_again_when_the_text_says_something_else_by_now(folder: Path) -> None:
    put_right(folder, number="某政规〔2024〕9号")
    (folder / "停车.txt").write_text(TEXT.replace("9号", "12号"), "utf-8")
    documents, notes = read_documents(folder / "停车.txt", folder)
    assert documents[0].number == "某政规〔2024〕9号"
    assert documents[0].corrections[0].read == "某政发〔2024〕12号"
    assert "更正时读作“某政发〔2024〕9号”，现在读作“某政发〔2024〕12号”" in notes[0]
    assert notes[0] in read_corpus(folder).notes


def test_the_text_may_come_to_say_what_it_was_corrected_to(folder: Path) -> None:
    put_right(folder, number="某政发〔2024〕12号")
    (folder / "停车.txt").write_text(TEXT.replace("9号", "12号"), "utf-8")
    assert read_documents(folder / "停车.txt", folder)[1] == ()


def test_a_correction_taken_back_leaves_what_was_read(folder: Path) -> None:
    made = put_right(folder, number="某政规〔2024〕9号", region="某市")
    assert withdraw(folder, made, ["number"]) == served(folder)
    assert served(folder).number == "某政发〔2024〕9号"
    assert withdraw(folder, served(folder), ["region"]) == served(folder)
    assert not list((folder / FOLDER).glob("*"))
    with pytest.raises(InvalidRequest, match="没有更正过"):
        withdraw(folder, served(folder), ["region"])


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        ("titel", "某办法", "没有“titel”这一项可以更正"),
        ("id", "abc", "没有“id”这一项"),
        ("expires_on", "2029年5月", "“2029年5月”不是日期"),
        ("expires_on", "2029-02-30", "失效日期的值“2029-02-30”不是日期"),
        ("expires_on", "2029-W05-3", "不是日期"),
        ("expires_on", "２０２９-05-01", "不是日期"),
        ("kind", "法律", "类别的值“法律”不认识"),
        ("title", " ", "标题不能为空"),
        ("title", "长" * 500, "最多 400 字"),
        ("title", "停车\n办法", "标题的值“停车�办法”含有换行"),
        ("title", "停车\0办法", "看不见的字符"),
        ("number", "某发\u202e〔2024〕9号", "文号的值“某发�〔2024〕9号”含有"),
        ("issuers", "某市\u200b局", "看不见的字符"),
        ("source_url", "javascript:alert(1)", "不是网址，请写以 http:// 或 https:// 开头的网址后重试"),
    ],
)
def test_a_wrong_correction_is_refused_in_a_sentence_and_nothing_kept(
    folder: Path, field: str, words: str, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        put_right(folder, **{field: words})
    assert not (folder / FOLDER).exists()


def test_an_end_before_the_beginning_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="早于施行日期"):
        put_right(folder, effective_from="2024-06-01", expires_on="2024-05-01")


@pytest.mark.parametrize(
    "damage", ["title: [", "- 1", "titel: {value: x}", "published_on: {value: 昨天}", "title: {value: ''}"]
)
def test_a_damaged_correction_is_named_and_what_was_read_is_served(folder: Path, damage: str) -> None:
    made = put_right(folder, title="另一标题")
    (folder / FOLDER / f"{made.id}.yaml").write_text(damage, "utf-8")
    documents, notes = read_documents(folder / "停车.txt", folder)
    assert documents[0].title == "某市停车办法"
    assert "已损坏" in notes[0]


def test_the_fingerprint_follows_the_corrections(folder: Path) -> None:
    assert corrections_fingerprint(folder) == b""
    made = put_right(folder, region="某市")
    first = corrections_fingerprint(folder)
    put_right(folder, region="某县")
    assert len({b"", first, corrections_fingerprint(folder)}) == 3
    withdraw(folder, served(folder), ["region"])
    assert corrections_fingerprint(folder) == b""
    assert made.region == "某市"


def test_a_correction_by_hand_is_held_to_the_same_rules(folder: Path) -> None:
    put_right(folder, source_url="https://example.cn/a")
    (kept,) = (folder / FOLDER).glob("*.yaml")
    kept.write_text(kept.read_text("utf-8").replace("https://example.cn/a", "javascript:alert(1)"), "utf-8")
    assert served(folder).source_url is None


def test_no_sentence_names_a_field_in_english_but_where_the_fields_are_listed(folder: Path) -> None:
    made = put_right(folder, number="某政规〔2024〕9号")
    (folder / "停车.txt").write_text(TEXT.replace("9号", "12号"), "utf-8")
    sentences = list(read_corpus(folder).notes)
    for field in FIELDS:
        for words in ("", "a\nb", "x" * 401, "2027-02-30"):
            try:
                amended(made, {field: words}, editor="王编辑", day=DAY)
            except InvalidRequest as error:
                sentences.append(str(error))
    with pytest.raises(InvalidRequest, match="地区没有更正过"):
        withdraw(folder, made, ["region"])
    assert len(sentences) > 20
    assert not [each for each in sentences if any(field in each for field in FIELDS)]


def test_two_who_put_different_things_right_at_once_both_find_theirs(folder: Path) -> None:
    seen = served(folder)  # by both, before either has written
    correct(folder, seen, {"region": "某市"}, editor="王编辑", day=DAY)
    correct(folder, seen, {"number": "某政规〔2024〕9号"}, editor="李编辑", day=DAY)
    now = served(folder)
    assert (now.region, now.number) == ("某市", "某政规〔2024〕9号")
    assert {one.editor for one in now.corrections} == {"王编辑", "李编辑"}
    assert as_kept(seen, folder) == as_kept(now, folder) == now
    assert as_kept(withdraw(folder, seen, ["region"]), folder).region is None
