"""Invoices with their parts, payments, credit memos, refunds: integer cents and instants."""

from __future__ import annotations

import numpy as np

from ingestion.sandbox.catalogue import COST_SHARE, LABOR_COST_CENTS_PER_HOUR, PRICES, TAX_RATE
from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate.calendar import Calendar, later, only_where
from ingestion.sandbox.generate.jobs import CODE, QR_SCAN
from ingestion.sandbox.generate.mail import DAY, HOUR
from ingestion.sandbox.rates import WorldRates

COUNTER_SALES = 0.004


def build_invoices(
    jobs: dict[str, np.ndarray], calendar: Calendar, seed: int, rates: WorldRates
) -> dict[str, np.ndarray]:
    """One invoice per completed chargeable job, now and then more, and counter sales without one.

    Returns:
        Columns job (-1: none), part (1, 2, ...), created_at, *_cents of labor, material,
        equipment, discount (positive), tax, subtotal, total, change (added to labor from
        changed_at on), costs, paid_at/paid_cents, voided_at, books_at and books_* instants.
    """
    rng = generator(seed, "money")
    faults = rates.faults
    billed = ~np.isnat(jobs["completed_at"]) & ~jobs["no_charge"]
    missing = billed & (rng.random(len(billed)) < faults.job_without_invoice)
    jobs["invoice_missing"] = missing
    rows = np.flatnonzero(billed & ~missing)
    draw = rng.random(len(rows))
    copies = 1 + (draw < 0.04).astype(np.int64) + (draw < 0.004)
    job = np.repeat(rows, copies)
    part = np.arange(len(job)) - np.repeat(np.cumsum(copies) - copies, copies) + 1
    # Dispatch makes an invoice for every visit: one without charge has one of zero.
    zero = np.flatnonzero(~np.isnat(jobs["completed_at"]) & jobs["no_charge"])
    lost = int(len(job) * faults.invoice_without_job)
    lone = lost + int(len(job) * COUNTER_SALES)
    donors = rng.choice(job, lone) if len(job) else job
    invoices = {
        "job": np.concatenate([job, zero, np.full(lone, -1)]),
        "part": np.concatenate([part, np.ones(len(zero) + lone, dtype=np.int64)]),
        "person": jobs["person"][np.concatenate([job, zero, donors])],
        "household": jobs["household"][np.concatenate([job, zero, donors])],
        "done_at": jobs["completed_at"][np.concatenate([job, zero, donors])],
        "lost_job": np.concatenate(
            [np.zeros(len(job) + len(zero), dtype=bool), np.arange(lone) < lost]
        ),
    }
    invoices |= _amounts(invoices, jobs, rng)
    columns = invoices | _events(invoices, calendar, rng, rates)
    columns["overpaid"] &= columns["total_cents"] > 0
    return columns


