"""Simulated campaigns: do the intervals hold the truth as often as they say?

`python -m dbt_project.measurement.interval_coverage --write` runs all cells and writes the figures
into README.md beside this file. Only buyers are drawn; the rest of a wave is zeros. The functions
are what the tests run at a smaller size.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dbt_project.measurement.delay_curve import Wave, fit_delay_curve, forecast_jobs
from dbt_project.measurement.means import is_welch_safe, welch_difference
from dbt_project.measurement.permutation import permutation_difference
from dbt_project.measurement.samples import Sample
from dbt_project.measurement.sufficiency import has_enough_buyers

SEED = 20_260_715
BIG_SHARE, BIG, SMALL = 0.2, 9_000.0, 400.0
SECOND_JOB_SHARE = 0.15
MEAN_CENTS = 100 * (BIG_SHARE * BIG + (1 - BIG_SHARE) * SMALL) * (1 + SECOND_JOB_SHARE)
START, END = "<!-- interval coverage: written by the simulation -->", "<!-- end -->"


@dataclass(frozen=True)
class Cell:
    """One kind of campaign: waves of equal size, holdout share, buyers, true lift of buyers."""

    holdout_share: float
    households: int
    buyer_share: float
    buyer_lift: float
    waves: int = 1

    @property
    def truth_cents(self) -> float:
        """True lift in cents a household."""
        return self.buyer_share * self.buyer_lift * MEAN_CENTS


@dataclass
class CellResult:
    """What happened to a cell's campaigns; shares are over campaigns that got a verdict."""

    campaigns: int
    verdicts: int = 0
    covered: int = 0
    excludes_zero: int = 0
    disagreements: int = 0
    welch: int = 0
    widths: float = 0.0

    def share(self, count: int) -> float:
        """Share of the campaigns with a verdict."""
        return count / self.verdicts if self.verdicts else float("nan")

    def error(self, count: int) -> float:
        """Monte Carlo standard error of that share."""
        share = self.share(count)
        return float(np.sqrt(share * (1 - share) / self.verdicts)) if self.verdicts else share


def household_revenue(count: int, rng: np.random.Generator) -> np.ndarray:
    """Cents of buying households: one job, some two; most near 400, every fifth near 9,000."""
    jobs = 1 + (rng.random(count) < SECOND_JOB_SHARE)
    household = np.repeat(np.arange(count), jobs)
    big = rng.random(len(household)) < BIG_SHARE
    spread = np.where(big, 0.25, 0.40)
    middle = np.where(big, BIG, SMALL)
    amounts = middle * np.exp(rng.normal(0.0, 1.0, len(household)) * spread - spread**2 / 2)
    return np.bincount(household, weights=np.round(amounts * 100), minlength=count)


def draw_campaign(cell: Cell, rng: np.random.Generator) -> Sample:
    """Draw one campaign of a cell: each wave a stratum."""
    holdout = round(cell.households * cell.holdout_share)
    mailed = cell.households - holdout
    bought_t = rng.binomial(mailed, cell.buyer_share * (1 + cell.buyer_lift), cell.waves)
    bought_c = rng.binomial(holdout, cell.buyer_share, cell.waves)
    waves = np.arange(cell.waves)
    stratum = np.concatenate([np.repeat(waves, bought_t), np.repeat(waves, bought_c)])
    return Sample(
        np.full(cell.waves, mailed),
        np.full(cell.waves, holdout),
        stratum,
        np.arange(len(stratum)) < bought_t.sum(),
        household_revenue(len(stratum), rng),
    )


def run_cell(cell: Cell, *, campaigns: int, draws: int = 999, seed: int = SEED) -> CellResult:
    """Judge simulated campaigns of one cell as the report would."""
    rng = np.random.default_rng([seed, cell.households, int(cell.holdout_share * 100), cell.waves])
    result = CellResult(campaigns)
    for number in range(campaigns):
        sample = draw_campaign(cell, rng)
        if not has_enough_buyers(sample):
            continue
        by_welch = is_welch_safe(sample)
        found = (
            welch_difference(sample)
            if by_welch
            else permutation_difference(sample, draws=draws, seed=number)
        )
        excludes = not found.ci_low <= 0.0 <= found.ci_high
        result.verdicts += 1
        result.welch += by_welch
        result.covered += found.ci_low <= cell.truth_cents <= found.ci_high
        result.excludes_zero += excludes
        result.disagreements += excludes != (found.p_value <= 0.05)
        result.widths += (found.ci_high - found.ci_low) / 100
    return result


def forecast_coverage(
    *, trials: int, mean_jobs: float, past_waves: int, between: float = 0.0, seed: int = SEED
) -> float:
    """Share of day-20 forecasts whose 90 % interval holds the jobs of day 60.

    Args:
        trials: Simulated operators: past waves and one wave seen for 20 days.
        mean_jobs: Mean jobs of a wave; each wave's own mean varies by a third around it.
        past_waves: Waves the curve is fitted from: three quarters closed, the others half open.
        between: Standard deviation of the waves' own log time scale (late mail, weather).
        seed: Of the draws.
    """
    rng = np.random.default_rng([seed, past_waves, int(mean_jobs)])

    def draw_wave(days: int) -> tuple[Wave, int]:
        jobs = rng.poisson(rng.gamma(9.0, mean_jobs / 9.0))
        delays = rng.gamma(1.6, 11.0 * np.exp(rng.normal(0.0, between)), 4 * jobs + 50)
        daily = np.bincount(delays[delays < 60][:jobs].astype(int), minlength=60)
        return Wave(daily[:days], 10_000), int(daily.sum())

    covered = 0
    for _ in range(trials):
        past = [
            draw_wave(60 if number % 4 else int(rng.integers(15, 60)))[0]
            for number in range(past_waves)
        ]
        curve = fit_delay_curve(past)
        wave, total = draw_wave(20)
        if curve is None:
            raise ValueError("the simulation drew past waves without a single job")
        found = forecast_jobs(float(wave.daily_jobs.sum()), curve=curve, observed_days=20)
        covered += found.low <= total <= found.high
    return covered / trials


