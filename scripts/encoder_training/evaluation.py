"""Dense-only retrieval on question sets in the format of the bench: {"question", "gold": [passages], "status"}.

A passage counts when it holds the first 60 characters of a gold passage or lies inside it, compared without punctuation.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder_training.pairs import simplified
from encoder_training.statutes import articles, files

Vectors = NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and which passages answer it."""

    text: str
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class Trial:
    """Questions over the passages they are answered from; `context` is indexed in front of each passage."""

    name: str
    passages: list[str]
    contexts: list[str]
    questions: list[Question]

    @property
    def indexed(self) -> list[str]:
        """The passages as the encoder reads them."""
        return [f"{c}\n{p}" if c else p for c, p in zip(self.contexts, self.passages, strict=True)]


def squeeze(text: str) -> str:
    """NFKC without white space and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def windows(text: str, size: int) -> list[str]:
    """Whole sentences packed to `size` characters."""
    made, held = [], ""
    for sentence in re.findall(r"[^。！？\n]+[。！？\n]?", text):
        if held and len(held) + len(sentence) > size:
            made.append(held.strip())
            held = ""
        held += sentence
    return [m for m in [*made, held.strip()] if m]


def asked(path: Path, passages: Sequence[str], least: int = 4) -> list[Question]:
    """The answerable questions of a file that some passage answers."""
    plain, made = simplified(), []
    squeezed = [squeeze(p) for p in passages]
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        gold = [squeeze(g) for g in row["gold"] if row["status"] == "answered"]
        hits = {
            i for i, p in enumerate(squeezed) for g in gold if len(p) >= least and (g[:60] in p or p in g)
        }
        if hits and not row["turns"]:
            made.append(Question(plain(row["question"]), frozenset(hits)))
    return made


def policy(questions: Path, text: Path) -> Trial:
    """One document, cut into sentences; a sentence under 16 characters is a heading of the next."""
    made, held = [], ""
    for sentence in re.findall(r"[^。！？\n]+[。！？\n]?", text.read_text(encoding="utf-8")):
        held += sentence.strip()
        if len(held) >= 16:
            made.append(held)
            held = ""
    return Trial("huairou", made, [""] * len(made), asked(questions, made))


def notices(questions: Path, folder: Path) -> Trial:
    """A folder of texts in windows of 200 characters behind their titles."""
    passages, contexts = [], []
    for path in files(folder):
        text = path.read_text(encoding="utf-8").strip()
        found = windows(text, 200)
        passages += found
        contexts += [text.splitlines()[0][:60]] * len(found)
    return Trial("ncp", passages, contexts, asked(questions, passages))


def statutes(questions: Path, folder: Path, sample: int | None, seed: int = 0) -> Trial:
    """All articles, or those that answer a question and `sample` others."""
    found = [a for path in files(folder) for a in articles(path)]
    passages = [a.text for a in found]
    trial = Trial(
        "statutes", passages, [f"{a.title} {a.chapter}".strip() for a in found], asked(questions, passages)
    )
    return trial if sample is None else thinned(trial, sample, seed)


def thinned(trial: Trial, sample: int, seed: int) -> Trial:
    """The passages that answer something and `sample` more."""
    wanted = set().union(*(q.relevant for q in trial.questions))
    rest = sorted(set(range(len(trial.passages))) - wanted)
    some = np.random.default_rng(seed).choice(rest, min(sample, len(rest)), replace=False)
    keep = sorted(wanted | set(some.tolist()))
    new = {old: i for i, old in enumerate(keep)}
    questions = [Question(q.text, frozenset(new[r] for r in q.relevant)) for q in trial.questions]
    return Trial(trial.name, [trial.passages[i] for i in keep], [trial.contexts[i] for i in keep], questions)


def figures(trial: Trial, scores: Callable[[int], NDArray[np.float32]]) -> dict[str, float]:
    """hit@1, recall@10, MRR@10 of the ranking by `scores(question number)`."""
    hit, recall, reciprocal = [], [], []
    for number, question in enumerate(trial.questions):
        ranked = np.argsort(-scores(number), kind="stable")[:10].tolist()
        ranks = [r for r, p in enumerate(ranked, 1) if p in question.relevant]
        hit.append(float(bool(ranks) and ranks[0] == 1))
        recall.append(len(ranks) / min(10, len(question.relevant)))
        reciprocal.append(1 / ranks[0] if ranks else 0.0)
    return {"hit1": _mean(hit), "recall10": _mean(recall), "mrr10": _mean(reciprocal)}


def dense(trial: Trial, queries: Encode, passages: Encode) -> dict[str, float]:
    """Figures of the encoder alone."""
    index = passages(trial.indexed)
    asked_ = queries([q.text for q in trial.questions])
    return figures(trial, lambda number: index @ asked_[number])


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 4)
