"""A watched folder: what is still being written is never built, and what was built once is left alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.building import build_apart
from app.errors import CorpusEmpty, FileRefused
from app.index import open_snapshot
from app.main import environment_of
from app.settings import ROOT, Settings, open_settings
from app.watching import Watcher, is_being_written
from tests.index.tiny import GAME, LOAN, write_corpus


def watcher(folder: Path, built: list[str], told: list[str]) -> Watcher:
    def build() -> str:
        built.append("built")
        return "新增 1 份。"

    return Watcher(folder, build, told.append)


def test_a_change_is_built_once_it_stands_still(tmp_path: Path) -> None:
    built: list[str] = []
    told: list[str] = []
    corpus = write_corpus(tmp_path, loan=LOAN)
    watch = watcher(corpus, built, told)
    assert not watch.look()
    write_corpus(corpus, game=GAME)
    assert not watch.look()  # it may still be growing
    write_corpus(corpus, game=GAME + "第三条 又一条。\n")
    assert not watch.look()
    assert watch.look()
    assert told == ["政策文件夹有变化：新增 1 份。"]
    assert not watch.look()
    (corpus / "game.txt").unlink()
    assert [watch.look(), watch.look(), watch.look()] == [False, True, False]
    assert len(built) == 2


def test_a_file_that_somebody_is_writing_is_waited_for(tmp_path: Path) -> None:
    built: list[str] = []
    corpus = write_corpus(tmp_path, loan=LOAN)
    watch = watcher(corpus, built, [])
    with (corpus / "game.txt").open("w", encoding="utf-8") as file:
        file.write(GAME[:10])
        file.flush()
        assert is_being_written(corpus / "game.txt")
        assert not any(watch.look() for _ in range(4))
        file.write(GAME[10:])
    assert not is_being_written(corpus / "game.txt")
    assert [watch.look(), watch.look()] == [False, True]


def test_hidden_files_and_old_versions_are_no_change(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, loan=LOAN)
    watch = watcher(corpus, [], [])
    (corpus / ".versions").mkdir()
    (corpus / ".incoming-1").mkdir()
    (corpus / ".incoming-1" / "half.txt").write_text("半", "utf-8")
    assert not any(watch.look() for _ in range(3))


def test_what_cannot_be_built_is_said_once_and_tried_again_after_the_next_change(tmp_path: Path) -> None:
    told: list[str] = []
    corpus = write_corpus(tmp_path, loan=LOAN)

    def fail() -> str:
        raise FileRefused("文件“game.txt”读不了。")

    watch = Watcher(corpus, fail, told.append)
    write_corpus(corpus, game=GAME)
    assert [watch.look() for _ in range(4)].count(True) == 1
    assert "继续使用原有索引。文件“game.txt”读不了。" in told[0]


def test_what_changed_while_the_server_started_is_built_too(tmp_path: Path) -> None:
    built: list[str] = []
    watch = Watcher(
        write_corpus(tmp_path, loan=LOAN), lambda: built.append("built") or "好。", built.append, fresh=False
    )
    assert watch.look()
    assert not watch.look()


def test_a_folder_that_is_away_for_a_moment_is_no_change(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    watch = watcher(corpus, [], [])
    os.rename(corpus, tmp_path / "elsewhere")
    assert not any(watch.look() for _ in range(3))
    os.rename(tmp_path / "elsewhere", corpus)
    assert not any(watch.look() for _ in range(3))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=write_corpus(tmp_path / "corpus", loan=LOAN), index=tmp_path / "index")


def test_a_process_of_its_own_builds_and_tells_each_step(settings: Settings) -> None:
    stages: list[str] = []
    changes = build_apart(settings, lambda stage, done, total: stages.append(stage))
    assert changes.sentence() == "新增 1 份（《首次贷款办法》）。"
    assert "划分条款" in stages
    assert len(open_snapshot(settings.index).documents) == 1


def test_what_goes_wrong_in_it_is_raised_here_by_its_kind(settings: Settings) -> None:
    (settings.corpus / "loan.txt").unlink()
    with pytest.raises(CorpusEmpty, match="没有可用的政策文本"):
        build_apart(settings)


def test_a_build_whose_asker_has_ended_is_finished_without_a_word(settings: Settings) -> None:
    environment = {**os.environ, **environment_of(settings)}
    child = subprocess.Popen(
        [sys.executable, "-m", "app.building"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert (child.stderr.read(), child.wait()) == ("", 0)
    child.stderr.close()
    assert len(open_snapshot(settings.index).documents) == 1


def test_settings_survive_the_way_to_another_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert open_settings() == settings
