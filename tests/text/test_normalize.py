from hypothesis import example, given
from hypothesis import strategies as st

from app.text import fold, normalize, simplify

MIXED = st.text(
    st.sampled_from("政策條款ＡａⅣ①ﬁ㎡ｶﾞ가각\u0301\u0327e\u1100\u1161 〔〕“”\n\0\ud800😀İß乾隆淨"), max_size=40
)


@given(MIXED | st.text(max_size=60))
@example("ｶﾞ")
@example("e\u0327\u0301")
@example("\u1100\u1161\u11a8")
def test_normal_form_with_offsets_is_the_normal_form(text: str) -> None:
    assert normalize(text).text == fold(text)


@given(MIXED | st.text(max_size=60))
def test_offsets_lead_back_into_the_original_in_order(text: str) -> None:
    form = normalize(text)
    assert len(form.offsets) == len(form.text) + 1
    assert form.offsets[-1] == len(text)
    assert all(a <= b for a, b in zip(form.offsets, form.offsets[1:], strict=False))
    assert all(0 <= offset <= len(text) for offset in form.offsets)


@given(MIXED | st.text(max_size=60))
def test_every_character_of_the_normal_form_comes_from_where_its_offset_says(text: str) -> None:
    form = normalize(text)
    for i in range(len(form.text)):
        j = next((k for k in range(i + 1, len(form.offsets)) if form.offsets[k] > form.offsets[i]), None)
        if j is None:
            continue
        cluster = text[form.offsets[i] : form.offsets[j]]
        # A phrase may be simplified by what stands beside it, so a cluster is compared before simplification.
        assert len(fold(cluster)) == len(form.text[i - _back(form.offsets, i) : j])


def _back(offsets: tuple[int, ...], i: int) -> int:
    steps = 0
    while i - steps - 1 >= 0 and offsets[i - steps - 1] == offsets[i]:
        steps += 1
    return steps


@given(MIXED)
def test_the_normal_form_can_always_be_encoded(text: str) -> None:
    fold(text).encode("utf-8")


@given(st.text(max_size=60))
def test_simplifying_keeps_every_offset(text: str) -> None:
    assert len(simplify(text.replace("\0", ""))) == len(text.replace("\0", ""))


def test_widths_case_and_traditional_characters_fold_together() -> None:
    assert fold("ＭＥＳ　軟體採購與廠房擴建") == "mes 软体采购与厂房扩建"
    assert fold("電網設備檢驗報告") == "电网设备检验报告"
