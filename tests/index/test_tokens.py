import pytest

from app.corpus import Chunk
from app.index import tokens
from app.index.tokens import count_tokens
from tests.index.tiny import ANALYZER

PIECES = [
    Chunk(n, f"d-{n}", "d", 0, 9, f"第{n}条 对首次贷款的企业给予{n}%贴息支持。", "办法") for n in range(23)
]


def test_several_processes_count_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = count_tokens(PIECES, ANALYZER, 1, lambda done: None)
    monkeypatch.setattr(tokens, "PARALLEL", 10)
    monkeypatch.setattr(tokens, "SLICE", 7)
    steps: list[int] = []
    together = count_tokens(PIECES, ANALYZER, 2, steps.append)
    query = dict.fromkeys(ANALYZER.words("首次贷款 第7条"), 1.0)
    assert together.words.build().scores(query).tolist() == alone.words.build().scores(query).tolist()
    assert together.used == alone.used
    assert steps[-1] == len(PIECES)


def test_where_no_process_can_be_started_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(tokens, "PARALLEL", 10)
    monkeypatch.setattr(tokens, "ProcessPoolExecutor", refused)
    made = count_tokens(PIECES, ANALYZER, 2, lambda done: None)
    assert made.used["贴息"] == len(PIECES)
