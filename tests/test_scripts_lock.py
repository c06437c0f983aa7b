"""The lock of a release: it holds what pyproject.toml asks for, each file by its hash, and no place to fetch it from."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "scripts" / "requirements.lock").read_text("utf-8")
ENTRIES = re.split(r"\n(?=\S)", LOCK.strip())


def test_every_entry_is_one_version_with_hashes_and_nothing_else():
    for entry in ENTRIES:
        first, *rest = entry.split(" \\\n")
        requirement = Requirement(first)
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), first
        assert rest, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in rest), first


def test_no_place_to_fetch_from_is_named():
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


def test_what_the_project_depends_on_is_locked_at_a_version_it_takes():
    locked: dict[str, set[Version]] = {}
    for entry in ENTRIES:
        requirement = Requirement(entry.split(" \\\n")[0])
        version = Version(str(requirement.specifier).removeprefix("=="))
        locked.setdefault(canonicalize_name(requirement.name), set()).add(version)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for line in project["dependencies"]:
        wanted = Requirement(line)
        versions = locked.get(canonicalize_name(wanted.name), set())
        assert versions, f"scripts/lock 要重新运行：缺少 {line}"
        assert all(each in wanted.specifier for each in versions), f"scripts/lock 要重新运行：{line}"
