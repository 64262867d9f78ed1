"""The operator's mail campaigns: what is mailed when, to whom, with which holdout and true lift.

Days count from the anchor. Codes carry the season and year of their first drop, so the same plan
reads naturally whatever the anchor is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

SEASONS = {12: "WINTER", 1: "WINTER", 2: "WINTER", 3: "SPRING", 4: "SPRING", 5: "SPRING"}
SEASONS |= {6: "SUMMER", 7: "SUMMER", 8: "SUMMER", 9: "FALL", 10: "FALL", 11: "FALL"}


@dataclass(frozen=True)
class Wave:
    """One drop: its day, and the share of the campaign's audience assigned to it."""

    wave: str
    mailed_day: int
    audience_share: float


@dataclass(frozen=True)
class Campaign:
    """One campaign of the plan.

    Attributes:
        audience: Who is assigned: `customers`, `prospects` or `everyone` (households).
        holdout_share: Planned share of assigned households kept off the mail.
        true_lift: Probability that a mailed household has a job that would not have come anyway.
        kind: `addressed` (pieces to persons) or `saturation` (whole postal codes).
        job_class: Class of most jobs it causes.
        code_style: `unique` (one code per piece) or `shared` (one code for all).
    """

    theme: str
    name: str
    goal: str
    offer: str
    audience: str
    waves: tuple[Wave, ...]
    holdout_share: float
    true_lift: float
    job_class: str
    code_style: str = "unique"
    kind: str = "addressed"
    mail_class: str = "marketing"
    size: str = "611"
    response_window_days: int = 60

    def code(self, anchor: date) -> str:
        """The campaign's id in every system, e.g. `SPRING26-TUNEUP`."""
        first = anchor + timedelta(days=self.waves[0].mailed_day)
        return f"{SEASONS[first.month]}{first.year % 100:02d}-{self.theme}"

    def shared_code(self, anchor: date) -> str:
        """The code printed on every piece of a shared-code campaign."""
        return f"{self.theme[:5]}{(anchor + timedelta(days=self.waves[0].mailed_day)).year % 100}"


CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign("TUNEUP", "Tune-up offer to past customers", "maintenance", "$79 tune-up",
             "customers", (Wave("1", -203, 0.49), Wave("2", -175, 0.49)), 0.25, 0.10,
             "maintenance"),
    Campaign("DRAIN", "Drain cleaning reminder", "demand", "$30 off drain cleaning",
             "everyone", (Wave("1", -139, 0.64),), 0.30, 0.0, "demand", code_style="shared",
             size="69"),
    Campaign("HEAT", "Heating check before the season", "maintenance", "$59 heating check",
             "everyone", (Wave("1", -112, 0.48), Wave("2", -91, 0.48)), 0.20, 0.08, "demand"),
    Campaign("BLOCK", "Saturation of six postal codes", "awareness", "Free estimate",
             "everyone", (Wave("1", -98, 1.0),), 0.5, 0.02, "demand", code_style="shared",
             kind="saturation"),
    Campaign("NEWMOVER", "Welcome card to new movers", "acquisition", "$50 off first visit",
             "prospects", (Wave("1", -61, 0.90),), 0.10, 0.05, "demand",
             mail_class="first_class", size="46"),
    Campaign("WINBACK", "Win back quiet customers", "reactivation", "$99 diagnostic waived",
             "customers", (Wave("1", -26, 0.5), Wave("2", 6, 0.5)), 0.15, 0.05, "demand"),
)  # fmt: skip

OTHER_CHANNELS = (
    # theme, channel, share of ordinary demand, daily cost in cents per thousand customers
    ("PPC", "paid_search", 0.22, 2_400),
    ("SEO", "organic", 0.30, 500),
    ("REFER", "referral", 0.14, 150),
    ("EXISTING", "other", 0.34, 0),
)
