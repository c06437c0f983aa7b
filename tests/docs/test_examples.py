"""The examples in README are what the product says today: asked of the real rooms, over the corpus that comes with it."""

import json
import shlex
from datetime import date
from typing import Any

import pytest

from app.index import open_snapshot
from app.main import assemble, open_parts
from app.settings import Settings
from app.web import reply_json
from tests.docs.pages import commands, fences


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory):
    parts = open_parts(Settings(index=tmp_path_factory.mktemp("docs") / "index"))
    parts.build()
    return assemble(parts, open_snapshot(parts.settings.index)).dialogue


def test_the_json_shown_is_part_of_the_real_reply(dialogue):
    (command,) = [line for line in commands("README.md") if line.startswith("curl")]
    body = json.loads(shlex.split(command)[-1])
    (shown,) = fences("json", "README.md")
    reply = reply_json(dialogue.reply(body["question"], as_of=date(2026, 1, 31)))
    assert differences(json.loads(shown.text), reply) == []


def differences(shown: Any, real: Any, at: str = "") -> list[str]:
    """Where what is shown is not in the real reply; lists may show their first entries only."""
    if isinstance(shown, dict):
        return [d for key, value in shown.items() for d in differences(value, real.get(key), f"{at}.{key}")]
    if isinstance(shown, list):
        pairs = zip(shown, [*real, *[None] * len(shown)], strict=False)
        return [d for place, (a, b) in enumerate(pairs) for d in differences(a, b, f"{at}[{place}]")]
    return [] if shown == real else [f"{at}: README {shown!r}，实际 {real!r}"]


def test_the_answers_shown_on_the_command_line_are_the_real_ones(dialogue):
    blocks = [block.text for block in fences("console", "README.md") if " -m app ask " in block.text]
    assert blocks
    for block in blocks:
        command, *shown = block.splitlines()
        question = shlex.split(command[2:])[4]
        reply = dialogue.reply(question, as_of=date(2026, 1, 31))
        assert shown == reply.answer.text.splitlines()[: len(shown)]
