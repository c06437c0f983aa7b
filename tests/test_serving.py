"""A running server follows the index that another process builds."""

import dataclasses
import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.errors import IndexDamaged, IndexStale
from app.index import current_folder
from app.main import Parts, open_parts
from app.serving import Serving
from app.settings import Settings
from app.web import create_app
from tests.index.tiny import GAME, LOAN, write_corpus

PARTS = open_parts(Settings())
NEWER = LOAN.replace("贴息支持", "百分之五的贴息支持")


def parts(folder: Path) -> Parts:
    settings = Settings(
        corpus=folder / "corpus",
        index=folder / "index",
        database_url=f"sqlite:///{folder}/turns.sqlite3",
        spool=folder / "spool",
    )
    return dataclasses.replace(PARTS, settings=settings)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[TestClient, Callable[[], object], Parts]]:
    """A client of a server over a corpus of one file, a look at the index, and the parts to build with."""
    write_corpus(tmp_path / "corpus", loan=LOAN)
    made = parts(tmp_path)
    made.build()
    serving = Serving(made.settings, lambda: made, lambda _: None)
    app = create_app(made.settings, serving.open, serving.current)
    with TestClient(app, "http://localhost", client=("127.0.0.1", 1)) as client:
        opening = app.state.parts.opening
        opening.wait(60)
        yield client, lambda: opening.look(at_once=True), made
        serving._store.close()  # type: ignore[union-attr]


def ask(client: TestClient, question: str, **more: str) -> dict:
    return client.post("/api/v1/ask", json={"question": question} | more).json()


def test_a_new_index_serves_without_a_restart_and_sessions_go_on(served) -> None:
    client, look, made = served
    before = ask(client, "首次贷款有贴息吗")
    version = client.get("/readyz").json()["index_version"]
    write_corpus(made.settings.corpus, loan=NEWER, game=GAME)
    made.build()
    assert look()
    ready = client.get("/readyz").json()
    assert (ready["documents"], ready["trouble"]) == (2, None)
    assert ready["index_version"] != version
    after = ask(client, "首次贷款有贴息吗", session_id=before["session_id"])
    assert "百分之五" in after["text"]
    assert (after["session_id"], after["session_started"]) == (before["session_id"], False)
    assert not look()


def test_a_damaged_index_is_refused_and_named_while_the_older_one_serves(served) -> None:
    client, look, made = served
    version = client.get("/readyz").json()["index_version"]
    write_corpus(made.settings.corpus, game=GAME)
    made.build()
    (current_folder(made.settings.index) / "dense.faiss").write_bytes(b"broken")
    assert not look()
    ready = client.get("/readyz").json()
    assert (ready["index_version"], ready["documents"]) == (version, 1)
    assert "继续使用原有索引" in ready["trouble"]
    assert "dense.faiss" in ready["trouble"]
    assert ask(client, "首次贷款有贴息吗")["status"] == "answered"
    made.build(force=True)
    assert look()
    assert client.get("/readyz").json()["trouble"] is None


def test_a_request_that_began_before_ends_on_the_index_it_began_with_which_is_freed_then(served) -> None:
    client, look, made = served
    opening = client.app.state.parts.opening  # type: ignore[attr-defined]
    held = opening.services()
    dialogue = weakref.ref(held.dialogue)
    write_corpus(made.settings.corpus, loan=NEWER)
    made.build()
    assert look()
    assert "百分之五" not in held.snapshot.document(next(iter(held.snapshot.documents))).text
    assert held.retriever.search("首次贷款", limit=1, as_of=None, document_id=None)
    del held
    gc.collect()
    assert dialogue() is None


def test_nobody_who_asks_while_indexes_come_and_go_is_turned_away(served) -> None:
    client, look, made = served
    seen: list[int] = []
    stop = threading.Event()

    def asking() -> None:
        while not stop.is_set():
            seen.append(client.post("/api/v1/ask", json={"question": "首次贷款有贴息吗"}).status_code)

    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for text in (NEWER, LOAN, NEWER):
            write_corpus(made.settings.corpus, loan=text)
            made.build()
            assert look()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(seen) == {200}


def test_an_index_of_another_lexicon_is_opened_with_it_and_one_of_another_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_corpus(tmp_path / "corpus", loan=LOAN)
    made = parts(tmp_path)
    made.build()
    serving = Serving(made.settings, lambda: made, lambda _: None)
    serving.open()
    lexicon = tmp_path / "lexicon"
    lexicon.mkdir()
    (lexicon / "terms.txt").write_text("首次贷款贴息\n", "utf-8")
    other = open_parts(made.settings.model_copy(update={"lexicon": lexicon}))
    other.build()
    monkeypatch.setattr("app.serving.open_parts", lambda settings: other)
    assert serving.open().snapshot.version
    assert serving.current()
    monkeypatch.setattr("app.serving.FORMAT", 99)
    write_corpus(tmp_path / "corpus", game=GAME)
    other.build()
    with pytest.raises(IndexStale, match="请重新启动服务"):
        serving.open()
    (current_folder(made.settings.index) / "chunks.npy").write_bytes(b"x")
    with pytest.raises(IndexDamaged, match="继续使用原有索引"):
        serving.open()
    serving._store.close()  # type: ignore[union-attr]
