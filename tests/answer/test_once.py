"""What is done for one question, counted: nothing is worked out twice, and a question asked before is not worked out at all."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.answer import Composer
from app.converse import Dialogue
from tests.answer.desk import TODAY, analyzer, composer_for, composer_of

TEXTS = {
    "kiln": "# 龙窑柴烧技艺传承补助办法\n第一条 对开窑的传承人每次补助六千元。\n第二条 申请人带徒不少于三人。\n第三条 联系电话：80010001。\n",
    "boat": "# 木船修造奖励办法\n第一条 每艘木船奖励两万元。\n第二条 木船应当在本市登记。\n",
}
WARM = "木船修造每艘奖励多少"
ASKED = {
    "answered": "龙窑柴烧技艺的传承人每次补助多少钱",
    "silent": "龙窑柴烧技艺的补助几月几号截止申报",
    "elsewhere": "机场停车场收费标准",
    "address": "龙窑柴烧技艺传承补助办法第二条是什么",
    "several": "龙窑开窑补助多少钱？木船应当在哪里登记？",
}
FORMS = ("text", "markdown", "spoken", "chat", "disclaimer")


@pytest.fixture(scope="module")
def composer() -> Composer:
    made = composer_for(**TEXTS)
    for text in (WARM, "龙窑柴烧技艺补助办法说了什么", "联系电话是多少"):
        made.answer(text, as_of=TODAY)
    made.suggestions.examples(TODAY)
    return made


@pytest.fixture
def counts(composer: Composer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[tuple[str, str]]]:
    """How often each thing was done, by its name and the text it was done to."""
    found: Counter[tuple[str, str]] = Counter()

    def count(owner: Any, name: str, told: Callable[..., list[str]]) -> None:
        real = getattr(owner, name)

        def counted(*args: Any, **more: Any) -> Any:
            found.update((name, one) for one in told(*args))
            return real(*args, **more)

        monkeypatch.setattr(owner, name, counted)

    count(sys.modules["app.text.normalize"], "_printable", lambda text: [text])
    count(composer.retriever._reader._encoder, "encode_queries", list)
    count(composer.retriever, "search_read", lambda question: [question.text])
    count(composer._readers, "read", lambda asked, hits: [asked])
    for form in FORMS:
        count(composer._renderer, form, lambda *finding: [""])
    return found


@pytest.mark.parametrize("kind", ASKED)
def test_a_question_is_folded_encoded_searched_read_and_rendered_once(
    kind: str, composer: Composer, counts: Counter[tuple[str, str]]
) -> None:
    answer = composer.answer(ASKED[kind], as_of=TODAY)
    assert answer.text
    # What is folded is a text and, where a room was handed that, its normal form.
    most = {"_printable": 2}
    assert {each: times for each, times in counts.items() if times > most.get(each[0], 1)} == {}
    assert sum(counts[form, ""] for form in FORMS) == len(FORMS)


def test_a_question_asked_before_is_answered_from_memory(
    composer: Composer, counts: Counter[tuple[str, str]]
) -> None:
    dialogue = Dialogue(composer, analyzer(), composer._snapshot)
    first = dialogue.reply("每艘木船奖励几万", as_of=TODAY)
    counts.clear()
    again = dialogue.reply("每艘木船奖励几万", as_of=TODAY)
    assert (again.answer, again.answer_id) == (first.answer, first.answer_id)
    assert not counts
    composer.answer("每艘木船奖励几万", as_of=TODAY - timedelta(days=1))
    assert [name for name, _ in counts if name == "read"]


def test_another_index_remembers_nothing_of_the_one_before(composer: Composer) -> None:
    changed = composer_of(composer._snapshot)
    assert changed._answered.cache_info().currsize == 0
    assert composer._answered.cache_info().maxsize is not None
