"""Kill nightly runs at random points and compare what they publish with a run left in peace.

`python -m tests.chaos --kills 200 --seed 1`. After each kill one ordinary run must publish marts
that are equal, row for row, to those of a home that was never disturbed; a difference ends the run
with exit code 1 and leaves both homes for a look.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from ingestion.sandbox import Sandbox, build_world
from tests.end_to_end.conftest import ANCHOR, Operator, attach, table_names
from tests.end_to_end.test_nights import ABOUT_THE_RUN

STEPS = ("Reading HubSpot", "Reading ServiceTitan", "Reading QuickBooks", "Reading PCM",
         "Building", "Checking", "Publishing")  # fmt: skip


def main() -> int:
    """Run the experiment; prints a line a kill."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    root = Path(tempfile.mkdtemp(prefix="matchback-chaos-"))
    with Sandbox(build_world("small", seed=7, anchor=ANCHOR)).start() as sandbox:
        base = Operator(root / "base", sandbox)
        base.write_settings()
        assert base.command("run").returncode == 0
        sandbox.advance(24)
        calm = _copy(base, root / "calm")
        assert calm.command("run").returncode == 0
        for number in range(arguments.kills):
            step, seconds = chance.choice(STEPS), chance.uniform(0, 20)
            victim = _copy(base, root / f"victim-{number}")
            victim.killed_run(at_step=step, after_seconds=seconds)
            result = victim.command("run")
            different = _differences(calm, victim) if result.returncode == 0 else ["no run"]
            print(f"{number + 1}: killed {seconds:.1f} s into '{step}': {different or 'equal'}")
            if different:
                return 1
            shutil.rmtree(victim.home)
    shutil.rmtree(root)
    return 0


def _copy(operator: Operator, home: Path) -> Operator:
    shutil.copytree(operator.home, home, symlinks=True)
    copy = Operator(home, operator.sandbox)
    copy.write_settings()
    return copy


def _differences(calm: Operator, victim: Operator) -> list[str]:
    with attach(calm.home / "published" / "marts.duckdb") as left:
        file = (victim.home / "published" / "marts.duckdb").resolve()
        left.execute(f"attach '{file}' as victim (read_only)")
        return [
            name
            for name in table_names(left)
            if name not in ABOUT_THE_RUN
            and left.execute(
                f'select count(*) from (select * from published.marts."{name}" except all '
                f'select * from victim.marts."{name}")'
            ).fetchone()
            != (0,)
        ]


if __name__ == "__main__":
    sys.exit(main())
