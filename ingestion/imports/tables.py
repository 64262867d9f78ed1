"""The 28 tables of the import format as data: names, keys, columns, kinds, words.

The one place where they are written down: the reader, `matchback inspect`, the registry of
sources and staging read them from here. How a kind is read is in `columns`.
Columns may be added; none is ever renamed or re-read with another meaning.
"""

from __future__ import annotations

from ingestion.imports.columns import Column, Kind, Table

CHANNELS = (
    "direct_mail",
    "paid_search",
    "paid_social",
    "organic",
    "referral",
    "email",
    "call",
    "other",
)


def _columns(kind: Kind, names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names.split())


def _text(names: str) -> tuple[Column, ...]:
    return _columns("text", names)


def _ids(names: str) -> tuple[Column, ...]:
    return _columns("id", names)


def _instants(names: str) -> tuple[Column, ...]:
    return _columns("instant", names)


def _dates(names: str) -> tuple[Column, ...]:
    return _columns("date", names)


def _money(names: str) -> tuple[Column, ...]:
    return _columns("money", names)


def _enum(name: str, *words: str) -> tuple[Column, ...]:
    return (Column(name, "enum", words),)


def _reference(prefix: str) -> tuple[Column, ...]:
    return _ids(f"{prefix}_source {prefix}_account {prefix}_id")


PERSON = (
    *_text("first_name last_name name company email phone phone_2"),
    *_text("address_line_1 address_line_2 city state"),
    Column("postal_code", "postal_code"),
    *_text("country"),
)
CUSTOMER = _reference("customer")
JOB = (*_reference("job"), *_ids("job_number"))
CAMPAIGN = _reference("campaign")
PIECE = _reference("mail_piece")
MARKETING = (
    *CAMPAIGN,
    *PIECE,
    *_text("promo_code utm_source utm_medium utm_campaign gclid tracking_phone lead_source"),
)
WAVE = (Column("wave", "id", default="1"),)
COMMON = (*_ids("account"), *_instants("updated_at deleted_at"))
CURRENCY = _text("currency")


