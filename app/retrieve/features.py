"""What a candidate's own words say about it: the features of the second stage, read off question and chunk."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.corpus import Clause
from app.index import Snapshot
from app.retrieve.candidates import Candidates
from app.retrieve.query import Query
from app.text import Analyzer, fold

SIGNALS = (
    "words", "grams", "expanded", "dense", "alike", "asked", "before", "after", "document", "crowd", "company",
)  # fmt: skip
OWN = (
    "own", "context", "title", "whole", "core", "long", "novel", "novel_share", "short", "digits", "place",
    "place_near", "heading", "item", "colon", "question", "sentence", "position",
)  # fmt: skip
KINDS = ("figure", "date", "channel", "several", "reason", "several_long", "no_figure")
SPREAD = ("own", "whole", "title", "core", "dense", "asked")
LISTWISE = ("whole", "title", "dense", "core", "place", "digits", "crowd", "own", "alike", "asked")
NAMES = (
    *SIGNALS, *OWN, *KINDS, *(f"{name}/best" for name in SPREAD), *(f"best {name}" for name in LISTWISE), "count",
)  # fmt: skip
"""The features in order. `x/best` is x by the best candidate's x, `best x` the same for all candidates of a query."""

COVERS = (
    "own",
    "whole",
)  # handed on with a hit: how much of the question its words hold, without and with the context

