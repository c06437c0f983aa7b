"""The scripts a person runs, in a copy where Python, pip and the system's tools are stand-ins: nothing is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHELL_SCRIPTS = [
    f"scripts/{each.name}"
    for each in sorted((ROOT / "scripts").iterdir())
    if each.is_file() and not each.suffix
]
SHELL_SCRIPTS.append(".ci/run")
TOOLS = ["bash", "env", "cat", "cut", "rm", "mkdir", "cp", "chmod", "dirname", "sha256sum", "grep"]

# Writes each call to `calls`; as `-m venv` it puts itself into the new environment, as pip it fails while `pip-fails` is there.
PYTHON = """#!/usr/bin/env bash
here="$PROJECT"
[ "$1" = -c ] && exit 0
echo "python $*" >> "$here/calls"
if [ "$2" = venv ]; then
    mkdir -p "$3/bin"
    for tool in python ruff mypy; do cp "$0" "$3/bin/$tool"; done
fi
if [ "$2" = pip ] && [ -e "$here/pip-fails" ]; then exit 1; fi
exit 0
"""


class Copy:
    """A copy of the scripts, with a PATH that holds nothing but what is put there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "project", folder / "bin"
        (self.root / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copytree(
            ROOT / "scripts", self.root / "scripts", ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
        shutil.copy(ROOT / ".ci" / "run", self.root / ".ci" / "run")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        # The real one looks for a server in the system's own folders.
        (self.root / "scripts" / "postgresql").write_text('#!/usr/bin/env bash\nexec "$@"\n', "utf-8")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or pytest.skip(f"{tool} is not installed"))
        self.have("id", "#!/usr/bin/env bash\necho 1000\n")

    def have(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script, "utf-8")
        (self.bin / name).chmod(0o755)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        surroundings = {"PATH": str(self.bin), "PROJECT": str(self.root), "LC_ALL": "C.UTF-8"}
        # From another folder: a script finds its own way.
        return subprocess.run(
            [str(self.root / command[0]), *command[1:]],
            cwd="/",
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What Python was asked to do since last asked here."""
        log = self.root / "calls"
        lines = [line.strip() for line in log.read_text("utf-8").splitlines()] if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def copy(tmp_path):
    made = Copy(tmp_path)
    made.have("python3.11", PYTHON)
    return made


def test_the_scripts_a_person_runs_are_there():
    assert {"scripts/prepare", "scripts/start", "scripts/test", "scripts/check"} <= set(SHELL_SCRIPTS)


@pytest.mark.parametrize("script", SHELL_SCRIPTS)
def test_a_script_is_executable_and_its_syntax_is_sound(script):
    assert os.access(ROOT / script, os.X_OK)
    checked = subprocess.run(["bash", "-n", str(ROOT / script)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("script", SHELL_SCRIPTS)
def test_a_script_stops_at_the_first_failure(script):
    assert "set -euo pipefail" in (ROOT / script).read_text("utf-8")


def test_the_first_run_makes_the_environment_and_installs(copy):
    done = copy.run("scripts/prepare", "test")
    assert done.returncode == 0, done.stderr
    venv, pip = copy.calls()
    assert venv == "python -m venv .venv"
    assert pip.startswith("python -m pip install")
    assert pip.endswith("--editable .[test]")


def test_the_second_run_installs_nothing(copy):
    copy.run("scripts/prepare", "test")
    copy.calls()
    done = copy.run("scripts/prepare", "test")
    assert (done.returncode, done.stdout, copy.calls()) == (0, "", [])


def test_a_changed_project_file_is_installed_again(copy):
    copy.run("scripts/prepare")
    copy.calls()
    with (copy.root / "pyproject.toml").open("a") as file:
        file.write("\n")
    copy.run("scripts/prepare")
    assert [call.split()[2] for call in copy.calls()] == ["pip"]


def test_other_extras_are_installed_too(copy):
    copy.run("scripts/prepare")
    copy.calls()
    copy.run("scripts/prepare", "test,check")
    (call,) = copy.calls()
    assert call.endswith("--editable .[test,check]")


def test_a_failed_installation_says_so_and_is_tried_again(copy):
    (copy.root / "pip-fails").touch()
    failed = copy.run("scripts/prepare")
    assert failed.returncode == 1
    assert "依赖安装失败" in failed.stderr
    (copy.root / "pip-fails").unlink()
    copy.calls()
    assert copy.run("scripts/prepare").returncode == 0
    assert [call.split()[2] for call in copy.calls()] == ["pip"]


def test_without_python_the_script_says_what_to_install(tmp_path):
    copy = Copy(tmp_path)
    done = copy.run("scripts/start")
    assert done.returncode == 1
    assert "没有找到 Python 3.11" in done.stderr
    assert "apt-get install python3.11" in done.stderr
    assert copy.calls() == []


def test_a_python_that_is_too_old_is_passed_over(copy):
    (copy.bin / "python3.11").rename(copy.bin / "python3.12")
    copy.have("python3", "#!/usr/bin/env bash\nexit 1\n")
    assert copy.run("scripts/prepare").returncode == 0
    assert copy.calls()[0] == "python -m venv .venv"


def test_start_hands_its_options_to_serve(copy):
    done = copy.run("scripts/start", "--port", "8080")
    assert done.returncode == 0, done.stderr
    assert copy.calls()[-1] == "python -m app serve --port 8080"


def test_test_hands_its_options_to_pytest_and_names_what_is_missing(copy):
    done = copy.run("scripts/test", "-k", "promise")
    assert done.returncode == 0, done.stderr
    assert copy.calls()[-1] == "python -m pytest -k promise"
    assert "没有 chromium" in done.stdout
    assert "没有中文字体" in done.stdout


def test_test_says_nothing_about_system_packages_that_are_there(copy):
    copy.have("chromium", "#!/usr/bin/env bash\n")
    copy.have("fc-list", "#!/usr/bin/env bash\necho a font\n")
    copy.run("scripts/test")
    assert copy.run("scripts/test").stdout == ""


def test_root_installs_the_missing_system_packages(copy):
    copy.have("id", "#!/usr/bin/env bash\necho 0\n")
    copy.have("apt-get", '#!/usr/bin/env bash\necho "apt-get $*" >> "$PROJECT/apt"\n')
    assert copy.run("scripts/test").returncode == 0
    update, install = (copy.root / "apt").read_text().splitlines()
    assert update.startswith("apt-get update")
    assert {"chromium", "fonts-noto-cjk", "nodejs"} <= set(install.split())


def test_check_runs_format_lint_types_and_the_documents(copy):
    done = copy.run("scripts/check")
    assert done.returncode == 0, done.stderr
    assert copy.calls()[2:] == [
        "python format --check .", "python check .", "python", "python -m pytest -q tests/docs",
    ]  # fmt: skip


def test_check_with_coverage_runs_all_tests_and_says_what_they_do_not_reach(copy):
    done = copy.run("scripts/check", "--coverage")
    assert done.returncode == 0, done.stderr
    _, pip, *rest = copy.calls()
    assert pip.endswith("--editable .[test,check,coverage]")
    assert rest == [
        "python -m coverage run -m pytest -q",
        "python -m coverage combine --quiet",
        "python -m coverage json --quiet -o build/coverage.json",
        "python scripts/measure_house.py --coverage build/coverage.json",
    ]


def test_continuous_integration_runs_test_and_check_and_nothing_else(copy):
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("scripts/")] == ["scripts/test", "scripts/check"]
    assert copy.run(".ci/run").returncode == 0
    assert [call for call in copy.calls() if "pytest" in call] == [
        "python -m pytest",
        "python -m pytest -q tests/docs",
    ]
