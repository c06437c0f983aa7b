"""How much of a question a text holds: the features that confidence is judged by."""

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.answer.scope import Places
from app.corpus import Document
from app.index import Lexical, indexed_text
from app.retrieve import Hit, Query
from app.text import Analyzer, fold

SYNONYM_SHARE = 0.7  # what a word counts for that is covered only by another name of the same thing
SHORTEST_PART = 3  # words of subject a part of a question must have to be judged by itself
OPENING = 3000  # where a document names the places it is about
# A name the document has no word of: how long, how rare, and from which confidence on it is mere surroundings.
STRANGE_GAP, STRANGE_WORD, SURROUNDED = 0.5, 0.9, 0.75
NAMED = 3  # characters of subject by which a part of a question names a clause
AGREEING = 10  # hits that are held against each other
READ = 60_000  # characters of a document that are looked through for the question's words
_PAUSE = re.compile(r"[,;。?!]")
# What any application has to do with: papers, offices.
_FORMAL = re.compile(
    r"身份证|许可证|证件|证明|复印件|原件|附件|表格?$|执照|公章|报告|合同|发票|承诺书|授权书|[局委办部厅科]$|窗口|中心$|平台|网站|系统$"
)
_OF_POLICY = re.compile(r"申报|政策|办法|文件|扶持|奖补|补贴")
_DIGITS = re.compile(r"\d+")


class Features:
    """Works out the features of a question's best hit over one corpus. Pure but for a cache of folded documents."""

    def __init__(self, analyzer: Analyzer, places: Places, grams: Lexical) -> None:
        self._analyzer, self._places, self._grams = analyzer, places, grams
        self._folded = lru_cache(maxsize=512)(_folded)

    def of(self, query: Query, hits: Sequence[Hit]) -> dict[str, float]:
        """The features by name, each between −1 and 1.

        The question counts by its subject: words of dealing with an office are left out, unless there are no others.
        `cover`: the share of its words (or parts or other names of them) that the hit holds, words rare in this corpus
        counting more; `rare_cover`: the same, words rare in Chinese at large counting more; `part_cover`: `cover` of the part of the
        question that is covered best. `run`: the longest run of characters shared. `gap` and `open`: the longest stretch of the
        subject, and the share of it, that the hit does not hold in pairs; `document_gap`, `document_open`, `document_cover` and
        `document_lacks` (the rarest word missing): the same for the whole document. `place` and `digits`: 1 when every place (number)
        named stands in the document, −1 when one does not, 0 when none is named. `margin`: the lead over the second hit. `rank`,
        `dense`, `asked` and `alike`: what ranking found. `size`: how large the corpus is, since among more clauses one
        looks right by chance more easily. How the hits agree: `same`, the share of them in the best one's document; `others`, how
        many documents they are of; `fifth`, the fifth score by the first; `most_whole`, `most_own` and `most_crowd`, the best of
        all hits in ranking's features of these names.
        """
        best, second = hits[0], hits[1].score if len(hits) > 1 else 0.0
        text = fold(f"{indexed_text(best.chunk)}\n{best.text}")
        whole = self._folded(best.document)
        subject = self.subject(query.text, best.document) or self._analyzer.subject(query.text) or query.terms
        here, there = self._covers(subject, query, text)
        gap, open_ = _uncovered(subject, text)
        far_gap, far_open = _uncovered(subject, whole)
        return {
            "cover": here,
            "part_cover": self._best_part(query, best.document, text, here),
            "rare_cover": there,
            "run": min(longest_run(query.text, text), 10) / 10,
            "gap": gap,
            "open": open_,
            "document_gap": far_gap,
            "document_open": far_open,
            "document_cover": self._gram_cover(subject, whole),
            "document_lacks": max((self._weight(w) for w in subject if w not in whole), default=0.0),
            "place": self._place(query, best),
            "digits": _all_stand(_DIGITS.findall(query.text), whole),
            "margin": (best.score - second) / best.score if best.score else 0.0,
            "rank": best.score,
            "size": min(math.log10(max(self._grams.size, 1)) / 6, 1.0),
            **{name: min(max(best.signals.get(name, 0.0), 0.0), 1.0) for name in ("dense", "asked", "alike")},
            **_agreement(hits),
        }

    def subject(self, question: str, document: Document) -> tuple[str, ...]:
        """The words that say what is asked about, without the name of the place whose document it is: that tells nothing."""
        here = fold(document.region or "")
        return tuple(word for word in self._analyzer.subject(question) if word not in here)

    def knows(self, question: str, document: Document) -> bool:
        """Whether the document says anything of what the question names.

        A question is about the document too where it names nothing but papers and offices, or says that it asks of a policy.
        """
        whole = self._folded(document)
        words = self.matter(question, document)
        if _OF_POLICY.search(fold(question)):
            return True
        return not words or any(word in whole for word in words)

    def matter(self, question: str, document: Document) -> tuple[str, ...]:
        """The subject without papers and offices, which any application has to do with, and without single characters."""
        words = self.subject(question, document)
        return tuple(word for word in words if len(word) > 1 and not _FORMAL.search(word))

    def names(self, question: str, hit: Hit) -> bool:
        """Whether a part of the question names at some length nothing but what the hit says of it."""
        text = fold(f"{indexed_text(hit.chunk)}\n{hit.text}")
        for part in _PAUSE.split(fold(question)):
            words = [word for word in self.subject(part, hit.document) if len(word) > 1]
            if sum(map(len, words)) >= NAMED and all(word in text for word in words):
                return True
        return False

    def _weight(self, word: str) -> float:
        return self._analyzer.rarity(word) ** 2

    def _covers(self, subject: Sequence[str], query: Query, text: str) -> tuple[float, float]:
        here = there = here_total = there_total = 0.0
        for word in subject:
            pieces = self._analyzer.grams(word)
            idf = self._grams.idf(pieces).tolist()
            share = _share(word, query, text, pieces, idf)
            here, here_total = here + share * sum(idf), here_total + sum(idf)
            there, there_total = there + share * self._weight(word), there_total + self._weight(word)
        return here / here_total if here_total else 0.0, there / there_total if there_total else 0.0

    def _best_part(self, query: Query, document: Document, text: str, whole: float) -> float:
        """People tell their story first and ask in one part of it."""
        parts = [self.subject(part, document) for part in _PAUSE.split(query.text)]
        return max([whole, *(self._covers(p, query, text)[0] for p in parts if len(p) >= SHORTEST_PART)])

    def _gram_cover(self, subject: Sequence[str], text: str) -> float:
        pieces = [g for word in subject for g in self._analyzer.grams(word) if len(g) > 1 or len(word) == 1]
        idf = self._grams.idf(pieces).tolist()
        total = sum(idf)
        return sum(v for piece, v in zip(pieces, idf, strict=True) if piece in text) / total if total else 0.0

    def _place(self, query: Query, best: Hit) -> float:
        named = [self._places.stem(place) for place in self._places.named(query.text)]
        document = best.document
        return _all_stand(
            named, fold(f"{document.region or ''}\n{document.title}\n{document.text[:OPENING]}\n{best.text}")
        )


