"""The console over PostgreSQL: what the other tests show over SQLite, walked through once."""

from app.store import Role
from tests.store.conftest import postgresql
from tests.web.hotline.conftest import desk_of
from tests.web.hotline.test_sign_in import sign_in, works

__all__ = ["postgresql"]


def test_people_sessions_locks_and_records_over_postgresql(services, postgresql):
    with desk_of(services, postgresql) as desk, desk_of(services, postgresql) as other:
        client = desk.stranger()
        assert sign_in(client).status_code == 303
        assert works(client)
        for turn in range(5):
            assert sign_in((desk, other)[turn % 2].stranger(), "editor", "竹子 river 43").status_code == 401
        assert sign_in(desk.stranger(), "editor").status_code == 429
        made = desk.admin.post(
            "/admin/people", data={"account": "wangfang", "name": "王'芳\"--", "role": "clerk"}
        )
        assert made.status_code == 200
        clerk = desk.person[Role.CLERK]
        assert other.admin.post(f"/admin/people/{clerk.id}/disable").status_code == 303
        assert not works(client)
        page = desk.admin.get("/admin/audit?action=停用人员&since=2000-01-01&until=2100-01-01")
        assert "1 条" in page.text
        assert "停用人员" in desk.admin.get("/admin/audit.csv").text
        assert desk.editor.get("/admin/documents").status_code == 200
