"""The commands that bring documents in and take them out, as a person types them."""

import dataclasses
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import main
from app.__main__ import cli
from app.errors import DocumentNotFound, FileRefused
from app.main import open_parts
from app.settings import Settings
from tests.index.tiny import GAME, LOAN, write_corpus

PARTS = open_parts(Settings())
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command over a corpus of one file; a refusal is raised as it is."""
    monkeypatch.setattr(main, "open_parts", lambda settings: dataclasses.replace(PARTS, settings=settings))
    monkeypatch.setenv("ZHENGWEN_CORPUS", str(write_corpus(tmp_path / "corpus", loan=LOAN)))
    monkeypatch.setenv("ZHENGWEN_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("ZHENGWEN_QUESTIONS", str(tmp_path / "questions"))
    monkeypatch.setenv("ZHENGWEN_LINKS", str(tmp_path / "links"))

    def typed(*arguments: object) -> Result:
        done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return typed


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def listed(run: Run) -> dict[str, dict]:
    return {each["title"]: each for each in json.loads(run("list", "--json").stdout)["documents"]}


def test_a_file_is_added_shown_listed_changed_compared_and_removed(run: Run, tmp_path: Path) -> None:
    run("build")
    added = run("add", write(tmp_path / "new" / "game.txt", GAME))
    assert (added.exit_code, "游戏产业措施（新文件，原文，3 个条款）" in added.stdout) == (0, True)
    assert "新增 1 份（《游戏产业措施》）" in added.stdout
    game = listed(run)["游戏产业措施"]
    assert (game["file"], game["versions"], game["in_force"]) == ("game.txt", 0, True)
    newer = run(
        "add", write(tmp_path / "new" / "新版.txt", GAME.replace("给予支持", "给予奖励")), "--as", game["id"]
    )
    assert f"{game['id']} 的新版本" in newer.stdout
    assert listed(run)["游戏产业措施"]["versions"] == 1
    told = run("diff", game["id"]).stdout
    assert "修改  第二条 首次上线运营的游戏给予[-支持-]{+奖励+}。" in told
    assert "修改 1 条，不变 2 条" in told
    assert "已移出《游戏产业措施》" in run("remove", game["id"]).stdout
    assert list(listed(run)) == ["首次贷款办法"]
    assert "首次贷款办法" in run("list").stdout
    with pytest.raises(DocumentNotFound):
        run("remove", game["id"])
    assert "{+奖励+}" in run("diff", game["id"]).stdout  # still to be read
    (loan,) = listed(run).values()
    with pytest.raises(DocumentNotFound, match="没有更早的版本"):
        run("diff", loan["id"])


def test_a_dry_run_reads_and_shows_and_leaves_everything_alone(run: Run, tmp_path: Path) -> None:
    shown = run("add", write(tmp_path / "new" / "game.txt", GAME), "--dry-run")
    assert (shown.exit_code, "游戏产业措施" in shown.stdout) == (0, True)
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["loan.txt"]
    assert not (tmp_path / "index").exists()


def test_what_cannot_be_read_of_an_archive_is_named_and_the_rest_is_added(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        archive.writestr("游戏.txt", GAME)
        archive.writestr("旧.doc", b"x")
    done = run("add", tmp_path / "new.zip")
    assert done.exit_code == 1
    assert "没有加入：文件“旧.doc”是旧版 Word 文件" in done.stderr.replace("\n", "")
    assert set(listed(run)) == {"首次贷款办法", "游戏产业措施"}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../x.txt", GAME)
    with pytest.raises(FileRefused, match="全部拒收"):
        run("add", tmp_path / "bad.zip")


def test_a_corpus_is_exported_and_imported_to_the_same_ids(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build")
    run("add", write(tmp_path / "new" / "loan.txt", LOAN + "三、新的一项。\n"))
    before = json.loads(run("list", "--json").stdout)
    assert "已导出 3 个文件" in run("export", tmp_path / "all.zip").stdout
    there = ("--corpus", tmp_path / "there", "--index", tmp_path / "there-index")
    assert "已导入 3 个文件" in run("import", tmp_path / "all.zip", *there).stdout
    assert json.loads(run("list", "--json", *there).stdout) == before
    assert run("export", tmp_path).exit_code == 2


def test_originals_that_were_taken_out_are_listed_brought_back_and_purged(run: Run, tmp_path: Path) -> None:
    run("build")
    run("add", write(tmp_path / "new" / "game.txt", GAME), "--as", "game")
    assert "没有移出的原件" in run("removed", "list").stdout
    run("remove", "game")
    (line,) = run("removed", "list").stdout.splitlines()
    kept = Path(line.split("  ", 1)[1])
    assert kept.read_text("utf-8") == GAME
    assert "已删除 0 个" in run("removed", "purge", "--days", "1").stdout
    run("add", kept, "--as", "game")
    assert listed(run)["游戏产业措施"]["id"] == "game"
    assert "已删除 1 个" in run("removed", "purge", "--days", "0").stdout
    assert run("removed", "purge", "--days", "-1").exit_code == 2


def test_when_an_original_was_taken_out_is_told_in_the_time_zone_of_the_setting(
    run: Run, tmp_path: Path, clock, machine_in
) -> None:
    machine_in("America/New_York")
    write(tmp_path / "corpus" / "game.txt", GAME)
    run("build")
    run("remove", "game.txt")
    assert run("removed", "list").stdout.startswith("2026-07-01 00:3")


def test_what_cannot_be_exported_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus" / "gone.txt").symlink_to("nowhere.txt")
    done = run("export", tmp_path / "all.zip")
    assert done.exit_code == 1
    assert "“gone.txt”无法读取" in done.stderr.replace("\n", "")
    assert "已导出 1 个文件" in done.stdout


def test_an_empty_argument_does_not_publish_the_folder_one_stands_in(run: Run) -> None:
    for nothing in ("", ".", "./"):
        with pytest.raises(FileRefused, match="没有写明要加入什么"):
            run("add", nothing)


def test_a_file_that_is_not_indexed_yet_is_not_replaced_unseen(run: Run, tmp_path: Path) -> None:
    run("build")
    write(tmp_path / "corpus" / "game.txt", GAME)
    shown = run("add", write(tmp_path / "new" / "game.txt", GAME + "第三条 新。\n"))
    assert "替换还没有入索引的同名文件" in shown.stdout
    assert "game.txt" in run("removed", "list").stdout