def names_another(features: Mapping[str, float], confidence: float) -> bool:
    """Whether the question names at some length a thing of which the whole document says nothing: it is no matter of that
    document, and 未载明 would make it seem one. Where confidence is high the name is mere surroundings."""
    strange = features["document_gap"] >= STRANGE_GAP and features["document_lacks"] >= STRANGE_WORD
    return strange and confidence < SURROUNDED


def _agreement(hits: Sequence[Hit]) -> dict[str, float]:
    best, some = hits[0], hits[:AGREEING]
    fifth = some[4].score if len(some) > 4 else 0.0
    tops = {name: max(hit.signals.get(name, 0.0) for hit in some) for name in ("whole", "own", "crowd")}
    return {
        "same": sum(hit.document.id == best.document.id for hit in some) / len(some),
        "others": len({hit.document.id for hit in some}) / AGREEING,
        "fifth": fifth / best.score if best.score else 0.0,
        **{f"most_{name}": min(max(value, 0.0), 1.0) for name, value in tops.items()},
    }


def _folded(document: Document) -> str:
    return fold(f"{document.title}\n{document.text[:READ]}")


def _all_stand(named: Sequence[str], text: str) -> float:
    if not named:
        return 0.0
    return 1.0 if all(name in text for name in named) else -1.0


def _share(word: str, query: Query, text: str, pieces: Sequence[str], idf: Sequence[float]) -> float:
    if word in text:
        return 1.0
    partly = sum(weight for piece, weight in zip(pieces, idf, strict=True) if piece in text) / (sum(idf) or 1)
    return max(partly, SYNONYM_SHARE if _by_another_name(word, query.alternatives, text) else 0.0)


def _by_another_name(term: str, alternatives: Mapping[str, Sequence[str]], text: str) -> bool:
    names = (n for phrase, others in alternatives.items() if term in phrase or phrase in term for n in others)
    return any(name in text for name in names)


def _uncovered(subject: Sequence[str], text: str) -> tuple[float, float]:
    """The longest stretch of the subject that the text does not hold in pairs of characters, and the share of it: 0 to 1."""
    held: list[bool] = []
    for word in subject:
        pairs = [word[i : i + 2] in text for i in range(len(word) - 1)] or [word in text]
        held += [any(pairs[max(0, i - 1) : i + 1]) for i in range(len(word))]
    longest = current = 0
    for is_held in held:
        current = 0 if is_held else current + 1
        longest = max(longest, current)
    return min(longest, 10) / 10, held.count(False) / max(1, len(held))


def longest_run(one: str, other: str) -> int:
    """The length of the longest run of characters that stands in both."""
    longest = 0
    for start in range(len(one)):
        while start + longest < len(one) and one[start : start + longest + 1] in other:
            longest += 1
    return longest
