"""The reader: question and clause read together, so that it can tell an answer from a clause of the same matter.

A cross-encoder (Nogueira and Cho 2019) with two logits for the pair and one for each token; the mean over a sentence's tokens
is the sentence's. `scripts/train_reader.py` trains it; a pair is cut here as it was cut there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.embed.folder import damaged, read_json, revision_of
from app.embed.onnx import GRAPH, Graph, spread
from app.embed.weights import TOKENIZER, read_tokenizer, writable

SETTINGS = "reader.json"
WINDOWS = 12  # of one clause at most
UNREAD = float("-inf")
AGAIN = 4  # at most one part in so many of a window is read again in the next

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause as it is read: `head` is its document's title and its heading path, each followed by "|"; the sentences joined
    are its text."""

    head: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Logits: whether the clause answers, whether it is of the same matter, and whether each of its sentences answers.

    A sentence without tokens, or behind the last window, has -inf; nothing is ever nan.
    """

    answers: float
    related: float
    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """One call: token numbers, and the tokens [start, end) of each sentence it holds, by the sentence's number."""

    ids: list[int]
    spans: tuple[tuple[int, Span], ...]


class Reader:
    """Pairs to judgements. `fingerprint` changes whenever they could; `turn` stands between the turns of a conversation."""

    def __init__(self, folder: Path, threads: int) -> None:
        told = f"{revision_of(folder)}\0{type(self).__name__}\0{WINDOWS}"
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()
        self._folder, self._threads = folder, threads
        tokenizer = read_tokenizer(folder)
        reads, asked, self.turn = _settings(folder)
        self._graph = Graph(folder, "reader")
        self._graph.fit(tokenizer, reads, SETTINGS)
        if self._graph.output("pair", 2)[1] != 2 or not self._graph.output("tokens", 2):
            raise damaged(folder, GRAPH, "输出的个数不符")
        self._cutter = Cutter(tokenizer, *_marks(folder, tokenizer), reads, asked)

    @classmethod
    def open(cls, folder: Path, threads: int = 2) -> "Reader":
        """The reader in `folder`: `model.onnx`, `tokenizer.json` and `reader.json`.

        Raises ModelError when one of them is missing or damaged, or they do not fit each other.
        """
        return cls(folder, threads)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Judgement]:
        """A judgement per passage; what else is asked at the same time changes none of them.

        A passage that is longer than a call reads is read in windows of whole sentences that overlap, at most WINDOWS of them
        (some 4,500 characters); each logit is the highest of any window. What lies behind the last one is not read.
        """
        cut = [self._cutter.cut(question, passage) for passage in passages]
        windows = [window for each in cut for window in each]
        made = iter(spread(self._judge, windows, self._threads))
        return [
            _joined(len(passage.sentences), [next(made) for _ in each])
            for passage, each in zip(passages, cut, strict=True)
        ]

    def _judge(self, window: _Window) -> tuple[float, float, dict[int, float]]:
        pair, tokens = self._graph.run(["pair", "tokens"], window.ids)
        if not (np.isfinite(pair).all() and np.isfinite(tokens).all()):
            raise damaged(self._folder, GRAPH, "算出了无效数值")
        said = {
            number: float(tokens[start:end].mean()) for number, (start, end) in window.spans if start < end
        }
        return float(pair[0]), float(pair[1]), said


def _joined(sentences: int, judged: Sequence[tuple[float, float, dict[int, float]]]) -> Judgement:
    highest = [
        max((said.get(number, UNREAD) for _, _, said in judged), default=UNREAD)
        for number in range(sentences)
    ]
    return Judgement(max(a for a, _, _ in judged), max(r for _, r, _ in judged), tuple(highest))


