"""Lift of campaigns whose arms are areas: time-based regression, difference in differences.

Below 40 areas the difference in differences, by permutation over the areas, is the ruling method;
from 40 on the time-based regression. The other one stands beside it as exploratory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dbt_project.measurement.estimates import LEVEL
from dbt_project.measurement.permutation import permutation_difference
from dbt_project.measurement.samples import one_stratum
from dbt_project.measurement.verdicts import (
    EXPLORATORY,
    LIFTS,
    LIFTS_COST_UNKNOWN,
    LOSES,
    PAYS,
    TOO_FEW,
)

REGRESSION = "time_based_regression"
DIFFERENCES = "difference_in_differences"
AREAS_FOR_REGRESSION = 40
MINIMUM_AREAS = 6


@dataclass(frozen=True)
class GeoPanel:
    """Daily outcomes of the areas of one campaign.

    Attributes:
        is_treated: Arm of each area.
        before: Outcome in cents, areas x days before the window.
        during: Outcome in cents, areas x days of the window.
    """

    is_treated: np.ndarray
    before: np.ndarray
    during: np.ndarray


@dataclass(frozen=True)
class GeoEstimate:
    """Incremental outcome of all treated areas over the window, in cents, with 95 % interval.

    Attributes:
        is_controlled: Whether the control areas foretell the treated ones; where they do not, a
            regression on them is a comparison with the past only.
    """

    method: str
    incremental: float
    low: float | None
    high: float | None
    p_value: float | None
    is_controlled: bool = True


def time_based_regression(panel: GeoPanel) -> GeoEstimate | None:
    """Predict the treated total of each day from the control total, fitted before the window.

    Returns:
        The sum of actual less predicted over the window, its interval from the prediction's t
        distribution; None with fewer than 14 days before or without variation in the control.
    """
    treated, control = panel.is_treated, ~panel.is_treated
    y, x = panel.before[treated].sum(axis=0), panel.before[control].sum(axis=0)
    days, window = len(y), panel.during.shape[1]
    around = x - x.mean() if days else x
    if days < 14 or not window or not (around**2).sum() > 0:
        return None
    slope = float((around * y).sum() / (around**2).sum())
    level = float(y.mean() - slope * x.mean())
    variance = float(((y - level - slope * x) ** 2).sum() / (days - 2))
    later_x = panel.during[control].sum(axis=0)
    effect = float((panel.during[treated].sum(axis=0) - level - slope * later_x).sum())
    leverage = (later_x.sum() - window * x.mean()) ** 2 / (around**2).sum()
    error = float(np.sqrt(variance * (window + window**2 / days + leverage)))
    if error <= 0:
        return GeoEstimate(REGRESSION, effect, None, None, None)
    margin = float(stats.t.ppf(0.5 + LEVEL / 2, days - 2)) * error
    p_value = float(2 * stats.t.sf(abs(effect) / error, days - 2))
    slope_error = float(np.sqrt(variance / (around**2).sum()))
    return GeoEstimate(
        REGRESSION,
        effect,
        effect - margin,
        effect + margin,
        p_value,
        is_controlled=slope > float(stats.t.ppf(0.5 + LEVEL / 2, days - 2)) * slope_error,
    )


def difference_in_differences(panel: GeoPanel) -> GeoEstimate | None:
    """Change of the treated areas less change of the others, by permutation over areas.

    Returns:
        The difference of mean changes times the treated areas; None without both arms or days.
    """
    days, window = panel.before.shape[1], panel.during.shape[1]
    treated = panel.is_treated
    if not days or not window or not treated.any() or treated.all():
        return None
    change = panel.during.sum(axis=1) - panel.before.sum(axis=1) * (window / days)
    found = permutation_difference(one_stratum(change[treated], change[~treated]))
    areas = int(treated.sum())
    if found.lift is None:
        return None
    if found.ci_low is None or found.ci_high is None:
        return GeoEstimate(DIFFERENCES, found.lift * areas, None, None, None)
    ends = [end * areas if np.isfinite(end) else None for end in (found.ci_low, found.ci_high)]
    return GeoEstimate(DIFFERENCES, found.lift * areas, ends[0], ends[1], found.p_value)


def ruling_method(panel: GeoPanel) -> str:
    """The method whose verdict counts."""
    return REGRESSION if len(panel.is_treated) >= AREAS_FOR_REGRESSION else DIFFERENCES


def geo_verdict(
    panel: GeoPanel,
    found: GeoEstimate,
    *,
    is_closed: bool,
    cost_cents: float | None,
    margin_share: float | None,
) -> str:
    """Verdict of one method's row; the other method and open windows are exploratory."""
    if not is_closed or found.method != ruling_method(panel):
        return EXPLORATORY
    smaller = min(int(panel.is_treated.sum()), int((~panel.is_treated).sum()))
    if smaller < MINIMUM_AREAS or found.low is None or found.high is None:
        return TOO_FEW
    if not found.is_controlled:
        return TOO_FEW
    if found.high < 0:
        return LOSES
    if found.low <= 0:
        return TOO_FEW
    if cost_cents is None or margin_share is None:
        return LIFTS_COST_UNKNOWN
    return PAYS if found.low * margin_share > cost_cents else LIFTS
