"""Whether a question is one that a reviewed answer was approved for. When in doubt it is not.

A question matches exactly where nothing but courtesies, punctuation and script differ (`question_key`). Otherwise it
matches where all of this holds, so that a question about anything else never does:

- likeness (`app.store.Sameness`) to the standard or a similar question is at least `SURE`;
- it is at least `MARGIN` more than the likeness to each counter-example of the entry, and `RIVAL` more than to any
  other entry that points to other clauses;
- both name the same subjects in the same order (who sells to whom), numbers and places, ask the same of them
  (`Traits.actions`), and both deny or neither does.

Held against each other, 2,485 questions on 1,614 matters (the similar questions of the corpus, and two public sets of
policy and law questions) gave 16 pairs that match so: all of one matter. A likeness of 0.5 alone gave 1,107 pairs, of
which 434 were of one matter. Of 260 ways, written for it, to ask ten things again in other words 177 were known.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.store import ReviewedVersion, Sameness, Traits, likeness, question_key
from app.text import Analyzer, fold

SURE = 0.45
MARGIN = 0.1
RIVAL = 0.05
NEAR = 0.6  # two questions that a person should look at side by side,
AGREEING = 0.4  # also these, where they agree in all that is compared
CANDIDATES = 24

# “能不能” asks, “不能” denies.
_CHOICE = re.compile(r"(\w)[不没](\1)|有没有|有无|能否|是否|可否|会否")
_DENIAL = re.compile(r"[不没无未非勿别]|除外|以外|取消|停止|退[出回还]?")


@dataclass(frozen=True, slots=True)
class Match:
    """The version that answers, by which of its questions, and how alike the two are (1 where they are the same)."""

    version: ReviewedVersion
    question: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A question of another entry that is the same as one of ours, or nearly, and whether both point to the same clauses."""

    version: ReviewedVersion
    question: str
    ours: str
    same: bool
    same_clauses: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    version: ReviewedVersion
    text: str
    traits: Traits


