"""Every write, flush and rename of spool, store, shelf and index fails once, fails for good, or is where the process dies.

Which call it is goes through all numbers that there are, in an order drawn from the seed, until the time is over. Needs a C
compiler.
"""

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from campaign.shim import Mode, Shim, build

ROOT = Path(__file__).resolve().parents[2]
REASON = {Mode.ONCE: errno.EIO, Mode.EVER_AFTER: errno.ENOSPC, Mode.KILL: 0}


def campaign(seconds: float, seed: int, scenes: Sequence[str] = ()) -> tuple[str, list[str]]:
    """Run it in a process of its own: a line of counts, and what was wrong, each with how to repeat it."""
    with tempfile.TemporaryDirectory(prefix="zhengwen-faults-") as folder:
        library = build(Path(folder))
        if library is None:
            return "faults: no C compiler, nothing was tried", []
        arguments = [f"{seconds}", f"{seed}", folder, ",".join(scenes)]
        command = [sys.executable, "-m", "campaign.faults", *arguments]
        environment = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'scripts'}",
        }
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    try:
        counts, wrong = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return f"faults: the process ended with {done.returncode}", [done.stderr[-2000:]]
    told = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
    return f"faults: {told}, wrong {len(wrong)}, seed {seed}", wrong


def main(seconds: float, seed: int, folder: Path, chosen: Sequence[str]) -> None:
    """In the process that the shim is loaded into: print counts and failures as one line of JSON."""
    import logging

    from campaign.scenes import SCENES

    logging.disable(logging.CRITICAL)
    until, trial = time.monotonic() + seconds, Trial(Shim(), folder)
    points = []
    for name in chosen or SCENES:
        calls = trial.counted(name)
        points += [(name, mode, nth) for mode in Mode for nth in range(1, calls + 1)]
    random.Random(seed).shuffle(points)
    for name, mode, nth in points:
        if time.monotonic() > until:
            trial.counts["not tried"] += 1
        else:
            trial.run(name, mode, nth)
            trial.counts[f"{name} {mode.name.lower()}"] += 1
    print(json.dumps([trial.counts, trial.wrong]))


class Trial:
    """Runs scenes, each time in a fresh copy of what they begin with."""

    def __init__(self, shim: Shim, folder: Path) -> None:
        self._shim, self._folder = shim, folder
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def counted(self, name: str) -> int:
        """How many calls a scene makes when none fails; then all that is told of is flushed to the disk."""
        from campaign.scenes import SCENES

        # Made where it is worked with: an index knows the folder it was made from.
        home, told = self._folder / "home", list[str]()
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        SCENES[name].prepare(home)
        shutil.copytree(home, self._folder / name)

        def tell(what: str) -> None:
            told.append(what)
            if loose := [file for file in self._shim.unflushed(home) if not file.endswith("-shm")]:
                self.wrong.append(f"{name}: {what} was told while {loose} had not been flushed")

        self._shim.arm(home)
        SCENES[name].work(home, tell)
        calls = self._shim.disarm()
        self._note(name, Mode.ONCE, 0, SCENES[name].check(home, told))
        return calls

    def run(self, name: str, mode: Mode, nth: int) -> None:
        """Fail one call, and look what became of it."""
        from campaign.scenes import SCENES, copied

        home = copied(self._folder / name, self._folder / "home")
        told = self._killed(name, home, nth) if mode is Mode.KILL else self._failed(name, home, mode, nth)
        try:
            self._note(name, mode, nth, SCENES[name].check(home, told))
        except Exception:
            self._note(name, mode, nth, [traceback.format_exc()])

    def _failed(self, name: str, home: Path, mode: Mode, nth: int) -> list[str]:
        from campaign.scenes import EXPECTED, SCENES

        told: list[str] = []
        self._shim.arm(home, nth, mode, REASON[mode])
        try:
            SCENES[name].work(home, told.append)
        except EXPECTED:
            pass
        except Exception:
            self._note(name, mode, nth, [traceback.format_exc()])
        finally:
            self._shim.disarm()
        return told

    def _killed(self, name: str, home: Path, nth: int) -> list[str]:
        from campaign.scenes import SCENES

        here, there = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._shim.arm(home, nth, Mode.KILL)
                SCENES[name].work(home, lambda what: void(os.write(there, f"{what}\n".encode())))
            finally:
                os._exit(0)
        os.close(there)
        with open(here, encoding="utf-8") as told:
            words = told.read().splitlines()
        os.waitpid(child, 0)
        return words

    def _note(self, name: str, mode: Mode, nth: int, wrong: Sequence[str]) -> None:
        self.wrong += [f"{name}, call {nth}, {mode.name.lower()}: {each}" for each in wrong]


def void(_: object) -> None:
    """Nothing of what was given."""


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), [s for s in sys.argv[4].split(",") if s])
