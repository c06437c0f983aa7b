"""Retrieval on the tenth of the documents that no training sees: the figures to watch before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from encoder_training.documents import Asked, Document
from encoder_training.evaluation import Encode, Question, Trial, dense, figures

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Held:
    """A trial, and of which document each of its passages is; `homes` has the document of each question where only that
    one is searched."""

    trial: Trial
    of: NDArray[np.int64]
    homes: NDArray[np.int64] | None


def trials(sets: Mapping[str, Sequence[Document]]) -> list[Held]:
    """Single questions over all held passages of their set, those of `siblings` over the clauses of their own policy only;
    and the questions behind earlier turns."""
    policy, siblings = sets.get("policy", ()), sets.get("siblings", ())
    made = [
        trial("siblings", siblings, talks=False, within=True),
        trial("policy", policy, talks=False, within=False),
        trial("colloquial", sets.get("colloquial", ()), talks=False, within=False),
        trial("sibling_dialogues", siblings, talks=True, within=True),
        trial("dialogues", [*sets.get("dialogues", ()), *policy], talks=True, within=False),
    ]
    return [held for held in made if held.trial.questions]


def trial(name: str, documents: Sequence[Document], talks: bool, within: bool) -> Held:
    """The questions of `documents` that come behind earlier turns (`talks`) or alone, in the first of their forms."""
    places = [(d, p) for d, document in enumerate(documents) for p in range(len(document.passages))]
    passages = [documents[d].passages[p] for d, p in places]
    asked = [
        (d, a) for d, document in enumerate(documents) for a in document.asked if (len(a.forms) > 1) == talks
    ]
    numbers = {place: number for number, place in enumerate(places)}
    questions = []
    for d, each in asked:
        right = {numbers[d, p] for p in each.right} | (
            set() if within else _also(each, [p.text for p in passages])
        )
        questions.append(Question(each.forms[0], frozenset(right)))
    made = Trial(name, [p.text for p in passages], [p.head for p in passages], questions)
    homes = np.array([d for d, _ in asked]) if within else None
    return Held(made, np.array([d for d, _ in places]), homes)


def _also(asked: Asked, texts: Sequence[str]) -> set[int]:
    """Passages of other documents in which the answer stands word for word."""
    return {number for number, text in enumerate(texts) if asked.may_be_answered_by(text)}


def measured(held: Sequence[Held], queries: Encode, passages: Encode) -> Figures:
    """hit@1, recall@10, MRR@10 of an encoder and the sizes, by trial."""
    return {each.trial.name: _one(each, queries, passages) for each in held}


def _one(held: Held, queries: Encode, passages: Encode) -> dict[str, float]:
    trial = held.trial
    sizes = {"questions": len(trial.questions), "passages": len(trial.passages)}
    if held.homes is None:
        return {**dense(trial, queries, passages), **sizes}
    scores = queries([q.text for q in trial.questions]) @ passages(trial.indexed).T
    scores[held.homes[:, None] != held.of[None, :]] = -np.inf
    return {**figures(trial, lambda number: scores[number]), **sizes}


def line(name: str, found: Mapping[str, float]) -> str:
    """One trial's figures for a terminal."""
    size = f"{found['questions']:.0f} 问 / {found['passages']:.0f} 段"
    return f"{name:20} {size:>16}   hit@1 {found['hit1']:.3f}   MRR@10 {found['mrr10']:.3f}"
