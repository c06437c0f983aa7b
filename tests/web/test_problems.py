import json
import re

from app.errors import NotReady, ZhengwenError
from app.web.problems import TABLE, problem_of


def family(cls):
    yield cls
    for child in cls.__subclasses__():
        yield from family(child)


def test_every_error_has_a_status_and_a_chinese_title_of_its_own():
    ours = {cls for cls in family(ZhengwenError) if cls.__module__.startswith("app.errors")}
    assert ours == set(TABLE)
    for status, title in TABLE.values():
        assert status in (401, 403, 404, 409, 422, 429, 500, 503)
        assert re.search("[\u4e00-\u9fff]", title)
        assert title.endswith("。")


def test_a_class_unknown_to_the_table_is_answered_as_its_parent():
    class Sleepy(NotReady):
        code = "sleepy"

    problem = problem_of(Sleepy("还没醒。"))
    assert (problem.status, problem.code, problem.detail) == (503, "sleepy", "还没醒。")
    assert problem.headers["Retry-After"]


def test_a_problem_has_the_members_of_rfc_9457():
    members = json.loads(problem_of(ZhengwenError("坏了。")).body())
    assert members == {
        "type": "urn:zhengwen:problem:error",
        "title": TABLE[ZhengwenError][1],
        "status": 500,
        "detail": "坏了。",
        "code": "error",
    }
