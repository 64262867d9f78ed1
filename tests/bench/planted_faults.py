"""How many planted faults are told, and how many false alarms there are, over rates and worlds.

`python -m tests.bench.planted_faults --customers 1000 --factors 1 5 20 --seeds 3 4`: each factor
and seed is a world of its own that is read, judged and compared with its truth; after twenty days
once more, so that jobs which vanish meanwhile are seen to. Prints a table; asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from ingestion.sandbox import FaultRates
from tests.dbt_project.planted_nights import Found, PlantedWorld, planted_world

DAYS = 20


def main() -> int:
    """Run all worlds; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--factors", type=float, nargs="+", default=[1.0, 5.0, 20.0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[3])
    arguments = parser.parse_args()
    for factor in arguments.factors:
        for seed in arguments.seeds:
            with (
                tempfile.TemporaryDirectory(prefix="matchback-planted-") as folder,
                planted_world(
                    Path(folder) / "home",
                    size=arguments.customers,
                    seed=seed,
                    faults=FaultRates().scaled(factor),
                ) as world,
            ):
                began = world.sandbox.now.isoformat()
                print(f"rates x {factor:g}, seed {seed}, {arguments.customers} customers")
                for advance in (0, DAYS * 24):
                    world.sandbox.advance(advance)
                    world.night()
                    report(world, began)
    return 0


def report(world: PlantedWorld, began: str) -> None:
    """Print one night: per kind planted, told and false, and the sums."""
    planted, told = world.planted(first_night=began), world.told()
    alarms = world.false_alarms(told, planted)
    records = world.record_count()
    missed = planted - told
    print(
        f"  night {world.nights}: {len(planted & told)} of {len(planted)} told, "
        f"{len(alarms)} false alarms in {records:,} records ({len(alarms) / records:.4%})"
    )
    counts = {name: _by_kind(items) for name, items in (("planted", planted), ("missed", missed))}
    for kind in sorted(set(counts["planted"]) | set(_by_kind(alarms))):
        print(
            f"    {kind:<28} {counts['planted'][kind]:>5} planted {counts['missed'][kind]:>4} "
            f"missed {_by_kind(alarms)[kind]:>4} false"
        )
    sys.stdout.flush()


def _by_kind(items: Found) -> Counter[str]:
    return Counter(item[0] for item in items)


if __name__ == "__main__":
    sys.exit(main())
