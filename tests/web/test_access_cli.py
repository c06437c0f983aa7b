import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.errors import InvalidSetting, KeyNotFound, SiteNotFound
from app.store import Access


@pytest.fixture
def url(tmp_path, monkeypatch):
    found = f"sqlite:///{tmp_path}/access.sqlite3"
    monkeypatch.setenv("ZHENGWEN_DATABASE_URL", found)
    monkeypatch.setenv("ZHENGWEN_BASE_URL", "https://ask.example.gov.cn/")
    return found


def run(*words):
    done = CliRunner().invoke(cli, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_site_is_added_listed_and_revoked(url):
    said = run(
        "sites",
        "add",
        "某区政府网",
        "--origin",
        "https://WWW.example.gov.cn/",
        "--origin",
        "https://*.example.gov.cn",
    )
    (site,) = Access.open(url).sites()
    assert site.origins == ("https://www.example.gov.cn", "https://*.example.gov.cn")
    assert f'<script defer src="https://ask.example.gov.cn/widget.js" data-site="{site.id}"></script>' in said
    assert "某区政府网" in run("sites", "list")
    run("sites", "revoke", site.id)
    assert "停用" in run("sites", "list")
    with pytest.raises(SiteNotFound, match=site.id):
        run("sites", "revoke", site.id)


def test_a_site_without_origins_is_said_to_show_nowhere(url):
    assert "不会显示" in run("sites", "add", "空")
    assert "没有允许的来源" in run("sites", "list")


def test_a_key_is_shown_once_and_its_secret_opens(url):
    secret = run("keys", "add", "热线", "--scope", "ask", "--scope", "search").splitlines()[-1]
    access = Access.open(url)
    assert access.key(secret).scopes == ("ask", "search")
    listed = run("keys", "list")
    assert "热线" in listed
    assert secret.split("_")[2] not in listed
    run("keys", "revoke", secret.split("_")[1])
    assert access.key(secret) is None
    with pytest.raises(KeyNotFound):
        run("keys", "revoke", "none")


@pytest.mark.parametrize(
    "words",
    [("keys", "add", "热线", "--scope", "everything"), ("keys", "add", " \x00\n"), ("sites", "add", ""),
     ("sites", "add", "某区", "--origin", "www.example.cn"), ("sites", "add", "某区", "--origin", "https://*.gov.cn")],
)  # fmt: skip
def test_what_cannot_be_used_is_named(url, words):
    with pytest.raises(InvalidSetting, match=r"[\u4e00-\u9fff]"):
        run(*words)
    assert Access.open(url).sites() == Access.open(url).keys() == ()


def test_empty_lists_say_what_to_do(url):
    assert "sites add" in run("sites", "list")
    assert "keys add" in run("keys", "list")
