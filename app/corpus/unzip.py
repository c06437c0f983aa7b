"""A ZIP archive of policy files from outside: unpacked into a folder, or refused whole with a sentence.

Nothing of an archive is trusted: neither its names, nor the sizes it states, nor that what it holds is what it says.
"""

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.errors import FileRefused

ARCHIVE_LIMIT = 512 * 1024 * 1024  # bytes of the archive itself
WHOLE_LIMIT = 1024 * 1024 * 1024  # bytes of everything unpacked
MOST_FILES = 5000
DEEPEST = 10  # folders within folders
LONGEST_NAME = 255  # bytes of UTF-8 of one part of a path: what file systems take
HIGHEST_RATIO = 200
FREE_RATIO = 1024 * 1024  # below this size any ratio is harmless
_UTF8 = 0x800
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field
ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".iso")
_BLOCK = 1 << 20
_LONGEST_END = 65_535 + 22 + 20  # bytes of a comment and the records before it
_LONGEST_ENTRY = 1024  # bytes of an entry of the directory, on average: a long name in two encodings


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold; bytes, files, folders within folders."""

    archive: int = ARCHIVE_LIMIT
    whole: int = WHOLE_LIMIT
    file: int = 20 * 1024 * 1024
    files: int = MOST_FILES


def unpack(source: Path, into: Path, limits: Limits, *, own: bool = False) -> tuple[str, ...]:
    """Unpack an archive into a folder; the paths inside it, with `/`, in order. Folders and system files are left out, and
    hidden files too unless the archive is the program's `own`, whose names are kept to the letter.

    Raises FileRefused, naming archive, entry and remedy, for whatever is hostile, damaged, encrypted or too large.
    """
    name = source.name
    if source.stat().st_size > limits.archive:
        raise FileRefused(f"压缩包“{name}”超过 {limits.archive} 字节的上限，请分成几个后重试。")
    with source.open("rb") as file:
        with _reading(name):
            _check_directory(file, name, limits)
            archive = zipfile.ZipFile(file)
        with archive:
            with _reading(name):
                entries = dict(_entries(archive, name, limits, own))
                _check_together(entries, name, limits)
            left = limits.whole
            for path, entry in entries.items():
                left -= _extract(archive, entry, into / path, min(left, limits.file), name, path)
            return tuple(entries)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Whatever fails while an archive is read is the archive's fault: a place before its beginning is an OSError, too."""
    try:
        yield
    except FileRefused:
        raise
    except NotImplementedError as error:
        raise FileRefused(f"压缩包“{name}”的压缩方式不支持，请改用普通 ZIP 方式压缩后重试。") from error
    except Exception as error:  # the library's own errors are many
        raise FileRefused(f"压缩包“{name}”已损坏或不是 ZIP 文件，请重新压缩后重试。") from error


def _check_directory(file: BinaryIO, name: str, limits: Limits) -> None:
    """Refuse a directory longer than that of as many files as may be: the library reads it whole, an object for each entry."""
    size = file.seek(0, os.SEEK_END)
    begin = file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return  # no archive, as the library will say
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):  # ZIP64: the record before holds the true length
        file.seek(max(0, begin + at - 20 - 56))
        record = file.read(56)
        directory = struct.unpack_from("<Q", record, 40)[0] if record.startswith(b"PK\x06\x06") else size
    if directory > limits.files * _LONGEST_ENTRY:
        raise FileRefused(
            f"压缩包“{name}”的文件目录过大，文件太多（上限 {limits.files} 个），请分成几个后重试。"
        )


