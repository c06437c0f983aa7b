"""The clause tree of a document: 编/章/节/第X条, 一、（一）1.（1）①, questions, run-on items, tables, paragraphs.

The rules that decide what one clause is:
- 第X条 is one clause with all its paragraphs and items. An article quoted by an amendment (its line begins with “) is not an
  article of this document and belongs to the item that quotes it.
- An amending item keeps the words it quotes while both fit into 500 characters.
- Without articles every marker begins a clause. A short one without a sentence end heads what follows.
- A lead (“下列…：”) with its list stays one clause while both fit into 500 characters; a longer list is a clause per item.
- An unnumbered line that guides use as a heading (办理指引, 温馨提示) heads what follows; a blank form is one clause of its kind.
- A table is one clause, and so is every other paragraph. Comments are paragraphs of their own at the root.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.corpus.address import Addresses
from app.corpus.clause import Clause, ClauseKind, Item
from app.corpus.document import Document
from app.corpus.enumeration import goes_on, is_lead, items_of, list_end, quote_end
from app.corpus.forms import forms, is_blank_table
from app.corpus.markers import ARTICLE, ATTACHMENT, DUN, QUESTION, RUN_ON, squeeze
from app.corpus.parts import Part, is_short, parts
from app.corpus.signature import signature_lines

_LEAD_LIMIT = 80  # characters of a lead that still serve as a heading
_WORDING_LIMIT = 40
SUBHEAD = ARTICLE + 5  # below an article, above its lists
# What sections of guides are called: a closed list of what such a line ends in.
_SUBHEAD = re.compile(
    r"[\u4e00-\u9fff“”]{0,8}(?:指引|提示|须知|流程|步骤|条件|材料|对象|标准|依据|时限|时间|地点|方式|渠道|范围|说明|要求|程序|途径|事项|部门|电话|内容|措施|问题)"
)
_SAID = re.compile(r"[。；：:]")
_OPENING = 6  # parts among which the title may stand


@dataclass(slots=True)
class _Above:
    """A clause that may head others: its place in the result, its rank and what its children inherit."""

    id: str
    kind: ClauseKind
    rank: float
    continues: bool
    opens: bool
    path: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(slots=True)
class _Tree:
    """The clauses made so far, and the ones that are still open above the next part."""

    document: Document
    parts: Sequence[Part]
    continues: list[bool]
    signatures: set[int]
    above_articles: set[int]
    addresses: Addresses
    made: list[Clause] = field(default_factory=list)
    stack: list[_Above] = field(default_factory=list)
    plain: dict[int, bool] = field(
        default_factory=dict
    )  # rank → the last such marker was short and headed nothing
    wordy: set[int] = field(
        default_factory=set
    )  # ranks whose items have been followed by paragraphs of their own

    def add(
        self, kind: ClauseKind, part: Part, end: int, items: tuple[Item, ...] = (), rooted: bool = False
    ) -> Clause:
        above = None if rooted or not self.stack else self.stack[-1]
        labels = above.labels if above else ()
        words = self.document.text[part.start : part.end]
        clause = Clause(
            id=self.addresses.next_id(labels, part.label, words),
            document_id=self.document.id,
            kind=kind,
            label=part.label,
            address=(*labels, part.label) if part.label else labels,
            heading_path=above.path if above else (),
            parent=above.id if above else None,
            position=len(self.made),
            start=part.start,
            end=end,
            items=items,
        )
        self.made.append(clause)
        return clause

    def open(self, clause: Clause, part: Part, at: int, rank: float, opens: bool) -> None:
        wording = _wording(self.document.text, clause, part, opens)
        path = (*clause.heading_path, wording) if wording else clause.heading_path
        above = _Above(clause.id, clause.kind, rank, self.continues[at], opens, path, clause.address)
        self.stack.append(above)

    def close(self, rank: float) -> None:
        while self.stack and self.stack[-1].rank >= rank:
            self.stack.pop()


def outline(document: Document) -> tuple[Clause, ...]:
    """The clauses of a document, in order; together they hold every non-space character once."""
    found = parts(document.text)
    tree = _Tree(
        document,
        found,
        goes_on(found),
        signature_lines(document.text, found),
        _ranks_above_articles(document.text, found),
        Addresses(document.id),
    )
    at, blank = _title(tree), forms(document.text, found)
    while at < len(found):
        part = found[at]
        if at in blank:
            tree.add("form", part._replace(label=""), found[blank[at] - 1].end)
            at = blank[at]
        elif part.kind == "article":
            at = _article(tree, at)
        elif part.kind in ("heading", "marker"):
            at = _marked(tree, at)
        elif part.kind == "text":
            at = _plain(tree, at)
        else:
            tree.add(_kind_of(tree, part), part, part.end, rooted=part.kind == "comment")
            at += 1
    return tuple(tree.made)


def _kind_of(tree: _Tree, part: Part) -> ClauseKind:
    if part.kind != "table":
        return "paragraph"
    return "form" if is_blank_table(tree.document.text[part.start : part.end]) else "table"


def _title(tree: _Tree) -> int:
    """The line that is the document's title heads nothing: every clause has the title anyway."""
    text, found = tree.document.text, tree.parts
    if not found or found[0].label or found[0].kind not in ("heading", "text"):
        return 0
    words = text[found[0].words : found[0].end].strip()
    if words != tree.document.title or "。" in words:
        return 0
    tree.add("heading", found[0], found[0].end)
    return 1


