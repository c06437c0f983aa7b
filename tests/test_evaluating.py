"""`python -m app evaluate gaps` and `evaluate reviewed` over the corpus that comes along: the real rooms, no server."""

import json
from contextlib import closing
from datetime import date

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.clock import now
from app.store import Database, Gap, Gaps, Origin, Reviewed
from tests.store.reviewers import EDITOR, REVIEWER, TODAY, wording

WORDING = wording(expires_on=date(2099, 1, 1))
KNOWN = "注意事项有哪些？"
UNKNOWN = "怀柔区办公用房租金补贴多少钱"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs the command over one database and one index."""
    folder = tmp_path_factory.mktemp("evaluate")
    env = {
        "ZHENGWEN_DATABASE_URL": f"sqlite:///{folder}/gaps.sqlite3",
        "ZHENGWEN_INDEX": str(folder / "index"),
        "ZHENGWEN_THREADS": "1",
    }
    with closing(Database(env["ZHENGWEN_DATABASE_URL"])) as database:

        def command(*options):
            return CliRunner().invoke(cli, ["evaluate", "gaps", *options], env=env)

        command.gaps, command.database = Gaps(database), database
        command.reviewed = lambda *options: CliRunner().invoke(
            cli, ["evaluate", "reviewed", *options], env=env
        )
        yield command


def test_gaps_are_asked_again_and_what_broke_gives_the_exit_code(run):
    for question in (KNOWN, UNKNOWN):
        run.gaps.record(Gap(question, "widget", now(), origin=Origin.NOT_STATED, status="not_stated"))
    first = run("--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["counts"] == {"broke": 0, "answered": 1, "open": 1, "still": 0}
    assert {each["question"]: each["kind"] for each in told["gaps"]} == {KNOWN: "answered", UNKNOWN: "open"}
    (unknown,) = [each for each in run.gaps.tickets() if each.question == UNKNOWN]
    run.gaps.asked_again({unknown.id: "answered"})
    second = run()
    assert second.exit_code == 1
    assert f"变坏（上次能答复，这次不能）：1 个\n     1 次  {UNKNOWN}" in second.stdout
    assert "仍能答复：1 个" in second.stdout


def test_reviewed_answers_are_asked_again_and_what_no_longer_answers_gives_the_exit_code(run):
    book = Reviewed(run.database)
    made = book.draft(WORDING, EDITOR)
    handed = book.submit(made.entry_id, EDITOR, made.stamp, TODAY)
    assert run.reviewed().stdout == "重问了 0 条口径的 0 个问题，0 条全部相符。\n"
    book.approve(made.entry_id, REVIEWER, handed.stamp, TODAY)
    done = run.reviewed()
    assert done.exit_code == 1
    assert (
        "不符  新开小店有补贴吗？（所引条款“第三条 新办小店可以领取开办补贴。…”已不在现有文件中）"
        in done.stdout
    )
    (told,) = json.loads(run.reviewed("--json").stdout)
    assert (told["outcome"], told["missed"]) == ("broken", ["新开小店有补贴吗？", "开个小店给不给钱"])
