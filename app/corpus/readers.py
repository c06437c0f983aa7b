"""One file becomes its `Document`s: usually one, or one for each card or row of a collection."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from hashlib import blake2b, sha256
from itertools import chain
from pathlib import Path
from typing import Any

from app.corpus.apart import Apart, Read, file_readers
from app.corpus.corrections import FOLDER, corrected
from app.corpus.decoding import decode
from app.corpus.document import Document, Origin
from app.corpus.extract import Extract
from app.corpus.formats.known import PLAIN, READABLE, refusal_of
from app.corpus.formats.reading import Alive, extract, refusing
from app.corpus.frontmatter import KEYS, front_matter_facts, parse_front_matter, split_front_matter
from app.corpus.metadata import Found, Metadata, read_metadata
from app.corpus.site_lines import without_site_lines
from app.errors import FileRefused

__all__ = ["FILE_LIMIT", "READABLE", "documents_of", "read_document", "read_documents", "relative_name"]

FILE_LIMIT = 20 * 1024 * 1024
_ATTEMPTS = 3


def read_document(path: Path, folder: Path | None = None, file_limit: int = FILE_LIMIT) -> Document:
    """The document in a file of at most `file_limit` bytes; of a collection the first one.

    `folder` is the corpus folder that `Document.file` and the default id are relative to; without it they take
    the bare file name. Raises FileRefused with a Chinese sentence naming the file, the line where there is one, and
    the remedy.
    """
    return read_documents(path, folder, file_limit)[0][0]


def read_documents(
    path: Path,
    folder: Path | None = None,
    file_limit: int = FILE_LIMIT,
    named: Mapping[str, str] | None = None,
    apart: Apart = file_readers,
    ticket: str = "",
) -> Read:
    """All documents in a file, at least one, and sentences about what was passed over. `named` gives ids by file name.

    Every format is read by `apart`, in a process of its own; `ticket` names this file in the queue before it.
    Raises FileRefused like `read_document`, and ReadersBusy where too many files wait.
    """
    name = relative_name(path, folder)
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        raise FileRefused(refusal_of(suffix, name))
    data = _content(path, name, file_limit)
    documents, notes = apart.read(name, data, (named or {}).get(name), ticket)
    if folder is None or not (folder / FOLDER).is_dir():
        return documents, notes
    made = [corrected(document, folder) for document in documents]
    return tuple(one for one, _ in made), (*notes, *chain.from_iterable(told for _, told in made))


def documents_of(data: bytes, name: str, given: str | None = None, alive: Alive = lambda: None) -> Read:
    """The same for the bytes of a file, in this process: to be called in the process apart alone.

    `given` is the id that a single document gets; `alive` is called after each step of a long reading. Raises FileRefused.
    """
    with refusing(name):
        if name.lower().endswith(PLAIN):
            document, notes = _plain(decode(data, name), name, given)
            return (document,), notes
        extracts = extract(data, name, alive)
        notes = tuple(note for one in extracts for note in one.notes)
        return _collected(name, extracts, given), notes


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
    """The bytes of a file that did not change while they were read."""
    for _ in range(_ATTEMPTS):
        try:
            with path.open("rb") as file:
                before = _state(path)
                data = file.read(file_limit + 1)
                unchanged = _state(path) == before
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise FileRefused(f"文件“{name}”无法读取（{reason}），请检查文件是否存在及读取权限。") from error
        if len(data) > file_limit:
            raise FileRefused(
                f"文件“{name}”超过 {file_limit} 字节的上限，请拆分该文件，或调大 ZHENGWEN_FILE_LIMIT。"
            )
        if unchanged:
            return data
    raise FileRefused(f"文件“{name}”在读取过程中不断被改写，请等写入完成后重试。")


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _plain(text: str, name: str, given: str | None) -> tuple[Document, tuple[str, ...]]:
    block, body = split_front_matter(text)
    if not body.strip():
        raise FileRefused(f"文件“{name}”只有文件头，没有正文，请补全正文或将其移出文件夹。")
    stated, notes = parse_front_matter(block, name)
    text, dropped = without_site_lines(body)
    extract = Extract(text, front_matter_facts(block, name), dropped=dropped)
    return _document(name, extract, ({"id": given} if given else {}) | stated), notes


def _collected(name: str, extracts: Iterable[Extract], given: str | None) -> tuple[Document, ...]:
    """The documents of one file; those of a collection are told apart by their names, a repeated name by its turn.

    An id given to the file is that of its only document.
    """
    met: Counter[str] = Counter()
    made = []
    for one in extracts:
        turn = met[one.name]
        met[one.name] += 1
        own = f"{name}\x1f{one.name}" + (f"\x1e{turn}" if turn else "") if one.name else name
        made.append(_document(name, one, {"id": _hashed(own)}))
    return (replace(made[0], id=given),) if given and len(made) == 1 else tuple(made)


def _document(name: str, extract: Extract, stated: dict[str, Any]) -> Document:
    """What the front matter states goes before what the text and the file say."""
    metadata = read_metadata(extract.text, extract.facts)
    digest = sha256(extract.text.encode("utf-8")).hexdigest()
    return Document(
        file=name,
        text=extract.text,
        sha256=digest,
        page=extract.page,
        pages=extract.pages,
        rows=extract.rows,
        sheet=extract.sheet,
        repealed=metadata.repealed,
        repeals=metadata.repeals,
        amends=metadata.amends,
        prolongs=metadata.prolongs,
        origins=tuple(_origins(metadata, stated)),
        **({"id": _hashed(name)} | _values(metadata) | stated),
    )


def _values(metadata: Metadata) -> dict[str, Any]:
    return {name: one.value for name, one in _found(metadata).items()}


def _found(metadata: Metadata) -> dict[str, Found[Any]]:
    found = {field.name: getattr(metadata, field.name) for field in fields(metadata)}
    return {name: one for name, one in found.items() if isinstance(one, Found)}


def _origins(metadata: Metadata, stated: Mapping[str, Any]) -> Iterator[Origin]:
    """Where each value was read; what the front matter states goes before what the text says."""
    found = _found(metadata)
    for name in KEYS[1:]:
        if name in stated:
            yield Origin(name, "文件头")
        elif name in found:
            span = found[name].span
            yield Origin(name, "正文", *span) if span else Origin(name, "文件信息")


def _hashed(name: str) -> str:
    return blake2b(name.encode("utf-8"), digest_size=8).hexdigest()
