import dataclasses
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from app import main
from app.errors import AddressInUse, CorpusEmpty, CorpusMissing, IndexStale, InvalidSetting
from app.hosting import listen
from app.index import current_folder
from app.main import Parts, assemble, inspect, open_parts, prepare, ready_snapshot
from app.settings import Settings, open_settings
from tests.answer.desk import TODAY
from tests.index.tiny import GAME, LOAN, HashEncoder, write_corpus

PARTS = open_parts(Settings())


def parts(tmp_path: Path) -> Parts:
    return dataclasses.replace(PARTS, settings=Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"))


def test_a_missing_index_is_built_before_it_serves(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    services = assemble(parts(tmp_path), ready_snapshot(parts(tmp_path), log=lambda _: None))
    assert (
        services.dialogue.reply(
            "首次贷款有贴息吗", as_of=TODAY, session_id=None, document_id=None, channel="api"
        ).answer.status
        == "answered"
    )


def test_the_examples_of_a_day_come_from_what_is_in_force_then(tmp_path: Path) -> None:
    loan = "---\ntitle: 贷款问答\nexpires_on: 2027-12-31\n---\n一、首次贷款有什么支持？\n对首次贷款的企业给予贴息支持。\n"
    game = "---\ntitle: 游戏问答\n---\n一、游戏上线有什么支持？\n首次上线运营的游戏给予奖励。\n"
    write_corpus(tmp_path / "corpus", loan=loan, game=game)
    services = assemble(parts(tmp_path), ready_snapshot(parts(tmp_path), log=lambda _: None))
    asked = [services.examples(day) for day in (date(2027, 12, 31), date(2028, 1, 1))]
    assert [sorted(each) for each in asked] == [
        ["《游戏问答》游戏上线有什么支持？", "《贷款问答》首次贷款有什么支持？"],
        ["《游戏问答》游戏上线有什么支持？"],
    ]


def test_a_stale_index_is_rebuilt(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    ready_snapshot(parts(tmp_path), log=lambda _: None)
    write_corpus(tmp_path / "corpus", game=GAME)
    assert len(ready_snapshot(parts(tmp_path), log=lambda _: None).documents) == 2


def test_a_damaged_index_is_named_and_rebuilt(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    ready_snapshot(parts(tmp_path), log=lambda _: None)
    (current_folder(tmp_path / "index") / "dense.faiss").write_bytes(b"broken")
    told: list[str] = []
    assert len(ready_snapshot(parts(tmp_path), log=told.append).documents) == 1
    assert "dense.faiss" in told[0]
    assert "自动重建" in told[0]


def test_an_index_of_another_encoder_is_never_served_when_it_cannot_be_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    other = dataclasses.replace(parts(tmp_path), encoder=HashEncoder())  # type: ignore[arg-type]
    ready_snapshot(other, log=lambda _: None)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(main, "build_index", full)
    with pytest.raises(IndexStale, match=r"另一个编码模型.*磁盘空间.*python -m app build.*ZHENGWEN_MODEL"):
        ready_snapshot(parts(tmp_path), log=lambda _: None)
    assert len(ready_snapshot(other, log=lambda _: None).documents) == 1


def test_when_a_rebuild_fails_for_want_of_disk_the_old_index_serves_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    version = ready_snapshot(parts(tmp_path), log=lambda _: None).version
    write_corpus(tmp_path / "corpus", game=GAME)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(main, "build_index", full)
    told: list[str] = []
    assert ready_snapshot(parts(tmp_path), log=told.append).version == version
    assert "继续使用原有索引" in told[0]
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(OSError, match="No space left"):
        ready_snapshot(parts(tmp_path), log=told.append)


def test_a_missing_or_empty_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="corpus"):
        ready_snapshot(parts(tmp_path))
    (tmp_path / "corpus").mkdir()
    with pytest.raises(CorpusEmpty):
        ready_snapshot(parts(tmp_path))


def test_one_bad_file_is_named_and_the_others_are_served(tmp_path: Path) -> None:
    corpus = write_corpus(
        tmp_path / "corpus", loan=LOAN, twin=LOAN, empty="", front="---\ntitle: [\n---\n正文。"
    )
    (corpus / "image.txt").write_bytes(bytes(range(256)) * 8)
    (corpus / "broken.txt").write_bytes(
        "政策支持企业发展，给予贴息。".encode() * 20 + b"\xff\xfe\xff" + "企业".encode()
    )
    snapshot = ready_snapshot(parts(tmp_path), log=lambda _: None)
    assert [d.title for d in snapshot.documents.values()] == ["首次贷款办法"]
    notes = "\n".join(snapshot.notes)
    for name in ("twin.txt", "empty.txt", "front.txt", "image.txt", "broken.txt"):
        assert name in notes


def test_inspection_tells_good_from_bad(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", loan=LOAN)
    settings = parts(tmp_path).settings
    assert [good for good, _ in inspect(settings)][-1] is False
    ready_snapshot(parts(tmp_path), log=lambda _: None)
    assert all(good for good, _ in inspect(settings))
    write_corpus(corpus, game=GAME)
    assert "政策文本已变化" in list(inspect(settings))[-1][1]


def test_preparing_builds_what_is_missing_and_shows_progress(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    stages: list[str] = []
    prepare(parts(tmp_path).settings, lambda stage, done, total: stages.append(stage), lambda _: None)
    assert {"划分条款", "建立词索引", "计算向量"} <= set(stages)


def test_a_port_in_use_is_named_with_another_to_try(tmp_path: Path) -> None:
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    try:
        with pytest.raises(AddressInUse, match=f"端口 {port} .*--port"):
            listen("127.0.0.1", port)
    finally:
        taken.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "99999"), ("WORKERS", "many"), ("TIMEZONE", "Mars/Olympus"), ("OFFLINE", "perhaps")],
)
def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setitem(os.environ, f"ZHENGWEN_{name}", value)
    with pytest.raises(InvalidSetting, match=f"ZHENGWEN_{name}.*{value}"):
        open_settings()
