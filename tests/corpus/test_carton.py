"""A corpus goes from one installation to another and is the same there."""

import contextlib
import dataclasses
import hashlib
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert unpack_corpus(tmp_path / "all.zip", places(there)) == carried
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
        unpack_corpus(tmp_path / "all.zip", places(here))
    there = places(tmp_path / "there")
    there.corpus.mkdir(parents=True)
    there.questions.mkdir()
    (there.questions / "loan.yaml").write_text("file: other.txt\nquestions: []\n", "utf-8")
    carried = unpack_corpus(tmp_path / "all.zip", there)
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
        unpack_corpus(tmp_path / "bad.zip", there)
    assert not there.corpus.exists()
    assert not there.questions.exists()
    assert [path.name for path in (tmp_path / "there").iterdir()] == []


def test_without_a_corpus_or_a_file_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing):
        pack(places(tmp_path / "nowhere"), tmp_path / "all.zip")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileRefused, match="找不到"):
        unpack_corpus(tmp_path / "all.zip", places(tmp_path / "there"))


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
    unpack_corpus(tmp_path / "all.zip", there)
    assert {path.name for path in there.corpus.iterdir()} == set(names)


PARTS = st.one_of(
    st.sampled_from(
        [
            "A",
            "a",
            "区\\街",
            "cafe\u0301",
            "caf\u00e9",
            "关于\u3000办法",
            "a\nb",
            "\u202e反",
            "C:",
            "~x",
            "..区",
            "\ufffd",
            "x.zip",
        ]
    ),
    st.sampled_from(["长" * 83, "深"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=8),
).filter(lambda part: not part.startswith((".", "~$")) and not part.upper().startswith("README"))
PATHS = st.lists(PARTS, min_size=1, max_size=14)


@settings(max_examples=40)
@given(st.lists(PATHS, min_size=1, max_size=5))
def test_whatever_the_names_of_its_files_a_corpus_is_imported_to_the_same_paths_and_ids(
    tmp_path_factory: pytest.TempPathFactory, paths: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    at, there = places(folder / "here"), places(folder / "there")
    at.corpus.mkdir(parents=True)
    for number, parts in enumerate(paths):
        name = parts[-1].encode()[:200].decode(errors="ignore") + ".txt"
        path = at.corpus.joinpath(*parts[:-1], name)
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{LOAN}第{number}份\n", "utf-8")
    pack(at, folder / "all.zip")
    unpack_corpus(folder / "all.zip", there)
    assert read_corpus(there.corpus) == read_corpus(at.corpus)


def test_what_unpacks_to_much_more_than_it_takes_is_no_bomb_when_it_is_ones_own(tmp_path: Path) -> None:
    at, there = places(tmp_path / "here"), places(tmp_path / "there")
    write_corpus(at.corpus, loan=LOAN + "一" * 2_000_000)
    pack(at, tmp_path / "all.zip")
    assert unpack_corpus(tmp_path / "all.zip", there).files == 1


def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    at = places(tmp_path / "here")
    write_corpus(at.corpus, loan=LOAN)
    (at.corpus / "gone.txt").symlink_to("nowhere.txt")
    (at.corpus / os.fsdecode(b"\xb0\xec.txt")).write_text(GAME, "utf-8")
    carried = pack(at, tmp_path / "all.zip")
    assert carried.files == 1
    assert "“gone.txt”无法读取" in carried.notes[0]
    assert "不是有效的 UTF-8" in carried.notes[1]
    assert unpack_corpus(tmp_path / "all.zip", places(tmp_path / "there")).files == 1


@pytest.mark.parametrize(
    "place",
    ["corpus/../x.txt", "/corpus/x.txt", "corpus/loan.txt", "corpus/loan.txt/x.txt", "x.txt", "corpus/a\0.txt", "corpus/" + "长" * 90, "corpus/\ud800.txt", 7, None],
)  # fmt: skip
def test_a_list_of_contents_leads_nowhere_else(tmp_path: Path, place: object) -> None:
    members = {"corpus/loan.txt": LOAN.encode(), "odd/1": GAME.encode()}
    files = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    told = {"format": 2, "files": files, "names": {"odd/1": place}}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("zhengwen.json", json.dumps(told))
    there = places(tmp_path / "there")
    with pytest.raises(FileRefused, match="清单"):
        unpack_corpus(tmp_path / "bad.zip", there)
    assert not list((tmp_path / "there").iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "there"]


def test_an_empty_folder_that_cannot_be_replaced_is_filled_in_place(
    tmp_path: Path,
) -> None:
    at, there = places(tmp_path / "here"), places(tmp_path / "there")
    write_corpus(at.corpus, loan=LOAN)
    pack(at, tmp_path / "all.zip")
    there.corpus.mkdir(parents=True)
    inode = there.corpus.stat().st_ino
    unpack_corpus(tmp_path / "all.zip", there)
    assert there.corpus.stat().st_ino == inode
    assert [path.name for path in there.corpus.iterdir()] == ["loan.txt"]
