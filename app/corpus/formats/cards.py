"""A collection of policy cards: tables whose left column names the fields, each card below its numbered title."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.corpus.extract import Dropped, Extract
from app.corpus.formats.pdf_flow import cell_words, joined, paragraphs, place
from app.corpus.formats.pdf_parts import Box, Cell, Item, Table, TextLine, rows_of
from app.corpus.formats.tables import Line, Spot, rows_as_text, written

_FACTS = {
    "发文机构": "发文机构",
    "发文机关": "发文机构",
    "发布机构": "发文机构",
    "发文字号": "文号",
    "文号": "文号",
    "发布日期": "发布日期",
    "发文日期": "发布日期",
    "发文时间": "发布日期",
    "发布时间": "发布日期",
    "依据文件": "依据文件",
    "政策依据": "依据文件",
}
_FIELDS = {
    *_FACTS, "政策名称", "工具分类", "政策类型", "服务对象", "适用对象", "支持对象", "适用范围", "服务内容", "支持内容", "政策内容", "支持标准", "条件要求",
    "申报条件", "支持条件", "服务流程", "办理流程", "申报流程", "申报材料", "时间/频度", "申报时间", "办理时限", "联络方式", "联系方式", "联系电话", "责任部门",
    "牵头部门", "办理方式", "备注",
}  # fmt: skip
_FEWEST_FIELDS = 4
_FEWEST_CARDS = 2
_TITLE = re.compile(r"(\d{1,3})\s*[.．、]\s*(?=\D)")
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]+[章篇部]).{1,40}"
)
_CONTENTS = re.compile(r"[.．…·]{4,}\s*\d*\s*$")


@dataclass(slots=True)
class _Stretch:
    """What stands in a field, page by page: the cell around it and its lines and tables; `label` is where its name stands."""

    label: Spot | None = None
    parts: list[tuple[Box, tuple[Item, ...]]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(slots=True)
class _Card:
    title: str
    section: tuple[str, ...]
    page: int
    dropped: tuple[Dropped, ...] = ()
    subtitle: str = ""
    fields: list[tuple[str, _Stretch]] = field(default_factory=list)


def read_cards(pages: Sequence[list[Item]]) -> list[Extract]:
    """One extract a card, after one for the text around them; empty when the pages are no collection of cards."""
    if sum(_is_card(item) for page in pages for item in page) < _FEWEST_CARDS:
        return []
    around: list[tuple[int, TextLine]] = []
    cards: list[_Card] = []
    section: tuple[str, ...] = ()
    for number, page in enumerate(pages, 1):
        waiting: list[TextLine] = []
        for item in page:
            if isinstance(item, TextLine):
                waiting.append(item)
                continue
            if waiting or not cards or _begins(item):
                title, section, beside = _above(waiting, section)
                cards.append(_Card(title, section, number, dropped=beside))
                waiting = []
            _fill(cards[-1], item)
        around += [(number, line) for line in waiting]
    made = [_extract(card) for card in cards if card.fields]
    return [*_around(around), *made]


def _is_card(item: Item) -> bool:
    if not isinstance(item, Table):
        return False
    return sum(_squeezed(cell) in _FIELDS for cell in item.cells) >= _FEWEST_FIELDS


def _begins(table: Table) -> bool:
    """Whether a table begins a card: its first field is one that cards begin with, or a title spans its first row."""
    first = rows_of(table)[0]
    return len(first) == 1 and first[0].column == 0 and _squeezed(first[0]) not in _FIELDS and _is_card(table)


def _above(
    lines: Sequence[TextLine], section: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[Dropped, ...]]:
    """(title, section, what is left out) of the lines above a card; a new 一、 replaces the sections, a new （一） the inner."""
    title = ""
    dropped = []
    for line in _wrapped(lines):
        if _SECTION.fullmatch(line) and not title:
            section = (*section[:1], line) if line[0] in "（(" else (line,)
            dropped.append(Dropped(line, "篇章标题"))
        else:
            title += line
    if number := _TITLE.match(title):
        dropped.append(Dropped(number[0], "序号"))
        title = title[number.end() :]
    return title.strip(), section, tuple(dropped)


def _wrapped(lines: Sequence[TextLine]) -> list[str]:
    """The lines above a card; what follows a numbered line without a number of its own belongs to it."""
    made: list[str] = []
    for line in lines:
        if made and _TITLE.match(made[-1]) and not _SECTION.fullmatch(line.words):
            made[-1] += line.words
        else:
            made.append(line.words)
    return made


def _fill(card: _Card, table: Table) -> None:
    """Add the rows of a table to a card: label and value pairs, or the rest of the field begun before."""
    for at, row in enumerate(rows_of(table)):
        labels = [cell for cell in row if _squeezed(cell) in _FIELDS]
        if labels:
            _add_fields(card, table, row)
        elif at == 0 and not card.fields and len(row) == 1:
            card.subtitle = joined(paragraphs(row[0].items, row[0].box))
        elif card.fields:
            _continue(card.fields[-1][1], table, row)


def _add_fields(card: _Card, table: Table, row: Sequence[Cell]) -> None:
    for cell in row:
        label = _squeezed(cell)
        if label in _FIELDS:
            card.fields.append((label, _Stretch(table.at(cell.row, (cell.column,)))))
        elif card.fields:
            card.fields[-1][1].parts.append((cell.box, cell.items))


def _continue(stretch: _Stretch, table: Table, row: Sequence[Cell]) -> None:
    filled = [cell for cell in row if cell.items]
    if len(filled) > 1:
        box, columns = filled[0].box, [cell.column for cell in filled]
        for line in rows_as_text([[cell_words(cell) for cell in filled]]):
            spot = place(table, line, [row[0].row], columns)
            stretch.parts.append((box, (TextLine(line.words, box, 0.0, spot),)))
    else:
        stretch.parts += [(cell.box, cell.items) for cell in filled]


def _extract(card: _Card) -> Extract:
    facts = {"标题": card.title or card.subtitle, "种类": "指南"}
    lines = [Line(facts["标题"])]
    dropped = card.dropped
    if card.subtitle == card.title:
        dropped += (Dropped(card.subtitle, "重复的标题"),)
    elif card.subtitle and card.title:
        lines.append(Line(card.subtitle))
    for label, stretch in card.fields:
        told = _lines(stretch)
        words = [line.words for line in told]
        if (key := _FACTS.get(label)) and words and words[0] not in ("/", "无", "-", "—"):
            facts[key] = "".join(words) if key != "发文机构" else "、".join(words)
        lines += [Line(""), Line(f"## {label}", stretch.label), Line(""), *told]
    name = "/".join([*card.section, facts["标题"]])
    text, rows = written(lines)
    return Extract(text, facts, name, card.page, rows=rows, dropped=dropped)


def _lines(stretch: _Stretch) -> list[Line]:
    """The paragraphs of a field; one that was cut by the end of a page is whole again."""
    if not stretch.parts:
        return []
    edge = max((box for box, _ in stretch.parts), key=lambda box: box.right - box.left)
    return paragraphs((item for _, items in stretch.parts for item in items), edge)


def _around(lines: Iterable[tuple[int, TextLine]]) -> list[Extract]:
    """Cover and preface as a document of their own; the table of contents is left out."""
    kept: list[TextLine] = []
    contents: list[Dropped] = []
    pages: dict[int, list[TextLine]] = {}
    for number, line in lines:
        pages.setdefault(number, []).append(line)
    for page in pages.values():
        if sum(bool(_CONTENTS.search(line.words)) for line in page) >= 3:
            contents += [Dropped(line.words, "目录") for line in page]
        else:
            kept += page
    text = joined(paragraphs(kept), "\n")
    return (
        [Extract(text + "\n", {"种类": "其他"}, "前言", 1, dropped=tuple(contents))] if text.strip() else []
    )


def _squeezed(cell: Cell) -> str:
    return "".join("".join(item.words.split()) for item in cell.items if isinstance(item, TextLine))
