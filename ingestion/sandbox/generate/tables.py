"""The small tables of the world (campaigns, waves, job types, accounts), and planted flags."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sandbox.catalogue import (
    BUSINESS_UNITS,
    CANCEL_REASONS,
    CLASSES,
    JOB_TYPES,
    TAGS,
    TECHNICIAN_FIRST,
    TECHNICIAN_NAMES,
)
from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import Calendar, only_where
from ingestion.sandbox.generate.load import Columns, load
from ingestion.sandbox.generate.mail import DAY, Mail
from ingestion.sandbox.generate.response import BY_BOOKING, BY_FORM
from ingestion.sandbox.generate.roster import TENANTS, Roster
from ingestion.sandbox.plan import CAMPAIGNS, OTHER_CHANNELS
from ingestion.sandbox.rates import WorldRates


def technician_name(tenant: int, number: int) -> str:
    """A name of its own for each technician of a tenant; large crews are numbered."""
    first = TECHNICIAN_FIRST[(number + tenant) % len(TECHNICIAN_FIRST)]
    last = TECHNICIAN_NAMES[number % len(TECHNICIAN_NAMES)]
    again = number // len(TECHNICIAN_NAMES)
    return f"{first} {last}" + (f" {again + 1}" if again else "")


def load_small_tables(
    connection: duckdb.DuckDBPyConnection,
    calendar: Calendar,
    roster: Roster,
    mail: Mail,
    crew_sizes: np.ndarray,
    overbilled_share: float,
) -> None:
    """Store accounts, campaigns (mail and other channels), drops, job types, technicians, zones."""
    anchor = calendar.anchor
    rows: dict[str, list[dict[str, object]]] = {
        "accounts": [
            {"tenant": number, "account": name, "tenant_id": 1_001 + number,
             "number_base": 1_000_000 * (1 + 4 * number)}
            for number, name in enumerate(TENANTS)
        ],
        "job_types": [
            {"place": place, "type_id": item.type_id, "name": item.name,
             "class_name": CLASSES[item.job_class], "business_unit": item.business_unit,
             "slot_hours": item.slot_hours, "work_hours": item.work_hours}
            for place, item in enumerate(JOB_TYPES)
        ],
        "business_units": [
            {"place": place, "name": name} for place, name in enumerate(BUSINESS_UNITS)
        ],
        "tags": [{"place": place, "name": name} for place, name in enumerate(TAGS)],
        "cancel_reasons": [
            {"place": place, "name": name} for place, name in enumerate(CANCEL_REASONS)
        ],
        "technicians": [
            {"tenant": tenant, "technician": number, "technician_id": 7_001 + number,
             "name": technician_name(tenant, number), "is_helper": number >= size,
             "crew": f"Crew {number % int(size) + 1}"}
            for tenant, size in enumerate(crew_sizes) for number in range(2 * int(size))
        ],
        "zones": [
            {"zone": number, "postal_code": code, "tenant": number % len(TENANTS),
             "served": bool(roster.served[number]),
             "treated": any(bool(mask[number]) for mask in mail.treated.values())}
            for number, code in enumerate(roster.postal_codes)
        ],
        "campaigns_raw": [
            {"campaign": number, "code": item.code(anchor), "name": item.name, "goal": item.goal,
             "offer": item.offer, "channel": "direct_mail", "kind": item.kind,
             "mail_class": item.mail_class, "size": item.size, "code_style": item.code_style,
             "shared_code": item.shared_code(anchor), "holdout_share": item.holdout_share,
             "true_lift": item.true_lift, "window_days": item.response_window_days,
             "tracking_number": f"512900{2000 + number * 7:04d}", "daily_cents": 0,
             "started_on": calendar.date_of(item.waves[0].mailed_day),
             "ended_on": calendar.date_of(item.waves[-1].mailed_day + 75)}
            for number, item in enumerate(CAMPAIGNS)
        ] + [
            {"campaign": len(CAMPAIGNS) + number, "code": theme, "name": theme, "channel": channel,
             "kind": "always on", "tracking_number": f"512900{7000 + number * 7:04d}",
             "daily_cents": cost, "started_on": calendar.date_of(-1_080)}
            for number, (theme, channel, _, cost) in enumerate(OTHER_CHANNELS)
        ],
        "drops": _drops(calendar, mail, overbilled_share),
    }  # fmt: skip
    for name, values in rows.items():
        load(connection, name, pa.Table.from_pylist(values))
    connection.execute("create or replace table base.campaigns as select * from base.campaigns_raw")


def _drops(calendar: Calendar, mail: Mail, overbilled_share: float) -> list[dict[str, object]]:
    # Spread evenly: with one third, every third drop is billed for more than was mailed.
    count = len(mail.drops)
    overbilled = {
        number
        for number in range(count)
        if int((number + 1) * overbilled_share) > int(number * overbilled_share)
    }
    rows: list[dict[str, object]] = []
    for number, drop in enumerate(mail.drops):
        campaign = CAMPAIGNS[drop.campaign]
        wave = campaign.waves[drop.wave].wave
        code = campaign.code(calendar.anchor)
        day = np.array([drop.mailed_day])
        rows.append(
            {
                "drop": number,
                "campaign": drop.campaign,
                "wave": wave,
                "code": code,
                "order_ref": f"{code}-W{wave}",
                "order_id": 4_001 + number,
                "batch_id": 901 + number,
                "design_id": 35_001 + drop.campaign,
                "kind": campaign.kind,
                "mail_class": campaign.mail_class,
                "size": campaign.size,
                "code_style": campaign.code_style,
                "code_prefix": f"{campaign.theme[:2]}{wave}",
                "shared_code": campaign.shared_code(calendar.anchor),
                "overbilled": number in overbilled,
                "mailed_day": drop.mailed_day,
                "mailed_on": calendar.date_of(drop.mailed_day),
                "assigned_at": calendar.instants(day - 5, 15 * 3600)[0].item(),
                "ordered_at": calendar.instants(day - 3, 11 * 3600)[0].item(),
                "processing_at": calendar.instants(day - 1, 23 * 3600)[0].item(),
                "mailing_at": calendar.instants(day + 1, 4 * 3600)[0].item(),
                "delivered_at": calendar.instants(day + 13, 18 * 3600)[0].item(),
            }
        )
    return rows


def plant_flags(
    work: Columns,
    mail: Mail,
    books: Columns,
    lost: Columns,
    seed: int,
    rates: WorldRates,
) -> None:
    """Mark the records that carry a planted discrepancy not decided elsewhere."""
    rng = generator(seed, "planted")
    faults = rates.faults
    count = len(work["created_at"])

    def drawn(size: int, share: float) -> np.ndarray:
        return rng.random(size) < share

    by_booking = work["way"] == BY_BOOKING
    work["wrong_customer"] = by_booking & drawn(count, faults.booking_wrong_customer)
    work["doubled_booking"] = by_booking & drawn(count, faults.duplicate_booking)
    work["outside_area"] = drawn(count, faults.job_outside_area)
    work["crm_stays_open"] = (work["way"] != 3) & drawn(count, faults.crm_open_after_completion)
    gone = drawn(count, faults.vanished_job)
    work["gone_at"] = only_where(
        gone, work["created_at"] + (rng.integers(2, 300, count) * DAY).astype("timedelta64[s]")
    )
    work["stale_last_mail"] = drawn(count, faults.crm_last_mail_stale)
    work["gclid"] = np.where(
        work["true_source"] == len(CAMPAIGNS), rng.integers(1, 2**40, count), 0
    )
    pieces = len(mail.pieces["drop"])
    mail.pieces["outside_area"] = drawn(pieces, faults.campaign_outside_area)
    mail.pieces["suppressed"] = drawn(pieces, faults.mailed_suppressed)
    books["tax_missing"] = drawn(len(books["person"]), faults.missing_tax_id)
    asked = lost["way"]
    lost["without_source"] = (asked == BY_FORM) & drawn(len(asked), faults.lead_without_source)
    lost["promised"] = (asked == BY_BOOKING) & drawn(
        len(asked), min(1.0, faults.booking_without_job * 60)
    )
