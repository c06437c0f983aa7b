"""The frame of the console's pages: the navigation, and what is said once."""

import re

import pytest

from app.store import Role
from app.web.hotline.page import NOTICE, first_section, sections


def marked(desk, path, role=Role.ADMIN):
    return [each.path for each in sections(desk.console, desk.person[role], path) if each.here]


@pytest.mark.parametrize(
    ("path", "here"),
    [("/hotline", ["/hotline"]), ("/hotline/calls", ["/hotline/calls"]), ("/hotline/calls/7", ["/hotline/calls"]),
     ("/hotline/account", []), ("/admin/documents/uploads/x", ["/admin/documents"]), ("/admin/peoples", [])],
)  # fmt: skip
def test_the_section_that_one_is_in_is_marked(desk, path, here):
    assert marked(desk, path) == here


def test_the_navigation_shows_what_a_role_may_open_and_every_link_of_it_opens(desk):
    shown = {}
    for role in Role:
        client = desk.client(role)
        page = client.get("/hotline/account").text
        shown[role] = re.findall(r'<a href="([^"]+)"', page.partition("<nav")[2].partition("</nav>")[0])
        # 503: these services have no reviewed answers.
        assert {client.get(path).status_code for path in shown[role]} <= {200, 503}
    assert set(shown[Role.CLERK]) < set(shown[Role.EDITOR]) < set(shown[Role.ADMIN])
    assert first_section(desk.console, desk.person[Role.CLERK]) == "/hotline"


def test_what_was_done_is_said_once_and_as_text(desk):
    clerk = desk.person[Role.CLERK]
    client = desk.client(Role.ADMIN)
    client.post(f"/admin/people/{clerk.id}", data={"name": "<b>王芳</b>"})
    assert "已修改&lt;b&gt;王芳&lt;/b&gt;。" in client.get("/admin/people").text
    assert '<p class="toast">' not in client.get("/admin/people").text
    client.cookies.set(NOTICE, "%3Cscript%3Ealert(1)%3C/script%3E%FF")
    assert "<script>alert" not in client.get("/admin/people").text
