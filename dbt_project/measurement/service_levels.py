"""Service levels: error budgets, burn rates over several windows, and what to do about them.

Follows the multi-window, multi-burn-rate rules of Google's SRE Workbook (chapter 5) for 30-day
objectives; below 1,000 calls in the long window a single failure moves the rate too far, and an
exact binomial test against the objective decides instead. Which events count for which objective
is SQL of domain service; who is told is the alert router's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import stats

LOW_TRAFFIC = 1_000
NO_TRAFFIC, NONE, TICKET, PAGE = "no traffic", "none", "ticket", "page"
# Objectives over calls that somebody is waiting for; the others are read once a day, and nobody
# is woken for them.
PAGED = frozenset(
    {"api_uptime", "api_success", "auth_success", "callback_success", "status_latency"}
)
SCHEMA = pa.schema(
    [
        ("slo", pa.string()),
        ("window_days", pa.float64()),
        ("target", pa.float64()),
        ("threshold", pa.float64()),
        ("value", pa.float64()),
        ("good", pa.int64()),
        ("valid", pa.int64()),
        ("budget_left_share", pa.float64()),
        ("burn_rate_5m", pa.float64()),
        ("burn_rate_30m", pa.float64()),
        ("burn_rate_1h", pa.float64()),
        ("burn_rate_6h", pa.float64()),
        ("burn_rate_3d", pa.float64()),
        ("is_met", pa.bool_()),
        ("is_low_traffic", pa.bool_()),
        ("action", pa.string()),
    ]
)


@dataclass(frozen=True)
class BurnRule:
    """Act when both windows burn at least this fast.

    Attributes:
        alpha: Level of the exact test that decides at low traffic. A page wakes somebody, so it
            asks for more evidence than a ticket.
    """

    action: str
    burn_rate: float
    long: timedelta
    short: timedelta
    alpha: float


RULES = (
    BurnRule(PAGE, 14.4, timedelta(hours=1), timedelta(minutes=5), 0.001),
    BurnRule(PAGE, 6.0, timedelta(hours=6), timedelta(minutes=30), 0.001),
    BurnRule(TICKET, 1.0, timedelta(days=3), timedelta(hours=6), 0.05),
)


def burn_rate(good: int, valid: int, target: float) -> float | None:
    """Error ratio / error budget; None without traffic, infinite for a failure against 100 %."""
    if not valid:
        return None
    errors = (valid - good) / valid
    budget = 1 - target
    if budget <= 0:
        return math.inf if errors else 0.0
    return errors / budget


def binomial_p_value(good: int, valid: int, target: float) -> float:
    """Probability of at least this many failures if the objective is just kept (exact)."""
    bad = valid - good
    if bad <= 0:
        return 1.0
    return float(stats.binom.sf(bad - 1, valid, 1 - target))


def decide_action(
    events: pd.DataFrame, *, target: float, as_of: datetime, can_page: bool = True
) -> str:
    """What one objective asks for now: page, ticket, none or no traffic.

    Args:
        events: One row per moment: happened_at (aware), good, valid (int64). Any order.
        target: Objective, 0..1.
        as_of: The present; later events do not count.
        can_page: Whether the objective may wake somebody; else a page is a ticket.
    """
    page = PAGE if can_page else TICKET
    longest = max(rule.long for rule in RULES)
    if not _counted(events, as_of, longest)[1]:
        return NO_TRAFFIC
    for rule in RULES:
        good, valid = _counted(events, as_of, rule.long)
        if not valid or good == valid:
            continue
        if valid < LOW_TRAFFIC:
            if binomial_p_value(good, valid, target) < rule.alpha:
                return page if rule.action == PAGE else rule.action
            continue
        rates = [
            burn_rate(*_counted(events, as_of, window), target)
            for window in (rule.long, rule.short)
        ]
        if all(rate is not None and rate >= rule.burn_rate for rate in rates):
            return page if rule.action == PAGE else rule.action
    return NONE


def _counted(events: pd.DataFrame, as_of: datetime, window: timedelta) -> tuple[int, int]:
    inside = events[(events["happened_at"] <= as_of) & (events["happened_at"] > as_of - window)]
    return int(inside["good"].sum()), int(inside["valid"].sum())


def judge_service_levels(
    events: pd.DataFrame, objectives: pd.DataFrame, *, as_of: datetime
) -> pa.Table:
    """Judge every objective over its own window.

    Args:
        events: One row per objective and moment: slo (str), happened_at (aware), good, valid
            (int64). Any order.
        objectives: One row per objective: slo, target (0..1), window_days, threshold (may be
            missing).
        as_of: The present.

    Returns:
        One row per objective in the columns of `SCHEMA`, by name. value, is_met and burn rates
        are null without traffic; budget_left_share falls below 0 once the budget is spent.
    """
    rows = []
    by_slo = {str(slo): group for slo, group in events.groupby("slo", sort=True)}
    nothing = events.iloc[:0]
    for objective in objectives.sort_values("slo").to_dict("records"):
        slo, target = str(objective["slo"]), float(objective["target"])
        own = by_slo.get(slo, nothing)
        good, valid = _counted(own, as_of, timedelta(days=float(objective["window_days"])))
        value = good / valid if valid else None
        spent = burn_rate(good, valid, target)
        threshold = objective.get("threshold")
        row = {
            "slo": slo,
            "window_days": float(objective["window_days"]),
            "target": target,
            "threshold": None if threshold is None or np.isnan(threshold) else float(threshold),
            "value": value,
            "good": good,
            "valid": valid,
            "budget_left_share": None if spent is None or math.isinf(spent) else 1 - spent,
            "is_met": None if value is None else value >= target,
            "is_low_traffic": valid < LOW_TRAFFIC,
            "action": decide_action(own, target=target, as_of=as_of, can_page=slo in PAGED),
        }
        for name, window in (
            ("5m", timedelta(minutes=5)),
            ("30m", timedelta(minutes=30)),
            ("1h", timedelta(hours=1)),
            ("6h", timedelta(hours=6)),
            ("3d", timedelta(days=3)),
        ):
            rate = burn_rate(*_counted(own, as_of, window), target)
            row[f"burn_rate_{name}"] = None if rate is None or math.isinf(rate) else rate
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SCHEMA)
