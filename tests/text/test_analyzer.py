import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from app.text import Analyzer, Lexicon

ANALYZER = Analyzer(Lexicon(stopwords=frozenset({"吗", "有"})))


def test_words_hold_no_stop_words_and_no_punctuation() -> None:
    assert ANALYZER.words("ＣＭＯ有补助吗？") == ["cmo", "补助"]


def test_grams_are_characters_and_pairs_and_whole_runs_of_letters_and_digits() -> None:
    assert ANALYZER.grams("CRO、贴息2.5%") == ["cro", "贴", "息", "贴息", "2.5%"]


@given(st.text(max_size=60))
def test_the_same_text_gives_the_same_tokens_every_time(text: str) -> None:
    assert ANALYZER.words(text) == ANALYZER.words(text)
    assert ANALYZER.grams(text) == ANALYZER.grams(text)


@given(st.text(max_size=60))
def test_text_with_nothing_to_read_has_no_tokens(text: str) -> None:
    if not ANALYZER.has_content(text):
        assert ANALYZER.grams(text) == []


def test_jieba_stays_silent_and_writes_no_shared_cache() -> None:
    code = "from app.text import Analyzer; Analyzer().words('专精特新企业')"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
