"""A corpus goes from one installation to another and is the same there."""

import dataclasses
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from app.corpus import History, Places, pack, read_corpus, unpack_corpus
from app.errors import CorpusMissing, FileRefused
from app.index import build_index, open_snapshot, read_questions
from tests.index.tiny import ANALYZER, GAME, LOAN, HashEncoder, sources, write_corpus

QUESTIONS = "file: loan.txt\nquestions:\n  - address: [一、]\n    asks: [头一回贷款能补吗]\n"


def places(folder: Path) -> Places:
    return Places(folder / "corpus", folder / "questions", folder / "links")


def build(folder: Path, day: date = date(2025, 6, 1)) -> None:
    at = places(folder)
    build_index(
        folder / "index",
        lambda: read_corpus(at.corpus),
        lambda: dataclasses.replace(sources(at.corpus), questions="q"),
        ANALYZER,
        HashEncoder(),
        lambda *_: None,
        questions=lambda: read_questions(at.questions),
        history=History(at.corpus, day),
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An installation with sub-folders, an old version, a given id, a correction, similar questions and links."""
    folder = tmp_path / "here"
    at = places(folder)
    write_corpus(at.corpus, loan=LOAN)
    write_corpus(at.corpus / "区里", 游戏=GAME)
    (at.corpus / ".ids.json").write_text(json.dumps({"区里/游戏.txt": "game"}), "utf-8")
    build(folder, date(2025, 1, 1))
    write_corpus(at.corpus, loan=LOAN.replace("贴息支持", "百分之五的贴息支持"))
    (at.corpus / ".corrections").mkdir()
    (at.corpus / "bad.doc").write_bytes(b"not carried")
    at.questions.mkdir()
    (at.questions / "loan.yaml").write_text(QUESTIONS, "utf-8")
    at.links.mkdir()
    (at.links / "loan.yaml").write_text("file: loan.txt\nlinks: []\n", "utf-8")
    build(folder)
    return folder


def test_it_is_the_same_corpus_elsewhere_to_the_ids_the_versions_and_the_hash_of_its_documents(
    here: Path, tmp_path: Path
) -> None:
    carried = pack(places(here), tmp_path / "all.zip")
    there = tmp_path / "there"
    assert unpack_corpus(tmp_path / "all.zip", places(there), 1_000_000) == carried
    build(there)
    one, two = open_snapshot(here / "index"), open_snapshot(there / "index")
    assert list(two.everything) == list(one.everything)
    assert len(two.archived) == 1
    assert "game" in two.documents
    assert two.manifest.files["documents.jsonl"] == one.manifest.files["documents.jsonl"]
    assert len(two.asks) == len(one.asks) == 1
    assert dict(two.everything) == dict(one.everything)
    pack(places(there), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "all.zip").read_bytes()


def test_a_folder_that_holds_something_and_files_of_others_are_never_written_over(
    here: Path, tmp_path: Path
) -> None:
    pack(places(here), tmp_path / "all.zip")
    with pytest.raises(FileRefused, match="不是空的"):
        unpack_corpus(tmp_path / "all.zip", places(here), 1_000_000)
    there = places(tmp_path / "there")
    there.corpus.mkdir(parents=True)
    there.questions.mkdir()
    (there.questions / "loan.yaml").write_text("file: other.txt\nquestions: []\n", "utf-8")
    carried = unpack_corpus(tmp_path / "all.zip", there, 1_000_000)
    assert "没有覆盖" in carried.notes[0]
    assert "other.txt" in (there.questions / "loan.yaml").read_text("utf-8")


@pytest.mark.parametrize("spoil", ["changed", "missing", "more", "foreign", "format", "damaged", "outside"])
def test_what_is_not_whole_or_not_ours_is_refused_whole(here: Path, tmp_path: Path, spoil: str) -> None:
    pack(places(here), tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    contents = json.loads(members["zhengwen.json"])
    if spoil == "changed":
        members["corpus/loan.txt"] += b"."
    if spoil == "missing":
        del members["corpus/loan.txt"]
    if spoil == "more":
        members["corpus/more.txt"] = b"x"
    if spoil == "foreign":
        del members["zhengwen.json"]
    if spoil == "format":
        members["zhengwen.json"] = json.dumps(contents | {"format": 99}).encode()
    if spoil == "outside":
        members["../x.txt"] = b"x"
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    if spoil == "damaged":
        whole = (tmp_path / "all.zip").read_bytes()
        (tmp_path / "bad.zip").write_bytes(whole[: len(whole) // 2])
    there = places(tmp_path / "there")
    with pytest.raises(FileRefused):
        unpack_corpus(tmp_path / "bad.zip", there, 1_000_000)
    assert not there.corpus.exists()
    assert not there.questions.exists()
    assert [path.name for path in (tmp_path / "there").iterdir()] == []


def test_without_a_corpus_or_a_file_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing):
        pack(places(tmp_path / "nowhere"), tmp_path / "all.zip")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileRefused, match="找不到"):
        unpack_corpus(tmp_path / "all.zip", places(tmp_path / "there"), 1_000_000)


@pytest.mark.parametrize("names", [("长" * 83 + ".txt",), ("A.txt", "a.txt"), ("cafe\u0301.txt",)])
def test_what_is_exported_is_imported_whatever_the_names_of_its_files(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    at = places(tmp_path / "here")
    at.corpus.mkdir(parents=True)
    for name in names:
        (at.corpus / name).write_text(LOAN, "utf-8")
    pack(at, tmp_path / "all.zip")
    there = places(tmp_path / "there")
    unpack_corpus(tmp_path / "all.zip", there, 1_000_000)
    assert {path.name for path in there.corpus.iterdir()} == set(names)