def _entries(
    archive: zipfile.ZipFile, name: str, limits: Limits, own: bool
) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files of the archive by their path, each path checked and met once."""
    listed = archive.infolist()
    if len(listed) > limits.files:
        raise FileRefused(
            f"压缩包“{name}”有 {len(listed)} 个文件，超过 {limits.files} 个的上限，请分成几个后重试。"
        )
    met: dict[str, str] = {}
    for entry in listed:
        path = checked_path(_name_of(entry, name), name, exact=own)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise FileRefused(f"压缩包“{name}”中的“{path}”是链接，疑似恶意文件，请放入文件本身后重新压缩。")
        if entry.flag_bits & _ENCRYPTED:
            raise FileRefused(f"压缩包“{name}”已加密，请取消密码后重试。")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError(
                entry.compress_type
            )  # LZMA takes as much memory as the archive tells it to
        if path.endswith("/") or (_is_litter(path) and not own):
            continue
        if path.lower().endswith(ARCHIVES):
            raise FileRefused(f"压缩包“{name}”里还有压缩包“{path}”，请先解开后重新压缩。")
        key = path if own else path.casefold()
        if twin := met.get(key):
            raise FileRefused(f"压缩包“{name}”中有两个文件重名（“{twin}”与“{path}”），请改名后重新压缩。")
        met[key] = path
        yield path, entry


def _name_of(entry: zipfile.ZipInfo, archive: str) -> str:
    """The name as it was meant: UTF-8 where the archive says so, else UTF-8 or GB18030 by its bytes."""
    if entry.flag_bits & _UTF8:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437", "replace")
    if told := _unicode_path(entry.extra, raw):
        return told
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(f"压缩包“{archive}”中有的文件名无法识别（不是 UTF-8 或 GBK），请改名后重新压缩。")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        at += 4 + size
        if (
            kind == _UNICODE_PATH
            and len(field) > 5
            and struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw)
        ):
            return field[5:].decode("utf-8", "replace")
    return None


def checked_path(path: str, archive: str, *, exact: bool = False) -> str:
    """The path of an entry, with `/`, in its normal form unless `exact`.

    Raises FileRefused where it could lead outside or cannot be a name.
    """
    plain = path.replace("\\", "/")
    plain = plain if exact else unicodedata.normalize("NFC", plain)
    shown = "".join(c if _is_seen(c) else "�" for c in plain)[:80]
    parts = PurePosixPath(plain).parts
    if plain.startswith("/") or ".." in parts or (len(plain) > 1 and plain[1] == ":"):
        raise FileRefused(f"压缩包“{archive}”中有指向外部的路径“{shown}”，疑似恶意文件，已全部拒收。")
    if not parts or not all(map(_is_seen, plain)) or "\ufffd" in plain:
        raise FileRefused(f"压缩包“{archive}”中有不能用作文件名的名称“{shown}”，请改名后重新压缩。")
    if len(parts) > DEEPEST:
        raise FileRefused(f"压缩包“{archive}”中“{shown}”的文件夹超过 {DEEPEST} 层，请减少层次后重试。")
    if any(len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in parts):
        raise FileRefused(f"压缩包“{archive}”中“{shown}”的名称太长，请缩短后重试。")
    return "/".join(parts) + ("/" if plain.endswith("/") else "")


def _is_seen(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"  # the wide space of Chinese names


def _is_litter(path: str) -> bool:
    """What operating systems leave in archives, and what a corpus does not read."""
    parts = path.split("/")
    return any(p.startswith((".", "~$")) or p in ("__MACOSX", "Thumbs.db", "desktop.ini") for p in parts)


def _check_together(entries: dict[str, zipfile.ZipInfo], name: str, limits: Limits) -> None:
    size = sum(entry.file_size for entry in entries.values())
    packed = max(1, sum(entry.compress_size for entry in entries.values()))
    if size > limits.whole or (size > FREE_RATIO and size / packed > HIGHEST_RATIO):
        raise FileRefused(f"压缩包“{name}”展开后有 {size} 字节，疑似压缩炸弹，已全部拒收；请分成几个后重试。")
    folders = {"/".join(path.split("/")[:n]) for path in entries for n in range(1, path.count("/") + 1)}
    if clash := next((path for path in entries if path in folders), None):
        raise FileRefused(f"压缩包“{name}”中的“{clash}”既是文件又是文件夹，请重新压缩后重试。")


def _extract(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int, name: str, path: str
) -> int:
    """Write one entry; never more bytes than allowed, whatever the archive states."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with _reading(name):
        packed = archive.open(entry)
    with packed, target.open("xb") as file:
        while True:
            with _reading(name):
                block = packed.read(_BLOCK)
            if not block:
                break
            written += len(block)
            if written > limit:
                raise FileRefused(
                    f"压缩包“{name}”中的“{path}”超过 {limit} 字节的上限，请拆分该文件，或调大 ZHENGWEN_FILE_LIMIT。"
                )
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return written
