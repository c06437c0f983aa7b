"""What is not kept anywhere is not said to be, and whoever runs the service is told."""

from dataclasses import replace

from app.store import Store

from .conftest import serving
from .corpus import tiny_services


def test_what_finds_no_room_is_refused_and_readyz_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path}/file/store.sqlite3"
    with (
        Store.open(url, spool=tmp_path / "spool", spool_limit=10) as store,
        serving(replace(tiny_services(), store=store), database_url=url) as client,
    ):
        refused = client.post("/api/v1/feedback", json={"answer_id": "a1", "helpful": True})
        ready = client.get("/readyz")
    assert (refused.status_code, refused.json()["code"]) == (503, "not_kept")
    assert int(refused.headers["retry-after"]) > 0
    assert ready.status_code == 200
    assert ready.json()["store"]["state"] == "degraded"
    assert ready.json()["store"]["sentence"].endswith("本进程启动以来有 1 条记录未能保存。")
