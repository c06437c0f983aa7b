"""List the licence of everything the product depends on, as it is installed here.

    python scripts/licences.py [EXTRA …]

One line each: name, version, licence, in order of their names. Extras of pyproject.toml (postgresql, redis, ocr …) are added where named.
Exit status 1 when something is not installed, says nothing of its licence, or is under one that binds what is built upon it.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
BINDING = re.compile(
    r"(?<!L)(?:A?GPL|GNU (?:Affero )?General Public)", re.I
)  # the LGPL binds the library alone
UNTOLD = "（未写明）"


def wanted(extras: Iterable[str]) -> list[str]:
    """The requirements of the project itself and of the extras named. Raises KeyError for an extra that is not there."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    chosen = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *chosen]


def closure(requirements: Iterable[str]) -> Iterator[Distribution | str]:
    """What the requirements bring along on this machine, each once; the name alone where it is not installed."""
    waiting = [(Requirement(line), frozenset[str]()) for line in requirements]
    met: set[tuple[str, frozenset[str]]] = set()
    told: set[str] = set()
    while waiting:
        requirement, above = waiting.pop()
        if not _applies(requirement, above):
            continue
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in met:
            continue
        met.add((name, extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            if name not in told:
                told.add(name)
                yield name
            continue
        if name not in told:
            told.add(name)
            yield found
        waiting += [(Requirement(line), extras) for line in found.requires or ()]


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""}))


def licence_of(found: Distribution) -> str:
    """The licence in a word or two: its expression, its classifiers, or the first line of its text."""
    about = found.metadata
    if expression := about["License-Expression"]:
        return str(expression)
    kinds = [
        line.rsplit(" :: ", 1)[1]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    named = [kind for kind in kinds if kind != "OSI Approved"]
    lines = str(about["License"] or "").strip().splitlines()
    return " AND ".join(named) or (lines[0][:80] if lines else UNTOLD)


def main(extras: list[str]) -> int:
    """Print the list; how many things to look at are in it decides the status."""
    try:
        found = sorted(
            (canonicalize_name(each if isinstance(each, str) else each.metadata["Name"]), each)
            for each in closure(wanted(extras))
        )
    except KeyError as error:
        print(f"pyproject.toml 中没有名为 {error} 的可选依赖，请检查写法。", file=sys.stderr)
        return 2
    doubtful = 0
    for name, each in found:
        licence = "（未安装）" if isinstance(each, str) else licence_of(each)
        binds = licence.startswith("（") or (BINDING.search(licence) and " OR " not in licence)
        doubtful += bool(binds)
        print(
            f"{name} {'' if isinstance(each, str) else each.version}  {licence}{'  ← 请核对' if binds else ''}"
        )
    print(f"共 {len(found)} 个依赖，{doubtful} 个须核对。", file=sys.stderr)
    return 1 if doubtful else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
