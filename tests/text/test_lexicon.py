from pathlib import Path

import pytest

from app.errors import LexiconError
from app.settings import ROOT
from app.text import Analyzer, Lexicon, read_lexicon


def test_an_absent_folder_is_an_empty_lexicon(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path / "none").synonyms == ()


def test_lines_are_read_in_normal_form_and_comments_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("# 政策用语\n專精特新\t50\nＣＤＭＯ\nC#语言 # 编程\n", "utf-8")
    (tmp_path / "synonyms.txt").write_text("首次贷款\t首貸 | 头一回贷款\n", "utf-8")
    lexicon = read_lexicon(tmp_path)
    assert lexicon.terms == (("专精特新", 50), ("cdmo", None), ("c#语言", None))
    assert lexicon.synonyms == (("首次贷款", "首贷", "头一回贷款"),)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("synonyms.txt", "好\n首次贷款 首贷\n", "synonyms.txt 第 1 行“好”"),
        ("synonyms.txt", "首次贷款\t | \n", "第 1 行"),
        ("terms.txt", "专精特新\t很多\n", "词频应为正整数"),
    ],
)
def test_a_broken_line_is_named_with_its_remedy(tmp_path: Path, file: str, content: str, says: str) -> None:
    (tmp_path / file).write_text(content, "utf-8")
    with pytest.raises(LexiconError, match=says):
        read_lexicon(tmp_path)


def test_a_lexicon_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_bytes("专精特新".encode("gb18030"))
    with pytest.raises(LexiconError, match="不是 UTF-8"):
        read_lexicon(tmp_path)


def test_another_lexicon_is_another_fingerprint(tmp_path: Path) -> None:
    before = Analyzer(read_lexicon(tmp_path)).fingerprint
    (tmp_path / "terms.txt").write_text("升规纳统\n", "utf-8")
    assert Analyzer(read_lexicon(tmp_path)).fingerprint != before


def test_a_term_of_the_lexicon_is_one_word() -> None:
    assert "稳岗返还" not in Analyzer().words("企业稳岗返还")
    assert "稳岗返还" in Analyzer(Lexicon(terms=(("稳岗返还", None),))).words("企业稳岗返还")


def test_a_word_in_two_groups_is_refused_with_both_lines(tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("贴息\t利息补贴\n# 注\n补贴\t补助 | 利息补贴\n", "utf-8")
    with pytest.raises(LexiconError, match=r"synonyms\.txt 第 3 行.*利息补贴.*第 1 行"):
        read_lexicon(tmp_path)


def test_the_lexicon_of_the_product_can_be_read() -> None:
    lexicon = read_lexicon(ROOT / "corpus" / "lexicon")
    assert len(lexicon.synonyms) > 500
    assert lexicon.terms
    assert lexicon.stopwords
