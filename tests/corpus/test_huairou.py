"""The interpretation shipped with the product: its words, and the tree a reader would draw."""

from hashlib import sha256

import pytest

from app.corpus import outline, read_document
from app.settings import ROOT

FOLDER = ROOT / "corpus" / "policies"
FILE = FOLDER / "beijing-huairou" / "advanced-manufacturing-software-interpretation.txt"


@pytest.fixture(scope="module")
def text():
    return read_document(FILE, FOLDER)


@pytest.fixture(scope="module")
def children(text):
    clauses = outline(text)
    heads = [clause for clause in clauses if clause.kind == "heading"]
    return {head.label: [clause for clause in clauses if clause.parent == head.id] for head in heads}


def test_the_words_are_the_published_ones(text):
    assert text.sha256 == sha256(text.text.encode()).hexdigest()
    assert text.sha256 == "a2635a817b633fa946c052c788e0dbdf5b610242cd0b9f94cf6d8b851a87246a"


def test_what_the_text_does_not_state_stays_empty(text):
    assert (text.number, text.issuers, text.published_on, text.effective_from, text.expires_on) == (
        None,
        (),
        None,
        None,
        None,
    )
    assert (text.kind, text.region, text.level) == ("解读", "北京市怀柔区", "区")
    assert text.basis in text.text
    assert text.interprets in text.text


def test_each_question_heads_its_answer(children):
    assert {label: len(below) for label, below in children.items()} == {
        "一、": 1,
        "二、": 1,
        "三、": 14,
        "四、": 5,
        "五、": 3,
    }


def test_the_thirteen_kinds_of_support_are_items(children):
    overview, *items = children["三、"]
    assert overview.kind == "paragraph"
    assert {item.kind for item in items} == {"item"}
    assert [item.label for item in items] == [
        "对“专精特新”企业聚集支持",
        "支持企业参与资质认定及标准制定",
        "支持优质项目落地",
        "支持企业升规",
        "对稳运行企业给予支持",
        "支持游戏电竞产业发展",
        "支持高端仪器装备和传感器企业扩大规模",
        "支持新能源、新材料应用",
        "支持生物医药产业发展",
        "支持企业技改升级",
        "支持人工智能示范应用",
        "支持中小企业融资",
        "支持特色园区发展",
    ]


@pytest.mark.parametrize(("label", "count"), [("四、", 5), ("五、", 3)])
def test_notes_and_terms_are_items(children, label, count):
    assert [item.label for item in children[label]] == ["（一）", "（二）", "（三）", "（四）", "（五）"][
        :count
    ]
    assert {item.kind for item in children[label]} == {"item"}
