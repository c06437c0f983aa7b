"""Enumerations among the parts of a text: which markers go on, which belong to one list, where its items end."""

import re
from collections.abc import Sequence

from app.corpus.clause import Item
from app.corpus.markers import DUN
from app.corpus.parts import Part, is_short

LIST_LIMIT = 500  # characters of a lead and its list that stay one clause
_ANNOUNCES = re.compile(r"(?:通知|公告|通告|通报|意见|决定|批复|规定|事项)[^。，；]{0,8}如下[：:]$")
_LEAD = re.compile(r"[：:]$|(?:下列|如下|以下)[^。；;]*[。：:]?$")


def is_lead(text: str, start: int, end: int) -> bool:
    """Whether the words announce a list: they end with a colon, or their last sentence says 下列, 如下 or 以下."""
    return bool(_LEAD.search(text, max(start, end - 80), end))


def goes_on(parts: Sequence[Part]) -> list[bool]:
    """For each part, whether the next number of its sequence comes before a marker that stands above it."""
    ahead: dict[int, int] = {}
    answers = [False] * len(parts)
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        if part.label:
            answers[at] = ahead.get(part.rank) == part.number + 1
            ahead = {rank: number for rank, number in ahead.items() if rank < part.rank}
            ahead[part.rank] = part.number
        elif part.kind == "heading":
            ahead.clear()
    return answers


def items_of(parts: Sequence[Part], continues: Sequence[bool], first: int, stop: int) -> tuple[Item, ...]:
    """The items of the outermost lists among `parts[first:stop]`, each with all that stands below it.

    `continues` is `goes_on` of all parts. A paragraph without a marker belongs to the item before it only when the
    list goes on behind it.
    """
    items: list[Item] = []
    rank, open_item = 0, False
    for at in range(first, stop):
        part = parts[at]
        if part.kind == "marker" and (not open_item or part.rank <= rank):
            items.append(Item(part.label, part.start, part.end))
            rank, open_item, last = part.rank, True, at
        elif open_item and (part.kind == "marker" or continues[last]):
            items[-1] = Item(items[-1].label, items[-1].start, part.end)
        else:
            open_item = False
    return tuple(items)


def list_end(text: str, parts: Sequence[Part], continues: Sequence[bool], lead: int) -> int:
    """Where the list behind a lead ends (an index into `parts`) when both fit into one clause, else `lead + 1`."""
    first = lead + 1
    if (
        first < len(parts)
        and parts[first].rank == DUN
        and _ANNOUNCES.search(text, parts[lead].start, parts[lead].end)
    ):
        return first  # the sections of a notice are clauses of their own
    if first >= len(parts) or not _starts_list(parts[first], parts[lead]):
        return first
    stop, count = _reach(parts, continues, first)
    if count < 2 or parts[stop - 1].end - parts[lead].start > LIST_LIMIT:
        return first
    return first if any(_heads_more(text, parts, at) for at in range(first, stop - 1)) else stop


def _starts_list(part: Part, lead: Part) -> bool:
    return part.kind == "marker" and part.number == 1 and part.rank > (lead.rank if lead.label else 0)


def _reach(parts: Sequence[Part], continues: Sequence[bool], first: int) -> tuple[int, int]:
    """(index behind the list, number of its items)."""
    rank, last, count = parts[first].rank, first, 1
    stop = first + 1
    while stop < len(parts):
        part = parts[stop]
        if part.kind == "marker" and part.rank == rank and continues[last]:
            last, count = stop, count + 1
        elif not (part.kind == "marker" and part.rank > rank) and not (
            part.kind == "text" and continues[last]
        ):
            break
        stop += 1
    return stop, count


def _heads_more(text: str, parts: Sequence[Part], at: int) -> bool:
    """Whether an item of the list is itself a heading: then the list is an outline, not an enumeration."""
    part, after = parts[at], parts[at + 1] if at + 1 < len(parts) else None
    if part.kind != "marker" or after is None or not is_short(text, part) or text[part.end - 1] in "：:）)":
        return False
    return after.kind == "text" or (after.kind == "marker" and after.rank > part.rank)


def quote_end(text: str, parts: Sequence[Part], at: int) -> int:
    """Where the quotation that an item opens ends (an index into `parts`) when all fits into one clause, else `at + 1`.

    A quotation may hold paragraphs and lists, as in decisions that amend a law; only its last line closes it.
    """
    start, stop = parts[at].start, at + 1
    open_quote = _quotes_on(text, start, parts[at].end)
    announced = text[parts[at].end - 1] in "：:" and stop < len(parts) and text[parts[stop].start] == "“"
    while (open_quote or announced) and stop < len(parts) and parts[stop].kind in ("text", "marker"):
        announced, end = False, parts[stop].end
        if end - start > LIST_LIMIT:
            return at + 1
        open_quote = _quotes_on(text, start, end)
        stop += 1
    return at + 1 if open_quote else stop


def _quotes_on(text: str, start: int, end: int) -> bool:
    return text.rfind("“", start, end) > text.rfind("”", start, end)
