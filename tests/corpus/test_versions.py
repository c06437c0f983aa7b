"""Old versions: kept whole, answering for their own days, and kept only where something really changed."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Archived, Document, History, corpus_fingerprint, read_corpus
from app.corpus.versions import in_time, keep_version, read_versions
from tests.index.tiny import GAME, LOAN, write_corpus

FIRST = date(2025, 1, 1)


def of(text: str, document_id: str = "d", **more: object) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(document_id, f"{document_id}.txt", "某办法", text, digest, **more)  # type: ignore[arg-type]


def kept(texts: Sequence[str], days: Sequence[date], *, removed: bool = False) -> list[Archived]:
    last = len(texts) - 1
    return [
        Archived(of(text), n + 1, None, day, removed and n == last)
        for n, (text, day) in enumerate(zip(texts, days, strict=True))
    ]


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), DAYS, st.none() | DAYS), min_size=1, max_size=6),
    st.none() | st.tuples(st.sampled_from("甲乙丙"), st.none() | DAYS),
    DAYS,
)
def test_on_any_day_one_version_of_a_document_answers_at_most(
    history: list[tuple[str, date, date | None]], now: tuple[str, date | None] | None, day: date
) -> None:
    ordered = sorted(history, key=lambda entry: entry[1])
    old = [
        Archived(of(text, effective_from=begin), n, None, until, False)
        for n, (text, until, begin) in enumerate(ordered, 1)
    ]
    present = (of(now[0], effective_from=now[1]),) if now else ()
    documents, archived = in_time(present, old)
    assert sum(one.in_force(day) for one in (*documents, *archived)) <= 1
    assert [one.text for one in archived] == [text for text, _, _ in ordered]
    assert len({one.id for one in (*documents, *archived)}) == len(old) + len(present)


@given(st.lists(st.sampled_from("甲乙"), min_size=1, max_size=5), st.sampled_from("甲乙"))
def test_where_no_dates_are_stated_every_day_has_the_version_that_was_served(
    texts: list[str], now: str
) -> None:
    days = [FIRST + timedelta(days=10 * (n + 1)) for n in range(len(texts))]
    documents, archived = in_time((of(now),), kept(texts, days))
    for offset in range(-5, 70):
        day = FIRST + timedelta(days=offset)
        served = next((text for text, until in zip(texts, days, strict=True) if day < until), now)
        (found,) = [one for one in (*documents, *archived) if one.in_force(day)]
        assert found.text == served


def test_a_newer_version_takes_over_on_the_day_that_it_states() -> None:
    old = Archived(of("旧", effective_from=date(2020, 1, 1)), 1, None, date(2025, 3, 10), False)
    (new,), (before,) = in_time((of("新", effective_from=date(2025, 4, 1)),), [old])
    assert (before.serves_until, new.serves_from) == (date(2025, 3, 31), date(2025, 4, 1))
    (late,), (before,) = in_time((of("新", effective_from=date(2024, 1, 1)),), [old])
    assert (before.serves_until, late.serves_from) == (date(2023, 12, 31), date(2024, 1, 1))


def test_other_metadata_of_the_same_words_is_kept_to_be_read_and_answers_on_no_day() -> None:
    old = Archived(of("文"), 1, None, date(2025, 3, 10), False)
    (now,), (before,) = in_time((of("文", number="某发〔2025〕1号"),), [old])
    assert before.never_serves
    assert not before.in_force(date(2025, 1, 1))
    assert now.serves_from is None


def test_a_document_that_went_on_under_another_id_answers_there_alone() -> None:
    (now,), (gone,) = in_time((of("文", "other"),), [Archived(of("文"), 1, None, date(2025, 3, 10), True)])
    assert gone.never_serves
    assert now.in_force(date(2020, 1, 1))


def test_without_old_versions_nothing_at_all_is_different() -> None:
    documents = (of("甲", "a"), of("乙", "b"))
    assert in_time(documents, ()) == (documents, ())


def keep(folder: Path, document: Document, day: date, *, since: date | None = FIRST) -> bool:
    return keep_version(folder, document, served_from=since, replaced_on=day, removed=False)


def test_a_version_is_read_as_it_was_kept_and_kept_once(tmp_path: Path) -> None:
    document = of(
        "甲\r\n乙\u2028丙", number="某发〔2025〕1号", issuers=("某局", "某委"), pages=(0, 3), page=2
    )
    assert keep(tmp_path, document, date(2025, 6, 1))
    assert not keep(tmp_path, document, date(2025, 7, 1))
    assert keep(tmp_path, replace(document, number=None), date(2025, 7, 1))
    (one, two), notes = read_versions(tmp_path)
    assert one == Archived(document, 1, FIRST, date(2025, 6, 1), False)
    assert (two.number, two.document.number, notes) == (2, None, ())


def test_a_damaged_version_is_named_and_passed_over(tmp_path: Path) -> None:
    for text in ("甲", "乙", "丙"):
        keep(tmp_path, of(text), date(2025, 6, 1))
    home = tmp_path / ".versions" / "d"
    (home / "0001" / "text.txt").write_text("改", "utf-8")
    (home / "0002" / "document.json").write_text("{", "utf-8")
    (home / ".partial-1").mkdir()
    found, notes = read_versions(tmp_path)
    assert [one.number for one in found] == [3]
    assert [note.split("“")[1].split("”")[0] for note in notes] == [".versions/d/0001", ".versions/d/0002"]


def test_a_full_disk_leaves_no_half_of_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.corpus.versions.put", full)
    with pytest.raises(OSError, match="No space"):
        keep(tmp_path, of("甲"), date(2025, 6, 1))
    assert list((tmp_path / ".versions" / "d").iterdir()) == []


class Served:
    """A folder that is served again and again, a day at a time; what `build_index` does, without an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record, self.documents = None, ()

    def serve(self, day: date) -> int:
        history = History(self.folder, day)
        corpus = read_corpus(self.folder)
        count = history.keep(self.documents, self.record, corpus)
        self.record = history.record(corpus, self.record)
        self.documents = corpus.documents
        return count


