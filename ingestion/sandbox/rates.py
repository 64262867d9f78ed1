"""Dials of the generated world: its sizes, and how often its people and systems go wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

SIZES = {"tiny": 300, "small": 2_000, "medium": 100_000, "large": 1_000_000}


@dataclass(frozen=True)
class FaultRates:
    """Share of eligible records in which each kind of discrepancy is planted.

    Each planted one is listed in `world.truth["faults"]` with kind, source, account, entity and
    record id. All zero: a world in which every system agrees.
    """

    booking_without_job: float = 0.004
    job_without_booking: float = 0.002
    booking_wrong_customer: float = 0.003
    slot_too_short: float = 0.004
    job_outside_area: float = 0.003
    campaign_outside_area: float = 0.003
    lost_marketing_source: float = 0.010
    lead_not_in_crm: float = 0.006
    lead_without_source: float = 0.010
    crm_open_after_completion: float = 0.006
    job_without_invoice: float = 0.010
    invoice_without_job: float = 0.006
    invoice_differs_from_job: float = 0.004
    books_amount_differs: float = 0.004
    books_invoice_missing: float = 0.006
    books_invoice_doubled: float = 0.002
    books_copy_deleted: float = 0.004
    payment_over_invoice: float = 0.003
    refund_over_invoice: float = 0.001
    piece_without_scan: float = 0.010
    pieces_billed_not_mailed: float = 0.34
    mailed_suppressed: float = 0.002
    vanished_job: float = 0.002
    illegal_transition: float = 0.003
    overlapping_timesheet: float = 0.003
    duplicate_booking: float = 0.004
    missing_tax_id: float = 0.30
    crm_last_mail_stale: float = 0.010

    def scaled(self, factor: float) -> FaultRates:
        """The same mix, `factor` times as often (each at most 1)."""
        changed = {item.name: min(1.0, getattr(self, item.name) * factor) for item in fields(self)}
        return replace(self, **changed)

    @classmethod
    def none(cls) -> FaultRates:
        """No planted discrepancy at all."""
        return cls(**{item.name: 0.0 for item in fields(cls)})


@dataclass(frozen=True)
class WorldRates:
    """How the business runs. Shares are of the records named; money is in the other modules.

    Attributes:
        jobs_per_customer: Jobs in the whole span (history and future) per customer.
        invoices_per_customer: Not a dial but a check: about as many as jobs.
        second_record: Share of customers with a second dispatch record (merged later or never).
        other_tenant_record: Share of customers known to the other location as well.
        cancelled, no_show, on_hold: Shares of jobs.
        late_invoice: Share of invoices made more than a day after the job was done.
        faults: Planted discrepancies.
    """

    jobs_per_customer: float = 1.65
    second_record: float = 0.03
    other_tenant_record: float = 0.015
    cancelled: float = 0.07
    no_show: float = 0.02
    on_hold: float = 0.03
    late_invoice: float = 0.05
    voided: float = 0.01
    refunded: float = 0.02
    credited: float = 0.015
    changed_invoice: float = 0.03
    coupon_without_cause: float = 0.07
    faults: FaultRates = FaultRates()