def _table(
    name: str,
    description: str,
    key: str,
    *groups: tuple[Column, ...],
    required: str = "",
    one_of: tuple[str, ...] = (),
    priced_on: str = "",
    fallbacks: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> Table:
    columns = tuple(column for group in groups for column in group)
    has_money = any(column.kind in ("money", "signed_money") for column in columns)
    named_currency = any(column.name == "currency" for column in columns)
    return Table(
        name=name,
        description=description,
        key=tuple(key.split()),
        columns=(*columns, *(CURRENCY if has_money and not named_currency else ()), *COMMON),
        required=tuple(required.split()),
        one_of=tuple(tuple(group.split()) for group in one_of),
        priced_on=tuple(priced_on.split()),
        fallbacks=fallbacks,
    )


_ALL = (
    _table(
        "customers",
        "One row per customer record of one system.",
        "source customer_id",
        _ids("source customer_id"),
        PERSON,
        _enum("customer_type", "residential", "commercial"),
        _text("tax_id"),
        _columns("boolean", "do_not_mail"),
        _ids("merged_into_id"),
        _text("location"),
        _instants("created_at"),
        required="source customer_id",
    ),
    _table(
        "campaigns",
        "One row per campaign.",
        "source campaign_id",
        _ids("source campaign_id"),
        _text("name"),
        _enum("channel", *CHANNELS),
        _text("goal offer creative format"),
        _enum("mail_class", "first_class", "marketing"),
        _text("list_source"),
        _dates("started_on ended_on"),
        _text("promo_code tracking_phone landing_url"),
        _columns("integer", "response_window_days"),
        required="source campaign_id name channel",
    ),
    _table(
        "campaign_members",
        "One row per member of a campaign wave, holdouts included.",
        "campaign_source campaign_id wave member_id",
        CAMPAIGN,
        WAVE,
        _ids("member_id"),
        CUSTOMER,
        _ids("recipient_id"),
        PERSON,
        _enum("arm", "mailed", "holdout"),
        _text("cell stratum"),
        _columns("share", "planned_holdout_share"),
        _enum("randomised_unit", "household", "person", "zip", "market"),
        _instants("assigned_at"),
        required="campaign_source campaign_id arm assigned_at",
        one_of=("member_id customer_id recipient_id",),
        fallbacks=(("member_id", ("customer_id", "recipient_id")),),
    ),
    _table(
        "campaign_areas",
        "One row per ZIP or carrier route of a campaign wave.",
        "campaign_source campaign_id wave postal_code carrier_route",
        CAMPAIGN,
        WAVE,
        _columns("postal_code", "postal_code"),
        _ids("carrier_route"),
        _columns("integer", "households"),
        _dates("mailed_on"),
        _enum("arm", "mailed", "holdout"),
        required="campaign_source campaign_id",
        one_of=("postal_code carrier_route",),
    ),
    _table(
        "mail_orders",
        "One row per order placed with a mail vendor.",
        "source mail_order_id",
        _ids("source mail_order_id"),
        CAMPAIGN,
        WAVE,
        _columns("integer", "quantity_ordered quantity_billed"),
        _dates("promised_drop_on"),
        _instants("ordered_at"),
        _money("billed_amount"),
        required="source mail_order_id",
        priced_on="ordered_at promised_drop_on",
    ),
    _table(
        "mail_pieces",
        "One row per mail piece (postcard).",
        "source mail_piece_id",
        _ids("source mail_piece_id"),
        CAMPAIGN,
        WAVE,
        _text("cell"),
        CUSTOMER,
        _ids("recipient_id"),
        _reference("trigger_job"),
        PERSON,
        _text("promo_code tracking_url tracking_phone"),
        _ids("mail_order_id"),
        _text("status"),
        _enum("mail_class", "first_class", "marketing"),
        _dates("expected_in_home_on"),
        _instants("created_at"),
        _dates("mailed_on"),
        required="source mail_piece_id",
        one_of=("created_at mailed_on",),
    ),
    _table(
        "mail_events",
        "One row per event of a mail piece.",
        "source event_id",
        _ids("source event_id mail_piece_id"),
        _enum(
            "event_type",
            "queued",
            "sent",
            "in_local_area",
            "delivered",
            "returned",
            "cancelled",
            "failed",
            "responded",
        ),
        _instants("occurred_at received_at"),
        _text("return_reason detail"),
        required="source event_id mail_piece_id event_type occurred_at",
    ),
    _table(
        "mail_costs",
        "One row per cost of a piece, wave or campaign; a postage refund is negative.",
        "source cost_id",
        _ids("source cost_id"),
        PIECE,
        CAMPAIGN,
        _ids("wave"),
        _enum("element", "print", "postage", "list", "design", "platform", "other"),
        _columns("signed_money", "amount"),
        _dates("incurred_on"),
        required="source cost_id element amount",
        priced_on="incurred_on",
    ),
    _table(
        "marketing_costs",
        "One row per cost of a channel other than mail.",
        "source cost_id",
        _ids("source cost_id"),
        _enum("channel", *CHANNELS),
        CAMPAIGN,
        _money("amount"),
        _dates("incurred_on"),
        _text("location"),
        required="source cost_id channel amount incurred_on",
        priced_on="incurred_on",
    ),
    _table(
        "touches",
        "One row per marketing touch or response.",
        "source touch_id",
        _ids("source touch_id"),
        _instants("occurred_at"),
        _enum(
            "kind",
            "call",
            "form",
            "chat",
            "qr_scan",
            "page_visit",
            "ad_click",
            "email_sent",
            "email_open",
            "email_click",
            "walk_in",
        ),
        CUSTOMER,
        _text("phone email"),
        MARKETING,
        _columns("integer", "call_seconds"),
        _enum("channel", *CHANNELS),
        JOB,
        required="source touch_id occurred_at kind",
    ),
    _table(
        "leads",
        "One row per lead.",
        "source lead_id",
        _ids("source lead_id"),
        _instants("created_at"),
        _text("status"),
        CUSTOMER,
        PERSON,
        MARKETING,
        _instants("first_contacted_at"),
        JOB,
        required="source lead_id created_at",
    ),
    _table(
        "bookings",
        "One row per booking that dispatch was asked for.",
        "source booking_id",
        _ids("source booking_id"),
        _instants("requested_at"),
        _ids("idempotency_key"),
        CUSTOMER,
        _text("job_type"),
        _instants("slot_starts_at slot_ends_at"),
        _columns("postal_code", "postal_code"),
        JOB,
        _text("status"),
        MARKETING,
        required="source booking_id requested_at",
    ),
    _table(
        "jobs",
        "One row per work order.",
        "source job_id",
        _ids("source job_id job_number"),
        CUSTOMER,
        _text("job_type"),
        _enum(
            "job_class",
            "demand",
            "maintenance",
            "install",
            "membership",
            "warranty",
            "recall",
            "internal",
        ),
        _columns("list", "tags"),
        _text("business_unit location status"),
        _instants("created_at scheduled_starts_at scheduled_ends_at arrived_at started_at"),
        _instants("approved_at completed_at cancelled_at"),
        _text("cancel_reason"),
        _enum("no_show_by", "customer", "crew"),
        _columns("boolean", "on_hold"),
        _ids("parent_job_id callback_of_job_id"),
        MARKETING,
        _text("service_address_line_1 service_address_line_2 service_city service_state"),
        _columns("postal_code", "service_postal_code"),
        _money("estimate_amount"),
        _columns("list", "technician_ids"),
        _text("crew notes custom_fields"),
        required="source job_id created_at",
        priced_on="created_at",
    ),
    _table(
        "appointments",
        "One row per appointment of a job.",
        "source appointment_id",
        _ids("source appointment_id"),
        JOB,
        _instants("window_starts_at window_ends_at window_set_at arrived_at done_at"),
        _text("status"),
        _enum("no_show_by", "customer", "crew"),
        _columns("list", "technician_ids"),
        required="source appointment_id",
        one_of=("job_id job_number",),
    ),
    _table(
        "estimates",
        "One row per estimate.",
        "source estimate_id",
        _ids("source estimate_id"),
        JOB,
        CUSTOMER,
        _text("status"),
        _instants("presented_at sold_at"),
        _money("amount"),
        required="source estimate_id",
        priced_on="presented_at sold_at",
    ),
    _table(
        "technicians",
        "One row per technician.",
        "source technician_id",
        _ids("source technician_id"),
        _text("name crew location"),
        _money("loaded_hour_cost_amount"),
        required="source technician_id",
        priced_on="updated_at",
    ),
    _table(
        "shifts",
        "One row per shift of a technician.",
        "source shift_id",
        _ids("source shift_id technician_id"),
        _instants("starts_at ends_at"),
        _enum("kind", "work", "pto", "training", "meeting"),
        required="source shift_id technician_id starts_at ends_at",
    ),
    _table(
        "timesheets",
        "One row per span of a technician's recorded time.",
        "source timesheet_id",
        _ids("source timesheet_id technician_id"),
        JOB,
        _enum("activity", "job", "drive", "other"),
        _instants("starts_at ends_at"),
        required="source timesheet_id technician_id activity starts_at ends_at",
    ),
    _table(
        "invoices",
        "One row per invoice.",
        "source invoice_id",
        _ids("source invoice_id invoice_number"),
        JOB,
        CUSTOMER,
        _enum("status", "draft", "open", "paid", "void"),
        _dates("issued_on due_on"),
        _money("subtotal_amount tax_amount total_amount"),
        CURRENCY,
        _text("tax_id"),
        _instants("created_at"),
        required="source invoice_id issued_on total_amount",
        priced_on="issued_on",
    ),
    _table(
        "invoice_lines",
        "One row per line of an invoice, signed: a discount is negative.",
        "source invoice_id line_id",
        _ids("source invoice_id line_id"),
        _enum(
            "kind",
            "labor",
            "material",
            "equipment",
            "fee",
            "discount",
            "tax",
            "deposit",
            "other",
        ),
        _text("description"),
        _columns("decimal", "quantity"),
        _columns("signed_money", "amount cost_amount"),
        JOB,
        required="source invoice_id line_id amount",
    ),
    _table(
        "credits",
        "One row per refund, credit memo or write-off, and invoice it is applied to.",
        "source credit_id invoice_id",
        _ids("source credit_id invoice_id"),
        _enum("kind", "refund", "credit_memo", "write_off"),
        _dates("issued_on"),
        _money("amount tax_amount"),
        _ids("refund_of_credit_id"),
        required="source credit_id kind issued_on amount",
        priced_on="issued_on",
    ),
    _table(
        "payments",
        "One row per payment and invoice it is applied to.",
        "source payment_id invoice_id",
        _ids("source payment_id invoice_id"),
        _instants("paid_at"),
        _money("amount"),
        required="source payment_id paid_at amount",
        priced_on="paid_at",
    ),
    _table(
        "memberships",
        "One row per membership or service agreement.",
        "source membership_id",
        _ids("source membership_id"),
        CUSTOMER,
        _dates("started_on ended_on"),
        _text("plan"),
        _ids("sold_on_job_id"),
        _money("recurring_amount"),
        required="source membership_id started_on",
        priced_on="started_on",
    ),
    _table(
        "follow_ups",
        "One row per follow-up made.",
        "source follow_up_id",
        _ids("source follow_up_id"),
        CUSTOMER,
        JOB,
        _enum("kind", "call", "email", "sms", "mail", "visit"),
        _instants("occurred_at"),
        required="source follow_up_id kind occurred_at",
    ),
    _table(
        "service_areas",
        "One row per ZIP and location that serves it, or does not.",
        "postal_code location",
        _columns("postal_code", "postal_code"),
        _text("location"),
        _columns("boolean", "served"),
        required="postal_code",
    ),
    _table(
        "suppressions",
        "One row per person not to be mailed.",
        "source suppression_id",
        _ids("source suppression_id"),
        PERSON,
        CUSTOMER,
        _enum("reason", "do_not_mail", "moved", "deceased", "existing_job", "other"),
        _dates("added_on"),
        required="source suppression_id reason",
    ),
    _table(
        "api_calls",
        "One row per attempt of a call to a vendor's API.",
        "source call_id",
        _ids("source call_id client_id"),
        _text("endpoint method"),
        _instants("called_at"),
        _ids("logical_call_id"),
        _columns("integer", "status_code"),
        _columns("decimal", "latency_ms"),
        _columns("integer", "attempt"),
        _text("error response_body"),
        _ids("trace_id"),
        required="source call_id endpoint called_at",
    ),
    _table(
        "credentials",
        "One row per API credential: facts about keys, never the keys.",
        "source credential_id",
        _ids("source credential_id client_id"),
        _instants("created_at rotated_at expires_at"),
        required="source credential_id created_at",
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