def cells() -> Iterator[Cell]:
    """The published grid, each without and with a true lift of a fifth more buyers."""
    for holdout_share in (0.1, 0.5):
        for households in (2_000, 5_000, 20_000, 100_000):
            for buyer_share in (0.015, 0.03):
                for buyer_lift in (0.0, 0.2):
                    yield Cell(holdout_share, households, buyer_share, buyer_lift)


def report(*, campaigns: int, draws: int, progress) -> str:
    """Run everything and say it as Markdown."""
    lines = [
        f"{campaigns:,} campaigns a cell, {draws} deals a permutation test.",
        "",
        "| holdout | households | buyers | true lift | verdict | Welch | coverage | leaves out 0 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for cell in cells():
        result = run_cell(cell, campaigns=campaigns, draws=draws)
        lines.append(_row(cell, result))
        progress(lines[-1])
    lines += ["", *_pooling_lines(campaigns=max(50, campaigns // 5), draws=draws)]
    lines += ["", *_forecast_lines(trials=max(200, campaigns // 2))]
    return "\n".join(lines)


def _row(cell: Cell, result: CellResult) -> str:
    def share(count: int) -> str:
        if not result.verdicts:
            return "-"
        return f"{100 * result.share(count):.2f} +- {100 * result.error(count):.2f} %"

    return (
        f"| {cell.holdout_share:.0%} | {cell.households:,} | {cell.buyer_share:.1%} "
        f"| {cell.buyer_lift:.0%} | {100 * result.verdicts / result.campaigns:.1f} % "
        f"| {100 * result.share(result.welch) if result.verdicts else 0:.0f} % "
        f"| {share(result.covered)} | {share(result.excludes_zero)} |"
    )


def _pooling_lines(*, campaigns: int, draws: int) -> list[str]:
    lines = [
        "| ten waves of 2,000 | coverage of one | coverage pooled | narrower by |",
        "| --- | ---: | ---: | ---: |",
    ]
    for holdout_share in (0.1, 0.5):
        one = Cell(holdout_share, 2_000, 0.03, 0.2)
        ten = Cell(holdout_share, 2_000, 0.03, 0.2, waves=10)
        found = [pooled_widths(cell, campaigns=campaigns, draws=draws) for cell in (one, ten)]
        lines.append(
            f"| {holdout_share:.0%} holdout | {100 * found[0][1]:.2f} % "
            f"| {100 * found[1][1]:.2f} +- {100 * found[1][2]:.2f} % "
            f"| {100 * (1 - found[1][0] / found[0][0]):.0f} % |"
        )
    return lines


def pooled_widths(cell: Cell, *, campaigns: int, draws: int) -> tuple[float, float, float]:
    """Mean width, coverage and its Monte Carlo error, whether or not buyers are enough."""
    rng = np.random.default_rng([SEED, cell.waves, int(cell.holdout_share * 100)])
    widths, covered, intervals = 0.0, 0, 0
    for number in range(campaigns):
        found = permutation_difference(draw_campaign(cell, rng), draws=draws, seed=number)
        if found.ci_low is None or not np.isfinite([found.ci_low, found.ci_high]).all():
            continue
        intervals += 1
        widths += (found.ci_high - found.ci_low) / 100
        covered += found.ci_low <= cell.truth_cents <= found.ci_high
    share = covered / intervals
    return widths / intervals, share, float(np.sqrt(share * (1 - share) / intervals))


def _forecast_lines(*, trials: int) -> list[str]:
    lines = [
        f"{trials:,} day-20 forecasts of day 60 a line.",
        "",
        "| mean jobs of a wave | past waves | waves differ in pace by | 90 % interval covers |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for mean_jobs, past, between in (
        (15, 8, 0.0), (60, 8, 0.0), (60, 20, 0.0), (300, 8, 0.0), (60, 8, 0.15), (300, 20, 0.15),
    ):  # fmt: skip
        share = forecast_coverage(
            trials=trials, mean_jobs=mean_jobs, past_waves=past, between=between
        )
        error = np.sqrt(share * (1 - share) / trials)
        lines.append(
            f"| {mean_jobs} | {past} | {between:.0%} | {100 * share:.1f} +- {100 * error:.1f} % |"
        )
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Run the simulation; print the figures, or write them into the README."""
    parser = argparse.ArgumentParser(description="Coverage of the published intervals.")
    parser.add_argument("--campaigns", type=int, default=20_000, help="campaigns a cell")
    parser.add_argument("--draws", type=int, default=999, help="deals a permutation test")
    parser.add_argument("--write", action="store_true", help="write the figures into README.md")
    chosen = parser.parse_args(arguments)

    def progress(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    text = report(campaigns=chosen.campaigns, draws=chosen.draws, progress=progress)
    sys.stdout.write(text + "\n")
    if chosen.write:
        readme = Path(__file__).with_name("README.md")
        before, _, rest = readme.read_text().partition(START)
        after = rest.partition(END)[2]
        readme.write_text(f"{before}{START}\n{text}\n{END}{after}")


if __name__ == "__main__":
    main()
