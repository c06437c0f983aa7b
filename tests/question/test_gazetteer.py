from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Document
from app.question import Gazetteer, Homes
from app.settings import ROOT
from app.text import read_lexicon

REGIONS = read_lexicon(ROOT / "corpus" / "lexicon").regions
PLACES = Gazetteer.of(REGIONS)
TINY = Gazetteer.of(
    [
        ("东省", "中国"),
        ("甲市", "东省"),
        ("乙市", "东省"),
        ("鼓区", "甲市"),
        ("鼓区", "乙市"),
        ("坪区", "甲市"),
    ]
)


def document(name: str, title: str, region: str | None) -> Document:
    return Document(name, f"{name}.txt", title, "文", "0" * 64, region=region)


@pytest.mark.parametrize(
    ("one", "other", "kin"),
    [("甲市", "坪区", True), ("坪区", "甲市", True), ("乙市", "坪区", False), ("东省", "坪区", True), ("鼓区", "乙市", True),
     ("鼓区", "甲市", True), ("鼓区", "坪区", False)],
)  # fmt: skip
def test_a_place_is_of_kin_with_what_lies_in_it_and_around_it(one: str, other: str, kin: bool) -> None:
    assert TINY.is_kin(one, other) is kin


@given(st.sampled_from(sorted(PLACES.parents)), st.sampled_from(sorted(PLACES.parents)))
def test_kinship_is_mutual_and_everybody_is_of_kin_with_himself(one: str, other: str) -> None:
    assert PLACES.is_kin(one, one)
    assert PLACES.is_kin(one, other) == PLACES.is_kin(other, one)


def test_a_document_is_of_its_narrowest_place_alone() -> None:
    homes = Homes(TINY, [document("d", "甲市坪区补贴办法", "东省甲市坪区"), document("n", "补贴条例", None)])
    assert homes.about(["鼓区"], "d") is False
    assert homes.about(["坪区"], "d") is True
    assert homes.about(["甲市"], "d") is True
    assert homes.about(["乙市"], "d") is False
    assert homes.about(["乙市"], "n") is None


def test_a_loop_in_the_list_of_places_ends() -> None:
    looped = Gazetteer.of([("甲", "乙"), ("乙", "甲")])
    assert looped.is_kin("甲", "乙")


def test_places_are_found_longest_first_and_not_inside_other_names() -> None:
    assert PLACES.named("上海银行的贷款怎么办") == ()
    found = PLACES.named("从北京市海淀区搬到怀柔区")
    assert "海淀区" in found
    assert "怀柔区" in found
    text = "从北京市海淀区搬到怀柔区"
    assert all(text.find(a) <= text.find(b) for a, b in pairwise(found))
