from pathlib import Path

import pytest

from app.answer import Links, read_bonds
from app.errors import LexiconError
from app.settings import ROOT
from tests.answer.desk import TODAY, composer_of, huairou

BONDS = read_bonds(ROOT / "corpus" / "links")


def quotes(question: str) -> str:
    composer = composer_of(huairou()[0], bonds=BONDS)
    return "".join(c.quote for c in composer.answer(question, as_of=TODAY).citations)


def test_every_link_that_comes_with_the_product_leads_somewhere() -> None:
    assert BONDS
    assert Links(huairou()[0], BONDS).notes == ()


def test_two_supports_asked_about_together_carry_the_rule_against_double_support() -> None:
    assert "原则上不重复支持" in quotes("技改升级和企业升规分别有什么支持")
    assert "原则上不重复支持" in quotes("技改升级的支持能和别的政策叠加吗")
    assert "原则上不重复支持" not in quotes("企业升规怎么支持")


def test_a_loan_answer_carries_the_definition_of_a_first_loan() -> None:
    assert "是指企业在怀柔区向银行申请的第一次贷款" in quotes("中小企业第一次贷款有贴息吗")


def test_a_rule_named_by_the_text_itself_is_found_without_a_link() -> None:
    snapshot, _ = huairou()
    term = next(c for c in snapshot.clauses if "首次贷款：是指" in snapshot.text(c))
    assert [c.label for c in Links(snapshot).companions(term, "首次贷款")] == ["支持中小企业融资"]


def test_an_address_that_does_not_exist_is_named_and_the_rest_holds(tmp_path: Path) -> None:
    file = next(iter(huairou()[0].documents.values())).file
    entry = '- {quote: ["九、"], with: ["三、"], when: always}'
    (tmp_path / "a.yaml").write_text(f"file: {file}\nlinks:\n  {entry}\n", "utf-8")
    links = Links(huairou()[0], read_bonds(tmp_path))
    assert "a.yaml 第 1 组" in links.notes[0]


def test_a_link_to_a_document_that_is_not_served_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        'file: other.txt\nlinks:\n  - {quote: ["一、"], with: ["三、"]}\n', "utf-8"
    )
    assert Links(huairou()[0], read_bonds(tmp_path)).notes == ()


@pytest.mark.parametrize(
    "content",
    ["links: [", "links: []", "file: a.txt\nlinks:\n  - {quote: [一], when: sometimes}", "file: a\nlinks: [3]",
     "file: a.txt\nlinks:\n  - {quote: [一], with: [三], when: asked}"],
)  # fmt: skip
def test_a_broken_links_file_is_named_with_its_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.yaml").write_text(content, "utf-8")
    with pytest.raises(LexiconError, match=r"broken\.yaml"):
        read_bonds(tmp_path)
