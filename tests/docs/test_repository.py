"""What holds for every file: links resolve, nothing of one machine or registry is in it, versions and licence agree."""

import re
import tomllib
from pathlib import Path

import pytest

from app import __version__
from app.settings import ROOT
from tests.docs.pages import PAGES, tracked, without_fences

# In pieces, so that this file may be read too.
MACHINE = re.compile(r"(?<![\w.}\])-])/(?:work|root|home/\w+|Users/\w+)/")
REGISTRY = re.compile(
    r"(?:py[p]i\.or[g]|python[h]osted\.or[g]|registry\.np[m]js|hugging[f]ace\.co|hf-mirro[r]|mirrors?\.[a-z]+\.(?:com|cn|edu)|de[b]\.debian\.or[g]|conda\.anacond[a])"
)
VENDORED = ROOT / "app" / "web" / "static" / "vendor"
DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]


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


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path):
    broken = []
    for target in links(page):
        place, _, anchor = target.partition("#")
        there = (page.parent / place).resolve() if place else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def links(page: Path) -> list[str]:
    """The relative links and pictures of a page, in Markdown or HTML."""
    text = without_fences(page.read_text("utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    return [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]


def anchors(page: Path) -> set[str]:
    """What GitHub calls a page's headings: lower case, punctuation dropped, a hyphen for each space."""
    headings = re.findall(r"^#+ (.+)$", without_fences(page.read_text("utf-8")), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short_and_leads_to_every_other():
    assert len((ROOT / "README.md").read_bytes()) <= 9 * 1024
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        waiting += {
            there
            for target in links(page)
            if (there := (page.parent / target.partition("#")[0]).resolve()) in DOCUMENTS
        } - found
    assert {ROOT / name for name in PAGES} - found == set()


def test_every_picture_is_shown_by_a_page_and_none_is_served():
    pictures = {path for path in tracked() if path.suffix in {".png", ".jpg", ".gif", ".webp"}}
    shown = {(page.parent / target).resolve() for page in DOCUMENTS for target in links(page)}
    assert pictures - shown == set()
    assert [path for path in pictures if path.is_relative_to(ROOT / "app" / "web" / "static")] == []


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
