import json

from hypothesis import given
from hypothesis import strategies as st

from app.answer import Features, Places, load_confidence
from app.answer.confidence import DIRECTIONS, FEATURES, FILE
from app.answer.cover import longest_run
from tests.answer.desk import TODAY, analyzer, huairou

CONFIDENCE = load_confidence()
VALUES = st.fixed_dictionaries({name: st.floats(-1, 1) for name in FEATURES})


@given(VALUES, st.sampled_from([name for name, way in DIRECTIONS.items() if way]), st.floats(0, 1))
def test_more_evidence_never_lowers_confidence(values: dict[str, float], name: str, more: float) -> None:
    raised = {**values, name: values[name] + DIRECTIONS[name] * more}
    assert CONFIDENCE.of(raised) >= CONFIDENCE.of(values)


@given(VALUES)
def test_confidence_is_a_probability(values: dict[str, float]) -> None:
    assert 0 <= CONFIDENCE.of(values) <= 1


def test_the_fitted_file_fits_the_code() -> None:
    fields = json.loads(FILE.read_text("utf-8"))
    assert fields["features"] == list(FEATURES)
    assert len(fields["trees"]) > 50
    assert 0 < fields["threshold"] < 1


@given(st.text(max_size=60))
def test_every_feature_of_any_question_is_between_minus_1_and_1(question: str) -> None:
    snapshot, composer = huairou()
    query = composer._retriever.read(question)
    hits = composer.found(query, TODAY)
    if hits:
        features = Features(analyzer(), Places.of(analyzer().lexicon.regions), snapshot.grams).of(query, hits)
        assert set(features) == set(FEATURES)
        assert all(-1 <= value <= 1 for value in features.values())


@given(st.text("贷款贴息企业", max_size=12), st.text("贷款贴息企业", max_size=12))
def test_the_longest_run_is_that_of_trying_every_piece(one: str, other: str) -> None:
    pieces = [one[i:j] for i in range(len(one)) for j in range(i + 1, len(one) + 1)]
    assert longest_run(one, other) == max((len(piece) for piece in pieces if piece in other), default=0)
