import os

import pytest

from app.corpus import corpus_fingerprint, read_corpus
from app.errors import CorpusEmpty, CorpusMissing


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def files(corpus):
    return [document.file for document in corpus.documents]


def test_texts_are_read_recursively_in_the_order_of_their_paths(tmp_path):
    for name in ("b/二.md", "a.txt", "b/一.txt", ".隐藏.txt", ".git/x.txt", "README.md", "b/README.txt"):
        put(tmp_path, name, f"{name}的正文。")
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["a.txt", "b/一.txt", "b/二.md"]
    assert corpus.notes == ()


def test_a_refused_file_is_noted_and_the_rest_is_served(tmp_path):
    put(tmp_path, "好.txt", "正文。")
    put(tmp_path, "空.txt", " ")
    put(tmp_path, "附表.doc", "x")
    put(tmp_path, "头.txt", "---\ntitle: 甲\n备注: 乙\n---\n另一正文。")
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["头.txt", "好.txt"]
    assert [next(word for word in ("备注", "空白", ".docx") if word in note) for note in corpus.notes] == [
        "备注",
        "空白",
        ".docx",
    ]


def test_the_same_text_is_served_once_and_both_files_are_named(tmp_path):
    put(tmp_path, "a.txt", "正文。")
    put(tmp_path, "b.txt", "正文。")
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["a.txt"]
    assert "a.txt" in corpus.notes[0]
    assert "b.txt" in corpus.notes[0]


def test_the_same_id_twice_is_refused(tmp_path):
    put(tmp_path, "a.txt", "---\nid: x\n---\n甲。")
    put(tmp_path, "b.txt", "---\nid: x\n---\n乙。")
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["a.txt"]
    assert "“x”" in corpus.notes[0]


def test_a_missing_folder_and_an_empty_one_are_told_apart(tmp_path):
    with pytest.raises(CorpusMissing, match="无此"):
        read_corpus(tmp_path / "无此")
    with pytest.raises(CorpusMissing):
        corpus_fingerprint(tmp_path / "无此")
    put(tmp_path, "空.txt", "")
    with pytest.raises(CorpusEmpty, match=r"空\.txt"):
        read_corpus(tmp_path)


def test_links_that_loop_or_lead_nowhere_do_no_harm(tmp_path):
    put(tmp_path, "b/a.txt", "正文。")
    (tmp_path / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["b/a.txt"]
    assert len(corpus.notes) == 2
    assert len(corpus_fingerprint(tmp_path)) == 64


def test_a_file_name_that_is_not_utf8_is_noted(tmp_path):
    put(tmp_path, "a.txt", "正文。")
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb") as file:
        file.write("另文。".encode())
    corpus = read_corpus(tmp_path)
    assert files(corpus) == ["a.txt"]
    "".join(corpus.notes).encode("utf-8")


def test_the_fingerprint_follows_names_and_bytes(tmp_path):
    path = put(tmp_path, "a.txt", "甲。")
    before = corpus_fingerprint(tmp_path)
    assert corpus_fingerprint(tmp_path) == before
    put(tmp_path, "b.png", "不读")
    assert corpus_fingerprint(tmp_path) == before
    put(tmp_path, "a.txt", "乙。")
    edited = corpus_fingerprint(tmp_path)
    path.rename(tmp_path / "c.txt")
    assert len({before, edited, corpus_fingerprint(tmp_path)}) == 3


def test_a_link_that_leads_out_of_the_folder_is_named_and_never_read(tmp_path):
    (tmp_path / "secret.txt").write_text("不公开的内容。\n", "utf-8")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "more.txt").write_text("也不公开。\n", "utf-8")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "办法.txt").write_text("公开的办法。\n", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "private")
    corpus = read_corpus(folder)
    assert [document.title for document in corpus.documents] == ["公开的办法。"]
    assert any("link.txt" in note and "文件夹之外" in note for note in corpus.notes)
    assert any("“linked”" in note for note in corpus.notes)
