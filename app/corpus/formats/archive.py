"""Office files are ZIP archives of XML: what is checked before a library opens one."""

import io
import zipfile
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from app.errors import FileRefused

_MOST_FILES = 5000
_MOST_BYTES = 300 * 1024 * 1024
_HIGHEST_RATIO = 200
_FREE_RATIO = 1024 * 1024  # below this size any ratio is harmless
_DEEPEST = 400


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
        if entry.filename.endswith((".xml", ".rels")):
            _check_xml(archive, entry, name)
    return archive


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Entities off, external ones above all, and no nesting that only an attack has."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import make_parser

    handler = _Depth(name)
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


class _Depth(ContentHandler):
    """Counts how deep the elements stand."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._depth = 0

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FileRefused(f"文件“{self._name}”的结构嵌套超过 {_DEEPEST} 层，请另存为 .txt 后重试。")

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1