class Matcher:
    """Looks questions up among versions. Made anew whenever what is served changes; safe to share between threads."""

    def __init__(
        self,
        versions: Sequence[ReviewedVersion],
        sameness: Sameness,
        analyzer: Analyzer,
        before: "Matcher | None" = None,
    ) -> None:
        """`before` is the one that this one follows: what it knows of questions is not worked out again."""
        self.versions = tuple(versions)
        self._sameness, self._analyzer = sameness, analyzer
        self._groups = {word: group for group in analyzer.lexicon.synonyms for word in group}
        questions = [(version, text) for version in versions for text in version.wording.asked]
        countered = [text for version in versions for text in version.wording.counters]
        wanted = dict.fromkeys([*(text for _, text in questions), *countered])
        known = {text: before.traits[text] for text in wanted if text in before.traits} if before else {}
        traits = known | sameness.traits([text for text in wanted if text not in known])
        self.traits: dict[str, Traits] = traits
        self._asked = [_Asked(version, text, traits[text]) for version, text in questions]
        self._vectors = np.array([asked.traits.vectors[0] for asked in self._asked], dtype=np.float32)
        self._by_key: dict[str, list[_Asked]] = defaultdict(list)
        for asked in self._asked:
            self._by_key[question_key(asked.text)].append(asked)
        self._blocking: dict[str, set[str]] = defaultdict(set)
        for version in self.versions:
            for text in version.wording.counters:
                self._blocking[question_key(text)].add(version.entry_id)

    def blocked(self, utterance: str) -> frozenset[str]:
        """The entries that have this very utterance among their counter-examples."""
        return frozenset(self._blocking.get(question_key(utterance), ()))

    def exact(self, question: str, blocked: frozenset[str] = frozenset()) -> Match | None:
        """The version with this very question; None where there is none, or two point to different clauses."""
        blocked |= self.blocked(question)
        found = [a for a in self._by_key.get(question_key(question), ()) if a.version.entry_id not in blocked]
        if not found or any(not _same_clauses(a.version, found[0].version) for a in found):
            return None
        return Match(found[0].version, found[0].text, 1.0)

    def match(self, question: str, blocked: frozenset[str] = frozenset()) -> Match | None:
        """The version that was approved for this question, or None."""
        if not self._asked:
            return None
        if self._by_key.get(question_key(question)):
            return self.exact(question, blocked)
        return self._nearest(question, blocked | self.blocked(question))

    def contested(self, version: ReviewedVersion) -> tuple[str, ...]:
        """The questions of a version that another entry claims for other clauses: neither answers them."""
        return tuple(
            text
            for text in version.wording.asked
            if any(
                not _same_clauses(each.version, version) for each in self._by_key.get(question_key(text), ())
            )
        )

    def _nearest(self, question: str, blocked: frozenset[str]) -> Match | None:
        traits = self._sameness.traits([question])[question]
        scored = [
            (likeness(traits, asked.traits), asked)
            for asked in self._candidates(traits)
            if asked.version.entry_id not in blocked
        ]
        sure = [(s, a) for s, a in scored if s >= SURE and self._agree(question, traits, a)]
        if not sure:
            return None
        score, best = max(sure, key=lambda pair: pair[0])
        rivals = [s for s, a in scored if not _same_clauses(a.version, best.version)]
        counters = [likeness(traits, self.traits[text]) for text in best.version.wording.counters]
        if any(s > score - RIVAL for s in rivals) or any(s > score - MARGIN for s in counters):
            return None
        return Match(best.version, best.text, score)

    def _candidates(self, traits: Traits) -> list[_Asked]:
        cosines = self._vectors @ traits.vectors[0]
        if len(cosines) <= CANDIDATES:
            return self._asked
        return [self._asked[at] for at in np.argpartition(-cosines, CANDIDATES)[:CANDIDATES]]

    def _agree(self, question: str, traits: Traits, asked: _Asked) -> bool:
        one, other = asked.traits, traits
        return (
            (one.kinds, one.actions, one.numbers, one.places)
            == (other.kinds, other.actions, other.numbers, other.places)
            and denies(question) == denies(asked.text)
            and self._names_all_of(question, asked.text)
            and self._names_all_of(asked.text, question)
        )

    def _names_all_of(self, one: str, other: str) -> bool:
        """Whether the subjects of one question are named in the other, in order, by any of their names in the lexicon."""
        text, place = "".join(self._analyzer.subject(other)) or fold(other), 0
        for word in self._analyzer.subject(one):
            found = [(at, len(name)) for name in self._names_of(word) if (at := text.find(name, place)) >= 0]
            if not found:
                return False
            at, length = min(found)
            place = at + length
        return True

    def _names_of(self, word: str) -> tuple[str, ...]:
        return (word, *self._groups.get(word, ()))

    def neighbours(
        self, version_id: str | None, asked: Iterable[str], clauses: frozenset[str]
    ) -> list[Neighbour]:
        """The questions of other entries that are the same as these or nearly, the same ones first."""
        found: dict[tuple[str, str], tuple[float, Neighbour]] = {}
        for ours, traits in self._sameness.traits(list(asked)).items():
            for theirs in self._asked:
                if theirs.version.entry_id == version_id:
                    continue
                same = question_key(ours) == question_key(theirs.text)
                score = 2.0 if same else likeness(traits, theirs.traits)
                key = (theirs.version.entry_id, theirs.text)
                close = score >= NEAR or (score >= AGREEING and self._agree(ours, traits, theirs))
                if close and score > found.get(key, (0.0, None))[0]:
                    pointed = clauses_of(theirs.version) == clauses
                    found[key] = (score, Neighbour(theirs.version, theirs.text, ours, same, pointed))
        ranked = sorted(
            found.values(), key=lambda pair: (-pair[0], pair[1].version.entry_id, pair[1].question)
        )
        return [neighbour for _, neighbour in ranked]


def denies(question: str) -> bool:
    """Whether the question is about what is not, not allowed, or over."""
    return bool(_DENIAL.search(_CHOICE.sub("", fold(question))))


def clauses_of(version: ReviewedVersion) -> frozenset[str]:
    """The ids of the clauses a version points to."""
    return frozenset(point.clause_id for point in version.wording.points)


def _same_clauses(one: ReviewedVersion, other: ReviewedVersion) -> bool:
    return one.entry_id == other.entry_id or clauses_of(one) == clauses_of(other)
