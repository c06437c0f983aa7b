from pathlib import Path

import pytest

from app.corpus import outline, read_corpus
from app.errors import LexiconError
from app.index import questions_fingerprint, read_questions, resolve, unresolved
from tests.index.tiny import LOAN, write_corpus

GOOD = """
file: loan.txt
questions:
  - address: ["一、"]
    asks: [第一次贷款有没有贴息, 首贷 补贴]
  - address: ["九、"]
    asks: [没有这一条]
"""


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "loan.yaml").write_text(text, "utf-8")
    return folder


def test_entries_carry_file_address_questions_and_line(tmp_path: Path) -> None:
    first, second = read_questions(written(tmp_path / "q", GOOD))
    assert (first.file, first.address, first.asks) == (
        "loan.txt",
        ("一、",),
        ("第一次贷款有没有贴息", "首贷 补贴"),
    )
    assert (first.line, second.line, first.source) == (4, 6, "loan.yaml")


def test_a_folder_that_is_not_there_holds_no_questions(tmp_path: Path) -> None:
    assert read_questions(tmp_path / "absent") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('file: a.txt\nquestions:\n  - address: ["一、"\n    asks: [x]\n', "YAML"),
        ("file: a.txt\n", "questions"),
        ("questions:\n  - address: [一]\n    asks: [x]\n", "file"),
        ("file: a.txt\nquestions: 问\n", "questions"),
        ("file: a.txt\nquestions:\n  - 问\n", "每一组"),
        ("file: a.txt\nquestions:\n  - asks: [x]\n", "address"),
        ("file: a.txt\nquestions:\n  - address: [一]\n    asks: [x: y]\n", "asks"),
        ("file: a.txt\nquestions:\n  - address: [一]\n    asks: ['']\n", "空"),
    ],
)
def test_a_broken_entry_is_refused_with_file_and_line(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(LexiconError, match=r"loan\.yaml 第 \d+ 行") as refusal:
        read_questions(written(tmp_path / "q", text))
    assert named in str(refusal.value)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "q"
    folder.mkdir()
    (folder / "loan.yaml").write_bytes("file: 贷款".encode("gb18030"))
    with pytest.raises(LexiconError, match="UTF-8"):
        read_questions(folder)


def test_addresses_are_resolved_and_unknown_ones_told(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", loan=LOAN))
    clauses = {d.id: outline(d) for d in corpus.documents}
    resolved = resolve(read_questions(written(tmp_path / "q", GOOD)), corpus.documents, clauses)
    wanted = next(c for c in clauses[corpus.documents[0].id] if c.label == "一、")
    assert resolved.asks == ((wanted.id, "第一次贷款有没有贴息"), (wanted.id, "首贷 补贴"))
    assert resolved == unresolved(read_questions(tmp_path / "q"), corpus.documents)
    (note,) = resolved.broken
    assert "九、" in note
    assert "第 6 行" in note


def test_entries_for_a_file_that_is_not_served_are_passed_over_with_one_note(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", other=LOAN))
    clauses = {d.id: outline(d) for d in corpus.documents}
    resolved = resolve(read_questions(written(tmp_path / "q", GOOD)), corpus.documents, clauses)
    assert resolved.asks == ()
    (note,) = resolved.elsewhere
    assert "loan.txt" in note
    assert "3 个问法" in note


def test_the_fingerprint_changes_with_the_bytes(tmp_path: Path) -> None:
    before = questions_fingerprint(written(tmp_path / "q", GOOD))
    assert before == questions_fingerprint(tmp_path / "q")
    assert before != questions_fingerprint(written(tmp_path / "q", GOOD + "# 备注\n"))
