"""The mark of the readers: it changes with whatever reading depends on, and with nothing else."""

import ast
from pathlib import Path

import pytest

from app.corpus import corpus_fingerprint
from app.corpus.readers_mark import reader_sources, readers_mark

APP = Path(__file__).resolve().parents[2] / "app"


def reached(module: str, met: set[str]) -> set[str]:
    """The modules of the two rooms that one imports, directly or through others; front doors import everything and do not count."""
    path = APP.parent / f"{module.replace('.', '/')}.py"
    if module in met or not path.is_file():
        return met
    met.add(module)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("app.corpus.", "app.text.")):
            reached(str(node.module), met)
    return met


def test_every_module_that_reading_and_outlining_use_counts():
    met: set[str] = set()
    for module in ("library", "readers", "outline", "chunk", "formats.reading", "formats.sheets"):
        reached(f"app.corpus.{module}", met)
    used = {APP.parent / f"{module.replace('.', '/')}.py" for module in met}
    # How a file is taken apart in another process, how versions and the folder are kept, changes nothing that is read.
    beside = {APP / "corpus" / name for name in ("apart.py", "versions.py", "lock.py", "queue.py")}
    assert used - beside <= set(reader_sources())


def test_an_index_is_stale_once_the_readers_or_a_library_of_theirs_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("首次贷款办法\n一、给予贴息支持。\n", "utf-8")
    before, mark = corpus_fingerprint(tmp_path), readers_mark()
    assert corpus_fingerprint(tmp_path) == before
    monkeypatch.setattr("app.corpus.readers_mark._release", lambda library: "99")
    readers_mark.cache_clear()
    try:
        assert readers_mark() != mark
        assert corpus_fingerprint(tmp_path) != before
    finally:
        monkeypatch.undo()
        readers_mark.cache_clear()
    assert readers_mark() == mark
