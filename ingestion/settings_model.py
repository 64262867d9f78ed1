"""What matchback.toml may say: every setting with its type, unit and default.

Reading the file and the environment is in `settings.py`. An unknown key is an error, because
a misspelt setting that is silently ignored costs a night. The commented example is
`matchback.toml` at the top of the project.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Section(BaseModel):
    """Base of all sections: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(Section):
    """Rows of one vendor account, or one business unit of it, belong to this location."""

    location_key: str
    location_name: str
    source: str | None = None
    account: str | None = None
    business_unit: str | None = None


class Operator(Section):
    """Who the operator is. Its own phone and address never link two customers."""

    name: str = "operator"
    time_zone: str = "America/New_York"
    currency: str = "USD"
    phone: str | None = None
    address: str | None = None
    locations: tuple[Location, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"'{value}' is no IANA time zone, e.g. 'America/New_York'") from error
        return value


class SourceSettings(Section):
    """One vendor: its accounts (each with its own fields) and vendor-wide options.

    Which account fields and options a vendor takes stands in
    `ingestion/sources/<vendor>/endpoints.py` and its README.
    """

    enabled: bool = True
    accounts: dict[str, dict[str, Any]] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)


class Attribution(Section):
    """Windows, models and the codes that tie a job to a postcard."""

    windows: tuple[int, ...] = (30, 60, 90)
    headline_model: str = "last"
    headline_window: str = "60"
    touch_window_days: int = Field(default=30, gt=0)
    half_life_days: float = Field(default=7.0, gt=0)
    invoice_missing_after_days: int = Field(default=14, ge=0)
    counted_invoice: Literal["dispatch", "books"] = "dispatch"
    code_fields: tuple[dict[str, str], ...] = (
        {"source": "servicetitan", "entity": "jobs", "field_name": "Postcard Code"},
        {"source": "servicetitan", "entity": "bookings", "field_name": "externalId"},
        {"source": "hubspot", "entity": "contacts", "field_name": "promo_code"},
        {"source": "hubspot", "entity": "contacts", "field_name": "mail_campaign_id"},
    )
    chain_follow_up_jobs: bool = True


class RateCardRow(Section):
    """What one piece costs where the vendor names no price; cents may have a fraction."""

    source: str
    mail_class: str = "marketing"
    size: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    piece_cents: Decimal


class Mail(Section):
    """Transit of unscanned mail in postal days (point estimate and early bound), rate card."""

    first_class_days: int = 3
    marketing_days: int = 8
    first_class_early_days: int = 2
    marketing_early_days: int = 4
    rate_card: tuple[RateCardRow, ...] = ()


class Lift(Section):
    """What a verdict is given on; to be set before mailing."""

    primary_metric: Literal["job_share", "net_revenue", "margin"] = "margin"
    primary_window_days: int = 60


class Identity(Section):
    """Match probability from which records are merged, and from which a person is asked."""

    match_threshold: float = Field(default=0.90, gt=0, le=1)
    review_threshold: float = Field(default=0.60, gt=0, le=1)
    maximum_cluster_size: int = Field(default=12, gt=1)


class Slo(Section):
    """One service level: target share (0..1) over a window; threshold in the SLO's own unit."""

    slo: str
    target: float
    window_days: float
    threshold: float | None = None


class Schedules(Section):
    """When things run, in the operator's time zone."""

    nightly: str = "02:00"
    nightly_due: str = "06:00"
    sync_minutes: int = Field(default=15, ge=5, le=15)
    identity_full_scan: str = "Sunday 04:00"


class Publish(Section):
    """Where readers find the marts (relative to MATCHBACK_HOME) and how many runs are kept."""

    folder: Path = Path("published")
    keep_runs: int = Field(default=3, ge=1)


class AlertRule(Section):
    """A rule of the alert router: what it watches, who owns it, how loud it is."""

    rule: str
    severity: Literal["info", "ticket", "page"] = "ticket"
    owner: str = "operations"
    channels: tuple[str, ...] = ("log",)
    runbook: str | None = None
    threshold: float | None = None


class Alerts(Section):
    """Alert channels and rules; secrets of channels come from the environment."""

    webhook_url: str | None = None
    slack_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    mail_from: str = "matchback@localhost"
    mail_to: tuple[str, ...] = ()
    quiet_hours: str | None = None
    escalate_after_minutes: int = 60
    escalation_owner: str = "owner"
    rules: tuple[AlertRule, ...] = ()


class Limits(Section):
    """Bounds that keep one bad answer from taking the machine down."""

    page_megabytes: int = 10
    record_kilobytes: int = 1024
    request_seconds: float = 60.0
    retry_budget_seconds: float = 120.0
    memory_limit: str = "8GB"
    minimum_free_megabytes: int = 512
    lock_wait_seconds: float = 60.0
    rereads_per_night: int = Field(default=200, ge=0)


class Retention(Section):
    """Days after which callbacks and API bodies are pruned."""

    api_bodies_days: int = 30


class CurrencyRate(Section):
    """Units of the reporting currency for one unit of `currency_code`, from `rate_on` on."""

    currency_code: str
    rate_on: date
    rate: Decimal


class StatusOverride(Section):
    """A vendor's word for a state of this operator's own making."""

    source: str
    account: str | None = None
    entity: str
    vendor_word: str
    canonical_word: str


class LeadSourceOverride(Section):
    """A lead-source text that means a channel, and perhaps a campaign."""

    source: str | None = None
    account: str | None = None
    vendor_word: str
    channel: str
    campaign_id: str | None = None


class CampaignAlias(Section):
    """Two vendors' campaigns that are one campaign."""

    source: str
    account: str = "main"
    campaign_id: str
    canonical_source: str
    canonical_account: str = "main"
    canonical_campaign_id: str


class Holiday(Section):
    """A day off beyond the federal holidays."""

    holiday_on: date
    name: str


class Split(Section):
    """Who is taken off a mailing list before the holdout is drawn."""

    apply_suppressions: bool = True
    apply_do_not_mail: bool = True
    apply_service_area: bool = True
    recent_job_days: int = 30
    one_active_campaign: bool = True
