"""The page of people: who may do what to whom, and what hostile names come to."""

import re

import pytest

from app.store import Role
from tests.web.hotline.conftest import PASSWORD, Client
from tests.web.hotline.test_sign_in import sign_in

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}",
    "</title><b>",
    "javascript:alert(1)",
]


def shown_password(page):
    return re.search(r'<p class="code">([a-z2-9-]{19})</p>', page.text)[1]


def test_a_person_is_added_with_a_password_shown_once_that_must_be_changed(desk):
    data = {"account": "WangFang", "name": "王芳", "role": "editor", "department": "热线"}
    page = desk.admin.post("/admin/people", data=data)
    password = shown_password(page)
    assert password not in desk.admin.get("/admin/people").text
    made = desk.console.people.by_account("wangfang")
    assert (made.name, made.role, made.must_change) == ("王芳", Role.EDITOR, True)
    client = desk.stranger()
    assert sign_in(client, "wangfang", password).status_code == 303
    assert client.get("/hotline/account").status_code == 200
    newest = next(each for each in desk.console.audit.records() if each.action == "新增人员")
    assert (newest.person_id, newest.subject) == (desk.person[Role.ADMIN].id, "王芳（wangfang）")
    assert password not in str(desk.console.audit.records())


def test_what_cannot_be_is_told_and_what_was_typed_is_still_there(desk):
    for data, why in (
        ({"account": "clerk", "name": "重名"}, "已经有了"),
        ({"account": "a b", "name": "重名"}, "不能用"),
        ({"account": "neu", "role": "king", "name": "重名"}, "没有角色"),
        ({"account": "neu", "name": "长" * 41}, "最多 40 个"),
    ):
        page = desk.admin.post("/admin/people", data=data)
        assert page.status_code == 422
        assert why in page.text
        assert data["name"][:40] in page.text


def test_role_name_and_department_are_changed_and_recorded(desk):
    clerk = desk.person[Role.CLERK]
    at_work = desk.client(Role.CLERK)
    assert at_work.get("/admin/people").status_code == 403
    data = {"name": "坐席乙", "role": "admin", "department": "二组"}
    assert desk.admin.post(f"/admin/people/{clerk.id}", data=data).status_code == 303
    assert at_work.get("/admin/people").status_code == 200
    (newest, *_) = desk.console.audit.records()
    assert newest.detail == "姓名：坐席甲 → 坐席乙；角色：坐席 → 管理员；部门：热线 → 二组"


def test_nobody_gives_themselves_another_role(desk):
    for role in (Role.CLERK, Role.EDITOR, Role.REVIEWER):
        person = desk.person[role]
        got = desk.client(role).post(f"/admin/people/{person.id}", data={"role": "admin"})
        assert got.status_code == 403
        assert desk.console.people.person(person.id).role is role
    extra = {
        "present": PASSWORD,
        "wanted": "另一个 password 9",
        "again": "另一个 password 9",
        "role": "admin",
    }
    desk.clerk.post("/hotline/account/password", data=extra)
    assert desk.console.people.person(desk.person[Role.CLERK].id).role is Role.CLERK


def test_an_administrator_neither_disables_nor_demotes_themselves(desk):
    me = desk.person[Role.ADMIN]
    for address, data in (
        (f"/admin/people/{me.id}", {"role": "clerk"}),
        (f"/admin/people/{me.id}/disable", {}),
    ):
        got = desk.admin.post(address, data=data)
        assert got.status_code == 422
        assert "不能停用自己或取消自己" in got.text


def test_who_is_disabled_is_thrown_out_with_the_next_request(desk):
    clerk, at_work = desk.person[Role.CLERK], desk.client(Role.CLERK)
    assert at_work.get("/hotline/account").status_code == 200
    assert desk.admin.post(f"/admin/people/{clerk.id}/disable").status_code == 303
    assert at_work.get("/hotline/account").status_code == 303
    assert sign_in(desk.stranger()).status_code == 401
    assert desk.admin.post(f"/admin/people/{clerk.id}/enable").status_code == 303
    assert at_work.get("/hotline/account").status_code == 303
    assert sign_in(desk.stranger()).status_code == 303


def test_a_reset_ends_all_sessions_and_the_old_password(desk):
    clerk, at_work = desk.person[Role.CLERK], desk.client(Role.CLERK)
    password = shown_password(desk.admin.post(f"/admin/people/{clerk.id}/password"))
    assert at_work.get("/hotline/account").status_code == 303
    assert sign_in(desk.stranger()).status_code == 401
    assert sign_in(desk.stranger(), "clerk", password).status_code == 303
    me = desk.person[Role.ADMIN]
    assert desk.admin.post(f"/admin/people/{me.id}/password").status_code == 422
    assert desk.admin.get("/admin/people").status_code == 200


def test_an_administrator_signs_somebody_out_everywhere(desk):
    clerk, at_work = desk.person[Role.CLERK], desk.client(Role.CLERK)
    assert desk.admin.post(f"/admin/people/{clerk.id}/sign-out").status_code == 303
    assert at_work.get("/hotline/account").status_code == 303
    assert sign_in(at_work).status_code == 303


@pytest.mark.parametrize("what", ["", "/disable", "/enable", "/password", "/sign-out"])
def test_somebody_who_does_not_exist_is_not_found(desk, what):
    for person_id in ("none", "' OR 1=1 --", "%00", "x" * 300):
        got = desk.admin.post(f"/admin/people/{person_id}{what}", data={"name": "x"})
        assert got.status_code == 404, person_id


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_names_are_text_on_every_page(desk, words):
    clerk = desk.person[Role.CLERK]
    desk.admin.post(
        f"/admin/people/{clerk.id}", data={"name": words[:40], "department": words[:40], "role": "admin"}
    )
    desk.console.audit.record("备注", clerk, subject=words, detail=words)
    client = Client(desk.app, desk.console.sign_ins.open(clerk, agent=words))
    for address in ("/admin/people", "/admin/audit", "/hotline/account"):
        page = client.get(address)
        assert page.status_code == 200
        for sign in ("<script>alert", "<img src=x", "</title><b>"):
            assert sign not in page.text.replace("</title>\n", "")
        assert "49" not in re.findall(r"<td[^>]*>(.*?)</td>", page.text)
    wrong = desk.stranger()
    assert "<script>alert" not in sign_in(wrong, words, "x").text


def test_sixteen_signs_that_nobody_mistakes():
    from app.web.admin.people import new_password

    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0o1li")
