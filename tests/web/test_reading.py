import re

from hypothesis import given
from hypothesis import strategies as st

from app.web.reading import outline, paragraphs, quote_span

from .corpus import TEXT, WORDS, clauses_of, document_of

DOCUMENT = document_of()
CLAUSES = clauses_of(DOCUMENT)


def words(text):
    return re.sub(r"\s", "", text)


def pieces(made):
    return [piece for paragraph in made for passage in paragraph.passages for piece in passage.pieces]


def test_items_of_one_paragraph_stay_in_one_paragraph():
    made = paragraphs(DOCUMENT, CLAUSES)
    assert [len(paragraph.passages) for paragraph in made] == [1, 1, 2, 1, 1, 1]
    assert [paragraph.kind for paragraph in made].count("heading") == 2


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_the_words_are_the_text_and_the_marked_words_are_the_quote(one, other):
    start, end = sorted((one, other))
    made = pieces(paragraphs(DOCUMENT, CLAUSES, (start, end)))
    assert words("".join(piece.text for piece in made)) == words(TEXT)
    quoted = [piece for piece in made if piece.quoted]
    assert words("".join(piece.text for piece in quoted)) == words(TEXT[start:end])
    assert [piece.first for piece in quoted] == [number == 0 for number in range(len(quoted))]


@given(st.text("甲乙 \n\t。", max_size=40), st.data())
def test_words_outside_every_clause_are_shown_as_well(text, data):
    document = document_of(text)
    found = list(re.finditer(r"\S+", text))
    kept = [match for match in found if data.draw(st.booleans())]
    clauses = clauses_of(document, [("paragraph", "", (), match[0]) for match in kept][:0])
    assert words("".join(piece.text for piece in pieces(paragraphs(document, clauses)))) == words(text)


def test_a_gap_that_holds_words_is_shown_between_its_neighbours():
    clauses = [clause for clause in CLAUSES if clause.position in (0, 2, 6)]
    made = pieces(paragraphs(DOCUMENT, clauses))
    assert words("".join(piece.text for piece in made)) == words(TEXT)


def test_the_outline_lists_headings_and_labelled_items():
    assert [(entry.level, entry.text) for entry in outline(DOCUMENT, CLAUSES)] == [
        (1, "一、支持事项"),
        (2, "鼓励企业升规"),
        (2, "支持企业技改"),
        (1, "二、注意事项"),
        (2, "（一）材料真实"),
        (2, "（二）专款专用"),
    ]


def test_long_headings_keep_what_tells_them_apart():
    heads = [f"{n}、《{'某' * 40}办法》的{what}是什么？" for n, what in (("一", "依据"), ("二", "目标"))]
    document = document_of("\n".join(heads))
    entries = outline(document, clauses_of(document, [("heading", head[:2], (), head) for head in heads]))
    assert entries[0].text.endswith("的依据是什么？")
    assert entries[1].text.endswith("的目标是什么？")


def test_a_span_that_is_none_is_left_out():
    assert quote_span("甲乙丙", "0", "3") == (0, 3)
    for start, end in [("0", "4"), ("2", "2"), ("2", "1"), ("-1", "2"), ("a", "2"), ("１", "2"), (None, "2"), ("0", None),
                       ("9" * 5000, "2")]:  # fmt: skip
        assert quote_span("甲乙丙", start, end) is None


def test_the_words_of_the_fixture_are_clauses():
    assert len(CLAUSES) == len(WORDS)