LONGEST = 10  # runs of more characters say no more
OPENING = 400  # where a document says which place it is about
_CN = "一二三四五六七八九十百千万亿"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a question of a kind looks like, and what a text that answers it holds."""

    asks: re.Pattern[str]
    holds: re.Pattern[str]


_FIGURE = _Kind(
    re.compile(r"多少|几[个家人次元天项条种类户名万岁度成]|比例|额度|金额|标准是|多大|人数|数量|总额|率"),
    re.compile(rf"\d|[{_CN}]+(?:元|倍|成|个|家|人|名|%)"),
)
_DATE = _Kind(
    re.compile(r"何时|什么时候|啥时候|时间|期限|多久|日期|哪天|几号|几点|截止|有效期|哪一天|多长"),
    re.compile(r"\d+(?:年|月|日|时|天|个工作日|个月|周)|之日|之前|截至|为止|期间"),
)
_CHANNEL = _Kind(
    re.compile(r"电话|邮箱|邮件|网址|网站|热线|咨询|联系|平台|哪里|地址|渠道|微信|公众号|app|小程序|登录"),
    re.compile(r"\d{3,}-?\d{4,}|http|www|\.cn|\.com|@|“[^”]{2,20}”|微信|公众号|平台|网站|小程序|窗口"),
)
_SEVERAL = _Kind(
    re.compile(
        r"哪些|哪几|措施|如何|怎么|怎样|什么要求|规定|内容|要求|条件|情形|办法|做法|政策|服务|安排|举措|注意"
    ),
    re.compile(rf"[{_CN[:9]}]是|\([{_CN[:9]}]\)|\(\d\)|\d[.、]|;|①"),
)
_REASON = _Kind(
    re.compile(r"为什么|为啥|原因|为何|目的|依据|根据"),
    re.compile(r"因|为了|根据|按照|以免|避免|确保|防止|依据"),
)
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|新区|省|市|区|县|州|盟|旗)$")


class Measure:
    """Computes the features of candidates of one snapshot."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer) -> None:
        self._snapshot, self._analyzer = snapshot, analyzer
        places = sorted((name for name, _ in analyzer.lexicon.regions), key=len, reverse=True)
        self._places = re.compile("|".join(map(re.escape, places)) or r"(?!)")
        self._abouts: dict[str, tuple[str, str]] = {}

    def matrix(self, query: Query, found: Candidates) -> NDArray[np.float64]:
        """The features of each candidate: float64 [candidates, len(NAMES)], about 0..1 each."""
        asked = self._read(query)
        own = np.array([self._row(asked, int(position)) for position in found.positions], dtype=np.float64)
        own = own.reshape(len(found.positions), len(OWN) + len(KINDS))
        signals = np.array([found.signals[name] for name in SIGNALS], dtype=np.float64).T
        return _with_spread(np.hstack([signals.reshape(len(own), len(SIGNALS)), own]))

    def _read(self, query: Query) -> "_Asked":
        folded = query.corrected or query.text
        names = [gram for gram, weight in query.grams.items() if weight == 1.0]
        rarity = self._snapshot.grams.idf(names).tolist()
        total = sum(rarity) or 1.0
        kinds = (_FIGURE, _DATE, _CHANNEL, _SEVERAL, _REASON)
        return _Asked(
            text=folded,
            core=" ".join(self._analyzer.runs_without_stopwords(folded)) or folded,
            shares={gram: rare / total for gram, rare in zip(names, rarity, strict=True)},
            characters=[gram for gram in names if len(gram) == 1],
            digits=sorted(set(re.findall(r"\d+", folded))),
            places=[stem(place) for place in dict.fromkeys(self._places.findall(folded))],
            kinds=tuple(bool(kind.asks.search(folded)) for kind in kinds),
        )

    def _about(self, document_id: str) -> tuple[str, str]:
        """A document's title, and the words that say which place it is about, in normal form."""
        if document_id not in self._abouts:
            document = self._snapshot.everything[document_id]
            opening = f"{document.title} {document.region or ''} {document.text[:OPENING]}"
            self._abouts[document_id] = fold(document.title), fold(opening)
        return self._abouts[document_id]

    def _row(self, asked: "_Asked", position: int) -> list[float]:
        snapshot = self._snapshot
        number, _, _, context_number = snapshot.chunks.rows[position].tolist()
        clause = snapshot.clauses[number]
        text = snapshot.folded.text(position)
        context = folded_context(snapshot.chunks.contexts[context_number])
        title, opening = self._about(clause.document_id)
        inside = frozenset(gram for gram in asked.shares if gram in text)
        above = asked.held(context)
        size = max(len(text), 1)
        known = sum(map(text.count, asked.characters))
        novel = max(size - known, 0)
        return [
            asked.share(inside),
            asked.share(above),
            asked.share(asked.held(title)),
            asked.share(inside | above),
            longest_run(asked.core, text, LONGEST) / LONGEST,
            math.log(size + 1) / 6,
            math.log1p(novel) / 5,
            novel / size,
            float(size < 30),
            _share(digits in text or digits in context for digits in asked.digits),
            _signed(place in opening or place in text for place in asked.places),
            _share(place in text or place in context for place in asked.places),
            *_form(text, clause),
            *_kinds(asked.kinds, text, size),
        ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, taken apart once for all its candidates; `shares` maps each gram to its part of the whole rarity.

    `known` remembers which grams stand in a title or a heading, which many candidates have in common.
    """

    text: str
    core: str
    shares: Mapping[str, float]
    characters: Sequence[str]
    digits: Sequence[str]
    places: Sequence[str]
    kinds: tuple[bool, ...]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def held(self, text: str) -> frozenset[str]:
        """The grams that stand in a text."""
        if text not in self.known:
            self.known[text] = frozenset(gram for gram in self.shares if gram in text)
        return self.known[text]

    def share(self, grams: Iterable[str]) -> float:
        """How much of the question's rarity these grams are, 0 to 1."""
        return sum(self.shares[gram] for gram in grams)


def _form(text: str, clause: Clause) -> list[float]:
    last = text[-1:]
    return [
        float(clause.kind == "heading"),
        float(clause.kind in ("item", "article")),
        float(last == ":"),
        float(last == "?"),
        float(last in ("。", ".", "!", ";")),
        min(clause.position, 20) / 20,
    ]


def _kinds(asked: tuple[bool, ...], text: str, size: int) -> list[float]:
    figure, day, channel, several, reason = asked
    counted = bool((figure or day) and _FIGURE.holds.search(text))
    return [
        float(figure and counted),
        float(day and bool(_DATE.holds.search(text))),
        float(channel and bool(_CHANNEL.holds.search(text))),
        float(several and bool(_SEVERAL.holds.search(text))),
        float(reason and bool(_REASON.holds.search(text))),
        float(several) * math.log(size + 1) / 6,
        float((figure or day) and not counted),
    ]


def _with_spread(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns, some of them by their best value, and the best values themselves."""
    place = {name: n for n, name in enumerate((*SIGNALS, *OWN, *KINDS))}
    top = columns.max(axis=0, initial=0.0)
    spread = [columns[:, place[name]] / max(top[place[name]], 1e-6) for name in SPREAD]
    listwise = [np.full(len(columns), top[place[name]]) for name in LISTWISE]
    count = np.full(len(columns), np.log1p(len(columns)) / 5)
    return np.column_stack([columns, *spread, *listwise, count])


def _share(found: Iterable[bool]) -> float:
    hits = list(found)
    return sum(hits) / len(hits) if hits else 0.0


def _signed(found: Iterable[bool]) -> float:
    """1 when all are found, -1 when none is, 0 when nothing is looked for."""
    hits = list(found)
    return 2 * sum(hits) / len(hits) - 1 if hits else 0.0


@lru_cache(maxsize=4096)
def folded_context(text: str) -> str:
    """The normal form of a chunk's context, which many chunks have in common."""
    return fold(text)


def stem(place: str) -> str:
    """The name without 省, 市, 区 …, where something is left to tell it by."""
    return _SUFFIX.sub("", place) if len(place) > 2 else place


def longest_run(one: str, other: str, most: int) -> int:
    """The length of the longest run of characters that stands in both, at most `most`."""
    longest = 0
    for start in range(len(one)):
        while longest < most and start + longest < len(one) and one[start : start + longest + 1] in other:
            longest += 1
        if longest == most or len(one) - start <= longest:
            break
    return longest
