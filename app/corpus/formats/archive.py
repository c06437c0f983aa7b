"""Office files are ZIP archives of XML: what is checked before a library opens one."""

import io
import re
import zipfile
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from app.errors import FileRefused, shown

_MOST_FILES = 5000
_MOST_BYTES = 300 * 1024 * 1024
_HIGHEST_RATIO = 200
_FREE_RATIO = 1024 * 1024  # below this size any ratio is harmless
_DEEPEST = 400
_MOST_MERGED = 200_000  # cells of one sheet under merged ranges: a library makes an object of each
_CORNER = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The archive, when it is one, not encrypted, and unpacks to a reasonable size.

    Raises FileRefused for broken archives, passwords, ZIP bombs, names that lead outside and XML that declares entities
    or nests too deeply.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileRefused(f"文件“{name}”已损坏或不完整，请重新导出后重试。") from error
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(f"文件“{name}”已加密，请取消密码后重试。")
    if any(
        entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/")
        for entry in entries
    ):
        raise FileRefused(f"文件“{name}”中含有指向外部的路径，疑似恶意文件，请重新导出后重试。")
    size = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if (
        len(entries) > _MOST_FILES
        or size > _MOST_BYTES
        or (size > _FREE_RATIO and size / packed > _HIGHEST_RATIO)
    ):
        raise FileRefused(f"文件“{name}”展开后过大（{size} 字节），疑似压缩炸弹，请拆分或重新导出后重试。")
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused(f"文件“{name}”的压缩方式不支持，请用 Office 或 WPS 另存后重试。")
        if entry.filename.endswith((".xml", ".rels")):
            _check_xml(archive, entry, name)
    return archive


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Entities off, external ones above all, and no nesting that only an attack has."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import make_parser

    handler = _Shape(name)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    try:
        with archive.open(entry) as part:
            parser.parse(part)
    except DefusedXmlException as error:
        raise FileRefused(f"文件“{name}”中的 XML 定义了实体，疑似恶意文件，请重新导出后重试。") from error
    except (SAXParseException, zipfile.BadZipFile, EOFError, OSError) as error:
        raise FileRefused(f"文件“{name}”已损坏或不完整，请重新导出后重试。") from error


class _Shape(ContentHandler):
    """Counts how deep the elements stand, and the cells of a sheet that lie under merged ranges."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._depth = 0
        self._merged = 0

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FileRefused(f"文件“{self._name}”的结构嵌套超过 {_DEEPEST} 层，请另存为 .txt 后重试。")
        if name.rpartition(":")[2] == "mergeCell":
            area = str(attrs.get("ref", ""))  # type: ignore[attr-defined]
            self._merged += _cells_in(area)
            if self._merged > _MOST_MERGED:
                raise FileRefused(
                    f"文件“{self._name}”中合并的单元格“{shown(area)}”过大（一张表最多 {_MOST_MERGED} 格），"
                    "请取消合并后重试。"
                )

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1


def _cells_in(area: str) -> int:
    """How many cells a range such as `A1:C9` has; 0 for what is none."""
    corners = [_CORNER.fullmatch(corner) for corner in area.split(":")]
    if len(corners) != 2 or not (corners[0] and corners[1]):
        return 0
    left, right = (_column(corner[1]) for corner in corners if corner)
    top, bottom = (int(corner[2]) for corner in corners if corner)
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
