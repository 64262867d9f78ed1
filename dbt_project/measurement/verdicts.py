"""The verdict of a campaign's lift, in the few words the reports use."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_project.measurement.ratios import BROKEN_SPLIT_P

PAYS = "pays"
LIFTS = "lifts but does not pay"
LIFTS_COST_UNKNOWN = "lifts, cost unknown"
LOSES = "loses"
TOO_FEW = "too few to say"
BROKEN = "broken split"
EXPLORATORY = "exploratory"
VERDICTS = (PAYS, LIFTS, LIFTS_COST_UNKNOWN, LOSES, TOO_FEW, BROKEN, EXPLORATORY)


@dataclass(frozen=True)
class Evidence:
    """What a verdict is made from.

    Attributes:
        is_primary: Primary metric and window of the settings.
        is_closed: The window has closed.
        sample_ratio_p_value: None without a plan.
        has_enough_buyers: Rule of `sufficiency`.
        lift_interval: Interval of the primary metric's lift; None where there is none.
        profit_low: Lower end of the incremental profit's interval; None when the cost is unknown.
    """

    is_primary: bool
    is_closed: bool
    sample_ratio_p_value: float | None
    has_enough_buyers: bool
    lift_interval: tuple[float, float] | None
    profit_low: float | None


def verdict(evidence: Evidence) -> str:
    """The verdict; an interval that holds 0 is too few to say, however many bought."""
    if not (evidence.is_primary and evidence.is_closed):
        return EXPLORATORY
    if evidence.sample_ratio_p_value is not None and evidence.sample_ratio_p_value < BROKEN_SPLIT_P:
        return BROKEN
    if not evidence.has_enough_buyers or evidence.lift_interval is None:
        return TOO_FEW
    low, high = evidence.lift_interval
    if high < 0:
        return LOSES
    if evidence.profit_low is not None and evidence.profit_low > 0:
        return PAYS
    if low > 0:
        return LIFTS_COST_UNKNOWN if evidence.profit_low is None else LIFTS
    return TOO_FEW
