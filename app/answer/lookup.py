"""What stands at an address. Looked up, not ranked: “第三条是什么” is never answered with the clause that sounds most alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.corpus import Clause, Document, Item
from app.index import Snapshot
from app.question import Address, Key, key_of, read_addresses
from app.text import fold, longest_run, tight

SHORTEST_NAME, LONGEST_NAME = 3, 30  # characters of what a clause calls itself
AROUND = " 、.．，。？?！!"
SHORTEST_HEADING = 3  # characters that a question must share with the heading of the list it counts in
_NAME_ENDS = re.compile(r"[：:。；;\n]")
_TITLE = re.compile(r"《([^》]*)》")
_SHORT = re.compile(r"[(（].*?[)）]|^中华人民共和国")

Found = tuple[tuple[Clause, Item | None], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: whole clauses, or items of a clause; empty when the text has no such place.

    `named` is the address as written, `documents` those in which it was sought: none when the question names a document
    that is not here.
    """

    named: str
    documents: tuple[Document, ...]
    found: Found


class Lookup:
    """Finds places in one snapshot. What it needs of all clauses is collected once, when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def by_name(self, question: str, documents: Sequence[Document]) -> Place | None:
        """The clauses that call themselves what the question says and nothing else: 支持企业升规, 合法合规性."""
        wanted = {document.id for document in documents}
        named = fold(question).strip(AROUND)
        found = tuple((c, None) for c in self._names.get(named, ()) if c.document_id in wanted)
        return Place(question.strip(AROUND), tuple(documents), found) if found else None

    @cached_property
    def _names(self) -> dict[str, list[Clause]]:
        """Clauses by what they call themselves: the words before their first colon or stop, without the number."""
        names: dict[str, list[Clause]] = {}
        for clause in self._snapshot.clauses:
            text = self._snapshot.text(clause)
            own = (
                text.removeprefix(clause.label) if key_of(clause.label, 1) or len(clause.label) < 4 else text
            )
            name = fold(_NAME_ENDS.split(own[: 2 * LONGEST_NAME], maxsplit=1)[0]).strip(AROUND)
            if SHORTEST_NAME <= len(name) <= LONGEST_NAME:
                names.setdefault(name, []).append(clause)
        return names

    def place(self, question: str, documents: Sequence[Document]) -> Place | None:
        """Where the address in the question leads, or None where the question names none."""
        addresses = read_addresses(question)
        if not addresses:
            return None
        sought = _named_in(fold(question), documents)
        places = [self._place(address, sought) for address in addresses]
        found = [place for place in places if place is not None]
        if len(found) < 2:
            return found[0] if found else None
        named = "、".join(place.named for place in found)
        return Place(named, found[0].documents, tuple(entry for place in found for entry in place.found))

    def _place(self, address: Address, sought: Sequence[Document] | None) -> Place | None:
        if sought is None:
            return Place(address.named, (), ())
        if not address.keys:
            return self._in_list(address, address.entry[0] if address.entry else 0, sought)
        found = self._in_structure(address, sought)
        # People also count the entries of a list as 第三条; only where the text has no such article can they mean that.
        return found if found.found else self._counted(address, sought) or found

    def _counted(self, address: Address, sought: Sequence[Document]) -> Place | None:
        """第三条 read as the third entry: of the section named before it, or of the list whose heading is named."""
        *outer, (unit, number, _) = address.keys
        if unit != "条":
            return None
        if outer:
            section = self._in_structure(Address(address.named, address.about, tuple(outer), None), sought)
            if len(section.found) == 1:
                return Place(
                    address.named, section.documents, self._inside(section.found[0][0], number, "项")
                )
        return self._in_list(address, number, sought)

    @cached_property
    def _keys(self) -> dict[Key, list[Clause]]:
        keys: dict[Key, list[Clause]] = {}
        for clause in self._snapshot.clauses:
            if clause.label and (key := key_of(clause.label, len(clause.address))):
                keys.setdefault(key, []).append(clause)
        return keys

    def _in_structure(self, address: Address, sought: Sequence[Document]) -> Place:
        wanted = {document.id for document in sought}
        first: dict[str, Clause] = {}
        for clause in self._keys.get(address.keys[-1], ()):
            if clause.document_id in wanted and self._is_within(clause, address.keys[:-1]):
                first.setdefault(clause.document_id, clause)
        found: Found = tuple((clause, None) for clause in first.values())
        if address.entry is not None and len(found) == 1:
            found = self._inside(found[0][0], *address.entry)
        return Place(address.named, tuple(sought), found)

    def _is_within(self, clause: Clause, keys: Sequence[Key]) -> bool:
        """Whether the headings above the clause include all of those places."""
        above = {key_of(label, depth) for depth, label in enumerate(clause.address[:-1], 1)}
        return above.issuperset(keys)

    @cached_property
    def _heads(self) -> dict[str, list[Clause]]:
        """Clauses that head or hold a list, by the runs of three characters in their own words."""
        heads: dict[str, list[Clause]] = {}
        for clause in self._snapshot.clauses:
            if clause.items or self._snapshot.children(clause):
                words = self._heading(clause)
                for run in {
                    words[i : i + SHORTEST_HEADING] for i in range(len(words) - SHORTEST_HEADING + 1)
                }:
                    heads.setdefault(run, []).append(clause)
        return heads

    def _in_list(self, address: Address, ordinal: int, sought: Sequence[Document]) -> Place | None:
        wanted = {document.id for document in sought}
        about = address.about
        runs = {about[i : i + SHORTEST_HEADING] for i in range(len(about) - SHORTEST_HEADING + 1)}
        heads = {c.id: c for run in sorted(runs) for c in self._heads.get(run, ()) if c.document_id in wanted}
        if not heads:
            return None
        order = {document.id: n for n, document in enumerate(sought)}
        best = min(
            heads.values(),
            key=lambda c: (-longest_run(about, self._heading(c)), order[c.document_id], c.position),
        )
        found = self._inside(best, ordinal, "项")
        return Place(address.named, (self._snapshot.document(best.document_id),), found)

    def _heading(self, clause: Clause) -> str:
        return fold(_TITLE.sub("", self._snapshot.text(clause)[:120]))

    def _inside(self, clause: Clause, ordinal: int, unit: str) -> Found:
        if ordinal < 1:
            return ()
        if unit == "款":
            return tuple((clause, item) for item in self._paragraphs(clause)[ordinal - 1 : ordinal])
        if clause.items:
            return tuple((clause, item) for item in clause.items[ordinal - 1 : ordinal])
        labelled = [child for child in self._snapshot.children(clause) if child.label]
        return tuple((child, None) for child in labelled[ordinal - 1 : ordinal])

    def _paragraphs(self, clause: Clause) -> list[Item]:
        """The 款 of an article: its lines outside of its items."""
        text = self._snapshot.document(clause.document_id).text
        lines: list[Item] = []
        start = clause.start
        for line in text[clause.start : clause.end].split("\n"):
            span = tight(text, start, start + len(line))
            if span and not any(item.start <= span[0] < item.end for item in clause.items):
                lines.append(Item("", *span))
            start += len(line) + 1
        return lines


def _named_in(folded: str, documents: Sequence[Document]) -> tuple[Document, ...] | None:
    """The documents a question names, all of them where it names none, None where it names one that is not here."""
    quoted = [title for title in _TITLE.findall(folded) if title.strip()]
    if quoted:
        named = tuple(d for d in documents if any(title in _folded(d.title) for title in quoted))
        return named or None
    short = ((d, _SHORT.sub("", _folded(d.title))) for d in documents)
    found = [(d, title) for d, title in short if len(title) >= 2 and title in folded]
    longest = max((len(title) for _, title in found), default=0)
    return tuple(d for d, title in found if len(title) == longest) or tuple(documents)


@lru_cache(maxsize=16384)
def _folded(title: str) -> str:
    return fold(title)
