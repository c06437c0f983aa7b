import os
import shutil
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from app.clock import now
from app.corpus import Shelf, correct, purge_removed, read_corpus, removed_files
from app.errors import DocumentNotFound, FileRefused
from tests.index.tiny import GAME, LOAN, write_corpus


def shelf(folder: Path) -> Shelf:
    return Shelf(folder, lambda: read_corpus(folder).documents if any(folder.glob("[!.]*")) else ())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def add(folder: Path, source: Path, **more: str) -> tuple[str, ...]:
    with shelf(folder).receive(source, **more) as delivery:
        assert not delivery.refused
        return shelf(folder).place(delivery)


def test_a_file_is_read_before_it_is_placed_and_nothing_else_is_left(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    with shelf(corpus).receive(write(tmp_path / "game.txt", GAME)) as delivery:
        (parcel,) = delivery.parcels
        assert (parcel.documents[0].title, parcel.clauses, parcel.replaces) == ("游戏产业措施", (3,), None)
        assert not (corpus / "game.txt").exists()
        assert shelf(corpus).place(delivery) == ("game.txt",)
    assert {document.title for document in read_corpus(corpus).documents} == {"首次贷款办法", "游戏产业措施"}
    assert not list(corpus.glob(".incoming-*"))


def test_what_cannot_be_read_is_refused_with_the_remedy_and_the_corpus_stays_as_it_was(
    tmp_path: Path,
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    (tmp_path / "old.doc").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.txt")
    for source, says in (
        (tmp_path / "old.doc", "另存为 .docx"),
        (write(tmp_path / "blank.txt", "  \n"), "空白"),
        (write(tmp_path / "twin.txt", LOAN), "正文完全相同"),
        (write(tmp_path / ".hidden.txt", GAME), "请改名"),
        (tmp_path / "nothing.txt", "找不到"),
        (tmp_path / "pipe.txt", "管道或设备"),
        (Path("/dev/null"), "管道或设备"),
        (corpus, "重叠"),
        (tmp_path, "重叠"),
    ):
        with pytest.raises(FileRefused, match=says), shelf(corpus).receive(source):
            pytest.fail("received")
    assert sorted(path.name for path in corpus.iterdir()) == ["loan.txt"]


def test_a_folder_is_added_with_its_paths_and_what_cannot_be_read_of_it_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    write(tmp_path / "new" / "区" / "game.txt", GAME)
    (tmp_path / "new" / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    with shelf(corpus).receive(tmp_path / "new") as delivery:
        assert [parcel.name for parcel in delivery.parcels] == ["区/game.txt"]
        assert len(delivery.refused) == 1
        assert "bad.pdf" in delivery.refused[0]
        shelf(corpus).place(delivery)
    assert (corpus / "区" / "game.txt").read_text("utf-8") == GAME


def test_an_id_makes_a_file_the_new_version_of_that_document_whatever_its_name_and_kind(
    tmp_path: Path,
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    (old,) = read_corpus(corpus).documents
    add(corpus, write(tmp_path / "新版.md", LOAN + "三、新的一项。\n"), as_id=old.id)
    (new,) = read_corpus(corpus).documents
    assert (new.id, new.file) == (old.id, "loan.md")
    assert new.sha256 != old.sha256
    assert len(list((corpus / ".removed").iterdir())) == 1
    add(corpus, write(tmp_path / "另一版.md", LOAN + "三、又一项。\n"), as_id=old.id)
    (newest,) = read_corpus(corpus).documents
    assert (newest.id, newest.file) == (old.id, "loan.md")
    assert "又一项" in newest.text


def test_a_new_file_may_be_given_an_id(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    add(corpus, write(tmp_path / "game.txt", GAME), as_id="game-2025")
    assert "game-2025" in {document.id for document in read_corpus(corpus).documents}
    with (
        pytest.raises(FileRefused, match="写明的编号是“other”"),
        shelf(corpus).receive(write(tmp_path / "x.txt", f"---\nid: other\n---\n{GAME}二"), as_id="mine"),
    ):
        pytest.fail("received")


def test_a_document_is_found_by_id_or_path_and_taken_out_but_not_the_last(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN, game=GAME)
    ids = {document.title: document.id for document in read_corpus(corpus).documents}
    at = shelf(corpus)
    assert at.find(ids["游戏产业措施"])[0] == at.find("game.txt")[0] == at.find(str(corpus / "game.txt"))[0]
    for unknown in ("nothing", "../corpus/x.txt", str(tmp_path), ".lock"):
        with pytest.raises(DocumentNotFound):
            at.find(unknown)
    kept = at.remove("game.txt")
    assert kept.read_text("utf-8") == GAME
    assert not (corpus / "game.txt").exists()
    with pytest.raises(FileRefused, match="最后一份"):
        at.remove("loan.txt")


def test_of_a_file_with_several_documents_none_is_taken_out_alone(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    write(
        corpus / "list.csv",
        "序号,政策名称,支持内容\n1,甲政策扶持办法,给予贴息。\n2,乙政策扶持办法,给予担保。\n",
    )
    at = Shelf(corpus, lambda: read_corpus(corpus).documents)
    several = [document for document in read_corpus(corpus).documents if document.file == "list.csv"]
    assert len(several) > 1
    with pytest.raises(FileRefused, match="不能单独移出"):
        at.find(several[0].id)
    assert len(at.find("list.csv")[1]) == len(several)


def test_a_file_that_is_replaced_while_it_is_read_is_never_half_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    source = write(tmp_path / "game.txt", GAME)
    copy = shutil.copyfileobj
    changes = iter(range(1, 6))

    def replaced(file: IO[bytes], target: IO[bytes], size: int) -> None:
        copy(file, target, size)
        if change := next(changes, None):
            write(source, GAME + f"第三条 第{change}次改写的内容。\n")
            os.utime(source, ns=(change, change))

    monkeypatch.setattr("app.corpus.shelf.shutil.copyfileobj", replaced)
    with pytest.raises(FileRefused, match="不断被改写"), shelf(corpus).receive(source):
        pytest.fail("received")
    assert add(corpus, source) == ("game.txt",)
    assert (corpus / "game.txt").read_text("utf-8") == source.read_text("utf-8")


def test_a_full_disk_leaves_the_corpus_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.corpus.shelf.shutil.copyfileobj", full)
    with pytest.raises(OSError, match="No space"), shelf(corpus).receive(write(tmp_path / "game.txt", GAME)):
        pytest.fail("received")
    assert [path.name for path in corpus.iterdir()] == ["loan.txt"]


def zipped(path: Path, **texts: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"{name}.txt", text)
    return path


def test_an_archive_is_added_with_the_paths_in_it(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    assert add(corpus, zipped(tmp_path / "new.zip", **{"区里/游戏": GAME})) == ("区里/游戏.txt",)
    assert (corpus / "区里" / "游戏.txt").read_text("utf-8") == GAME


def test_links_lead_nowhere_and_readme_is_not_taken_for_a_policy(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    (tmp_path / "elsewhere").mkdir()
    (corpus / "link").symlink_to(tmp_path / "elsewhere")
    source = zipped(tmp_path / "new.zip", **{"link/below/游戏": GAME, "README": GAME})
    with shelf(corpus).receive(source) as delivery:
        assert [parcel.name for parcel in delivery.parcels] == ["link/below/游戏.txt"]
        with pytest.raises(FileRefused, match="链接、文件夹或文件"):
            shelf(corpus).place(delivery)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "secret.txt").symlink_to(write(tmp_path / "secret.txt", GAME))
    with shelf(corpus).receive(tmp_path / "new") as delivery:
        assert (delivery.parcels, "指向政策文件夹之外的链接" in delivery.refused[0]) == ((), True)


def test_two_files_of_one_text_are_told_apart_within_a_delivery(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    with shelf(corpus).receive(zipped(tmp_path / "new.zip", a=GAME, b=GAME)) as delivery:
        assert [parcel.name for parcel in delivery.parcels] == ["a.txt"]
        assert "b.txt" in delivery.refused[0]


def test_a_file_of_a_long_path_is_taken_out_and_one_that_is_gone_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    file = f"{'区' * 80}/{'办法' * 40}.txt"
    write(corpus / file, GAME)
    kept = shelf(corpus).remove(file)
    assert kept.read_text("utf-8") == GAME
    assert kept.name.endswith("办法.txt")
    write(corpus / "game.txt", GAME)
    with pytest.raises(DocumentNotFound, match="已不在了"):
        shelf(corpus).remove(file)


def test_what_somebody_placed_meanwhile_is_not_overwritten_and_nothing_of_the_delivery_is_placed(
    tmp_path: Path,
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    both = write_corpus(tmp_path / "mine", a=GAME + "第三条 甲。\n", game=GAME)
    with shelf(corpus).receive(both) as mine:
        add(corpus, write(tmp_path / "theirs" / "game.txt", GAME + "第三条 乙。\n"))
        with pytest.raises(FileRefused, match=r"“game\.txt”的位置在读取之后有了变化.*重新加入"):
            shelf(corpus).place(mine)
    assert "乙" in (corpus / "game.txt").read_text("utf-8")
    assert not (corpus / "a.txt").exists()
    assert set(add(corpus, both)) == {"a.txt", "game.txt"}
    ((_, theirs),) = removed_files(corpus)  # it was never served, so no version of it is kept
    assert "乙" in theirs.read_text("utf-8")
    add(corpus, both)
    assert len(removed_files(corpus)) == 1


def test_two_new_versions_of_one_document_at_once_are_one_and_a_refusal(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    (old,) = read_corpus(corpus).documents
    with shelf(corpus).receive(write(tmp_path / "一.md", LOAN + "三、甲。\n"), as_id=old.id) as mine:
        add(corpus, write(tmp_path / "二.txt", LOAN + "三、乙。\n"), as_id=old.id)
        with pytest.raises(FileRefused, match="有了变化"):
            shelf(corpus).place(mine)
    assert ["乙" in each.text for each in read_corpus(corpus).documents] == [True]


def test_one_id_is_not_given_to_two_files_at_once(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    with shelf(corpus).receive(write(tmp_path / "a.txt", GAME), as_id="game") as mine:
        add(corpus, write(tmp_path / "b.txt", GAME + "第三条 乙。\n"), as_id="game")
        with pytest.raises(FileRefused, match="编号“game”已经给了另一份文件"):
            shelf(corpus).place(mine)


def test_what_was_put_in_its_place_by_an_attempt_before_is_no_obstacle(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    with shelf(corpus).receive(write(tmp_path / "game.txt", GAME)) as mine:
        add(corpus, tmp_path / "game.txt")
        assert shelf(corpus).place(mine) == ("game.txt",)


def test_a_file_is_not_put_where_a_file_or_a_folder_stands(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    write(tmp_path / "new" / "loan.txt" / "game.txt", GAME)
    with (
        shelf(corpus).receive(tmp_path / "new") as delivery,
        pytest.raises(FileRefused, match=r"“loan\.txt/game\.txt”的位置是链接、文件夹或文件"),
    ):
        shelf(corpus).place(delivery)


def test_what_was_put_right_is_shown_with_the_new_version_that_it_holds_for(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    (old,) = read_corpus(corpus).documents
    correct(corpus, old, {"region": "某市"}, editor="王编辑", day=date(2026, 1, 31))
    at = Shelf(corpus, lambda: read_corpus(corpus).documents)
    with at.receive(write(tmp_path / "new" / "loan.txt", LOAN)) as same:
        assert same.parcels[0].unchanged
    with at.receive(write(tmp_path / "new" / "loan.txt", LOAN + "三、新。\n")) as newer:
        assert newer.parcels[0].documents[0].region == "某市"


def test_originals_that_were_taken_out_go_when_they_are_old_and_what_is_not_ours_stays(
    tmp_path: Path,
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN, game=GAME)
    home = corpus / ".removed"
    old = write(home / "20250101-080000-000000-旧.txt", "旧")
    recent = write(home / f"{now() - timedelta(days=20):%Y%m%d-%H%M%S-%f}-近.txt", "近")
    other = write(home / "notes.txt", "x")
    Shelf(corpus, lambda: read_corpus(corpus).documents).remove("game.txt")
    assert old.exists()
    add(corpus, write(tmp_path / "game.txt", GAME))
    with (at := Shelf(corpus, removed_days=30)).receive(
        write(tmp_path / "b.txt", GAME + "三。\n")
    ) as delivery:
        at.place(delivery)
    assert (old.exists(), recent.exists(), other.exists()) == (False, True, True)
    assert [path.name[-8:] for _, path in removed_files(corpus)] == [recent.name[-8:], "game.txt"]
    assert purge_removed(corpus, now()) == 2
    assert list(home.iterdir()) == [other]
    assert (corpus / "game.txt").exists()


def test_when_an_original_was_taken_out_is_the_same_moment_in_every_time_zone(
    tmp_path: Path, clock, machine_in
) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN, game=GAME, film=GAME)
    once = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, which comes a second time that night
    machine_in("America/New_York")
    for hours, name in enumerate(("loan.txt", "game.txt")):
        clock.set(once + timedelta(hours=hours))
        assert shelf(corpus).remove(name).name.startswith(f"20261101-0{5 + hours}30")
    machine_in("Asia/Shanghai")
    (first, loan), (second, _) = removed_files(corpus)
    assert loan.name.endswith("loan.txt")
    assert timedelta(0) <= first - once < timedelta(minutes=1) < second - first
    assert (purge_removed(corpus, once), purge_removed(corpus, once + timedelta(minutes=30))) == (0, 1)
