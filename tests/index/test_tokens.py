import numpy as np

from app.corpus import Chunk
from app.index.tokens import Tokens
from tests.index.tiny import ANALYZER

PIECES = [
    Chunk(n, f"d-{n}", "d", 0, 9, f"第{n}条 对首次贷款的企业给予{n}%贴息支持。", "办法") for n in range(23)
]


def _counted(pieces: list[Chunk]) -> Tokens:
    tokens = Tokens()
    for piece in pieces:
        tokens.add(piece, ANALYZER)
    return tokens


def test_parts_counted_apart_and_put_away_are_what_is_counted_together() -> None:
    together, joined = _counted(PIECES), Tokens()
    for start in range(0, len(PIECES), 7):
        joined.extend(Tokens.unpacked(_counted(PIECES[start : start + 7]).packed()))
    assert joined.used == together.used
    for one, other in (
        (joined.words.build(), together.words.build()),
        (joined.grams.build(), together.grams.build()),
    ):
        for name in ("hashes", "starts", "passages", "impacts"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_nothing_counted_is_put_away_and_found_again() -> None:
    empty = Tokens.unpacked(Tokens().packed())
    assert not empty.used
    assert not empty.words.build().scores({"贴息": 1.0}).any()
