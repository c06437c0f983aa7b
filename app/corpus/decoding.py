"""Bytes become the canonical text: which encodings are tried, in which order, and what is refused."""

import codecs
import re

from app.errors import FileRefused

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_FAMILIAR = re.compile(r"[\x09\x0a\x0d\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u203b]")
_FEW_BROKEN = 3
_REMEDY = "请另存为 UTF-8 编码的纯文本后重试"


def decode(data: bytes, name: str) -> str:
    """The text of a file's bytes: BOM removed, line ends as `\\n`, nothing else changed.

    UTF-8 is tried first, then UTF-16 (with a BOM, or where its NUL bytes make it plain), then GB18030, all strictly.
    `name` is how messages call the file. Raises FileRefused for binary files, broken encodings and blank files.
    """
    text = _decoded(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or len(_CONTROL.findall(text)) * 10 > len(text):
        raise FileRefused(f"文件“{name}”不是文本文件（含有大量控制字符），请提供 .txt 或 .md 纯文本。")
    if not text.strip():
        raise FileRefused(f"文件“{name}”是空白的，没有可读的文字，请补全内容或将其移出文件夹。")
    return text


def decode_mended(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file's bytes, where a few broken ones are shown as � as a browser does; and a note that names them.

    Raises FileRefused like `decode`, and for a file of which more than a few bytes are broken.
    """
    try:
        return decode(data, name), ()
    except FileRefused:
        encoding = "utf-8" if _is_mostly_utf8(data) else "gb18030"
        text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        broken = text.count("\ufffd") - data.count("\ufffd".encode(encoding))
        if "\0" in text or not 0 < broken <= max(_FEW_BROKEN, len(text) // 1000):
            raise
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    return text, (
        f"文件“{name}”有 {broken} 处字节已损坏（第一处在第 {line} 行），以“�”显示，其余照常读入，请核对。",
    )


def _decoded(data: bytes, name: str) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data[3:], "utf-8", name)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16", name)
    if b"\0" in data:
        return _bare_utf16(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            raise _broken(data, "utf-8", name, error) from error
    return _strictly(data, "gb18030", name)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
        text.encode("utf-8")  # a lone surrogate could be decoded but never served
    except UnicodeError as error:
        raise _broken(data, encoding, name, error) from error
    return text


def _broken(data: bytes, encoding: str, name: str, error: UnicodeError) -> FileRefused:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    before = data[:start].decode(encoding, "replace")
    line = len(re.findall(r"\r\n|\r|\n", before)) + 1
    return FileRefused(f"文件“{name}”第 {line} 行的编码已损坏，无法按 {encoding.upper()} 读取，{_REMEDY}。")


def _bare_utf16(data: bytes, name: str) -> str:
    """UTF-16 without a BOM: only believed when nearly every character is one that policy texts use."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and len(_FAMILIAR.findall(text)) >= 0.9 * len(text):
            return text
    raise FileRefused(f"文件“{name}”是二进制文件，不是纯文本，{_REMEDY}。")


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether a few broken bytes stand in otherwise good UTF-8; GB18030 would turn such a file into nonsense."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(char > "\u07ff" for char in text) - broken > 4 * broken
