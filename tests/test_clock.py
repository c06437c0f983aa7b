"""The one clock, which day it is where the policies apply, and that nothing else asks the machine for either."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.clock import now, today
from app.main import today as today_of
from app.settings import ROOT, Settings
from app.web.asking import calendar

MACHINES = ("UTC", "Asia/Shanghai", "America/New_York")
SOURCES = sorted(path for folder in ("app", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))
# What asks the machine for a day or an hour, or reads one in the zone that the machine happens to be in.
REFUSED = {
    *(f"datetime.datetime.{name}" for name in ("now", "today", "utcnow", "utcfromtimestamp")),
    *(f"datetime.date.{name}" for name in ("today", "fromtimestamp")),
    *(f"time.{name}" for name in ("localtime", "gmtime", "mktime", "ctime", "asctime", "strftime")),
}
ZONED = "datetime.datetime.fromtimestamp"  # good with a zone
OURS = {"app.clock.now", "app.clock.today"}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2028-02-29T15:59:59", "Asia/Shanghai", date(2028, 2, 29)),
        ("2028-02-29T16:00:00", "Asia/Shanghai", date(2028, 3, 1)),
        ("2027-12-31T16:00:00", "Asia/Shanghai", date(2028, 1, 1)),
        ("2028-01-01T04:59:59", "America/New_York", date(2027, 12, 31)),
        ("2028-07-01T04:00:00", "America/New_York", date(2028, 7, 1)),
        ("2028-02-28T10:00:00", "Pacific/Kiritimati", date(2028, 2, 29)),
    ],
)
def test_today_is_the_day_of_the_setting_wherever_the_machine_stands(
    clock, machine_in, machine, moment, zone, day
):
    machine_in(machine)
    clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert today(ZoneInfo(zone)) == today_of(Settings(timezone=zone)) == calendar(zone).day(None) == day


def test_the_present_moment_is_in_utc_and_goes_on():
    first, second = now(), now()
    assert (first.tzinfo, first <= second) == (UTC, True)


def names_of(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for, in full."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:  # `import a.b` gives a its name, `import a.b as c` the whole
                known[each.asname or each.name.split(".")[0]] = (
                    each.name if each.asname else each.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            known |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return known


def full(node: ast.AST, known: dict[str, str]) -> str:
    """The full name of what is named there; empty where nothing imported is."""
    if isinstance(node, ast.Attribute):
        return f"{above}.{node.attr}" if (above := full(node.value, known)) else ""
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: all but the insides of functions, whose defaults run too."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            before = [child.args, *getattr(child, "decorator_list", [])]
            yield from (each for part in before for each in (part, *at_import(part)))
        else:
            yield from at_import(child)


def wrong_clocks(source: str) -> list[str]:
    """Each place where a source goes past the one clock, or reads it once for all time: `line: what`."""
    tree = ast.parse(source)
    known, found = names_of(tree), []
    for node in ast.walk(tree):
        if (name := full(node, known)) in REFUSED:
            found.append((node.lineno, name))
        elif isinstance(node, ast.Call):
            given = len(node.args) + len(node.keywords)
            if (name := full(node.func, known)) == ZONED and given < 2:
                found.append((node.lineno, f"{name} without a zone"))
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "astimezone" and not given:
                found.append((node.lineno, "astimezone() to the zone of the machine"))
    for node in at_import(tree):
        if isinstance(node, ast.Call) and (name := full(node.func, known)) in OURS:
            found.append((node.lineno, f"{name} when the module is imported"))
    return [f"{line}: {what}" for line, what in sorted(found)]


def test_nothing_goes_past_the_clock_or_reads_it_once_for_all_time():
    found = {path.relative_to(ROOT).as_posix(): wrong_clocks(path.read_text("utf-8")) for path in SOURCES}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import date\ndate.today()",
        "import datetime\ndatetime.date.today()",
        "import datetime as dt\nfield(default_factory=dt.datetime.utcnow)",
        "from datetime import datetime as moment\nmoment.now()",
        "from datetime import UTC, datetime\nlambda: datetime.now(UTC)",
        "from datetime import datetime\ndatetime.today()",
        "from datetime import datetime\ndatetime.fromtimestamp(0)",
        "import time\ntime.strftime('%Y')",
        "from time import localtime\nlocaltime()",
        "moment.astimezone()",
        "def f():\n    from datetime import date\n    return date.today()",
        "from app import clock\nNOW = clock.now()",
        "from app.clock import today\nclass A:\n    day = today(HERE)",
        "from app.clock import now\ndef f(moment=now()):\n    pass",
    ],
)
def test_each_way_past_the_clock_is_found(source):
    assert len(wrong_clocks(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from app.clock import now, today\ndef f(clock=now):\n    return clock(), now(), today(HERE)",
        "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)\ndatetime.fromtimestamp(0, tz=UTC)",
        "import time\ntime.time(), time.monotonic(), time.perf_counter()",
        "calendar.today()\nmoment.astimezone(zone).strftime('%H')\ndate.today()",  # of a `date` of its own
    ],
)
def test_the_clock_itself_and_what_tells_no_day_are_left_alone(source):
    assert wrong_clocks(source) == []
