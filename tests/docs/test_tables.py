"""The tables of the README pages say what the code says."""

import ast
import re
from pathlib import Path
from typing import get_args

from app.answer import Status
from app.corpus import read_document
from app.corpus.frontmatter import KEYS
from app.question import COURTESY, OTHER, read_kinds
from app.settings import ROOT, Settings
from app.text.lexicon import FILES
from app.web.problems import HTTP_TITLES, TABLE
from tests.docs.pages import code, fences, table, tracked


def test_the_settings_table_is_the_settings():
    wanted = [
        (f"`ZHENGWEN_{name.upper()}`", shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert table("变量", "默认", "意思", page="app/README.md") == wanted


def shown(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT).as_posix()}`"
    return "（空）" if value == "" else f"`{value}`"


def test_the_front_matter_table_names_every_field():
    assert {code(row[0])[0] for row in table("字段", "意思", page="corpus/README.md")} == set(KEYS)


def test_the_front_matter_example_is_read_without_a_remark(tmp_path):
    (example,) = fences("yaml", "corpus/README.md")
    file = tmp_path / "example.txt"
    file.write_text(example.text, "utf-8")
    document = read_document(file, tmp_path)
    assert (document.id, document.number, document.kind) == ("parking-2025", "某政发〔2025〕3号", "原文")
    assert document.text.startswith("第一条")
    block = example.text.split("---")[1]
    assert set(re.findall(r"^(\w+):", block, flags=re.M)) <= set(KEYS)


def test_without_front_matter_the_title_is_the_first_line_and_the_rest_stays_empty(tmp_path):
    file = tmp_path / "plain.txt"
    file.write_text("某市停车管理办法\n第一条 为规范停车秩序，制定本办法。\n", "utf-8")
    document = read_document(file, tmp_path)
    assert document.title == "某市停车管理办法"
    assert (document.number, document.issuers, document.effective_from, document.region) == (
        None,
        (),
        None,
        None,
    )


def test_the_status_words_are_the_statuses():
    assert {
        code(row[0])[0] for row in table("状态", "意思", "答复里有什么", page="app/web/README.md")
    } == set(get_args(Status))


def test_the_intent_words_are_the_intents():
    assert {code(row[0])[0] for row in table("取值", "问的是", page="app/README.md")} == {
        kind.name for kind in (*read_kinds(ROOT / "prompts"), OTHER, COURTESY)
    }


def test_the_error_table_is_what_the_web_room_answers():
    wanted = {(status, error.code, title) for error, (status, title) in TABLE.items()}
    wanted |= {(status, name, title) for status, (name, title) in HTTP_TITLES.items()}
    wanted |= {(status, name, HTTP_TITLES[status][1]) for status, name in codes_of_their_own()}
    rows = table("状态码", "`code`", "`title`", page="app/web/README.md")
    assert len(rows) == len(set(rows))
    assert {(int(status), code(name)[0], title) for status, name, title in rows} == wanted


def codes_of_their_own() -> set[tuple[int, str]]:
    """The calls `http_problem(status, …, code="…")` in the web room."""
    found = set()
    for path in sorted((ROOT / "app" / "web").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "http_problem":
                named = [word.value for word in call.keywords if word.arg == "code"]
                if named and isinstance(named[0], ast.Constant):
                    assert isinstance(call.args[0], ast.Constant)
                    found.add((call.args[0].value, named[0].value))
    return found


def test_every_word_of_the_glossary_is_a_word_of_the_code():
    words = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        words |= set(re.findall(r"\w+", path.read_text("utf-8")))
    glossary = [code(row[0])[0] for row in table("标识符", "中文", page="app/README.md")]
    assert len(glossary) == len(set(glossary))
    assert set(glossary) <= words


def test_the_folder_table_names_every_folder_at_the_top():
    present = {each.relative_to(ROOT).parts[0] for each in tracked() if len(each.relative_to(ROOT).parts) > 1}
    listed = {code(row[0])[0].rstrip("/") for row in table("文件夹", "内容", "谁读它", page="README.md")}
    assert listed == present | {"index"}


def test_the_table_of_scripts_names_every_script():
    there = {
        path.name
        for path in tracked()
        if path.parent == ROOT / "scripts" and not path.suffix.endswith("toml")
    }
    listed = [name for row in table("程序", "用途", page="scripts/README.md") for name in code(row[0])]
    assert sorted(listed) == sorted(there - {"README.md"})


def test_the_table_of_templates_names_every_file_of_prompts():
    there = {path.name for path in tracked() if path.parent == ROOT / "prompts"}
    listed = [code(row[0])[0] for row in table("模板文件", "内容", page="prompts/README.md")]
    assert sorted(listed) == sorted(there - {"README.md"})


def test_the_table_of_the_lexicon_names_every_file_that_is_read():
    listed = [
        code(row[0])[0] for row in table("file", "one entry a line", "size", page="corpus/lexicon/README.md")
    ]
    assert sorted(listed) == sorted(FILES)
