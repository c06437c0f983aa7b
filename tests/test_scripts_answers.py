"""When an answer counts as right: worked by hand."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "evaluate_answers.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = list(sys.path)
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        spec = importlib.util.spec_from_file_location("evaluate_answers", SCRIPT)
        assert spec
        assert spec.loader
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
    finally:
        sys.path[:] = path
    return made


def answer(status: str, *quotes: str) -> SimpleNamespace:
    cited = tuple(SimpleNamespace(document_id="d", start=at, quote=quote) for at, quote in enumerate(quotes))
    return SimpleNamespace(status=status, citations=cited)


@pytest.mark.parametrize(
    ("given", "status", "gold", "right"),
    [
        (answer("answered", "给予贴息，", "为期三年。"), "answered", ["给予 贴息为期三年"], True),
        (answer("answered", "给予贴息。"), "answered", ["给予贴息", "为期三年"], False),
        (answer("answered", "给予贴息。" + "又" * 400), "answered", ["给予贴息"], False),
        (answer("answered", "又" * 500 + "给" * 200), "answered", ["给" * 200], False),
        (answer("answered", "又" * 400 + "给" * 200), "answered", ["给" * 200], True),
        (answer("not_stated", "给予贴息。"), "answered", ["给予贴息"], False),
        (answer("not_stated"), "not_stated", [], True),
        (answer("out_of_scope"), "not_stated", [], False),
        (answer("clarify"), "abstain", [], True),
        (answer("answered", "给"), "abstain", [], False),
    ],
)
def test_an_answer_is_right_with_every_passage_and_little_else(
    script: ModuleType, given: SimpleNamespace, status: str, gold: list[str], right: bool
) -> None:
    assert script.right(given, status, gold) is right


def test_the_turns_before_a_question_are_asked_in_its_session(script: ModuleType) -> None:
    heard = []

    def reply(said: str, *, session_id: str | None, **_: object) -> SimpleNamespace:
        heard.append((said, session_id))
        return SimpleNamespace(session_id="s", answer=said)

    services = SimpleNamespace(dialogue=SimpleNamespace(reply=reply))
    assert script.asked(services, {"turns": ["贴息多少"], "question": "几年"}) == "几年"
    assert heard == [("贴息多少", None), ("几年", "s")]
