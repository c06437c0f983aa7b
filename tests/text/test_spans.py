from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import agreement, asks_who_is_excluded, excludes, number_of, read_spans, relative_spans

AGES = st.integers(1, 99)
LEVELS = st.integers(1, 10)
DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below 10,000 as it is written."""
    made, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            made += ("零" if gap and made else "") + DIGITS[digit] + unit
        gap = not digit
    return made.removeprefix("一") if made.startswith("一十") else made or "零"


def fit(asked: str, said: str) -> int:
    return agreement(read_spans(asked), read_spans(said))


@given(st.integers(0, 9999))
def test_a_number_in_chinese_is_the_number_in_digits(number):
    assert number_of(chinese(number)) == number == number_of(str(number)) == number_of(f"{number:,}")
    assert number_of(f"{number}万") == max(number, 1) * 10_000 or number == 0


@given(AGES, AGES)
def test_an_age_fits_the_ages_that_a_clause_holds_and_no_others(age, bound):
    asked = f"我今年{age}岁，能不能领"
    for written in (str(bound), chinese(bound)):
        assert fit(asked, f"年满{written}周岁的老年人") == (1 if age >= bound else -1)
        assert fit(asked, f"{written}周岁(含)以上老年人") == (1 if age >= bound else -1)
        assert fit(asked, f"未满{written}周岁的人员") == (1 if age < bound else -1)
        assert fit(asked, f"{written}周岁以下人员") == (1 if age <= bound else -1)


@given(AGES, AGES, AGES, st.sampled_from("至到-~—"))
def test_an_age_fits_a_range_with_its_ends(age, one, other, mark):
    low, high = sorted((one, other))
    for said in (
        f"{low}{mark}{high}周岁",
        f"{low}周岁{mark}{high}周岁",
        f"{chinese(low)}{mark}{chinese(high)}周岁",
    ):
        assert fit(f"{age}岁的老人", said) == (1 if low <= age <= high else -1)


@given(LEVELS, st.sets(LEVELS, min_size=1, max_size=4))
def test_a_level_fits_no_other_level(level, levels):
    said = "、".join(f"{one}级" for one in sorted(levels))
    run = "、".join(map(chinese, sorted(levels))) + "级"
    for asked in (f"{level}级残疾能领多少", f"{chinese(level)}级残疾能领多少"):
        assert fit(asked, f"残疾等级为{said}的") == (1 if level in levels else -1)
        assert fit(asked, f"{run}残疾人") == (1 if level in levels else -1)


def test_the_examples_of_the_page_hold():
    assert fit("66岁", "年满65周岁") == 1
    assert fit("66岁", "60至64周岁") == -1
    assert fit("3级", "2级") == -1
    assert fit("66岁", "每人每月100元") == 0


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("不超过500万元", "money", float("-inf"), 5_000_000),
        ("最高补贴30%", "percent", 30, 30),
        ("百分之三十", "percent", 30, 30),
        ("3年内", "month", 36, 36),
        ("5个工作日以内", "workday", float("-inf"), 5),
        ("2024年", "date", 20240101, 20241231),
        ("2024年3月", "date", 20240301, 20240331),
        ("2024年3月5日", "date", 20240305, 20240305),
        ("2024年1月1日至2026年12月31日", "date", 20240101, 20261231),
        ("2024年3月5日起", "date", 20240305, float("inf")),
        ("2024年3月5日前", "date", float("-inf"), 20240305),
        ("120平方米以上", "area", 120, float("inf")),
    ],
)
def test_amounts_and_dates_are_read_with_their_units(text, dimension, low, high):
    assert [(s.dimension, s.low, s.high) for s in read_spans(text)] == [(dimension, low, high)]


@given(
    st.text(max_size=40)
    | st.text("0123456789零一二十百千万亿两.,至到-年满不超过岁级元%月日第、(含)以上", max_size=40)
)
def test_any_text_is_read_and_each_span_lies_within_it(text):
    spans = read_spans(text)
    assert all(0 <= span.start < span.end <= len(text) and span.low <= span.high for span in spans)
    assert list(spans) == sorted(spans, key=lambda span: (span.start, span.end))
    assert agreement(spans, spans) >= 0


@pytest.mark.parametrize("number", ["第3级", "上一级", "3级别"])
def test_what_only_looks_like_a_level_is_none(number):
    assert read_spans(number) == ()


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("谁不能申请", True),
        ("哪些企业不给补贴", True),
        ("什么情况不予受理", True),
        ("能不能申请", False),
        ("哪些企业能申请", False),
    ],
)
def test_who_is_excluded_is_asked_for_by_who_and_not_together(question, wants):
    assert asks_who_is_excluded(question) is wants


def test_a_clause_that_leaves_somebody_out_says_so():
    assert excludes("有下列情形之一的,不予受理")
    assert not excludes("符合条件的企业可以申请")


@given(
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.sampled_from([("去年", -1), ("今年", 0), ("明年", 1), ("前年", -2)]),
)
def test_last_year_this_year_and_next_are_those_of_the_day_asked_of(day, said):
    word, ahead = said
    asked = relative_spans(f"{word}的标准是多少", day)
    for year in range(day.year - 3, day.year + 4):
        assert agreement(asked, read_spans(f"{year}年标准")) == (1 if year == day.year + ahead else -1)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_now_is_the_day_asked_of(day):
    asked = relative_spans("现在还能申请吗", day)
    assert agreement(asked, read_spans(f"{day.year}年{day.month}月{day.day}日起施行")) == 1
    assert agreement(asked, read_spans(f"截至{day.year - 1}年12月31日止")) == -1
    assert relative_spans("还能申请吗", day) == ()
