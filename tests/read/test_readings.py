import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.embed import Judgement, Passage
from app.errors import ModelError
from app.read import Readers, load_calibration
from app.read.calibration import FILE
from tests.answer.desk import TODAY, huairou


class Counting:
    """A reader that finds an answer where a word stands, and counts what it is asked."""

    turn = "»"

    def __init__(self, word: str) -> None:
        self.word, self.asked = word, 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Judgement]:
        self.asked += len(passages)
        return [self._judged(passage) for passage in passages]

    def _judged(self, passage: Passage) -> Judgement:
        marks = tuple(4.0 if self.word in sentence else -4.0 for sentence in passage.sentences)
        return Judgement(max(marks), max(marks), marks)


def hits() -> list:  # type: ignore[type-arg]
    composer = huairou()[1]
    return composer.found(composer.retriever.read("企业支持"), TODAY)


def test_the_clause_that_answers_comes_first_and_its_sentences_are_told() -> None:
    snapshot, found = huairou()[0], hits()
    word = snapshot.text(found[-1].clause)[-12:-2]
    readings = Readers(snapshot, Counting(word), load_calibration()).read("问", found)
    assert word in snapshot.text(readings.best.hit.clause)
    assert len(readings.each) == len(found)
    assert [r.answers for r in readings.each] == sorted((r.answers for r in readings.each), reverse=True)
    likely = [p for part, p in readings.best.parts if word in snapshot.text(part.clause)[: part.end]]
    assert max(p for _, p in readings.best.parts) in likely


def test_no_clause_is_read_twice_for_the_same_question() -> None:
    counting, found = Counting("企业"), hits()
    readers = Readers(huairou()[0], counting, load_calibration())
    first = readers.read("问", found)
    assert counting.asked == len(found)
    assert readers.read("问", found) == first
    assert counting.asked == len(found)
    readers.read("又问", found)
    assert counting.asked == 2 * len(found)


def test_turns_are_joined_by_the_mark_the_reader_was_trained_on() -> None:
    readers = Readers(huairou()[0], Counting("x"), load_calibration())
    assert readers.joined("前一句", "后一句") == "前一句»后一句"
    assert readers.joined("", "后一句") == "后一句"


def test_a_calibration_survives_being_written(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(load_calibration().fields()), "utf-8")
    assert load_calibration(path) == load_calibration()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"choose": 3}', "\udc00"])
def test_a_calibration_that_does_not_fit_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ModelError, match=r"own\.json"):
        load_calibration(path)


def test_a_calibration_of_other_features_is_refused(tmp_path: Path) -> None:
    fields = json.loads(FILE.read_text("utf-8"))
    fields["whether"]["weights"].append(1.0)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(ModelError, match="特征"):
        load_calibration(path)
