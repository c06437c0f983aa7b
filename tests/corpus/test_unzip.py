"""Archives from outside: what they may hold, and a corpus of hostile ones, each refused whole."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus.unzip import Limits, checked_path, unpack
from app.errors import FileRefused

TEXT = "办法\n第一条 对企业给予贴息。\n"
SMALL = Limits(archive=1_000_000, whole=200_000, file=50_000, files=20)


def archive(path: Path, *members: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return path


def unpacked(source: Path, into: Path) -> dict[str, str]:
    return {name: (into / name).read_text("utf-8") for name in unpack(source, into, SMALL)}


def test_files_come_out_with_their_paths_and_litter_stays_behind(tmp_path: Path) -> None:
    source = archive(
        tmp_path / "a.zip",
        ("政策/办法.txt", TEXT),
        ("政策/", ""),
        ("__MACOSX/政策/._办法.txt", "x"),
        (".DS_Store", "x"),
        ("Thumbs.db", "x"),
        ("另一份.md", TEXT),
    )
    assert unpacked(source, tmp_path / "out") == {"政策/办法.txt": TEXT, "另一份.md": TEXT}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize(
    "name", ["政策文件/促进办法（试行）.txt", "一乙.txt", "关于\u3000规定.txt", "誠信乗車\\規定.txt"]
)
def test_chinese_names_are_read_whatever_program_packed_them(
    tmp_path: Path, name: str, encoding: str
) -> None:
    raw = name.encode(encoding)
    # Such programs write the bytes as they are and do not set the flag that says UTF-8.
    source = archive(tmp_path / "a.zip", ("?" * len(raw), TEXT))
    data = source.read_bytes().replace(b"?" * len(raw), raw)
    source.write_bytes(data)
    assert list(unpacked(source, tmp_path / "out")) == [name.replace("\\", "/")]


def test_the_name_in_the_extra_field_goes_before_the_bytes(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("old.txt")
    told = "办法.txt".encode()
    field = struct.pack("<BI", 1, zlib.crc32(b"old.txt")) + told
    entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert list(unpacked(archive(tmp_path / "a.zip", (entry, TEXT)), tmp_path / "out")) == ["办法.txt"]


def link(path: Path) -> None:
    entry = zipfile.ZipInfo("办法.txt")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive(path, ("good.txt", TEXT), (entry, "/etc/passwd"))


def encrypted(path: Path) -> None:
    archive(path, ("a.txt", TEXT))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)


def lying(path: Path) -> None:
    """States that its file is small, and unpacks to far more."""
    archive(path, ("a.txt", "一" * 60_000))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(data)


def nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("a.txt", TEXT)
    archive(path, ("good.txt", TEXT), ("里面.zip", inner.getvalue()))


def damaged(path: Path) -> None:
    archive(path, ("good.txt", TEXT), ("a.txt", TEXT * 50))
    data = bytearray(path.read_bytes())
    at = data.index(b"a.txt") + 12
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)


def odd_method(path: Path) -> None:
    archive(path, ("a.txt", TEXT))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 97)
    path.write_bytes(data)


def of(*members: tuple[str, str | bytes]) -> Callable[[Path], None]:
    return lambda path: archive(path, ("good.txt", TEXT), *members) and None


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "up": (of(("../x.txt", TEXT)), "指向外部"),
    "up within": (of(("a/../../x.txt", TEXT)), "指向外部"),
    "up by backslash": (of(("a\\..\\..\\x.txt", TEXT)), "指向外部"),
    "absolute": (of(("/etc/x.txt", TEXT)), "指向外部"),
    "drive": (of(("C:\\x.txt", TEXT)), "指向外部"),
    "share": (of(("\\\\host\\x.txt", TEXT)), "指向外部"),
    "control": (of(("a\x1b[31m.txt", TEXT)), "不能用作文件名"),
    "newline": (of(("a\nb.txt", TEXT)), "不能用作文件名"),
    "deep": (of(("/".join("a" * 12) + "/x.txt", TEXT)), "层"),
    "long name": (of(("长" * 100 + ".txt", TEXT)), "太长"),
    "same name": (of(("A.txt", TEXT), ("a.txt", TEXT)), "重名"),
    "file and folder": (of(("a.txt", TEXT), ("a.txt/b.txt", TEXT)), "既是文件又是文件夹"),
    "many": (of(*((f"{n}.txt", TEXT) for n in range(30))), "个文件"),
    "bomb": (of(("bomb.txt", b"0" * 3_000_000)), "压缩炸弹"),
    "too large": (of(*((f"{n}.bin", bytes(range(256)) * 160) for n in range(6))), "压缩炸弹"),
    "large file": (of(("a.txt", bytes(range(256)) * 240)), "字节的上限"),
    "link": (link, "链接"),
    "encrypted": (encrypted, "密码"),
    "lying": (lying, "上限|损坏"),
    "nested": (nested, "里还有压缩包"),
    "damaged": (damaged, "损坏"),
    "odd method": (odd_method, "压缩方式"),
    "no archive": (lambda path: path.write_bytes(b"PK nothing") and None, "损坏"),
    "empty file": (lambda path: path.write_bytes(b""), "损坏"),
    "names of no encoding": (
        lambda path: (
            path.write_bytes(archive(path, ("???.txt", TEXT)).read_bytes().replace(b"???", b"\x81\x20\xff"))
            and None
        ),
        "无法识别",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_with_a_sentence_and_writes_nothing_outside(
    tmp_path: Path, name: str
) -> None:
    make, says = HOSTILE[name]
    source = tmp_path / "x.zip"
    make(source)
    with pytest.raises(FileRefused, match=says) as refused:
        unpack(source, tmp_path / "in" / "out", SMALL)
    assert str(refused.value).startswith("压缩包“x.zip”")
    assert {path.name for path in tmp_path.iterdir()} <= {"x.zip", "in"}
    written = sum(path.stat().st_size for path in (tmp_path / "in").rglob("*") if path.is_file())
    assert written <= SMALL.whole


def test_an_archive_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK" + b"0" * SMALL.archive)
    with pytest.raises(FileRefused, match="请分成几个"):
        unpack(tmp_path / "x.zip", tmp_path / "out", SMALL)


@given(st.text(max_size=40) | st.text("./\\ab:~", max_size=20))
def test_no_name_whatever_leads_out_of_the_folder(name: str) -> None:
    try:
        path = checked_path(name, "x.zip")
    except FileRefused:
        return
    inside = (Path("/folder") / path).resolve()
    assert inside.is_relative_to("/folder")
    assert "\\" not in path
    assert not path.startswith("/")


@given(st.binary(max_size=300))
def test_whatever_bytes_they_are_they_are_unpacked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("noise")
    (folder / "x.zip").write_bytes(b"PK\x03\x04" + data + b"PK\x05\x06" + b"\0" * 18)
    with suppress(FileRefused):
        assert unpack(folder / "x.zip", folder / "out", SMALL) == ()


def moved(source: Path, by: int) -> None:
    """Tell the archive that its directory begins `by` bytes further on: every file then lies before where it is."""
    data = source.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", data, end + 16)
    source.write_bytes(data[: end + 16] + struct.pack("<I", offset + by) + data[end + 20 :])


@pytest.mark.parametrize("by", [1, 1000, 2**31])
def test_a_file_before_the_beginning_of_the_archive_is_refused_with_a_sentence(
    tmp_path: Path, by: int
) -> None:
    source = archive(tmp_path / "a.zip", ("办法.txt", TEXT))
    moved(source, by)
    with pytest.raises(FileRefused, match="已损坏"):
        unpacked(source, tmp_path / "out")


def test_a_directory_longer_than_any_honest_one_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = (zipfile.ZipInfo(f"{at}.txt") for at in range(40))
    for entry in (listed := list(entries)):
        entry.comment = b"x" * 5000
    source = archive(tmp_path / "a.zip", *((entry, "") for entry in listed))
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_, **__: pytest.fail("the directory was read"))
    with pytest.raises(FileRefused, match="文件太多"):
        unpacked(source, tmp_path / "out")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_take_memory_as_they_like_are_refused(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
        made.writestr("办法.txt", TEXT)
    with pytest.raises(FileRefused, match="压缩方式不支持"):
        unpacked(tmp_path / "a.zip", tmp_path / "out")


def test_a_full_disk_is_not_the_fault_of_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = archive(tmp_path / "a.zip", ("办法.txt", TEXT))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OSError, match="No space"):
        unpacked(source, tmp_path / "out")
