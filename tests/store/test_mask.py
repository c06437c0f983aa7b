import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.store import mask

GAPS = st.sampled_from(["", " ", "-", "·", "\u3000", "－"])
CHINESE = st.text("我的电话是请联系本企业申报补贴，。：、")
digits = lambda count: st.text("0123456789", min_size=count, max_size=count)  # noqa: E731


@st.composite
def mobiles(draw):
    gap = draw(GAPS)
    prefix = draw(st.sampled_from(["", "+86", "86 ", "+86-", "0086"]))
    head = f"1{draw(st.integers(3, 9))}{draw(digits(1))}"
    return prefix + gap.join((head, draw(digits(4)), draw(digits(4))))


@st.composite
def landlines(draw):
    area = draw(st.sampled_from(["010", "021", "0311", "0755"]))
    shown = draw(st.sampled_from([f"{area}-", f"({area})", f"（{area}）", area, f"{area} "]))
    return f"{shown}{draw(st.integers(2, 8))}{draw(digits(7))}" + draw(st.sampled_from(["", "-801", "转12"]))


@st.composite
def identities(draw):
    year, month, day = draw(st.integers(1920, 2020)), draw(st.integers(1, 12)), draw(st.integers(1, 31))
    region = f"{draw(st.integers(1, 8))}{draw(digits(5))}"
    old = f"{region}{year % 100:02}{month:02}{day:02}{draw(digits(3))}"
    new = f"{region}{year}{month:02}{day:02}{draw(digits(3))}{draw(st.sampled_from('0123456789Xx'))}"
    return draw(st.sampled_from([old, new]))


cards = st.builds(lambda head, rest: head + rest, st.sampled_from(["62", "4", "95588"]), digits(14))
mails = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,10}@[a-z0-9-]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)
personal = mobiles() | landlines() | identities() | cards | mails
wide = str.maketrans("0123456789@.", "０１２３４５６７８９＠．")


@given(CHINESE, personal, CHINESE, st.booleans())
@example("我的手机", "13812345678", "", False)
def test_no_personal_number_or_address_survives(before, number, after, full_width):
    masked = mask(before + (number.translate(wide) if full_width else number) + after)
    assert not any(character.isdigit() for character in masked)
    assert "@" not in masked
    assert masked.startswith(before)
    assert masked.endswith(after)


@given(CHINESE, personal, st.integers(0, 200))
def test_invisible_characters_hide_nothing(before, number, place):
    place %= len(number) + 1
    assert mask(before + number[:place] + "\u200b" + number[place:]) == mask(before + number)


years = st.integers(1949, 2099)
policy_words = (
    st.builds("京怀政发〔{}〕{}号".format, years, st.integers(1, 999))
    | st.builds("{}年{}月{}日".format, years, st.integers(1, 12), st.integers(1, 31))
    | st.builds("{}-{:02}-{:02}".format, years, st.integers(1, 12), st.integers(1, 31))
    | st.builds("{}—{}年".format, years, years)
    | st.builds("{}{:02}{:02}".format, years, st.integers(1, 12), st.integers(1, 31))
    | st.builds("{}{}元".format, st.integers(1, 10**17), st.sampled_from(["", "万", "亿", "千"]))
    | st.builds("{}.{:02}万元".format, st.integers(1, 10**12), st.integers(0, 99))
    | st.builds("{:,}元".format, st.integers(1, 10**15))
    | st.builds("{}.{}%".format, st.integers(0, 100), st.integers(0, 10**12))
    | st.builds("¥{}".format, st.integers(1, 10**14))
    | st.builds("第{}条".format, st.integers(1, 300))
    | st.sampled_from(["12345", "96005", "400-810-1234", "2023 2024 2025 2026"])
)


@given(st.lists(policy_words, min_size=1, max_size=4).map("、".join))
def test_numbers_of_policies_survive(text):
    assert mask(text) == text


@given(st.text() | st.text("0123456789-（）() @.x电话号万元¥13"))
def test_masking_twice_is_masking_once_and_leaves_what_any_database_takes(text):
    once = mask(text)
    assert mask(once) == once
    assert "\0" not in once
    once.encode()


@given(st.text("我要申请补贴，。abc?\n "))
def test_a_text_without_digits_and_at_signs_stays_as_it_is(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("座机69642345", "座机[电话]"),
        ("电话：6964-2345转801，找张三", "电话：[电话]，找张三"),
        ("卡号6222 0212 3456 7890 128", "卡号[卡号]"),
        ("张三zhang.san@example.com.cn问", "张三[邮箱]问"),
        ("13812345678万老师", "[手机号]万老师"),
        ("总投资13812345678元", "总投资13812345678元"),
    ],
)
def test_masked_as(text, masked):
    assert mask(text) == masked
