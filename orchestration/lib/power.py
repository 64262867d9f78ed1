"""What a draw of given arms can find, in words; the arithmetic is in `dbt_project.measurement`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import duckdb

from dbt_project.measurement.ratios import detectable_mean_lift, detectable_share_lift
from dbt_project.measurement.sufficiency import MINIMUM_EXPECTED_BUYING_UNITS

# Used until the operator's own figures are there: two households in a hundred within 60 days, and
# jobs of which one in five is a large one.
ASSUMED_JOB_SHARE = 0.02
ASSUMED_MARGIN, ASSUMED_MARGIN_DEVIATION = 900.0, 1_500.0


@dataclass(frozen=True)
class History:
    """What households do without mail, within the primary window.

    Attributes:
        job_share: Share of households with an eligible job, 0..1.
        margin_mean: Margin of a household with a job.
        margin_deviation: Its standard deviation.
        origin: Where the figures are from, for the reader.
    """

    job_share: float = ASSUMED_JOB_SHARE
    margin_mean: float = ASSUMED_MARGIN
    margin_deviation: float = ASSUMED_MARGIN_DEVIATION
    origin: str = "assumed, as no figures of yours are known yet"


@dataclass(frozen=True)
class Power:
    """What a draw can find.

    Attributes:
        mailed: Units mailed.
        holdout: Units held out.
        share_lift: Smallest detectable difference of the share with a job.
        margin_lift: Smallest detectable margin a unit.
        expected_buyers: Units of the smaller arm expected to buy.
    """

    mailed: int
    holdout: int
    share_lift: float
    margin_lift: float
    expected_buyers: float

    @property
    def is_enough(self) -> bool:
        """Whether a verdict can be expected at all."""
        return self.expected_buyers >= MINIMUM_EXPECTED_BUYING_UNITS


def power_of(mailed: int, holdout: int, history: History) -> Power:
    """What arms of these sizes find with 80 % power at 5 %."""
    return Power(
        mailed,
        holdout,
        detectable_share_lift(mailed, holdout, history.job_share),
        detectable_mean_lift(
            mailed,
            holdout,
            buyer_share=history.job_share,
            buyer_mean=history.margin_mean,
            buyer_deviation=history.margin_deviation,
        ),
        min(mailed, holdout) * history.job_share,
    )


def read_history(
    connection: duckdb.DuckDBPyConnection, *, window_days: int, table: str
) -> History | None:
    """Holdouts' own figures from the lift report; None where no wave has closed yet.

    Args:
        connection: Where the table can be read.
        window_days: Primary window.
        table: `rpt_campaign_lift`, qualified as the connection needs it.
    """
    shares = connection.execute(
        f"select holdout_mean, holdout_count from {table} where metric = 'job_share' "
        "and wave = '(all)' and window_label = ? and is_window_closed and holdout_count > 0 "
        "order by campaign_key",
        [str(window_days)],
    ).fetchall()
    margins = connection.execute(
        f"select holdout_mean, holdout_count from {table} where metric = 'margin' "
        "and wave = '(all)' and window_label = ? and is_window_closed and holdout_count > 0 "
        "order by campaign_key",
        [str(window_days)],
    ).fetchall()
    units = sum(count for _, count in shares)
    job_share = sum(mean * count for mean, count in shares) / units if units else 0.0
    if not 0 < job_share < 1:
        return None
    margin = sum(mean * count for mean, count in margins) / units / job_share
    margin = margin if margin > 0 else ASSUMED_MARGIN
    deviation = margin * ASSUMED_MARGIN_DEVIATION / ASSUMED_MARGIN
    origin = f"from your {units:,} held-out households of closed waves"
    return History(job_share, margin, deviation, origin)


def words_of(power: Power, history: History, *, window_days: int) -> list[str]:
    """The answer as sentences."""
    base, lift = 100 * history.job_share, 100 * power.share_lift
    without = (
        f"Without mail {base:.2f} % of households have a job within {window_days} days "
        f"({history.origin})."
    )
    found = (
        f"Found 8 times in 10: a true lift of {lift:.2f} points in the share with a job (to "
        f"{base + lift:.2f} %), or {power.margin_lift:,.2f} of margin a household."
    )
    said = [f"{power.mailed:,} mailed, {power.holdout:,} held out.", without, found]
    if not power.is_enough:
        waves = max(2, math.ceil(MINIMUM_EXPECTED_BUYING_UNITS / max(power.expected_buyers, 1e-9)))
        said.append(
            f"Only {power.expected_buyers:.0f} buying households are expected in the smaller arm; "
            f"below {MINIMUM_EXPECTED_BUYING_UNITS} the verdict is 'too few to say'. Hold out "
            f"more, or pool about {waves:,} waves like this one."
        )
    return said
