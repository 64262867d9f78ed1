"""Campaign waves as the lift report groups them: each wave, and all of them pooled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dbt_project.measurement.samples import Sample

ALL_WAVES = "(all)"


@dataclass(frozen=True)
class Group:
    """The waves that one row speaks about, in one window.

    Attributes:
        wave: Wave, or `(all)`.
        arms: One row per wave and stratum: mailed_count, holdout_count, planned_holdout_share,
            contaminated_count.
        units: Units with a job, an amount or a past: position of their stratum in `arms`
            (`stratum_index`), is_mailed and amounts in cents.
        waves: One row per wave: window_days, is_window_closed, cost_cents, matched cents.
    """

    wave: str
    arms: pd.DataFrame
    units: pd.DataFrame
    waves: pd.DataFrame

    def sample(self, value: np.ndarray) -> Sample:
        """These units with an outcome."""
        return Sample(
            self.arms["mailed_count"].to_numpy(dtype=int),
            self.arms["holdout_count"].to_numpy(dtype=int),
            self.units["stratum_index"].to_numpy(dtype=int),
            self.units["is_mailed"].to_numpy(dtype=bool),
            value,
        )

    def cents(self, column: str) -> np.ndarray:
        """One amount of the units, in cents."""
        return self.units[column].to_numpy(dtype=float)

    def total(self, column: str) -> float | None:
        """Sum over waves of a fact; None where one of them is unknown."""
        values = self.waves[column]
        return None if values.isna().any() else float(values.sum())

    @property
    def is_closed(self) -> bool:
        """Whether all waves' windows have closed."""
        return bool(self.waves["is_window_closed"].all())


def wave_groups(
    arms: pd.DataFrame, units: pd.DataFrame, waves: pd.DataFrame
) -> Iterator[tuple[dict[str, str], Group]]:
    """Each wave apart, then the pooled waves; open windows are never pooled with closed ones."""
    keys = ["campaign_key", "window_label"]
    arms = arms.sort_values([*keys, "wave", "stratum"], ignore_index=True)
    units = units.sort_values([*keys, "wave", "stratum", "unit_key"], ignore_index=True)
    units_of = dict(tuple(units.groupby(keys, sort=True)))
    arms_of = dict(tuple(arms.groupby(keys, sort=True)))
    for key, facts in waves.sort_values([*keys, "wave"]).groupby(keys, sort=True):
        if key not in arms_of:
            continue
        named = dict(zip(keys, key, strict=True))
        campaign_units = units_of.get(key, units.iloc[:0])
        closed = facts[facts["is_window_closed"].astype(bool)]
        pools = [(wave, facts[facts["wave"] == wave]) for wave in facts["wave"]]
        pools.append((ALL_WAVES, closed if len(closed) else facts))
        for wave, members in pools:
            yield named, _group(wave, arms_of[key], campaign_units, members)


def _group(wave: str, arms: pd.DataFrame, units: pd.DataFrame, waves: pd.DataFrame) -> Group:
    names = waves["wave"]
    arms = arms[arms["wave"].isin(names)].reset_index(drop=True)
    index = arms.assign(stratum_index=np.arange(len(arms)))[["wave", "stratum", "stratum_index"]]
    units = units[units["wave"].isin(names)].merge(index, on=["wave", "stratum"], how="inner")
    return Group(wave, arms, units, waves)
