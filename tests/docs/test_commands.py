"""Whatever a README tells a person to type exists: commands, options, files, environment variables, endpoints."""

import os
import re
import shlex

import pytest
import typer

from app.__main__ import cli
from app.settings import ROOT, Settings
from app.web import create_app, embedding, pages
from app.web.hotline.page import SECTIONS
from tests.docs.pages import PAGES, code, commands, table, tracked, without_fences

PLACEHOLDERS = {"DIR", "FILE"}
TEXT = "\n".join(without_fences(text) for text in PAGES.values())


def command_line():
    return typer.main.get_command(cli).commands


def options_of(command: str) -> set[str]:
    """The options of a command, or of all commands of a group."""
    found = command_line()[command]
    return {
        option
        for each in (found, *getattr(found, "commands", {}).values())
        for param in each.params
        for option in param.opts
    }


def test_the_command_table_names_every_command():
    assert {code(row[0])[0] for row in table("命令", "用途", page="app/README.md")} == set(command_line())


def test_the_options_named_in_the_command_table_exist():
    for row in table("命令", "用途", page="app/README.md"):
        command = code(row[0])[0]
        assert {word for word in code(row[1]) if word.startswith("--")} <= options_of(command)


@pytest.mark.parametrize("line", dict.fromkeys(line for page in PAGES for line in commands(page)))
def test_every_command_in_a_fenced_block_exists(line):
    words = shlex.split(line)
    if words[0] == "curl":
        return  # asked for real in test_examples
    program = words[0]
    if program == ".venv/bin/python" and words[1:3] == ["-m", "app"]:
        assert words[3] in command_line()
        assert {word for word in words[4:] if word.startswith("--")} <= options_of(words[3])
        rest = words[4:]
    else:
        script = ROOT / (words[1] if program == ".venv/bin/python" else program)
        assert script.is_file()
        assert program == ".venv/bin/python" or os.access(script, os.X_OK)
        text = script.read_text("utf-8")
        rest = words[words.index(script.relative_to(ROOT).as_posix()) + 1 :]
        assert all(word in text for word in rest if word.startswith("--"))
    plain = [word for word in rest if not word.startswith(("--", "http")) and word not in PLACEHOLDERS]
    paths = [word for word in plain if "/" in word]
    assert all((ROOT / path).exists() for path in paths)


def test_every_script_option_named_in_passing_exists():
    known = {option for name in command_line() for option in options_of(name)} | {"--help", "--strict"}
    programs = [
        each for each in tracked() if each.is_relative_to(ROOT / "scripts") and each.suffix in ("", ".py")
    ]
    scripts = "".join(path.read_text("utf-8") for path in programs)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", TEXT))
    made = {f"--max-{bar}" for bar in re.findall(r'"([a-z]+-(?:p\d\d-)?(?:s|ms|mib))"', scripts)}
    assert {
        option for option in named if option not in known | made and f'"{option}"' not in scripts
    } == set()


def test_every_environment_variable_named_exists():
    variables = {f"ZHENGWEN_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"ZHENGWEN_[A-Z_]+", "\n".join(PAGES.values()))) - variables == set()


def test_every_path_in_backticks_exists():
    folders = ("app/", "corpus/", "prompts/", "scripts/", "tests/", "index/")
    named = [word for word in re.findall(r"`([^`\s]+)`", TEXT) if word.startswith(folders)]
    made = {"index/default"}  # by the first start
    assert [word for word in named if word not in made and not exists(word)] == []


def exists(place: str) -> bool:
    """Whether a file is there, and in it the test that is named after `::`; a star stands for any name."""
    file, _, test = place.partition("::")
    if "*" in file:
        return any(ROOT.glob(file))
    return (ROOT / file).exists() and (not test or f"def {test}(" in (ROOT / file).read_text("utf-8"))


@pytest.fixture(scope="module")
def application():
    return create_app(Settings(), lambda: pytest.fail("README 的测试不需要载入索引"))


def test_the_endpoint_table_is_the_openapi_description(application):
    stated = {
        (method, code(path)[0]) for method, path, _ in table("方法", "路径", "用途", page="app/web/README.md")
    }
    described = {
        (method.upper(), path)
        for path, methods in application.openapi()["paths"].items()
        for method in methods
    }
    assert stated == described


def test_the_page_table_names_every_page():
    served = {route.path for router in (pages.router, embedding.pages) for route in router.routes}
    assert {code(path)[0] for path, _ in table("路径", "用途", page="app/web/README.md")} == served - {
        "/favicon.ico"
    }


def test_the_table_of_the_console_names_its_sections_and_who_may_see_them(application):
    held = application.state.console
    rows = {
        code(path)[0]: who
        for path, who, _ in table("工作台页面", "谁能看", "用途", page="app/web/hotline/README.md")
    }
    there = {path: role.label for path, role in held.roles.items() if role is not None}
    assert rows == {path: there.get(path) for path in rows}
    assert {path for _, path in SECTIONS if path in there} <= set(rows)
