import json
from dataclasses import replace

import pytest

from app.store import Calls, Feedback, Gap, Gaps, Role, Store
from tests.store.rows import NOW, turn
from tests.web.corpus import tiny_services
from tests.web.hotline.conftest import _cheap_passwords, desk, url  # noqa: F401

SESSION = "AbCdEfGhIjKlMnOpQrStUv"
SAID = "我的手机13800138000，补贴多少"
XSS = "<script>alert(1)</script>"


@pytest.fixture
def services(url, tmp_path):  # noqa: F811
    with Store.open(url, spool=tmp_path / "spool") as store:
        yield replace(tiny_services(), store=store)


@pytest.fixture
def kept(desk, services):  # noqa: F811
    """A desk at which somebody's session is kept."""
    services.store.record(turn(SAID + XSS, session_id=SESSION, answer_id="a1"))
    services.store.feedback(Feedback("a1", False, NOW, comment=SAID))
    Gaps(desk.console.database).record(Gap(SAID, "widget", NOW, session_id=SESSION, answer_id="a1"))
    calls = Calls(desk.console.database)
    call = calls.begin(desk.person[Role.CLERK], SAID)
    calls.note(call.id, desk.person[Role.CLERK], session_id=SESSION)
    services.store.flush()
    return desk


def test_an_administrator_sees_what_is_kept_and_takes_it_away(kept):
    shown = kept.admin.post("/admin/sessions/find", data={"session": f" {SESSION} "})
    assert "问答 1 条，反馈 1 条，缺口 1 条，通话 1 次" in shown.text
    assert "13800138000" not in shown.text
    assert XSS not in shown.text
    file = kept.admin.post("/admin/sessions/export", data={"session": SESSION})
    assert file.headers["content-disposition"] == 'attachment; filename="session.json"'
    told = json.loads(file.content)
    assert [len(told[name]) for name in ("turns", "feedback", "gaps", "calls")] == [1, 1, 1, 1]
    assert "13800138000" not in file.text


def test_a_session_is_erased_only_when_that_is_confirmed_and_leaves_a_record_without_its_number(kept):
    unsure = kept.admin.post("/admin/sessions/erase", data={"session": SESSION})
    assert unsure.status_code == 422
    assert "什么都没有删除" in unsure.text
    done = kept.admin.post("/admin/sessions/erase", data={"session": SESSION, "sure": "yes"})
    assert done.status_code == 303
    gone = kept.admin.post("/admin/sessions/find", data={"session": SESSION})
    assert gone.status_code == 404
    records = kept.console.audit.records()
    assert "删除会话" in {each.action for each in records}
    assert SESSION not in repr(records)


def test_nobody_below_an_administrator_may(kept):
    for role in (Role.CLERK, Role.EDITOR, Role.REVIEWER):
        client = kept.client(role)
        assert client.get("/admin/sessions").status_code == 403
        for deed in ("find", "export", "erase"):
            refused = client.post(f"/admin/sessions/{deed}", data={"session": SESSION, "sure": "yes"})
            assert refused.status_code == 403
    assert kept.admin.post("/admin/sessions/export", data={"session": SESSION}).status_code == 200


def test_a_number_nobody_has_is_said_to_be_unknown(desk):  # noqa: F811
    for deed in ("find", "export", "erase"):
        for session in ("", "nobody", "'; DROP TABLE turns; --", "x" * 5000):
            refused = desk.admin.post(f"/admin/sessions/{deed}", data={"session": session, "sure": "yes"})
            assert refused.status_code == (404 if session else 422), (deed, session)
