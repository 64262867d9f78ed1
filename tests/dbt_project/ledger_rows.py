"""A small world as rows of the models the ledger starts from, and its way through the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.dbt_project.compiled import Tables, surrogate_key
from tests.dbt_project.ledger_worlds import Job, SmallWorld

START = date(2026, 5, 1)
WINDOWS = {"30": 30, "60": 60, "campaign": 45}
CREDIT_MODELS = (
    *("first", "last", "linear", "position", "w_shaped", "time_decay", "markov", "shapley"),
    *("deterministic", "match_back"),
)
SOURCE = {"source": "servicetitan", "account": "main"}
MODELS = (
    *("int_jobs__references_resolved", "int_jobs__judged", "int_jobs__first_contacts_found"),
    *("int_matching__jobs_ready", "int_matching__piece_evidence_found"),
    *("int_matching__campaigns_evidenced", "int_matching__piece_candidates_judged"),
    *("int_matching__campaign_candidates_judged", "int_matching__touch_candidates_judged"),
    *("int_matching__candidates_judged", "int_credit__paths_built", "int_credit__shares_computed"),
    *("int_money__invoices_keyed", "int_money__invoices_linked"),
    *("int_money__invoice_jobs_linked", "int_money__lines_built", "int_money__invoices_summed"),
    *("int_money__job_invoices_collected", "int_money__job_labour_costed"),
    *("int_money__jobs_summed", "int_credit__lines_credited", "int_credit__job_credits_split"),
    *("int_credit__models_listed", "fct_invoice_lines", "bridge_attribution_credits"),
)


def job_key(number: int) -> str:
    """Our key of a job of the world."""
    return surrogate_key("servicetitan", "main", f"j{number}")


def _at(day: int, hour: int = 15) -> datetime:
    instant = datetime(START.year, START.month, START.day, hour, tzinfo=UTC)
    return instant + timedelta(days=day)


def world_rows(world: SmallWorld) -> dict[str, list[dict[str, object]]]:
    """The rows of the models the ledger starts from, by model."""
    return {
        "int_jobs__keyed": [_job_row(number, job) for number, job in enumerate(world.jobs)],
        "int_jobs__contacts_linked": [
            {"job_key": job_key(number), "kind": "job", "record_key": job_key(number),
             "contact_at": _at(job.day)} for number, job in enumerate(world.jobs)
        ],
        "int_mail__pieces_windowed": [
            _card_row(number, *card) for number, card in enumerate(world.cards)
        ],
        "int_matching__job_evidence_collected": [
            {"job_key": job_key(number), "mail_piece_key": f"card {job.code}",
             "campaign_key": "SPRING", "method": "promo_code", "record_rank": 1}
            for number, job in enumerate(world.jobs) if job.code is not None
        ],
        "int_matching__touches_tied": [
            {"touch_key": f"click {number}", "merged_touch_key": f"click {number}",
             "kind": "ad_click", "channel": "paid_search", "household_key": household,
             "customer_key": household, "is_kept": True, "is_independent": True,
             "occurred_at": _at(day, 12)}
            for number, (day, household) in enumerate(world.clicks)
        ],
        **_money_rows(world),
    }  # fmt: skip


def _job_row(number: int, job: Job) -> dict[str, object]:
    return {
        **SOURCE, "job_key": job_key(number), "job_id": f"j{number}", "customer_key": job.household,
        "household_key": job.household, "customer_household_key": job.household,
        "address_key": job.household, "location_key": "main", "job_class": job.job_class,
        "parent_job_key": None if job.parent is None else job_key(job.parent),
        "callback_of_job_key": None if job.redoes is None else job_key(job.redoes),
        "is_on_hold": False, "is_zero_value": False, "is_deleted": False, "is_orphan": False,
        "match_probability": 1.0, "created_at": _at(job.day),
        "completed_at": _at(job.day + 1) if job.is_completed else None,
    }  # fmt: skip


def _card_row(number: int, day: int, household: str, wave: str) -> dict[str, object]:
    in_home = START + timedelta(days=day)
    return {
        "mail_piece_key": f"card {number}", "campaign_key": "SPRING", "wave": wave,
        "customer_key": household, "household_key": household, "address_key": household,
        "status": "Delivered", "match_probability": 1.0, "posted_on": in_home - timedelta(days=7),
        "in_home_on": in_home, "window_starts_on": in_home, "opens_on": in_home,
        "closes_on": in_home + timedelta(days=60), "position_at": _at(day, 4),
    }  # fmt: skip


def _money_rows(world: SmallWorld) -> dict[str, list[dict[str, object]]]:
    invoices, lines, returned, payments = [], [], [], []
    for number, invoice in enumerate(world.invoices):
        one = {**SOURCE, "invoice_id": f"i{number}", "first_known_at": _at(130)}
        total = invoice.subtotal + invoice.tax
        on = START + timedelta(days=number)
        invoices.append(
            {**one, "status": "void" if invoice.is_void else "open", "system_kind": "dispatch",
             "subtotal_cents": invoice.subtotal, "tax_cents": invoice.tax, "total_cents": total,
             "issued_on": on, "known_at": _at(130)}
        )  # fmt: skip
        for place, (kind, cents, job) in enumerate(invoice.lines):
            lines.append(
                {**one, "line_id": str(place), "kind": kind, "amount_cents": cents,
                 "job_source": "servicetitan", "job_account": "main", "job_id": f"j{job}"}
            )  # fmt: skip
        memo = None
        for place, (kind, cents, tax) in enumerate(invoice.returns):
            name = f"r{number}-{place}"
            returned.append(
                {**one, "credit_id": name, "kind": kind, "amount_cents": cents, "tax_cents": tax,
                 "issued_on": on}
            )  # fmt: skip
            memo = (name, cents) if kind == "credit_memo" else memo
        if memo and invoice.pays_memo_out:
            returned.append(
                {**one, "credit_id": f"p{number}", "kind": "refund", "amount_cents": memo[1],
                 "tax_cents": 0, "issued_on": on, "refund_of_credit_id": memo[0]}
            )  # fmt: skip
        if invoice.paid and total > 0:
            payments.append(
                {**one, "payment_id": f"y{number}", "amount_cents": int(total * invoice.paid)}
            )
    return {
        "int_canonical__invoices_unioned": invoices,
        "int_canonical__invoice_lines_unioned": lines,
        "int_canonical__credits_unioned": returned,
        "int_canonical__payments_unioned": payments,
    }


def through_the_ledger(rows: dict[str, list[dict[str, object]]]) -> Tables:
    """Fill the tables and run matching, money and credit over them."""
    tables = Tables()
    tables.fill_context(
        as_of=_at(150),
        headline_model="last",
        headline_window_label="60",
        counted_invoice_source="dispatch",
        touch_window_days=30,
        half_life_days=7.0,
        chain_follow_up_jobs=True,
    )
    windows = [
        {"window_label": label, "window_days": None if label == "campaign" else days}
        for label, days in WINDOWS.items()
    ]
    tables.fill(
        "stg_matchback__setting_windows",
        windows,
        types={"window_label": "varchar", "window_days": "integer"},
    )
    tables.fill(
        "stg_matchback__setting_margin_rates",
        [{"job_class": "demand", "margin_rate": 0.47}],
        types={"job_class": "varchar", "margin_rate": "double"},
    )
    tables.fill(
        "int_campaigns__windows_listed",
        [{"campaign_key": "SPRING", "window_label": label, "window_days": days}
         for label, days in WINDOWS.items()],
    )  # fmt: skip
    tables.fill(
        "int_campaigns__described",
        [{"campaign_key": "SPRING", "channel": "direct_mail", "response_window_days": 45}],
    )
    tables.fill(
        "int_measurement__channel_effects_estimated",
        [{"model": model, "window_label": label, "channel": channel, "effect": effect}
         for model in ("markov", "shapley") for label in WINDOWS
         for channel, effect in (("direct_mail", 0.7), ("paid_search", 0.1))],
    )  # fmt: skip
    for name, given in rows.items():
        tables.fill(name, given)
    tables.fill_parents(*MODELS)
    tables.run(*MODELS)
    return tables
