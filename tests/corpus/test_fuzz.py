"""Each reader is given files that begin good and are then damaged: it gives documents, or one sentence with a remedy.

Found failures are kept as `@example`s beside the reader they broke, so that every run tries them again.
"""

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.corpus.outline import outline
from app.corpus.readers import documents_of
from app.errors import FileRefused

from . import files

BLOCKS = [
    "第一章 总则",
    "第一条 支持企业。",
    [["事项", "金额"], ["贴息", "100元"]],
    "第二条 本办法自2024年1月1日起施行。",
]
HEAD = (
    "---\nid: a\ntitle: 某办法\nissuers: [甲局, 乙局]\npublished_on: 2024-05-01\nkind: 原文\n---\n".encode()
)
GOOD = {
    "a.txt": HEAD + files.txt("某办法", BLOCKS),
    "a.md": files.txt("某办法", BLOCKS),
    "a.html": files.html("某办法", BLOCKS),
    "a.csv": files.sheet(".csv"),
    "a.xlsx": files.sheet(".xlsx"),
    "a.docx": files.docx("某办法", BLOCKS),
    "a.pdf": files.pdf("某办法", ["第一条 支持企业。"] * 3),
}
PACKED = [name for name in GOOD if name.endswith(("docx", "xlsx"))]
NOISE = st.binary(max_size=12) | st.sampled_from(
    [
        b"\0" * 8,
        b"\xff" * 8,
        b"<" * 50,
        b"&a;",
        b"*a",
        b"&a [",
        b"': ",
        b"99999999999",
        b"-1",
        b"\n---\n",
        b"%s" * 9,
    ]
)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survived(name: str, data: bytes) -> None:
    """The file becomes documents that can be served whole, or one short sentence with a remedy."""
    try:
        documents, notes = documents_of(data, name)
    except FileRefused as refusal:
        told = str(refusal)
        assert name in told, told
        assert "请" in told, told
        assert len(told) < 600, told
        return
    assert documents
    for document in documents:
        document.text.encode("utf-8")
        held = "".join(document.text[clause.start : clause.end] for clause in outline(document))
        assert len("".join(held.split())) == len("".join(document.text.split()))
    assert all(len(note) < 1500 for note in notes)


def damaged(data: bytes, wounds: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with pieces replaced: where (in thousandths), how many are taken away, what comes instead."""
    for where, taken, noise in wounds:
        at = len(data) * where // 1000
        data = data[:at] + noise + data[at + taken :]
    return data


WOUNDS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 60), NOISE), min_size=1, max_size=4)


@pytest.mark.parametrize("name", GOOD)
@FEW
@given(wounds=WOUNDS)
@example(wounds=[(0, 1 << 20, b"")])
@example(wounds=[(500, 1 << 20, b"")])
@example(wounds=[(0, 0, b"\xef\xbb\xbf"), (1000, 0, b"\0")])
def test_a_damaged_file_is_read_or_refused(name: str, wounds: list[tuple[int, int, bytes]]) -> None:
    survived(name, damaged(GOOD[name], wounds))


@pytest.mark.parametrize("name", PACKED)
@FEW
@given(part=st.integers(0, 30), wounds=WOUNDS)
@example(part=0, wounds=[(0, 1 << 20, b"<a/>")])
def test_a_file_with_a_damaged_part_is_read_or_refused(
    name: str, part: int, wounds: list[tuple[int, int, bytes]]
) -> None:
    survived(name, repacked(GOOD[name], part, lambda data: damaged(data, wounds)))


def repacked(data: bytes, part: int, change: Callable[[bytes], bytes]) -> bytes:
    """The archive, whole, with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        names = old.namelist()
        for number, each in enumerate(names):
            content = old.read(each)
            made.writestr(each, change(content) if number == part % len(names) else content)
    return out.getvalue()


VALUES = st.recursive(
    st.sampled_from(["甲", "1", "1.5", "2024-05-01", "2024-13-99", "~", "yes", "1:2:3", "0x1F", "!!binary aGk=", "'a", "*x", "&x 甲", "<<"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4).map(lambda each: f"[{', '.join(each)}]")
    | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
        lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each.items()) + "}"
    ),
    max_leaves=12,
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "title", "issuers", "kind", "published_on", "source_url", "unknown", "? [a]", "<<"]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(KEYS, VALUES), max_size=6))
@example([("title", "&x [甲, 甲]"), ("issuers", "[*x, *x]")])
@example([("title", "[" * 400)])
@example([("title", ":".join(["59"] * 3000))])
@example([("published_on", "2024-02-30T25:61:61Z")])
def test_any_front_matter_is_read_or_refused(lines: list[tuple[str, str]]) -> None:
    block = "\n".join(f"{key}: {value}" for key, value in lines)
    survived("a.md", f"---\n{block}\n---\n正文。".encode("utf-8", "replace"))