def test_what_is_changed_or_taken_out_leaves_its_version_behind_with_its_days(tmp_path: Path) -> None:
    served = Served(write_corpus(tmp_path, loan=LOAN, game=GAME))
    assert served.serve(FIRST) == 0
    assert served.serve(date(2025, 2, 1)) == 0
    write_corpus(tmp_path, loan=LOAN + "三、另一项。\n")
    (tmp_path / "game.txt").unlink()
    assert served.serve(date(2025, 3, 1)) == 2
    found, _ = read_versions(tmp_path)
    assert {(one.document.title, one.removed) for one in found} == {
        ("首次贷款办法", False),
        ("游戏产业措施", True),
    }
    assert {(one.served_from, one.replaced_on) for one in found} == {(FIRST, date(2025, 3, 1))}
    write_corpus(tmp_path, loan=LOAN)
    assert served.serve(date(2025, 4, 1)) == 1
    assert max(found := read_versions(tmp_path)[0], key=lambda one: one.number).served_from == date(
        2025, 3, 1
    )
    assert len(read_corpus(tmp_path).archived) == len(found) == 3


def test_a_change_that_is_found_again_after_a_crash_is_kept_once(tmp_path: Path) -> None:
    served = Served(write_corpus(tmp_path, loan=LOAN))
    served.serve(FIRST)
    before = served.record, served.documents
    write_corpus(tmp_path, loan=LOAN + "三、另一项。\n")
    assert served.serve(date(2025, 3, 1)) == 1
    served.record, served.documents = before  # the index was never published
    assert served.serve(date(2025, 3, 2)) == 0


def test_a_file_that_merely_moved_and_one_that_is_merely_read_otherwise_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path, loan=f"---\nid: loan\n---\n{LOAN}", game=GAME)
    served = Served(corpus)
    served.serve(FIRST)
    (corpus / "below").mkdir()
    os.rename(corpus / "loan.txt", corpus / "below" / "other.txt")
    assert served.serve(date(2025, 2, 1)) == 0
    monkeypatch.setattr("app.corpus.history.readers_mark", lambda: "other readers")
    served.documents = tuple(replace(one, title="读错的题名") for one in served.documents)
    assert served.serve(date(2025, 3, 1)) == 0


def test_what_another_folder_served_is_no_version_of_anything_here(tmp_path: Path) -> None:
    served = Served(write_corpus(tmp_path / "one", loan=LOAN))
    served.serve(FIRST)
    served.folder = write_corpus(tmp_path / "two", game=GAME)
    assert served.serve(date(2025, 2, 1)) == 0
    assert not (tmp_path / "two" / ".versions").exists()


def test_the_record_survives_json_and_the_fingerprint_knows_of_versions(tmp_path: Path) -> None:
    served = Served(write_corpus(tmp_path, loan=LOAN))
    served.serve(FIRST)
    assert served.record is not None
    assert type(served.record).from_json(json.loads(json.dumps(served.record.to_json()))) == served.record
    before = corpus_fingerprint(tmp_path)
    keep(tmp_path, of("甲"), date(2025, 6, 1))
    assert corpus_fingerprint(tmp_path) != before
