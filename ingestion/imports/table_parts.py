"""The parts that tables of the import format are put together from. The tables are in `tables`."""

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


def columns(kind: Kind, names: str) -> tuple[Column, ...]:
    """Columns of one kind by their names."""
    return tuple(Column(name, kind) for name in names.split())


def text(names: str) -> tuple[Column, ...]:
    """Text columns."""
    return columns("text", names)


def ids(names: str) -> tuple[Column, ...]:
    """Id columns."""
    return columns("id", names)


def instants(names: str) -> tuple[Column, ...]:
    """Instants."""
    return columns("instant", names)


def dates(names: str) -> tuple[Column, ...]:
    """Dates."""
    return columns("date", names)


def money(names: str) -> tuple[Column, ...]:
    """Amounts that may not be negative."""
    return columns("money", names)


def enum(name: str, *words: str) -> tuple[Column, ...]:
    """One column of known words."""
    return (Column(name, "enum", words),)


def reference(prefix: str) -> tuple[Column, ...]:
    """The three columns that name a record of another table."""
    return ids(f"{prefix}_source {prefix}_account {prefix}_id")


PERSON = (
    *text("first_name last_name name company email phone phone_2"),
    *text("address_line_1 address_line_2 city state"),
    Column("postal_code", "postal_code"),
    *text("country"),
)
CUSTOMER = reference("customer")
JOB = (*reference("job"), *ids("job_number"))
CAMPAIGN = reference("campaign")
PIECE = reference("mail_piece")
MARKETING = (
    *CAMPAIGN,
    *PIECE,
    *text("promo_code utm_source utm_medium utm_campaign gclid tracking_phone lead_source"),
)
WAVE = (Column("wave", "id", default="1"),)
COMMON = (*ids("account"), *instants("updated_at deleted_at"))
CURRENCY = text("currency")


def table(
    name: str,
    description: str,
    key: str,
    *groups: tuple[Column, ...],
    required: str = "",
    one_of: tuple[str, ...] = (),
    priced_on: str = "",
    fallbacks: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> Table:
    """A table of these groups of columns; the common columns are added."""
    listed = tuple(column for group in groups for column in group)
    has_money = any(column.kind in ("money", "signed_money") for column in listed)
    named_currency = any(column.name == "currency" for column in listed)
    return Table(
        name=name,
        description=description,
        key=tuple(key.split()),
        columns=(*listed, *(CURRENCY if has_money and not named_currency else ()), *COMMON),
        required=tuple(required.split()),
        one_of=tuple(tuple(group.split()) for group in one_of),
        priced_on=tuple(priced_on.split()),
        fallbacks=fallbacks,
    )