def _amounts(
    invoices: dict[str, np.ndarray], jobs: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    count = len(invoices["job"])
    job = np.maximum(invoices["job"], 0)
    job_class = np.where(invoices["job"] >= 0, jobs["job_class"][job], 0)
    means = np.array(PRICES)[job_class]
    scale = np.where(invoices["part"] > 1, 0.3, 1.0) * np.where(invoices["job"] < 0, 0.25, 1.0)
    noise = rng.lognormal(-0.08, 0.4, (count, 3))
    cents = np.round(means * noise * scale[:, None]).astype(np.int64)
    labor, material, equipment = cents.T
    coupon = np.isin(jobs["evidence"][job], (CODE, QR_SCAN)) & (invoices["job"] >= 0)
    discount = np.where(coupon & (labor > 8_000) & (invoices["part"] == 1), 3_000, 0)
    discount = np.where((rng.random(count) < 0.05) & (labor > 8_000), discount + 1_500, discount)
    tax = np.round((material + equipment) * TAX_RATE).astype(np.int64)
    hours = jobs["work_seconds"][job] / HOUR
    return {
        "labor_cents": labor,
        "material_cents": material,
        "equipment_cents": equipment,
        "discount_cents": discount,
        "tax_cents": tax,
        "labor_cost_cents": np.round(hours * LABOR_COST_CENTS_PER_HOUR).astype(np.int64),
        "material_cost_cents": np.round(material * COST_SHARE["material"]).astype(np.int64),
        "equipment_cost_cents": np.round(equipment * COST_SHARE["equipment"]).astype(np.int64),
        "cost_unknown": rng.random(count) < 0.10,
        "subtotal_cents": labor + material + equipment - discount,
        "total_cents": labor + material + equipment - discount + tax,
    }


def _events(
    invoices: dict[str, np.ndarray],
    calendar: Calendar,
    rng: np.random.Generator,
    rates: WorldRates,
) -> dict[str, np.ndarray]:
    count = len(invoices["job"])
    faults = rates.faults
    draw = rng.random(count)
    lag = np.where(draw < 0.85, rng.integers(300, 7_200, count), rng.integers(1, 3, count) * DAY)
    lag = np.where(draw > 1 - rates.late_invoice, rng.integers(4, 12, count) * DAY, lag)
    lag = np.where(invoices["part"] > 1, lag + 3 * DAY, lag)
    created = later(invoices["done_at"], lag)
    voided = rng.random(count) < rates.voided
    changed = ~voided & (rng.random(count) < rates.changed_invoice)
    paid = ~voided & (rng.random(count) < 0.9)
    synced = rng.random(count) >= faults.books_invoice_missing
    doubled = synced & (rng.random(count) < faults.books_invoice_doubled)
    deleted_copy = synced & ~doubled & (rng.random(count) < faults.books_copy_deleted)
    differs = synced & ~voided & (rng.random(count) < faults.books_amount_differs)
    changed_at = later(created, rng.integers(2, 40, count) * DAY)
    paid_at = later(created, rng.exponential(6 * DAY, count) + 900)
    change = rng.choice([-2_500, -1_000, 1_500, 4_900], count)
    # Made cheaper only before it is paid, and never to nothing.
    dearer = (paid & (changed_at > paid_at)) | (invoices["labor_cents"] <= 5_000)
    change = np.where(dearer, np.abs(change), change)
    overpaid = paid & ~changed & (rng.random(count) < faults.payment_over_invoice)
    voided_at = later(created, rng.integers(1, 30, count) * DAY)
    books_at = later(created, rng.integers(2 * HOUR, 30 * HOUR, count))
    copy_deleted_at = later(books_at, rng.integers(1, 9, count) * DAY)
    return {
        "created_at": created,
        "invoice_day": calendar.local_days(created),
        "voided_at": only_where(
            voided, calendar.put_off(voided_at, created, rng, share=0.7, within_days=90)
        ),
        "changed_at": only_where(changed, changed_at),
        "change_cents": np.where(changed, change, 0),
        "paid_at": only_where(paid, paid_at),
        "pays_in_two": paid & ~overpaid & (rng.random(count) < 0.04),
        "overpaid": overpaid,
        "total_differs": (invoices["job"] >= 0)
        & (invoices["part"] == 1)
        & ~voided
        & (rng.random(count) < faults.invoice_differs_from_job),
        "books_at": only_where(synced, books_at),
        "books_copy_at": only_where(doubled | deleted_copy, later(books_at, HOUR)),
        "books_copy_deleted_at": only_where(
            deleted_copy, calendar.put_off(copy_deleted_at, later(books_at, HOUR), rng)
        ),
        "books_difference_cents": np.where(differs, rng.choice([-1, 1, 100, 1_000], count), 0),
        "books_free_lines_at": only_where(
            rng.random(count) < 0.04, later(books_at, rng.integers(1, 9, count) * DAY)
        ),
        "coupon_line": rng.random(count) < 0.5,
    }


def build_payments(
    invoices: dict[str, np.ndarray], calendar: Calendar, seed: int, rates: WorldRates
) -> dict[str, np.ndarray]:
    """Payments, and refunds as payments that give back: columns invoice, paid_at, cents, kind.

    `kind`: 0 payment, 1 refund (`refunds` is the row of the payment it pays back), 2 unapplied.
    """
    rng = generator(seed, "payments")
    rows = np.flatnonzero(~np.isnat(invoices["paid_at"]) & (invoices["total_cents"] > 0))
    total = invoices["total_cents"][rows]
    settled = total + np.where(
        invoices["changed_at"][rows] <= invoices["paid_at"][rows],
        invoices["change_cents"][rows],
        0,
    )
    amount = settled + np.where(invoices["overpaid"][rows], 2_000, 0)
    two = invoices["pays_in_two"][rows]
    first = np.where(two, amount // 2, amount)
    second = np.flatnonzero(two)
    payment_invoice = np.concatenate([rows, rows[second]])
    cents = np.concatenate([first, (amount - first)[second]])
    paid_at = np.concatenate(
        [
            invoices["paid_at"][rows],
            later(invoices["paid_at"][rows[second]], rng.integers(3, 25, len(second)) * DAY),
        ]
    )
    # What was overpaid by plan is not given back: the refund would exceed the invoice unplanned.
    split = two | invoices["overpaid"][rows]
    whole = np.flatnonzero(~np.concatenate([split, two[second]]))
    refunded = whole[rng.random(len(whole)) < rates.refunded]
    share = rng.choice([0.25, 0.5, 1.0], len(refunded))
    too_much = rng.random(len(refunded)) < min(
        1.0, rates.faults.refund_over_invoice / max(rates.refunded, 1e-9)
    )
    given = np.round(cents[refunded] * share).astype(np.int64)
    dearest = total + np.maximum(invoices["change_cents"][rows], 0)
    beyond = np.concatenate([dearest, dearest[second]])[refunded] + 1_234
    given = np.where(too_much, beyond, np.maximum(given, 1))
    given_at = later(paid_at[refunded], rng.integers(2, 45, len(refunded)) * DAY)
    given_at = calendar.put_off(given_at, paid_at[refunded], rng, within_days=120)
    return {
        "invoice": np.concatenate([payment_invoice, payment_invoice[refunded]]),
        "paid_at": np.concatenate([paid_at, given_at]),
        "cents": np.concatenate([cents, -given]),
        "kind": np.concatenate(
            [np.zeros(len(cents), dtype=np.int64), np.ones(len(refunded), dtype=np.int64)]
        ),
        "refunds": np.concatenate([np.full(len(cents), -1), refunded]),
        "too_much": np.concatenate([np.zeros(len(cents), dtype=bool), too_much]),
    }


def build_credit_memos(
    invoices: dict[str, np.ndarray], seed: int, rates: WorldRates
) -> dict[str, np.ndarray]:
    """Credit memos on invoices (a few unapplied): columns invoice, issued_at, cents, tax_cents."""
    rng = generator(seed, "credits")
    eligible = np.flatnonzero(np.isnat(invoices["voided_at"]) & (invoices["total_cents"] > 5_000))
    rows = eligible[rng.random(len(eligible)) < rates.credited]
    total, tax = invoices["total_cents"][rows], invoices["tax_cents"][rows]
    cents = np.maximum(
        1, np.round(total * rng.choice([0.1, 0.2, 1.0], len(rows), p=[0.5, 0.4, 0.1]))
    )
    return {
        "invoice": rows,
        "issued_at": later(invoices["created_at"][rows], rng.integers(2, 50, len(rows)) * DAY),
        "cents": cents.astype(np.int64),
        "tax_cents": np.round(cents * tax / total).astype(np.int64),
        "applied": rng.random(len(rows)) >= 0.08,
    }
