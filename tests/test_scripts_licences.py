"""The list of licences: whole, and honest about what it does not know."""

import importlib.util
import tomllib
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "licences.py"
spec = importlib.util.spec_from_file_location("licences", SCRIPT)
assert spec
assert spec.loader
licences = importlib.util.module_from_spec(spec)
spec.loader.exec_module(licences)


class Package(Distribution):
    """A distribution that says of itself what a test wants."""

    def __init__(self, *lines: str) -> None:
        self._lines = "\n".join(("Metadata-Version: 2.4", "Name: a", "Version: 1", *lines))

    def read_text(self, filename: str) -> str | None:
        return self._lines if filename in ("METADATA", "PKG-INFO") else None

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["License-Expression: MIT", "License: whatever"], "MIT"),
        (["Classifier: License :: OSI Approved :: BSD License", "License: all of its text"], "BSD License"),
        (["Classifier: License :: OSI Approved", "License: ISC"], "ISC"),
        ([], licences.UNTOLD),
    ],
)
def test_a_licence_is_what_a_package_says_most_exactly(lines, told):
    assert licences.licence_of(Package(*lines)) == told


def test_every_dependency_of_the_project_is_listed_once(capsys):
    licences.main([])
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    project = tomllib.loads(licences.PROJECT.read_text("utf-8"))["project"]
    assert {licences.canonicalize_name(Requirement(line).name) for line in project["dependencies"]} <= set(
        names
    )
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("licence", "status"), [("MIT", 0), ("GPL-3.0-only", 1), ("AGPL-3.0", 1), ("LGPL-2.1", 0), ("", 1)]
)
def test_what_is_untold_or_binding_is_pointed_out(monkeypatch, capsys, licence, status):
    package = Package(*([f"License-Expression: {licence}"] if licence else []))
    monkeypatch.setattr(licences, "closure", lambda _: [package])
    assert licences.main([]) == status
    assert ("请核对" in capsys.readouterr().out) == bool(status)


def test_what_is_not_installed_and_an_extra_that_is_none_are_told(monkeypatch, capsys):
    monkeypatch.setattr(licences, "closure", lambda _: ["absent"])
    assert licences.main([]) == 1
    assert "未安装" in capsys.readouterr().out
    monkeypatch.undo()
    assert licences.main(["none-such"]) == 2
    assert "none-such" in capsys.readouterr().err
