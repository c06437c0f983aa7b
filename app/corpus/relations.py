"""How the documents of a corpus stand to each other: what replaced what, which 解读 explains which 原文.

A name is resolved by number, else by title; one that no document of the corpus bears, or several do, stays a name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.corpus.document import Document, Named, Origin

_INNER = re.compile(r"[《〈]([^《》〈〉]{2,100})[》〉]")
_VERSION = re.compile(r"[（(〔][^）)〕]{0,12}(?:试行|暂行|修订|修正|版|年)[^）)〕]{0,8}[）)〕]$")
_REVISED = re.compile(r"[（(〔][^）)〕]{0,10}(?:修订|修正)[^）)〕]{0,6}[）)〕]")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,16}[〔\[［（(](?:19|20)\d{2}[〕\]］）)]\s*第?\d{1,5}号")
_OPENING = 1500  # where a 解读 says what it explains
_EXPLAINS = ("解读", "问答", "指南")
_ABOUT_OTHERS = re.compile(r"(?:修改|调整|延长|延续|修订|修正|废止|解读|问答|答问)")


@dataclass(frozen=True, slots=True)
class Replacement:
    """The document that took another's place, and from which day where it says so."""

    document_id: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one corpus. `named` gives the document that a name found in another stands for."""

    replaced: Mapping[str, Replacement] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[tuple[str, Named], str] = field(default_factory=dict)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> "Relations":
        """The relations among these documents; old versions among them are passed over."""
        present = [document for document in documents if document.version_of is None]
        names = _Names(present)
        named: dict[tuple[str, Named], str] = {}
        replaced: dict[str, Replacement] = {}
        for document in sorted(present, key=_age):
            for one in (*document.repeals, *document.amends):
                if found := names.find(one.title, one.number, document):
                    named[document.id, one] = found.id
            for one in document.repeals:
                if (old := named.get((document.id, one))) and old not in replaced:
                    replaced[old] = Replacement(document.id, document.effective_from or document.published_on)
            if (earlier := _revised(document, names)) and earlier.id not in replaced:
                replaced[earlier.id] = Replacement(
                    document.id, document.effective_from or document.published_on
                )
        return cls(replaced, dict(_explained(present, names)), named)

    def successor(self, document_id: str) -> str | None:
        """The id of the document that is in a document's place today, through all that came between; None where none is."""
        seen = {document_id}
        while (after := self.replaced.get(document_id)) and after.document_id not in seen:
            document_id = after.document_id
            seen.add(document_id)
        return document_id if len(seen) > 1 else None

    def explaining(self, document_id: str) -> tuple[str, ...]:
        """The ids of the 解读 and 问答 of a document, in corpus order."""
        return tuple(one for one, other in self.explained.items() if other == document_id)


def closed(documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents, each that another one here repealed or revised with its last day; without a stated day it stays open."""
    held = tuple(documents)
    replaced = Relations.of(held).replaced
    until = _prolonged(held)
    return tuple(
        _closed(_with_last_day(document, until.get(document.id)), replaced.get(document.id))
        for document in held
    )


def _prolonged(held: Iterable[Document]) -> Mapping[str, date]:
    """The last day that others here give a document, by its id; of several the latest."""
    present = [document for document in held if document.version_of is None]
    if not any(document.prolongs for document in present):
        return {}
    names = _Names(present)
    until: dict[str, date] = {}
    for document in present:
        for one in document.prolongs:
            if found := names.find(one.named.title, one.named.number, document):
                until[found.id] = max(one.until, until.get(found.id, date.min))
    return until


def _with_last_day(document: Document, until: date | None) -> Document:
    corrected = any(one.field == "expires_on" for one in document.corrections)
    if until is None or corrected or (document.expires_on and document.expires_on >= until):
        return document
    origins = tuple(one for one in document.origins if one.field != "expires_on")
    return replace(document, expires_on=until, origins=(*origins, Origin("expires_on", "文件信息")))


def _closed(document: Document, after: Replacement | None) -> Document:
    if after is None or after.since is None:
        return document
    last = after.since - timedelta(days=1)
    return replace(document, serves_until=min(last, document.serves_until or last))


class _Names:
    """The documents by the numbers and titles they may be called by."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_number: dict[str, list[Document]] = {}
        self._by_title: dict[str, list[Document]] = {}
        for document in documents:
            if document.number and document.kind not in _EXPLAINS:
                self._by_number.setdefault(_bare(document.number), []).append(document)
            for title in _titles(document):
                self._by_title.setdefault(title, []).append(document)

    def find(self, title: str | None, number: str | None, namer: Document) -> Document | None:
        """The one document meant by another; of several of one title the last one before it."""
        for found in self._candidates(title, number):
            day = namer.published_on or namer.effective_from or date.max
            others = [one for one in found if _may_bear(one, number)]
            others = [one for one in others if one.id != namer.id and (one.published_on or date.min) <= day]
            if titles := _titles(
                namer
            ):  # of its own name it can only mean a version that is known to be older
                others = [one for one in others if not titles & _titles(one) or _is_before(one, day)]
            if len(others) == 1:
                return others[0]
            before = [one for one in others if _is_before(one, day)]
            if before:
                return max(before, key=lambda one: one.published_on or date.min)
        return None

    def _candidates(self, title: str | None, number: str | None) -> Iterator[list[Document]]:
        key = _bare(number or "")
        for at in range(key.find("20") if "20" in key else min(1, len(key))):
            yield self._by_number.get(key[at:], [])  # 依据某政发〔2018〕4号 is read with the word before it
        if title:
            yield self._by_title.get(_bare(title), [])
            yield self._by_title.get(_bare(_VERSION.sub("", title)), [])


def _may_bear(document: Document, number: str | None) -> bool:
    """Whether a document may be the one called by a number: none that has another of its own."""
    called, own = _bare(number or ""), _bare(document.number or "")
    return not called or not own or called.endswith(own) or own.endswith(called)


def _titles(document: Document) -> set[str]:
    """What a document may be called: its title, the title within 关于印发《…》的通知, both without （试行） and the like."""
    if document.kind in ("解读", "问答"):
        return set()
    titles = [document.title]
    if not _ABOUT_OTHERS.search(_INNER.sub("", document.title)):
        titles += _INNER.findall(document.title)
    return {
        _bare(form)
        for title in titles
        for form in (title, _VERSION.sub("", title.rstrip("》")))
        if len(_bare(form)) > 3
    }


def _revised(document: Document, names: _Names) -> Document | None:
    """The earlier document whose revised form this one says it is: 某办法（2024年修订）."""
    if not document.published_on or not _REVISED.search(document.title) or document.kind in _EXPLAINS:
        return None
    earlier = names.find(_VERSION.sub("", document.title), None, document)
    return (
        earlier if earlier and earlier.published_on and earlier.published_on < document.published_on else None
    )


def _explained(documents: Iterable[Document], names: _Names) -> Iterator[tuple[str, str]]:
    for document in documents:
        if not document.interprets and document.kind not in ("解读", "问答"):
            continue
        beside = _NUMBER.search(document.text, 0, _OPENING)
        found = names.find(document.interprets, None, document) or names.find(
            None, beside and beside[0], document
        )
        if found:
            yield document.id, found.id


def _is_before(document: Document, day: date) -> bool:
    return document.published_on is not None and document.published_on < day


def _age(document: Document) -> date:
    return document.published_on or document.effective_from or date.max


def _bare(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)
