"""The optional YAML block at the top of a file: what the publisher states about the text."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

from app.corpus.document import Kind
from app.corpus.frontmatter_facts import facts_of_front_matter, has_chinese_keys, is_fact
from app.errors import UNSEEN, FileRefused, shown
from app.text import YamlError, read_yaml

_BLOCK = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_ADDRESS = re.compile(r"https?://\S+", re.I)
_LONGEST = 65_536  # characters of a block: a thousand times what it takes
_MOST_NAMED = 10  # unknown keys that a note repeats
_TEXTS = ("title", "number", "region", "level", "source_url", "interprets", "basis")
_DATES = ("published_on", "effective_from", "expires_on")
KEYS = ("id", "issuers", "kind", *_TEXTS, *_DATES)


def is_id(text: str) -> bool:
    """Whether a text may be the id of a document."""
    return bool(_ID.fullmatch(text))


def flaw(key: str, words: str) -> tuple[str, str] | None:
    """Why a text cannot be the value of a key (“的值…”), and the remedy: what is not seen or reorders what is seen, an address that
    is not one of the web.
    """
    if any(unicodedata.category(c) in UNSEEN for c in words):
        return f"的值“{shown(words)}”含有换行或看不见的字符（�处）", "请删去这些字符"
    if key == "source_url" and not _ADDRESS.fullmatch(words):
        return f"的值“{shown(words)}”不是网址", "请写以 http:// 或 https:// 开头的网址"
    return None


def split_front_matter(text: str) -> tuple[str, str]:
    """(YAML block, body). Without an opening and a closing `---` line the block is "" and the body all of it."""
    found = _BLOCK.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def parse_front_matter(block: str, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields of `Document` a block states, and notes naming the keys that are not known.

    Raises FileRefused with file, line and remedy when the block is not a YAML mapping or a value has a wrong form.
    """
    raw = _mapping(block, name)
    fields = {key: _value(key, raw[key], block, name) for key in KEYS if raw.get(key) is not None}
    unknown = [shown(key) for key in raw if key not in KEYS and not is_fact(key)]
    named = "、".join(unknown[:_MOST_NAMED]) + (f"等 {len(unknown)} 个" if len(unknown) > _MOST_NAMED else "")
    note = f"文件“{name}”的文件头中有不认识的字段：{named}，已忽略。可用字段：{'、'.join(KEYS)}。"
    return fields, (note,) if unknown else ()


def front_matter_facts(block: str, name: str) -> dict[str, str]:
    """What a front matter states under Chinese keys (标题, 文号, 状态 …), as facts. Raises FileRefused like `parse_front_matter`."""
    return facts_of_front_matter(_mapping(block, name)) if has_chinese_keys(block) else {}


def _mapping(block: str, name: str) -> Mapping[Any, Any]:
    if len(block) > _LONGEST:
        raise _refusal(name, 1, f"超过 {_LONGEST} 个字", "请检查第二个 --- 是否写在正文之前")
    try:
        raw = read_yaml(block)
    except YamlError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise _refusal(
            name, line, "不是有效的 YAML", "请检查冒号、缩进和引号，以 & 或 * 开头的内容请加引号"
        ) from error
    except ValueError as error:  # PyYAML lets the calendar's own errors through
        line = _date_line(block)
        raise _refusal(name, line, "有无法识别的值", "日期请写成真实存在的 2024-05-01 形式") from error
    if raw is not None and not isinstance(raw, Mapping):
        raise _refusal(name, 2, "不是“字段: 值”的形式", "请改为字段名加冒号，或删去首行的 ---")
    return raw or {}


def _value(key: str, value: object, block: str, name: str) -> object:
    line = _line_of(key, block)
    if key in _DATES:
        return _date(key, value, line, name)
    if key == "issuers":
        return _issuers(value, line, name)
    if not isinstance(value, str) or not value.strip():
        raise _refusal(
            name,
            line,
            f"字段 {key} 的值“{shown(value)}”不是文字",
            "请填写文字；以数字表示的请加引号，没有则删去该行",
        )
    if key == "id" and not is_id(value):
        raise _refusal(
            name,
            line,
            f"字段 id 的值“{shown(value)}”不可用",
            "请用 64 个以内的英文字母、数字、点、横线或下划线",
        )
    if key == "kind" and value not in get_args(Kind):
        raise _refusal(
            name, line, f"字段 kind 的值“{shown(value)}”不认识", f"请填写{'、'.join(get_args(Kind))}之一"
        )
    _check(key, value.strip(), line, name)
    return value.strip()


def _check(key: str, words: str, line: int, name: str) -> None:
    if found := flaw(key, words):
        raise _refusal(name, line, f"字段 {key} {found[0]}", found[1])


def _date(key: str, value: object, line: int, name: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _refusal(
            name, line, f"字段 {key} 的值“{shown(value)}”不是日期", "请写成 2024-05-01 的形式"
        ) from error


def _issuers(value: object, line: int, name: str) -> tuple[str, ...]:
    issuers = value if isinstance(value, list) else [value]
    named = tuple(issuer.strip() for issuer in issuers if isinstance(issuer, str) and issuer.strip())
    if len(named) < len(issuers):
        raise _refusal(
            name, line, f"字段 issuers 的值“{shown(value)}”不是机关名称", "请填写一个名称或名称的列表"
        )
    _check("issuers", "、".join(named), line, name)
    return named


def _line_of(key: str, block: str) -> int:
    """The line of the file a key stands on; the block starts on line 2."""
    lines = block.split("\n")
    return next((at for at, line in enumerate(lines, 2) if re.match(rf"[\"']?{key}[\"']?\s*:", line)), 2)


def _date_line(block: str) -> int:
    lines = block.split("\n")
    return next((at for at, line in enumerate(lines, 2) if re.search(r":\s*\d{4}-\d", line)), 2)


def _refusal(name: str, line: int, problem: str, remedy: str) -> FileRefused:
    return FileRefused(f"文件“{name}”第 {line} 行：文件头{problem}，{remedy}。")
