"""What editors put right in a document's metadata, kept apart from what was read: `<corpus>/.corrections/<document id>.yaml`.

    title:
      value: 某市停车管理办法        what is served
      read: 某市停车管理办法（二）    what was read when it was corrected
      editor: 王编辑
      day: '2026-11-25'

A correction holds for the document's id, so it outlives every change of the file. Where the text by then says something else
than it did, a note asks to look again.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import yaml

from app.corpus.document import Correction, Document, Kind, Value, to_value
from app.corpus.frontmatter import KEYS, flaw, is_id
from app.corpus.lock import corpus_lock
from app.corpus.versions import sync
from app.errors import InvalidRequest
from app.text import YamlError, read_yaml

FOLDER = ".corrections"
LABELS = {
    "title": "标题", "number": "文号", "issuers": "发文机关", "kind": "类别", "published_on": "发布日期",
    "effective_from": "施行日期", "expires_on": "失效日期", "region": "地区", "level": "层级",
    "source_url": "官方网址", "interprets": "所解读的文件", "basis": "制定依据",
}  # fmt: skip
FIELDS = tuple(key for key in KEYS if key != "id")
DAYS = ("published_on", "effective_from", "expires_on")
_ALWAYS = ("title", "kind")  # every document has one
_LONGEST = 400
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HEADER = "# 更正：由 python -m app correct 写入；也可手工修改，改后重建索引。\n"


def corrected(document: Document, folder: Path) -> tuple[Document, tuple[str, ...]]:
    """The document with what editors put right in it, and a sentence for each correction to look at again."""
    try:
        kept = _read(folder, document.id)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, YamlError):
        path = f"{FOLDER}/{document.id}.yaml"
        return document, (f"“{document.file}”的更正“{path}”已损坏，未采用，请改正或删去该文件后重建索引。",)
    if not kept:
        return document, ()
    read = {name: getattr(document, name) for name in FIELDS}
    notes = tuple(
        _changed(document, one, read[one.field]) for one in kept if _is_changed(one, read[one.field])
    )
    made = tuple(one._replace(read=read[one.field]) for one in kept)
    return _served(document, made), notes


def as_kept(document: Document, folder: Path) -> Document:
    """A document with the corrections that are kept in the folder now, whatever they were when it was read."""
    values: dict[str, Any] = {
        one.field: () if one.field == "issuers" and one.read is None else one.read
        for one in document.corrections
    }
    return corrected(replace(document, **values, corrections=()), folder)[0]


def amended(document: Document, changes: Mapping[str, str], *, editor: str, day: date) -> Document:
    """A document as it is served with corrections, of which nothing is kept yet; "" says that the text states none.

    Raises InvalidRequest naming the field, its value and what it must be.
    """
    values = {name: _value(name, words) for name, words in changes.items()}
    before = {one.field: one for one in document.corrections}
    for name, value in values.items():
        read = before[name].read if name in before else getattr(document, name)
        before[name] = Correction(name, read, value, editor, day.isoformat())
    made = _served(document, tuple(before[name] for name in FIELDS if name in before))
    if made.effective_from and made.expires_on and made.expires_on < made.effective_from:
        raise InvalidRequest(
            f"失效日期 {made.expires_on} 早于施行日期 {made.effective_from}，请改正其中一个后重试。"
        )
    return made


def correct(
    folder: Path, document: Document, changes: Mapping[str, str], *, editor: str, day: date
) -> Document:
    """Keep corrections of a document beside those that are kept already, and give it as it is served from then on.

    Raises as `amended` does, then nothing is kept. CorpusBusy; OSError when the disk is full or not writable.
    """
    with corpus_lock(folder):
        made = amended(as_kept(document, folder), changes, editor=editor, day=day)
        _write(folder, made)
    return made


def withdraw(folder: Path, document: Document, names: Iterable[str]) -> Document:
    """Take corrections back: what was read is served again.

    Raises InvalidRequest when a field has not been corrected; then nothing is taken back. CorpusBusy and OSError as above.
    """
    with corpus_lock(folder):
        document = as_kept(document, folder)
        kept = {one.field: one for one in document.corrections}
        for name in names:
            if name not in kept:
                raise InvalidRequest(
                    f"“{document.title}”的{LABELS.get(name, name)[:40]}没有更正过，无需撤回。"
                )
            values: dict[str, Any] = {name: kept.pop(name).read}
            if name == "issuers" and values[name] is None:
                values[name] = ()
            document = replace(document, **values)
        document = replace(document, corrections=tuple(kept.values()))
        _write(folder, document)
    return document


def corrections_fingerprint(folder: Path) -> bytes:
    """Bytes that change when a correction is made, changed or taken back; empty where there are none."""
    found = sorted((folder / FOLDER).glob("*.yaml"))
    if not found:
        return b""
    whole = sha256()
    for path in found:
        with suppress(OSError):
            whole.update(os.fsencode(path.name) + b"\0" + path.read_bytes())
    return whole.digest()


def _served(document: Document, kept: tuple[Correction, ...]) -> Document:
    values: dict[str, Any] = {
        one.field: () if one.field == "issuers" and one.value is None else one.value for one in kept
    }
    return replace(document, **values, corrections=kept)


def _read(folder: Path, document_id: str) -> tuple[Correction, ...]:
    path = folder / FOLDER / f"{document_id}.yaml"
    if not is_id(document_id) or not path.is_file():
        return ()
    told = read_yaml(path.read_text("utf-8")) or {}
    made = {}
    for name, one in told.items():
        value, read = (to_value(name, one.get(key)) for key in ("value", "read"))
        if (
            name not in FIELDS
            or (name in _ALWAYS and not value)
            or (name == "kind" and value not in get_args(Kind))
            or (value and flaw(name, _told(value)))
        ):
            raise ValueError(name)
        made[name] = Correction(name, read, value, str(one.get("editor", "")), str(one.get("day", "")))
    return tuple(made[name] for name in FIELDS if name in made)


def _write(folder: Path, document: Document) -> None:
    """Replace the file in one step, or remove it with the last correction."""
    home = folder / FOLDER
    path = home / f"{document.id}.yaml"
    if not document.corrections:
        path.unlink(missing_ok=True)
        sync(home)
        return
    if not home.is_dir():
        home.mkdir(exist_ok=True)
        sync(folder)
    told = {
        one.field: {
            "value": _plain(one.value),
            "read": _plain(one.read),
            "editor": one.editor,
            "day": one.day,
        }
        for one in document.corrections
    }
    partial = home / f".{document.id}.{os.getpid()}"
    with partial.open("w", encoding="utf-8") as file:
        file.write(_HEADER + yaml.safe_dump(told, allow_unicode=True, sort_keys=False))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync(home)


def _is_changed(one: Correction, now: Value) -> bool:
    """Whether the text now says what it neither said when it was corrected nor was corrected to."""
    return (now or None) not in (one.read or None, one.value or None)


def _changed(document: Document, one: Correction, now: Value) -> str:
    return (
        f"“{document.file}”的{LABELS[one.field]}更正时读作“{_told(one.read)}”，现在读作“{_told(now)}”；"
        f"仍用 {one.day} {one.editor}更正的“{_told(one.value)}”，请核对后重新更正或撤回。"
    )


def _value(name: str, words: str) -> Value:
    words = words.strip()
    if name not in FIELDS:
        known = "、".join(f"{LABELS[field]}（{field}）" for field in FIELDS)
        raise InvalidRequest(f"没有“{name[:40]}”这一项可以更正；可更正的有：{known}。")
    label = LABELS[name]
    if not words:
        if name in _ALWAYS:
            raise InvalidRequest(f"{label}不能为空，请写明内容。")
        return None
    if len(words) > _LONGEST:
        raise InvalidRequest(f"{label}有 {len(words)} 字，最多 {_LONGEST} 字，请删减后重试。")
    if found := flaw(name, words):
        raise InvalidRequest(f"{label}{found[0]}，{found[1]}后重试。")
    if name in DAYS:
        return _day(label, words)
    if name == "kind" and words not in get_args(Kind):
        raise InvalidRequest(f"{label}的值“{words[:40]}”不认识，请写{'、'.join(get_args(Kind))}之一。")
    if name == "issuers":
        return tuple(part.strip() for part in words.replace("，", "、").split("、") if part.strip()) or None
    return words


def _day(label: str, words: str) -> date:
    """Only as pages and files write it: fromisoformat also takes 20240501 and 2024-W18-3."""
    try:
        if not _DAY.fullmatch(words):
            raise ValueError(words)
        return date.fromisoformat(words)
    except ValueError:
        raise InvalidRequest(
            f"{label}的值“{words[:40]}”不是日期，请写成真实存在的 2024-05-01 的形式。"
        ) from None


def _plain(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _told(value: Value) -> str:
    if isinstance(value, tuple):
        return "、".join(value)
    return "（未载明）" if value is None else str(value)
