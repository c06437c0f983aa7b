"""What holds for every file: links resolve, nothing of one machine or registry is in it, versions and licence agree."""

import re
import tomllib
from pathlib import Path

import pytest

from app import __version__
from app.settings import ROOT
from tests.docs.readme import tracked, without_fences

# In pieces, so that this file may be read too.
MACHINE = re.compile(r"(?<![\w.}\])-])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRY = re.compile(
    r"(?:py[p]i\.or[g]|python[h]osted\.or[g]|registry\.np[m]js|hugging[f]ace\.co|hf-mirro[r]|mirrors?\.[a-z]+\.(?:com|cn|edu)|de[b]\.debian\.or[g]|conda\.anacond[a])"
)
VENDORED = ROOT / "app" / "web" / "static" / "vendor"
PAGES = [path for path in tracked() if path.suffix == ".md"]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8192] and not path.is_relative_to(VENDORED):
            found.append((path.relative_to(ROOT).as_posix(), data.decode("utf-8", "replace")))
    return found


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a_folder_of_one_machine_or_a_registry(pattern):
    assert [f"{name}: {hit.group()}" for name, text in texts() if (hit := pattern.search(text))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path):
    text = without_fences(page.read_text("utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    inside = [
        target.split("#")[0] for target in targets if not target.startswith(("http:", "https:", "mailto:"))
    ]
    assert [target for target in inside if target and not (page.parent / target).exists()] == []
    anchors = [target[1:] for target in targets if target.startswith("#")]
    headings = {
        heading.strip().lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, flags=re.M)
    }
    assert [anchor for anchor in anchors if anchor not in headings] == []


def test_the_change_log_begins_with_the_present_version():
    versions = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)
    assert next(version for version in versions if version != "未发布") == __version__


def test_the_version_stands_once_in_each_place_and_agrees():
    assert project()["version"] == __version__


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert project()["license"] == "Apache-2.0"


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]


def test_torch_is_pinned():
    # Without the pin, pip takes several GB of CUDA.
    assert "torch==2.13.0" in project()["dependencies"]
