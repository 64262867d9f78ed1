"""How jobs arrive after a mailing: the delay curve of past waves and the forecast of open ones.

A wave still open has shown only its first days, so the curve is built from hazards in reversed
time (chain ladder): day d's jobs over the jobs up to day d, each over the waves seen through day
d. That is the maximum likelihood curve under such right truncation. A forecast is the predictive
distribution of the wave's final count: the curve's uncertainty and the differences between waves
enter as a beta distribution around the curve's value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

FORECAST_LEVEL = 0.90
HORIZON_DAYS = 60


@dataclass(frozen=True)
class Wave:
    """One wave's jobs by day since its window opened.

    Attributes:
        daily_jobs: Jobs of day 0, 1, ..., of the days fully observed.
        pieces: Pieces mailed.
    """

    daily_jobs: np.ndarray
    pieces: int

    @property
    def observed_days(self) -> int:
        """Days fully observed."""
        return len(self.daily_jobs)


@dataclass(frozen=True)
class DelayCurve:
    """Share of a wave's jobs that have come by the end of each day, and how sure that is.

    Attributes:
        shares: Share come by the end of day 0 .. horizon - 1; the last is 1.
        concentration: Size of the beta distribution of a wave's own share around the curve.
    """

    shares: np.ndarray
    concentration: np.ndarray


def fit_delay_curve(waves: Sequence[Wave], *, horizon: int = HORIZON_DAYS) -> DelayCurve | None:
    """Fit the delay curve from waves observed for any number of days.

    Args:
        waves: Waves; those seen through day d speak about day d.
        horizon: Days at which the curve is complete.

    Returns:
        The curve; None when no wave was seen through the horizon with at least one job.
    """
    closed = [wave for wave in waves if wave.observed_days >= horizon]
    if not closed or not sum(wave.daily_jobs[:horizon].sum() for wave in closed):
        return None
    shares = np.ones(horizon)
    for day in range(horizon - 1, 0, -1):
        seen = [wave for wave in waves if wave.observed_days > day]
        upto = sum(float(wave.daily_jobs[: day + 1].sum()) for wave in seen)
        on_day = sum(float(wave.daily_jobs[day]) for wave in seen)
        shares[day - 1] = shares[day] * (1.0 - on_day / upto if upto > 0 else 1.0)
    totals = np.array([wave.daily_jobs[:horizon].sum() for wave in closed], dtype=float)
    early = np.array([np.cumsum(wave.daily_jobs[:horizon]) for wave in closed], dtype=float)
    concentration = np.array(
        [_concentration(early[:, day], totals, shares[day]) for day in range(horizon)]
    )
    return DelayCurve(shares, concentration)


def _concentration(early: np.ndarray, totals: np.ndarray, share: float) -> float:
    """Beta size that carries both the spread between waves and the curve's own error.

    The spread is the moment estimate of the beta-binomial over closed waves (none below the
    binomial's); the curve's error is that of a share of all their jobs, inflated by the spread.
    """
    jobs = totals.sum()
    noise = share * (1 - share)
    if noise <= 0 or jobs <= 0:
        return 1e9
    spread = 0.0
    active = totals > 0
    if active.sum() >= 3:
        count = int(active.sum())
        expected = totals[active] * noise
        excess = ((early - totals * share)[active] ** 2).sum() * count / (count - 1)
        excess -= expected.sum()
        # Cut off at 0, chance alone would look like spread: a fifth of its deviation comes off.
        excess -= float(np.sqrt(2 * (expected**2).sum() * count / (count - 1))) / 5
        # A spread estimated from few waves is unsure itself: widen it as Student's t would.
        widen = (stats.t.ppf(0.95, count - 1) / stats.norm.ppf(0.95)) ** 2
        pairs = (totals[active] * (totals[active] - 1)).sum() * noise
        spread = float(np.clip(widen * excess / pairs, 0.0, 0.9)) if pairs > 0 else 0.0
    effective = (totals[active] / (1 + (totals[active] - 1) * spread)).sum()
    between = spread / (1 - spread)
    return float(1.0 / max(1.0 / max(effective, 1.0) + between, 1e-9))


@dataclass(frozen=True)
class Forecast:
    """Final jobs of a wave: middle and interval of the predictive distribution."""

    jobs: float
    low: float
    high: float


def forecast_jobs(
    jobs_so_far: float, *, curve: DelayCurve, observed_days: int, at_day: int | None = None
) -> Forecast:
    """Forecast a wave's jobs by the end of a later day from those of its first days.

    The count so far is a beta-binomial part of the count by then; with a prior of N^-1/2 the
    predictive distribution of that count is summed on its grid. Its quantiles are interpolated
    at mid-probabilities, as whole ones would cover more than they say when jobs are few.

    Args:
        jobs_so_far: Jobs of the observed days; credit shares are rounded to whole jobs here.
        curve: Delay curve.
        observed_days: Days observed, at least 1.
        at_day: Last day (0-based) forecast; the curve's last by default.

    Returns:
        Median and 90 % interval of the jobs by the end of `at_day`, never below those seen.
    """
    last = len(curve.shares) - 1 if at_day is None else at_day
    seen_share, then_share = curve.shares[observed_days - 1], curve.shares[last]
    if observed_days - 1 >= last or then_share <= 0:
        return Forecast(jobs_so_far, jobs_so_far, jobs_so_far)
    ratio = float(np.clip(seen_share / then_share, 1e-6, 1 - 1e-9))
    size = float(curve.concentration[observed_days - 1])
    count = round(jobs_so_far)
    counts, weights = _predictive(count, ratio, size)
    middle = np.cumsum(weights) - weights / 2
    low, median, high = np.interp(
        [(1 - FORECAST_LEVEL) / 2, 0.5, (1 + FORECAST_LEVEL) / 2], middle, counts
    )
    shift = jobs_so_far - count
    return Forecast(*(float(max(value + shift, jobs_so_far)) for value in (median, low, high)))


def _predictive(count: int, ratio: float, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Grid of final counts and their chances, given the count so far."""
    top = int((count + 5) / ratio * 3 + 10 * np.sqrt(count + 1) / ratio + 20)
    top = min(max(top, count + 50), count + 2_000_000)
    counts = np.arange(count, top + 1, dtype=float)
    a, b = max(ratio * size, 1e-3), max((1 - ratio) * size, 1e-3)
    later = counts - count
    log_chance = (
        special.gammaln(counts + 0.5)
        - special.gammaln(later + 1)
        + special.betaln(count + a, later + b)
    )
    weights = np.exp(log_chance - log_chance.max())
    return counts, weights / weights.sum()


@dataclass(frozen=True)
class BackTest:
    """How often the forecast interval held the truth, over closed waves left out one by one."""

    forecasts: int
    covered: int

    @property
    def coverage(self) -> float | None:
        """Share covered; None without a forecast."""
        return self.covered / self.forecasts if self.forecasts else None


def back_test(
    waves: Sequence[Wave], *, observed_days: int = 20, horizon: int = HORIZON_DAYS
) -> BackTest:
    """Forecast every closed wave from its first days by the curve of the others."""
    forecasts = covered = 0
    for index, wave in enumerate(waves):
        if wave.observed_days < horizon:
            continue
        curve = fit_delay_curve([*waves[:index], *waves[index + 1 :]], horizon=horizon)
        if curve is None:
            continue
        found = forecast_jobs(
            float(wave.daily_jobs[:observed_days].sum()), curve=curve, observed_days=observed_days
        )
        total = float(wave.daily_jobs[:horizon].sum())
        forecasts += 1
        covered += found.low <= total <= found.high
    return BackTest(forecasts, covered)
