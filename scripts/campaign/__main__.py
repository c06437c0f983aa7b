"""Attacks the product on purpose and counts what was lost: python scripts/campaign [PART…] [--seconds 300] [--seed N]

Parts: `faults` fails every write, flush and rename, `kill` kills a real server while people ask. Each part gets its share of
the time and prints one line of counts; what went wrong follows, each with how to repeat it. Exit status: 0, or 1 when anything did.
"""

import argparse
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from campaign import faults, kill  # noqa: E402  the root is put on the path first

PARTS: dict[str, Callable[[float, int], tuple[str, list[str]]]] = {
    "faults": faults.campaign,
    "kill": kill.campaign,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python scripts/campaign", description=(__doc__ or "").strip())
    parser.add_argument("parts", nargs="*", metavar="PART", help="、".join(PARTS))
    parser.add_argument("--seconds", type=float, default=300.0, help="for all parts together")
    parser.add_argument("--seed", type=int, default=None, help="the same seed makes the same choices")
    given = parser.parse_args(arguments)
    chosen = given.parts or list(PARTS)
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f"没有“{unknown[0]}”这一部分，可写：{'、'.join(PARTS)}。")
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    failed = False
    for part in chosen:
        line, wrong = PARTS[part](given.seconds / len(chosen), seed)
        print("\n".join([line, *wrong]), flush=True)
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
