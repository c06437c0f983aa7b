"""The mini-program: its scripts run on Node, its pages are read as the official tool would read them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import ROOT

from .running import Worker

CLIENT = ROOT / "app" / "web" / "wechat" / "miniprogram"
TESTS = Path(__file__).parent / "client"
NODE = shutil.which("node")
PAGES = json.loads((CLIENT / "app.json").read_text("utf-8"))["pages"]
TEMPLATES = sorted(CLIENT.rglob("*.wxml"))
TAGS = {"view", "text", "block", "button", "textarea", "scroll-view", "page-meta", "switch", "privacy"}

needs_node = pytest.mark.skipif(
    NODE is None, reason="没有 node，小程序的脚本没有运行；请以管理员身份安装：apt-get install nodejs"
)


def run(*command):
    done = subprocess.run(
        [NODE, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_node
def test_the_scripts_do_what_their_own_tests_say():
    said = run("--test", *map(str, sorted(TESTS.glob("*.test.js"))))
    assert int(re.search(r"^. pass (\d+)$", said, flags=re.M)[1]) >= 30


@needs_node
@pytest.mark.parametrize(
    "script", sorted(CLIENT.rglob("*.js")), ids=lambda path: path.relative_to(CLIENT).as_posix()
)
def test_the_syntax_of_a_script_is_sound(script):
    run("--check", str(script))


@needs_node
def test_the_library_and_the_backend_understand_each_other(tmp_path, fake):
    with Worker(tmp_path, fake, 0) as worker:
        assert run(str(TESTS / "live.js"), worker.ready().url).strip() == "good"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_four_files(page):
    assert [
        kind for kind in ("js", "json", "wxml", "wxss") if not (CLIENT / f"{page}.{kind}").is_file()
    ] == []


def test_every_json_is_sound_and_the_tool_finds_what_it_needs():
    for path in CLIENT.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    project = json.loads((CLIENT / "project.config.json").read_text("utf-8"))
    assert (project["compileType"], project["miniprogramRoot"]) == ("miniprogram", "./")
    assert project["appid"] == "touristappid"
    app = json.loads((CLIENT / "app.json").read_text("utf-8"))
    assert app["__usePrivacyCheck__"] is True
    assert {each["pagePath"] for each in app["tabBar"]["list"]} <= set(PAGES)
    assert (CLIENT / app["sitemapLocation"]).is_file()


def test_no_component_or_script_comes_from_elsewhere():
    for path in CLIENT.rglob("*.json"):
        used = json.loads(path.read_text("utf-8")).get("usingComponents", {})
        assert set(used.values()) <= {"/components/privacy/privacy"}
    for path in CLIENT.rglob("*.js"):
        text = path.read_text("utf-8")
        assert all(name.startswith(".") for name in re.findall(r"require\('([^']+)'\)", text))
        for name in re.findall(r"require\('([^']+)'\)", text):
            assert (path.parent / f"{name}.js").resolve().is_file()
    assert not (CLIENT / "package.json").exists()


def tags_of(text):
    return re.findall(r"<(/?)([a-z-]+)((?:\s+[\w:.-]+(?:=\"[^\"]*\")?)*)\s*(/?)>", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_is_well_formed_and_of_wechats_own_parts(template):
    text = template.read_text("utf-8")
    assert text.count("<") == len(tags_of(text)), "a tag that cannot be read"
    open_tags = []
    for closing, tag, _, alone in tags_of(text):
        assert tag in TAGS
        if closing:
            assert open_tags.pop() == tag
        elif not alone:
            open_tags.append(tag)
    assert open_tags == []
    assert text.count("{{") == text.count("}}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_handler_a_template_names_is_in_its_script(template):
    named = set(re.findall(r"(?:bind|catch)[a-z]+=\"(\w+)\"", template.read_text("utf-8")))
    script = template.with_suffix(".js").read_text("utf-8")
    assert {name for name in named if not re.search(rf"^\s+{name}\(", script, flags=re.M)} == set()


def test_every_page_that_is_opened_exists():
    for path in CLIENT.rglob("*.js"):
        for opened in re.findall(r"/(pages/\w+/\w+)", path.read_text("utf-8")):
            assert opened in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_grows_with_the_text_and_stays_within_the_safe_area(page):
    template = (CLIENT / f"{page}.wxml").read_text("utf-8")
    assert template.startswith('<page-meta root-font-size="{{fontSize}}px" />')
    assert 'class="sheet"' in template
    # In rem throughout, so that everything grows with the text; borders may stay thin.
    style = (CLIENT / f"{page}.wxss").read_text("utf-8") + (CLIENT / "app.wxss").read_text("utf-8")
    assert re.findall(r"\b(?!1px)\d+(?:r?px)\b", style) == []
    assert "env(safe-area-inset-bottom)" in style


def test_the_client_calls_only_what_the_backend_has():
    from app.settings import Settings
    from app.web import create_app

    paths = create_app(Settings(), lambda: None).openapi()["paths"]
    script = (CLIENT / "lib" / "zhengwen.js").read_text("utf-8")
    called = set(
        re.findall(r"[`'](/(?:login|refresh|ask|feedback|history|clauses|documents)(?:/stream)?)\b", script)
    )
    assert len(called) >= 7
    assert all(any(path.startswith(f"/wechat/v1{each}") for path in paths) for each in called)


def test_nothing_secret_is_in_the_client():
    text = "".join(path.read_text("utf-8") for path in CLIENT.rglob("*") if path.is_file())
    assert not re.search(r"secret|session_key|openid|wx[0-9a-f]{16}", text, flags=re.I)