def _article(tree: _Tree, at: int) -> int:
    part, found = tree.parts[at], tree.parts
    tree.close(ARTICLE)
    stop = at + 1
    while stop < len(found) and _is_within_article(tree, stop):
        stop += 1
    items = items_of(found, tree.continues, at + 1, stop)
    clause = tree.add("article", part, found[stop - 1].end, items)
    tree.open(clause, part._replace(end=part.words), at, ARTICLE, opens=False)
    return stop


def _is_within_article(tree: _Tree, at: int) -> bool:
    part = tree.parts[at]
    if part.kind not in ("text", "marker") or at in tree.signatures:
        return False
    return part.rank not in tree.above_articles


def _marked(tree: _Tree, at: int) -> int:
    text, part = tree.document.text, tree.parts[at]
    rank = ARTICLE - 1 + part.rank / 1000 if part.rank in tree.above_articles else part.rank
    tree.close(rank)
    lead = is_lead(text, part.start, part.end)
    stop = list_end(text, tree.parts, tree.continues, at) if lead else at + 1
    if part.kind == "marker" and stop == at + 1:
        stop = quote_end(text, tree.parts, at)
    heads = stop == at + 1 and _heads(tree, at)
    items = items_of(tree.parts, tree.continues, at + 1, stop)
    clause = tree.add("heading" if heads else "item", part, tree.parts[stop - 1].end, items)
    tree.plain[part.rank] = not heads and is_short(text, part)
    if part.rank != RUN_ON:
        tree.open(clause, part, at, rank, opens=heads or (lead and stop == at + 1))
    return stop


def _heads(tree: _Tree, at: int) -> bool:
    """Whether a marker's line is a heading: short, without a sentence end, and something stands below it."""
    part = tree.parts[at]
    if part.rank == RUN_ON or not is_short(tree.document.text, part):
        return False
    if part.kind == "heading" and part.rank != ATTACHMENT:
        return True
    after = tree.parts[at + 1] if at + 1 < len(tree.parts) and at + 1 not in tree.signatures else None
    if after is None or after.kind == "comment":
        return False
    if after.kind == "text":
        ends_a_plain_list = part.number > 1 and tree.plain.get(part.rank, False) and not tree.continues[at]
        return not ends_a_plain_list
    return after.kind in ("table", "article") or after.rank > part.rank


