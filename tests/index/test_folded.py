import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.index.folded import FoldedTexts
from app.text import fold


@given(st.lists(st.text()))
def test_each_text_comes_back_as_it_was_folded(texts: list[str]) -> None:
    folded = [fold(text) for text in texts]
    with tempfile.TemporaryDirectory() as name:
        FoldedTexts.build(folded).save(Path(name))
        again = FoldedTexts.load(Path(name))
        assert [again.text(n) for n in range(len(again))] == folded
