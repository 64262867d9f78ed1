"""One world that holds every case of matching, money and credit, and its marts, built once.

Each case has a household of its own, named for the case, so that the cases cannot touch each other.
Unless a case says otherwise: a card of campaign SPRING26, wave 1, is mailed on 2026-05-01 and
delivered on 2026-05-08; the job comes on 2026-05-20, is completed and invoiced at 100.00 net, 8.00
tax, and paid.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.dbt_project.attribution_bad_input import bad_input
from tests.dbt_project.attribution_world import Marts, World, build_world

SETTINGS = """
[margin_rates]
demand = 0.5
install = 0.4

[[mail.rate_card]]
source = "mail"
mail_class = "marketing"
piece_cents = 47.25
"""
CONTACT = "2026-05-20T15:00:00Z"


class Cases(World):
    """A world with short words for the usual card, job and invoice."""

    def card(
        self,
        name: str,
        *,
        piece: str | None = None,
        campaign: str = "SPRING26",
        wave: str = "1",
        mailed: str = "2026-05-01",
        delivered: str | None = "2026-05-08T16:00:00Z",
        **more: Any,
    ) -> str:
        """A card to a household; returns the piece id."""
        piece = piece or f"P-{name}"
        self.add(
            "mail_pieces",
            mail_piece_id=piece,
            campaign_id=campaign,
            wave=wave,
            customer_id=name,
            mailed_on=mailed,
            **more,
        )
        if delivered:
            self.event(piece, "delivered", delivered)
        return piece

    def event(self, piece: str, kind: str, at: str) -> None:
        """One mail event."""
        self.add(
            "mail_events",
            event_id=f"{piece}-{kind}-{at}",
            mail_piece_id=piece,
            event_type=kind,
            occurred_at=at,
        )

    def job(self, name: str, *, job: str | None = None, at: str = CONTACT, **more: Any) -> str:
        """A completed job of a household; returns the job id."""
        job = job or f"J-{name}"
        facts = {"completed_at": at, "status": "Completed", **more}
        self.add("jobs", job_id=job, job_number=f"N{job}", customer_id=name, created_at=at, **facts)
        return job

    def bill(
        self,
        job: str | None,
        *,
        invoice: str | None = None,
        on: str = "2026-05-21",
        net: str = "100.00",
        tax: str = "8.00",
        total: str = "108.00",
        paid: str | None = "108.00",
        lines: tuple[tuple[str, str, str], ...] | None = None,
        **more: Any,
    ) -> str:
        """An invoice with lines (kind, amount, cost); default one of labor; returns its id."""
        invoice = invoice or f"I-{job}"
        facts = {"status": "open", **more}
        self.add(
            "invoices",
            invoice_id=invoice,
            invoice_number=f"#{invoice}",
            job_id=job or "",
            issued_on=on,
            subtotal_amount=net,
            tax_amount=tax,
            total_amount=total,
            **facts,
        )
        for number, (kind, amount, cost) in enumerate(lines or (("labor", net, ""),), 1):
            self.add(
                "invoice_lines",
                invoice_id=invoice,
                line_id=str(number),
                kind=kind,
                amount=amount,
                cost_amount=cost,
                **({"source": facts["source"]} if "source" in facts else {}),
            )
        if paid:
            self.add(
                "payments",
                payment_id=f"Y-{invoice}",
                invoice_id=invoice,
                paid_at=f"{on}T18:00:00Z",
                amount=paid,
                **({"source": facts["source"]} if "source" in facts else {}),
            )
        return invoice

    def usual(self, name: str, *, at: str = CONTACT, **job: Any) -> None:
        """The usual job with the usual invoice."""
        self.bill(self.job(name, at=at, **job), on=at[:10])


# An id as hostile as a vendor may send it: quotes, SQL, templates, other scripts, an emoji.
HOSTILE = "J-o'dd\"; drop table fct_jobs; -- {{ ref('x') }} %s $(rm) Ж 李 \U0001f3e0"
HOUSEHOLDS = (
    *("coded", "person", "late", "early", "scanned", "edge_in", "edge_out", "typed", "retyped"),
    *("cancelled", "cancelled_code", "returned", "twin_a", "two_waves", "warranty", "called"),
    *("three_invoices", "big_refund", "uninvoiced", "discount", "deposit", "memo", "void"),
    *("doubled", "tuneup", "callback", "searched", "old_customer", "partial", "transit"),
    *("facility", "unseen", "trigger", "split_job", "nolines", "holdout_mailed", "holdout_clean"),
    *("dst_spring", "dst_autumn", f"of {HOSTILE}"),
    *("ordered_1", "ordered_2", "ordered_3"),
    *("bad_late_card", "bad_twins", "bad_leak", "bad_negative", "bad_history", "bad_voided"),
)


def cases() -> Cases:
    """The rows of all cases."""
    world = Cases()
    for number, name in enumerate(HOUSEHOLDS, 1):
        world.household(name, number=number)
    _campaigns(world)
    _matching(world)
    _windows(world)
    _orders(world)
    _paths(world)
    _money(world)
    _chains(world)
    _holdouts(world)
    _hostile_ids_and_clock_nights(world)
    bad_input(world)
    return world


def _hostile_ids_and_clock_nights(world: Cases) -> None:
    """Rows that are odd but right, and rows that are wrong: nothing else may change for them."""
    for name, at in (("spring", "2026-03-08T02:30:00"), ("autumn", "2025-11-02T01:30:00")):
        world.job(f"dst_{name}", at=at, notes="two\nlines, and a comma")
    world.job(f"of {HOSTILE}", job=HOSTILE, at="2026-04-10T15:00:00Z")
    world.bill(HOSTILE, net="0.00", tax="0.00", total="0.00", paid=None)
    usual = {"job_id": "J-coded", "status": "open", "issued_on": "2026-05-21"}
    world.add(
        "invoices", invoice_id="B-date", **{**usual, "issued_on": "2026-02-30"}, total_amount="5.00"
    )
    world.add("invoices", invoice_id="B-word", **usual, total_amount="a hundred")
    world.add("invoices", invoice_id="B-minus", **usual, total_amount="-5.00")
    for amount in ("1.00", "2.00"):
        world.add("invoices", invoice_id="B-twice", **usual, total_amount=amount)
    world.add("jobs", job_id="", created_at=CONTACT, customer_id="coded")
    world.add("jobs", job_id="1.2E+11", created_at=CONTACT, customer_id="coded")


def _campaigns(world: Cases) -> None:
    world.add(
        "campaigns",
        campaign_id="SPRING26",
        name="Spring tune-up",
        promo_code="SPRING50",
        tracking_phone="(404) 555-0100",
        started_on="2026-04-28",
        ended_on="2026-06-30",
        response_window_days=45,
        offer="50 off",
    )
    world.add("campaigns", campaign_id="EMPTY26", name="Never mailed", started_on="2026-05-01")
    world.add("campaigns", campaign_id="RATED26", name="Priced by rate card")
    world.add(
        "campaigns", source="servicetitan", campaign_id="77", name="SPRING26", channel="direct_mail"
    )
    world.add(
        "mail_costs",
        cost_id="print",
        campaign_id="SPRING26",
        wave="1",
        element="print",
        amount="10.01",
        incurred_on="2026-05-01",
    )
    world.add(
        "mail_costs",
        cost_id="refund",
        campaign_id="SPRING26",
        wave="1",
        element="postage",
        amount="-0.50",
        incurred_on="2026-05-09",
    )
    world.add(
        "mail_costs",
        cost_id="design",
        campaign_id="EMPTY26",
        element="design",
        amount="250.00",
        incurred_on="2026-05-01",
    )


def _matching(world: Cases) -> None:
    world.card("coded")
    world.usual("coded", mail_piece_id="P-coded", mail_piece_source="mail")
    world.card("person")
    world.usual("person")
    world.card("typed", promo_code="KX-1O7Q")
    world.usual("typed", notes="customer read the code kx 107q from the card")
    world.card("retyped", promo_code="AB-12345")
    world.usual("retyped", promo_code="ab 12345 ")
    for number in range(3):
        world.bill(world.job("", job=f"J-shared{number}", promo_code="spring-50"))
    world.card("cancelled", delivered=None, status="Cancelled")
    world.usual("cancelled")
    world.card("cancelled_code", delivered=None, status="Cancelled", promo_code="CXL-001A")
    world.usual("cancelled_code", promo_code="CXL001A")
    world.card("returned", delivered=None)
    world.event("P-returned", "returned", "2026-05-12T12:00:00Z")
    world.usual("returned")
    world.card("twin_a", piece="P-twin1")
    world.card("twin_a", piece="P-twin2", delivered="2026-05-09T16:00:00Z")
    world.usual("twin_a")
    world.card("warranty")
    world.usual("warranty", job_class="warranty")
    world.card("called")
    world.job("called")
    world.bill("J-called")
    for touch, second in (("c1", "10"), ("c2", "55")):
        world.add(
            "touches",
            source="calls" if touch == "c1" else "crm",
            touch_id=touch,
            kind="call",
            occurred_at=f"2026-05-20T14:50:{second}Z",
            phone="404-555-1234",
            tracking_phone="4045550100",
            job_id="J-called",
        )
    world.add(
        "touches",
        touch_id="too_late",
        kind="call",
        occurred_at="2026-08-15T14:50:00Z",
        phone="404-555-9999",
        tracking_phone="4045550100",
    )


def _windows(world: Cases) -> None:
    world.card("late")
    world.usual("late", at="2026-09-10T15:00:00Z", mail_piece_id="P-late", mail_piece_source="mail")
    world.card("early")
    world.usual("early", at="2026-05-05T15:00:00Z")
    world.card("scanned")
    world.add(
        "touches",
        source="mail",
        touch_id="scan",
        kind="qr_scan",
        job_source="",
        occurred_at="2026-05-06T15:00:00Z",
        mail_piece_id="P-scanned",
        customer_source="",
    )
    world.usual("scanned", at="2026-05-07T15:00:00Z")
    world.card("edge_in")
    world.usual("edge_in", at="2026-06-07T03:59:00Z")
    world.card("edge_out")
    world.usual("edge_out", at="2026-06-07T04:01:00Z")
    world.card("transit", delivered=None, status="Sent")
    world.usual("transit", at="2026-05-07T15:00:00Z")
    world.card("facility", delivered=None)
    world.event("P-facility", "in_local_area", "2026-05-09T12:00:00Z")
    world.usual("facility", at="2026-05-11T15:00:00Z")
    world.card("unseen", campaign="RATED26")
    world.card(
        "trigger", campaign="RATED26", trigger_job_source="servicetitan", trigger_job_id="J-old"
    )


def _orders(world: Cases) -> None:
    """Three cards of one order, billed at 1.00; no cost row names printing or postage."""
    world.add("campaigns", campaign_id="BILLED26", name="Billed by order")
    for number in (1, 2, 3):
        world.card(f"ordered_{number}", campaign="BILLED26", mail_order_id="O1")
    world.add(
        "mail_orders",
        mail_order_id="O1",
        campaign_id="BILLED26",
        wave="1",
        quantity_billed="3",
        billed_amount="1.00",
        ordered_at="2026-04-28T12:00:00Z",
    )


def _paths(world: Cases) -> None:
    world.card("two_waves")
    world.card(
        "two_waves",
        piece="P-second",
        wave="2",
        mailed="2026-05-11",
        delivered="2026-05-15T16:00:00Z",
    )
    world.bill(world.job("two_waves"), net="100.01", total="108.01", paid=None)
    world.card("searched")
    world.add(
        "touches",
        source="web",
        touch_id="ad",
        kind="ad_click",
        customer_id="searched",
        occurred_at="2026-05-18T12:00:00Z",
        utm_source="google",
        utm_medium="cpc",
        gclid="g1",
        job_source="",
    )
    world.usual("searched")
    world.card("uninvoiced")
    world.job("uninvoiced")
    world.card("old_customer")
    world.usual("old_customer")
    world.bill(
        world.job("old_customer", job="J-old", at="2023-03-01T15:00:00Z", tags="Water Heater;VIP"),
        on="2023-03-01",
    )


def _money(world: Cases) -> None:
    world.card("three_invoices")
    world.job("three_invoices")
    for number in range(3):
        world.bill("J-three_invoices", invoice=f"I-three{number}", on=f"2026-06-0{number + 1}")
    world.card("big_refund")
    world.usual("big_refund")
    world.add(
        "credits",
        credit_id="R1",
        invoice_id="I-J-big_refund",
        kind="refund",
        issued_on="2026-06-15",
        amount="162.00",
    )
    world.card("discount")
    world.bill(
        world.job("discount"),
        net="90.00",
        tax="0.00",
        total="90.00",
        paid="45.00",
        lines=(
            ("labor", "60.00", "20.00"),
            ("material", "40.00", "10.00"),
            ("discount", "-10.00", ""),
        ),
    )
    world.card("deposit")
    world.bill(
        world.job("deposit"),
        net="150.00",
        tax="0.00",
        total="150.00",
        paid="150.00",
        lines=(("labor", "200.00", ""), ("deposit", "-50.00", "")),
    )
    world.card("memo")
    world.usual("memo")
    world.add(
        "credits",
        credit_id="M1",
        invoice_id="I-J-memo",
        kind="credit_memo",
        issued_on="2026-07-01",
        amount="27.00",
    )
    world.add(
        "credits",
        credit_id="M2",
        invoice_id="I-J-memo",
        kind="refund",
        issued_on="2026-07-02",
        amount="27.00",
        refund_of_credit_id="M1",
    )
    world.add(
        "credits",
        credit_id="W1",
        invoice_id="I-J-memo",
        kind="write_off",
        issued_on="2026-07-05",
        amount="5.00",
    )
    world.card("void")
    world.bill(world.job("void"), status="void", paid=None)
    world.card("doubled")
    world.bill(world.job("doubled"), invoice="D1", customer_id="doubled")
    world.bill(
        None,
        source="quickbooks",
        invoice="Q1",
        on="2026-05-22",
        customer_id="doubled",
        customer_source="servicetitan",
        job_number="NJ-doubled",
        job_source="servicetitan",
    )
    world.bill(
        None,
        source="quickbooks",
        invoice="Q2",
        on="2026-05-25",
        net="40.00",
        tax="0.00",
        total="40.00",
        paid=None,
        job_number="",
    )
    world.bill(None, invoice="I-nojob", net="33.33", tax="0.00", total="33.33", paid=None)
    world.card("partial")
    world.bill(world.job("partial"), paid="54.00")
    world.bill(
        world.job("nolines"),
        net="70.00",
        tax="0.00",
        total="70.00",
        lines=(("labor", "45.00", ""),),
    )
    world.job("split_job", job="J-split1")
    world.job("split_job", job="J-split2")
    world.add(
        "invoices",
        invoice_id="I-split",
        issued_on="2026-05-21",
        subtotal_amount="100.00",
        tax_amount="0.00",
        total_amount="100.00",
        status="open",
    )
    for line, job, amount in (("1", "J-split1", "66.67"), ("2", "J-split2", "33.33")):
        world.add(
            "invoice_lines",
            invoice_id="I-split",
            line_id=line,
            kind="labor",
            amount=amount,
            job_id=job,
        )
    world.add(
        "payments",
        payment_id="Y-split",
        invoice_id="I-split",
        amount="50.00",
        paid_at="2026-05-30T12:00:00Z",
    )


def _chains(world: Cases) -> None:
    world.card("tuneup")
    world.usual("tuneup")
    world.bill(
        world.job(
            "tuneup",
            job="J-replacement",
            at="2026-09-15T15:00:00Z",
            job_class="install",
            parent_job_id="J-tuneup",
        ),
        on="2026-09-16",
        net="9000.00",
        tax="0.00",
        total="9000.00",
        paid="9000.00",
    )
    world.card("callback")
    world.bill(world.job("callback"), lines=(("labor", "100.00", "30.00"),))
    world.bill(
        world.job(
            "callback",
            job="J-again",
            at="2026-06-01T15:00:00Z",
            job_class="recall",
            callback_of_job_id="J-callback",
        ),
        on="2026-06-01",
        net="0.00",
        tax="0.00",
        total="0.00",
        paid=None,
        lines=(("labor", "0.00", "25.00"),),
    )


def _holdouts(world: Cases) -> None:
    world.card("holdout_mailed")
    for name, arm in (
        ("person", "mailed"),
        ("holdout_mailed", "holdout"),
        ("holdout_clean", "holdout"),
    ):
        world.add(
            "campaign_members",
            campaign_id="SPRING26",
            wave="1",
            customer_source="servicetitan",
            customer_id=name,
            arm=arm,
            randomised_unit="household",
        )


@cache
def case_marts() -> Marts:
    """The marts of all cases; built once in a process, with dbt's own data tests."""
    folder = Path(tempfile.mkdtemp(prefix="matchback-cases-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build_world(cases(), folder, settings_text=SETTINGS)
