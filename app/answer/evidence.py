"""Which words of the clauses found are the evidence, and whether they are of the kind that was asked for."""

import re
from collections.abc import Mapping, Sequence

from app.answer.citation import Evidence
from app.corpus import Clause, Document
from app.index import Snapshot
from app.text import fold, sentence_spans, tight

WHOLE = 260  # a clause up to so many characters is quoted whole
MOST = 400  # and never more than this of one clause, an enumeration excepted
LONGEST_LIST = 1500  # an enumeration up to so many characters is quoted in full
LONGEST_BARE = 45  # a line up to so many characters without any punctuation is no statement
NEAR = 0.5  # a sentence this close to the best one is quoted with it

_NAME = re.compile(r"[^：:。；;\n]+[：:。；;]?")  # what an entry calls itself
_SAYS_SOMETHING = re.compile(r"[。；;，！!→=：:]|\d{3}")


def is_bare(clause: Clause, snapshot: Snapshot) -> bool:
    """Whether a clause says nothing by itself: a title, an unnumbered heading, a signature, a heading of nothing."""
    if clause.end - clause.start > LONGEST_BARE or snapshot.children(clause):
        return False
    return clause.kind in ("heading", "paragraph") and not _SAYS_SOMETHING.search(snapshot.text(clause))


def whole_list(clause: Clause, snapshot: Snapshot, *, names: bool = False) -> list[Evidence]:
    """Every entry of the enumeration that a clause heads, in order (promise 4); empty where it heads none.

    An entry named by a lead sentence is quoted by that lead, and a numbered one in full; in a long list each by its
    first sentence. Where `names` alone are wanted, each by the words before its first colon or full stop.
    """
    children = snapshot.children(clause)
    entries = [child for child in children if child.kind != "paragraph"] or list(children)
    document = snapshot.document(clause.document_id)
    return [_name(entry, document) for entry in entries] if names else _entries(entries, document)


def whole_section(clause: Clause, snapshot: Snapshot) -> list[Evidence]:
    """Everything directly under a heading, plain paragraphs too, in order."""
    return _entries(snapshot.children(clause), snapshot.document(clause.document_id))


def _entries(entries: Sequence[Clause], document: Document) -> list[Evidence]:
    brief = sum(entry.end - entry.start for entry in entries) > LONGEST_LIST
    return [_entry(entry, document, brief) for entry in entries]


def _name(clause: Clause, document: Document) -> Evidence:
    lead = _NAME.match(document.text, clause.start, clause.end)
    return Evidence(clause, document, clause.start, lead.end() if lead else clause.end)


def _entry(clause: Clause, document: Document, brief: bool) -> Evidence:
    lead = clause.label
    if len(lead) > 4 and document.text.startswith(lead, clause.start):
        return Evidence(clause, document, clause.start, clause.start + len(lead))
    if brief:
        return Evidence(clause, document, *sentence_spans(document.text, clause.start, clause.end)[0])
    return Evidence(clause, document, clause.start, clause.end)


def passages(
    clause: Clause,
    document: Document,
    grams: Mapping[str, float],
    idf: Mapping[str, float],
    whole: bool = False,
) -> list[Evidence]:
    """The sentences of a clause that bear on the question, adjacent ones joined; the clause itself where it is short.

    An enumeration is quoted with all of its entries when `whole` is asked or its lead bears on the question most (promise
    4), otherwise its lead with the entries that do.
    """
    if clause.end - clause.start <= WHOLE:
        return [Evidence(clause, document, clause.start, clause.end)]
    if clause.items:
        return _enumerated(clause, document, grams, idf, whole)
    spans = sentence_spans(document.text, clause.start, clause.end)
    if len(spans) == 1:
        return [Evidence(clause, document, *spans[0])]
    scores = [_bearing(document.text[a:b], grams, idf) for a, b in spans]
    best = max(scores)
    chosen = _within(spans, scores, best)
    return [Evidence(clause, document, start, end) for start, end in _joined(chosen, document.text)]


def _enumerated(
    clause: Clause, document: Document, grams: Mapping[str, float], idf: Mapping[str, float], whole: bool
) -> list[Evidence]:
    lead = tight(document.text, clause.start, clause.items[0].start)
    spans = [(item.start, item.end) for item in clause.items]
    scores = [_bearing(document.text[a:b], grams, idf) for a, b in spans]
    led = _bearing(document.text[lead[0] : lead[1]], grams, idf) if lead else 0.0
    if whole or led >= max(scores):
        if clause.end - clause.start <= LONGEST_LIST:
            return [Evidence(clause, document, clause.start, clause.end)]
        chosen = spans
    else:
        chosen = _within(spans, scores, max(scores))
    return [Evidence(clause, document, *span) for span in ([lead] if lead else []) + chosen]


def _bearing(sentence: str, grams: Mapping[str, float], idf: Mapping[str, float]) -> float:
    folded = fold(sentence)
    return sum(weight * idf[gram] for gram, weight in grams.items() if gram in folded)


def _within(spans: Sequence[tuple[int, int]], scores: Sequence[float], best: float) -> list[tuple[int, int]]:
    """The best sentences, best first, until the quote would be too long; then in the order of the text."""
    ranked = sorted(range(len(spans)), key=lambda i: (-scores[i], i))
    chosen: list[tuple[int, int]] = []
    length = 0
    for i in ranked:
        size = spans[i][1] - spans[i][0]
        if chosen and (scores[i] < NEAR * best or length + size > MOST):
            break
        chosen.append(spans[i])
        length += size
    return sorted(chosen)


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
