"""Whatever write, flush or rename fails, and wherever the process dies in one: what was acknowledged is there afterwards."""

import shutil
import time

import pytest
from campaign.faults import campaign

SECONDS = 8.0  # most scenes are through all calls by then; the others try some, which differ from run to run
pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="没有 C 编译器")


@pytest.mark.parametrize("scene", ["spool", "shelf", "store", "index"])
def test_any_call_may_fail_and_nothing_acknowledged_is_lost(scene):
    line, wrong = campaign(SECONDS, time.time_ns() % 10**6, [scene])
    assert wrong == [], line
    assert f"{scene} " in line, line
