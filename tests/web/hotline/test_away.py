"""The database away: the console says so in plain words, and the public pages go on."""

from app.settings import Settings
from app.web import create_app
from app.web.hotline.guard import COOKIE
from tests.web.corpus import tiny_services
from tests.web.hotline.conftest import Client


def test_the_console_says_so_and_the_public_page_answers(tmp_path):
    (tmp_path / "file").write_text("x")
    app = create_app(
        Settings(database_url=f"sqlite:///{tmp_path}/file/x.sqlite3", open_to_all=True), tiny_services
    )
    app.state.parts.opening.start()
    app.state.parts.opening.wait(10)
    client = Client(app)
    for page in (client.get("/hotline/sign-in"), client.get("/hotline/account", headers={"cookie": f"{COOKIE}=x"}), client.get("/admin/people", headers={"cookie": f"{COOKIE}=x"}),
                 client.post("/hotline/sign-out", headers={"cookie": f"{COOKIE}=x"})):  # fmt: skip
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "工作台暂时不能使用" in page.text
        assert "公开的问答不受影响" in page.text
        assert page.headers["retry-after"]
    told = client.get("/admin/people", headers={"cookie": f"{COOKIE}=x", "accept": "application/json"})
    assert told.json()["code"] == "store_unavailable"
    assert client.post("/api/v1/ask", json={"question": "注意事项"}).json()["status"] == "answered"


def test_a_database_that_goes_away_while_people_work_ends_no_session(desk, url):
    client = desk.admin
    assert client.get("/admin/people").status_code == 200
    from pathlib import Path

    file = Path(url.removeprefix("sqlite:///"))
    kept = {
        each: each.rename(each.with_name(each.name + ".away")) for each in file.parent.glob("desk.sqlite3*")
    }
    desk.console.database.renew()
    file.mkdir()
    assert client.get("/admin/people").status_code == 503
    file.rmdir()
    for there, away in kept.items():
        away.rename(there)
    desk.console.database.renew()
    assert client.get("/admin/people").status_code == 200
