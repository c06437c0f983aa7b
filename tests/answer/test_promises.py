"""The promises of the product as properties over questions made from the corpus, the lexicon and noise."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.answer import Answer
from app.settings import ROOT
from app.text import fold
from tests.answer.desk import TODAY, ask, huairou

SNAPSHOT, COMPOSER = huairou()
TEXT = next(iter(SNAPSHOT.documents.values())).text
FRAGMENTS = st.builds(
    lambda start, length: TEXT[start : start + length], st.integers(0, len(TEXT)), st.integers(0, 30)
)
ASKING = st.sampled_from(
    [
        "有哪些？",
        "给多少钱",
        "什么时候截止",
        "要什么条件",
        "第三条",
        "（二）",
        "海淀区",
        "{{7*7}}",
        "<script>",
        "怎么申报",
        "電話",
        "你好",
        "分别",
        "",
    ]
)
QUESTIONS = st.lists(FRAGMENTS | ASKING | st.text(max_size=8), min_size=1, max_size=4).map("".join)


@given(QUESTIONS)
@example("第五部分第二项")
@example("注意事项有哪些")
@settings(max_examples=150)
def test_every_quote_stands_word_for_word_where_it_says(question: str) -> None:
    for citation in COMPOSER.answer(question, as_of=TODAY).citations:
        document = SNAPSHOT.document(citation.document_id)
        clause = SNAPSHOT.clause(citation.clause_id)
        assert citation.quote == document.text[citation.start : citation.end] != ""
        assert clause.start <= citation.start < citation.end <= clause.end
        assert citation.sha256 == document.sha256


SENTENCES = (ROOT / "prompts" / "sentences.j2").read_text("utf-8")
TITLE = "《怀柔区促进先进制造业及软件和信息技术服务业高质量发展扶持办法》政策解读"


KINDS = (ROOT / "prompts" / "kinds.toml").read_text("utf-8")
PHRASES = sorted(set(re.findall(r"[一-鿿]+", SENTENCES + KINDS)), key=len, reverse=True)


def remainder(answer: Answer, text: str) -> str:
    """The letters left of a text once its quotes, its title and the template's phrases are taken out."""
    for citation in sorted(answer.citations, key=lambda c: -len(c.quote)):
        text = text.replace(citation.quote.replace("\n", "\n> "), "").replace(citation.quote, "")
    for number, option in enumerate(answer.options, 1):
        text = text.replace(
            f"{number}. {option}", ""
        )  # questions to choose from, made of the corpus's own labels
    text = re.sub(r"\[\d+\]", "", text.replace(TITLE, ""))
    for phrase in PHRASES:
        text = text.replace(phrase, " ")
    return "".join(re.findall(r"\w", text))


@given(QUESTIONS)
@settings(max_examples=150)
def test_an_answer_holds_nothing_but_template_sentences_and_quotes(question: str) -> None:
    answer = COMPOSER.answer(question, as_of=TODAY)
    for text in (answer.text, answer.markdown):
        left = remainder(answer, text)
        # Only what was asked for by name may be named again: an address, a 文号, a place; and how many entries follow.
        assert left in f"{_said(question)}{len(answer.citations)}" or all(
            c in _said(question) for c in left
        ), left


def _said(question: str) -> str:
    return "".join(re.findall(r"\w", fold(question))) + "0123456789第项号"


@given(QUESTIONS)
@settings(max_examples=60)
def test_the_same_question_gives_the_same_answer(question: str) -> None:
    assert COMPOSER.answer(question, as_of=TODAY) == COMPOSER.answer(question, as_of=TODAY)


@given(QUESTIONS)
@settings(max_examples=100)
def test_silence_quotes_nothing_as_an_answer(question: str) -> None:
    answer = COMPOSER.answer(question, as_of=TODAY)
    if answer.status == "out_of_scope":
        assert answer.citations == ()
    if answer.status == "answered":
        assert answer.citations
    if answer.status == "not_stated":
        assert "未载明" in answer.text
    assert 0 <= answer.confidence <= 1


def test_every_suggestion_is_answered() -> None:
    for question in ("注意事项有哪些", "技改升级怎么支持", "今天天气怎么样"):
        suggestions = ask(question).suggestions
        assert suggestions
        for suggestion in suggestions:
            assert ask(suggestion).status == "answered"


@given(QUESTIONS)
@settings(max_examples=100)
def test_every_form_shows_its_quotes_word_for_word_or_says_what_it_leaves_out(question: str) -> None:
    answer = COMPOSER.answer(question, as_of=TODAY)
    quotes = [citation.quote for citation in answer.citations]
    assert all(quote in answer.text for quote in quotes)
    unescaped = re.sub(r"\\\\(.)", r"\\1", answer.markdown)
    assert all(quote.replace("\n", "\n> ") in unescaped for quote in quotes)
    assert len(answer.text_chat.encode()) <= 2048
    assert all(quote in answer.text_chat for quote in quotes) or "请看原文" in answer.text_chat
    if answer.status != "clarify":
        assert "\n" not in answer.text_spoken