def _plain(tree: _Tree, at: int) -> int:
    text, found, part = tree.document.text, tree.parts, tree.parts[at]
    if at in tree.signatures:
        tree.stack.clear()
    elif at < _OPENING and squeeze(text[part.start : part.end]) == squeeze(tree.document.title):
        tree.add("heading", part, part.end)  # below a 文号 or the name of the site
        return at + 1
    _leave_lists(tree)
    if _asks(tree, at):
        tree.close(QUESTION)
        clause = tree.add("heading", part, part.end)
        tree.open(clause, part, at, QUESTION, opens=True)
        return at + 1
    if _is_subhead(tree, at):
        tree.close(SUBHEAD)
        clause = tree.add("heading", part, part.end)
        tree.open(clause, part, at, SUBHEAD, opens=True)
        return at + 1
    lead = is_lead(text, part.start, part.end)
    stop = list_end(text, found, tree.continues, at) if lead else at + 1
    items = items_of(found, tree.continues, at + 1, stop)
    clause = tree.add("paragraph", part, found[stop - 1].end, items)
    if lead and not items and part.end - part.start <= _LEAD_LIMIT and _lists_below(found, at + 1):
        tree.open(clause, part, at, found[at + 1].rank - 0.5, opens=True)
    return stop


def _lists_below(found: Sequence[Part], at: int) -> bool:
    return (
        at < len(found)
        and found[at].kind == "marker"
        and DUN < found[at].rank < RUN_ON
        and found[at].number == 1
    )


def _leave_lists(tree: _Tree) -> None:
    """Close the items and leads that a paragraph without a marker does not belong to."""
    while tree.stack:
        above = tree.stack[-1]
        rank = int(above.rank)
        if above.kind == "heading" or above.kind == "article":
            return
        if above.kind == "item" and (above.opens or above.continues or rank in tree.wordy):
            if above.continues:
                tree.wordy.add(rank)
            return
        tree.stack.pop()


def _asks(tree: _Tree, at: int) -> bool:
    """Whether a line without a marker is a question that the next paragraph answers."""
    text, part = tree.document.text, tree.parts[at]
    words = text[part.start : part.end]
    if not words.endswith(("？", "?")) or len(words) > 60 or "。" in words or words.startswith(("“", "答")):
        return False
    after = tree.parts[at + 1] if at + 1 < len(tree.parts) else None
    return after is not None and after.kind in ("text", "marker") and text[after.end - 1] not in "？?"


def _is_subhead(tree: _Tree, at: int) -> bool:
    """Whether a short line without a number or a sentence is the heading of what follows: 办理指引, 温馨提示."""
    text, found, part = tree.document.text, tree.parts, tree.parts[at]
    words = text[part.start : part.end].strip("*_ 【】[]")
    after = found[at + 1] if at + 1 < len(found) else None
    if not _SUBHEAD.fullmatch(words) or after is None or tree.signatures & {at, at + 1}:
        return False
    if after.kind in ("marker", "table"):
        return True
    return after.kind == "text" and bool(_SAID.search(text, after.start, after.end))


def _wording(text: str, clause: Clause, part: Part, opens: bool) -> str:
    """What children show as the heading above them, verbatim: all of a heading, else a short first sentence."""
    words = text[part.start : part.end]
    if clause.kind == "heading":
        return words.lstrip("#").strip()
    if clause.kind == "article" or (opens and len(words) <= _LEAD_LIMIT):
        return words.strip()
    first = words.split("。", 1)[0]
    return first + "。" if len(first) < min(len(words), _WORDING_LIMIT) else part.label


def _ranks_above_articles(text: str, found: Sequence[Part]) -> set[int]:
    """Ranks such as 一、 whose first heading stands directly above an article: there they head articles."""
    ranks = set()
    for at, (part, after) in enumerate(pairwise(found)):
        if part.kind == "marker" and part.number == 1 and after.kind == "article" and is_short(text, part):
            before = found[at - 1] if at else None
            if before is None or not is_lead(text, before.start, before.end):
                ranks.add(part.rank)
    return ranks
