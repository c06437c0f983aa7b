"""One file becomes one `Document`."""

import re
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from app.corpus.decoding import decode
from app.corpus.document import Document
from app.corpus.frontmatter import parse_front_matter, split_front_matter
from app.errors import FileRefused

READABLE = (".txt", ".md")
_TITLE_LIMIT = 100
FILE_LIMIT = 20 * 1024 * 1024


def read_document(path: Path, folder: Path | None = None, file_limit: int = FILE_LIMIT) -> Document:
    """The document in a `.txt` or `.md` file of at most `file_limit` bytes.

    `folder` is the corpus folder that `Document.file` and the default id are relative to; without it they take
    the bare file name. Raises FileRefused with a Chinese sentence naming the file, the line where there is one, and
    the remedy.
    """
    return read_with_notes(path, folder, file_limit)[0]


def read_with_notes(
    path: Path, folder: Path | None = None, file_limit: int = FILE_LIMIT
) -> tuple[Document, tuple[str, ...]]:
    """The document and sentences about what was passed over in its front matter."""
    name = relative_name(path, folder)
    if path.suffix.lower() not in READABLE:
        raise FileRefused(f"文件“{name}”不是 .txt 或 .md 格式，目前只读取这两种，请先转换为纯文本。")
    block, body = split_front_matter(decode(_content(path, name, file_limit), name))
    if not body.strip():
        raise FileRefused(f"文件“{name}”只有文件头，没有正文，请补全正文或将其移出文件夹。")
    fields, notes = parse_front_matter(block, name)
    return _document(name, body, fields), notes


def relative_name(path: Path, folder: Path | None) -> str:
    """The path inside the folder with `/`, or the bare file name. Raises FileRefused for a name that is not UTF-8."""
    name = path.relative_to(folder).as_posix() if folder else path.name
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = name.encode("utf-8", "replace").decode("utf-8")
        raise FileRefused(f"文件名“{shown}”不是有效的 UTF-8，请重命名后重试。") from error
    return name


def _content(path: Path, name: str, file_limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(file_limit + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefused(f"文件“{name}”无法读取（{reason}），请检查文件是否存在及读取权限。") from error
    if len(data) > file_limit:
        raise FileRefused(
            f"文件“{name}”超过 {file_limit} 字节的上限，请拆分该文件，或调大 ZHENGWEN_FILE_LIMIT。"
        )
    return data


def _document(name: str, body: str, fields: dict[str, Any]) -> Document:
    defaults = {"id": blake2b(name.encode("utf-8"), digest_size=8).hexdigest(), "title": _first_line(body)}
    digest = sha256(body.encode("utf-8")).hexdigest()
    return Document(file=name, text=body, sha256=digest, **(defaults | fields))


def _first_line(body: str) -> str:
    """The first line with words on it, without the Markdown heading sign."""
    lines = (re.sub(r"^#{1,6}\s+", "", line.strip()) for line in body.split("\n"))
    title = next(
        (line for line in lines if line.strip("#-=* \t") and not line.startswith("<!--")), body.strip()
    )
    return title[:_TITLE_LIMIT].strip()
