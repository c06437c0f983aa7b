"""Which words of the clauses that answer are quoted: sentences by what the reader says of them, enumerations whole."""

import re
from collections.abc import Sequence

from app.answer.citation import Evidence
from app.corpus import Clause, Document
from app.index import Snapshot
from app.read import LEADS, Part, led_by
from app.text import sentence_spans

WHOLE = 260  # a clause up to so many characters is quoted whole
MOST = 400  # and never more than this of one clause, an enumeration excepted
LONGEST_LIST = 1500  # an enumeration up to so many characters is quoted in full
LONGEST_BARE = 45  # a line up to so many characters without any punctuation is no statement
NEAR = 0.4  # a sentence at least so likely as the likeliest is quoted with it

_SAYS_SOMETHING = re.compile(r"[。；;，！!→=：:]|\d{3}")
Span = tuple[int, int]


def is_bare(clause: Clause, snapshot: Snapshot) -> bool:
    """Whether a clause says nothing by itself: a title, an unnumbered heading, a signature, a heading of nothing."""
    if clause.end - clause.start > LONGEST_BARE or snapshot.children(clause):
        return False
    if _is_addressee(clause, snapshot):
        return True
    return clause.kind == "form" or (
        clause.kind in ("heading", "paragraph") and not _SAYS_SOMETHING.search(snapshot.text(clause))
    )


def _is_addressee(clause: Clause, snapshot: Snapshot) -> bool:
    """Whether a line names those a notice is written to: under the title, ending in a colon (GB/T 9704, 主送机关), before prose."""
    if clause.position != 1 or clause.kind != "paragraph" or not snapshot.text(clause).endswith(LEADS):
        return False
    return all(one.kind == "paragraph" for one in led_by(clause, snapshot))


def whole_list(clause: Clause, snapshot: Snapshot) -> list[Evidence]:
    """Every entry of the enumeration that a clause heads, in order (promise 4); empty where it heads none.

    An entry named by a lead sentence is quoted by that lead, and a numbered one in full; in a long list each by its
    first sentence.
    """
    below = led_by(clause, snapshot)
    entries = [entry for entry in below if entry.kind != "paragraph"] or list(below)
    return _entries(entries, snapshot.document(clause.document_id))


def with_what_it_leads_to(evidence: Sequence[Evidence], snapshot: Snapshot) -> list[Evidence]:
    """The evidence, each that ends a clause in a colon with the entries that follow (promise 4)."""
    made: dict[tuple[str, int], Evidence] = {}
    for each in evidence:
        made[each.clause.id, each.start] = each
        if each.end == each.clause.end and each.text.endswith(LEADS):
            made |= {(one.clause.id, one.start): one for one in whole_list(each.clause, snapshot)}
    return list(made.values())


def whole_section(clause: Clause, snapshot: Snapshot) -> list[Evidence]:
    """Everything directly under a heading, plain paragraphs too, in order."""
    return _entries(snapshot.children(clause), snapshot.document(clause.document_id))


def _entries(entries: Sequence[Clause], document: Document) -> list[Evidence]:
    brief = sum(entry.end - entry.start for entry in entries) > LONGEST_LIST
    return [_entry(entry, document, brief) for entry in entries]


def _entry(clause: Clause, document: Document, brief: bool) -> Evidence:
    lead = clause.label
    if len(lead) > 4 and document.text.startswith(lead, clause.start):
        return Evidence(clause, document, clause.start, clause.start + len(lead))
    if brief:
        return Evidence(clause, document, *sentence_spans(document.text, clause.start, clause.end)[0])
    return Evidence(clause, document, clause.start, clause.end)


def passages(clause: Clause, document: Document, parts: Sequence[tuple[Part, float]]) -> list[Evidence]:
    """The clause itself where it is short, or else those of its sentences that answer, adjacent ones joined.

    A sentence that ends in a colon comes with what it leads to within the clause (promise 4).
    """
    if clause.end - clause.start <= WHOLE:
        return [Evidence(clause, document, clause.start, clause.end)]
    own = [((part.start, part.end), likely) for part, likely in parts if part.clause.id == clause.id]
    best = max(likely for _, likely in own)
    order = sorted(range(len(own)), key=lambda n: (-own[n][1], n))
    chosen: set[int] = set()
    for n in order:
        group = [n, *_led(n, own, document)]
        size = sum(own[m][0][1] - own[m][0][0] for m in {*chosen, *group})
        room = LONGEST_LIST if len(group) > 1 else MOST
        if chosen and (own[n][1] < NEAR * best or size > room):
            break
        chosen |= set(group)
    spans = [own[n][0] for n in sorted(chosen)]
    return [Evidence(clause, document, start, end) for start, end in _joined(spans, document.text)]


def _led(number: int, own: Sequence[tuple[Span, float]], document: Document) -> list[int]:
    """The numbers of the parts that a part ending in a colon leads to: those up to the next full stop or line of its own kind."""
    if not document.text[: own[number][0][1]].endswith(LEADS):
        return []
    return list(range(number + 1, len(own)))


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