class Cutter:
    """Pairs to windows: `<s> question </s> </s> head sentences </s>`, the question's last `asked` tokens, `reads` in all."""

    def __init__(self, tokenizer: Any, start: int, end: int, reads: int, asked: int) -> None:
        self._tokenizer, self._start, self._end = tokenizer, start, end
        self._reads, self._asked = reads, asked

    def cut(self, question: str, passage: Passage) -> list[_Window]:
        """One window where all fits, else as many as cover the sentences, WINDOWS at most."""
        asked = self._tokenizer.encode(writable(question), add_special_tokens=False).ids[-self._asked :]
        before = [self._start, *asked, self._end, self._end]
        room = self._reads - len(before) - 1
        head = writable(passage.head)
        parts = [(n, writable(part)) for n, part in enumerate(passage.sentences)]
        whole, length = self._window(before, head, parts, room)
        return [whole] if length <= room or not parts else self._windows(before, head, parts, room)

    def _windows(
        self, before: list[int], head: str, parts: list[tuple[int, str]], room: int
    ) -> list[_Window]:
        head = self._shortened(head, room // 2)
        left = room - len(self._ends(head))
        pieces = [piece for part in parts for piece in self._pieces(part, left)]
        counts = [len(self._ends(text)) for _, text in pieces]
        made: list[_Window] = []
        first = 0
        while first < len(pieces) and len(made) < WINDOWS:
            last = first + _fitting(counts[first:], left)
            window, length = self._window(before, head, pieces[first:last], room)
            while length > room and last - first > 1:  # words at a seam may fall apart otherwise than counted
                last -= 1
                window, length = self._window(before, head, pieces[first:last], room)
            made.append(window)
            # The last piece is read again before the next one, where both leave room for more.
            again = last < len(pieces) and last - first > 1 and counts[last - 1] <= left // AGAIN
            first = last - 1 if again and counts[last - 1] + counts[last] <= left else last
        return made

    def _pieces(self, part: tuple[int, str], left: int) -> list[tuple[int, str]]:
        """A sentence, in pieces of its own number where it is longer than a window."""
        number, text = part
        ends = self._ends(text)
        if len(ends) <= left:
            return [part]
        size = max(1, left // AGAIN - 2)  # a piece alone may begin with a token more
        cuts = [0, *ends[size - 1 : -1 : size], len(text)]
        return [(number, text[start:end]) for start, end in pairwise(cuts)]

    def _shortened(self, head: str, room: int) -> str:
        ends = self._ends(head)
        return head if len(ends) <= room else head[: ends[room - 1]]

    def _ends(self, text: str) -> list[int]:
        """Where each token of `text` ends, in characters."""
        return [end for _, end in self._tokenizer.encode(text, add_special_tokens=False).offsets]

    def _window(
        self, before: list[int], head: str, parts: Sequence[tuple[int, str]], room: int
    ) -> tuple[_Window, int]:
        """The window cut at `room` tokens of the clause, and how many there would be without cutting."""
        clause = self._tokenizer.encode(head + "".join(text for _, text in parts), add_special_tokens=False)
        starts = np.array([start for start, _ in clause.offsets[:room]], np.int64)
        at, spans = len(head), dict[int, Span]()
        for number, text in parts:
            first, last = (len(before) + int((starts < place).sum()) for place in (at, at + len(text)))
            spans[number] = (spans[number][0] if number in spans else first, last)
            at += len(text)
        return _Window([*before, *clause.ids[:room], self._end], tuple(spans.items())), len(clause.ids)


def _fitting(counts: Sequence[int], left: int) -> int:
    """How many of the first fit into `left` tokens; one at least."""
    total = np.cumsum(counts[: left + 1])
    return max(1, int(np.searchsorted(total, left, side="right")))


def _marks(folder: Path, tokenizer: Any) -> tuple[int, int]:
    start, end = (tokenizer.token_to_id(mark) for mark in ("<s>", "</s>"))
    if start is None or end is None:
        raise damaged(folder, TOKENIZER, "没有 <s> 与 </s>")
    return start, end


def _settings(folder: Path) -> tuple[int, int, str]:
    told = read_json(folder / SETTINGS)
    try:
        reads, asked, turn = int(told["reads"]), int(told["asked"]), str(told["turn"])
    except (KeyError, TypeError, ValueError) as fault:
        raise damaged(folder, SETTINGS, fault) from fault
    if not 0 < asked <= reads // 2:
        raise damaged(folder, SETTINGS, f"提问的词数 {asked} 须在 1 至 {reads // 2} 之间")
    return reads, asked, turn
