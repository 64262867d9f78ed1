"""Who comes off a mailing list, asked of the warehouse: one rule, one reason.

A household is recognised by customer id, by address in its postal spelling, else by an e-mail or
phone that stands in one household only. Tables that no run has built yet give no removals.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from dbt_project.linkage.addresses import address_id, normalise_addresses
from ingestion.settings import Settings
from orchestration.lib.split_list import ListRow

ADDRESS_COLUMNS = ("address_line_1", "address_line_2", "city", "state", "postal_code")
SUPPRESSIONS = "intermediate.int_canonical__suppressions_unioned"
RECORDS = "intermediate.int_identity__records_keyed"
ADDRESSES = "intermediate.int_identity__addresses_resolved"
AREAS = "intermediate.int_canonical__service_areas_unioned"
JOBS = "marts.fct_jobs"
UNITS = "intermediate.int_measurement__units_built"
SPLITS = "raw_matchback.split_members"
# Between a draw and the last in-home date lie printing and the post.
DAYS_TO_HOMES = 21


@dataclass(frozen=True)
class Homes:
    """Household keys by postal spelling.

    Attributes:
        spelled: Address as written -> postal spelling.
        known: Postal spelling -> household key, of every address any record holds.
    """

    spelled: Mapping[tuple[str, ...], str]
    known: Mapping[str, str]

    def of(self, address: tuple[str, ...]) -> str | None:
        """Household at an address; a property nobody knows gets the key the next run gives it."""
        spelled = self.spelled.get(address)
        if spelled is None:
            return None
        return (
            self.known.get(spelled)
            or hashlib.md5(f"household|{spelled}".encode(), usedforsecurity=False).hexdigest()
        )


def apply_rules(
    connection: duckdb.DuckDBPyConnection,
    rows: list[ListRow],
    *,
    settings: Settings,
    today: date,
) -> list[str]:
    """Recognise households and mark the rows that come off.

    Args:
        connection: The warehouse.
        rows: The list; household_key and removed_because are filled in.
        settings: `settings.split` says which rules hold.
        today: The operator's local date.

    Returns:
        Rules that could not be asked, each with what is missing.
    """
    there = _tables(connection)
    homes = _homes(connection, rows, there)
    _recognise(connection, rows, homes, there)
    chosen = settings.split
    unasked = []
    for rule, is_on, tables in (
        ("suppressions", chosen.apply_suppressions, {SUPPRESSIONS}),
        ("do not mail", chosen.apply_do_not_mail, {RECORDS}),
        ("service area", chosen.apply_service_area, {AREAS}),
        ("recent job", chosen.recent_job_days > 0, {JOBS}),
        ("one active campaign", chosen.one_active_campaign, {UNITS, SPLITS}),
    ):
        if not is_on:
            continue
        if not there & tables:
            unasked.append(f"{rule}: nothing is known yet, run `matchback run` first")
        elif rule == "service area":
            _mark_outside(rows, _served(connection), unasked)
        elif rule == "suppressions":
            _mark(rows, _suppressed(connection, homes, there), "suppressed")
        elif rule == "do not mail":
            _mark(rows, _do_not_mail(connection), "do not mail")
        elif rule == "recent job":
            keys = _recent_jobs(connection, settings, today)
            _mark(rows, keys, f"job within {chosen.recent_job_days} days")
        else:
            _mark(rows, _in_campaigns(connection, there, settings, today), "in an active campaign")
    return unasked


def _mark(rows: Iterable[ListRow], keys: Mapping[str, str], reason: str) -> None:
    """Take off rows whose household, e-mail or phone a rule names."""
    for row in rows:
        if row.removed_because:
            continue
        for key in (row.household_key, *_contacts(row.known)):
            if key in keys:
                row.removed_because = f"{reason}: {keys[key]}" if keys[key] else reason
                break


def _mark_outside(rows: Iterable[ListRow], served: set[str], unasked: list[str]) -> None:
    if not served:
        unasked.append("service area: no served postal codes are known")
        return
    for row in rows:
        postal_code = row.known.get("postal_code", "")[:5]
        if not row.removed_because and postal_code not in served:
            row.removed_because = f"outside the service area: {postal_code or 'no postal code'}"


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    return {name for (name,) in found}


def _homes(connection: duckdb.DuckDBPyConnection, rows: list[ListRow], there: set[str]) -> Homes:
    """Spell every address of the list and of the suppressions as the post does."""
    wanted = {_address(row.known) for row in rows}
    blank = ", ".join(f"coalesce({name}, '')" for name in ADDRESS_COLUMNS)
    if SUPPRESSIONS in there:
        wanted.update(connection.execute(f"select distinct {blank} from {SUPPRESSIONS}").fetchall())
    wanted.discard(("",) * 5)
    known: dict[str, str] = {}
    if ADDRESSES in there:
        known = dict(
            connection.execute(
                f"select property_text, min(household_key) from {ADDRESSES} "
                "where property_text is not null and household_key is not null group by 1"
            ).fetchall()
        )
    if not wanted:
        return Homes({}, known)
    cells = list(zip(*sorted(wanted), strict=True))
    written = pa.table(dict(zip(ADDRESS_COLUMNS, map(list, cells), strict=True)))
    with duckdb.connect() as scratch:
        scratch.register("written", written)
        nulled = ", ".join(f"nullif({name}, '') as {name}" for name in ADDRESS_COLUMNS)
        scratch.execute(
            f"create table listed as select {address_id()} as address_id, {nulled}, "
            "1 as use_count from written"
        )
        normalise_addresses(scratch, source="listed", target="spelled")
        found = scratch.execute(
            f"select {blank}, property_text from listed inner join spelled using (address_id) "
            "where property_text is not null"
        ).fetchall()
    return Homes({tuple(row[:5]): row[5] for row in found}, known)


def _address(known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(known.get(name, "") for name in ADDRESS_COLUMNS)


def _recognise(
    connection: duckdb.DuckDBPyConnection, rows: list[ListRow], homes: Homes, there: set[str]
) -> None:
    """Fill in household keys: by customer id, by address, by a contact of one household."""
    by_id: dict[str, str] = {}
    by_contact: dict[str, str] = {}
    if RECORDS in there:
        by_id = _lone(connection, "customer_id", "entity = 'customer'")
        by_contact = {
            **_lone(connection, "right(regexp_replace(phone, '[^0-9]', '', 'g'), 10)", "true"),
            **_lone(connection, "lower(email)", "true"),
        }
    for row in rows:
        row.household_key = (
            by_id.get(row.known.get("customer_id", ""))
            or homes.of(_address(row.known))
            or next((by_contact[key] for key in _contacts(row.known) if key in by_contact), None)
            or f"row {row.member_id}"
        )


def _lone(connection: duckdb.DuckDBPyConnection, key: str, condition: str) -> dict[str, str]:
    """Values that stand in exactly one household."""
    return dict(
        connection.execute(
            f"select {key}, min(household_key) from {RECORDS} where {condition} "
            f"and nullif({key}, '') is not null and household_key is not null "
            "group by 1 having min(household_key) = max(household_key)"
        ).fetchall()
    )


def _contacts(known: Mapping[str, str]) -> Iterable[str]:
    if known.get("email"):
        yield known["email"].lower()
    digits = re.sub(r"[^0-9]", "", known.get("phone", ""))[-10:]
    if len(digits) == 10:
        yield digits


def _served(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute(
        f"select postal_code from {AREAS} where coalesce(served, true) and not is_deleted"
    ).fetchall()
    return {code for (code,) in found if code}


def _do_not_mail(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    found = connection.execute(
        "select household_key, lower(coalesce(email, '')), "
        "right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 10) "
        f"from {RECORDS} where do_not_mail and not is_deleted"
    ).fetchall()
    return {key: "" for row in found for key in row if key}


def _recent_jobs(
    connection: duckdb.DuckDBPyConnection, settings: Settings, today: date
) -> dict[str, str]:
    found = connection.execute(
        "select household_key, max(cast(timezone(?, created_at) as date)) as created_on "
        f"from {JOBS} where household_key is not null and state not in ('Cancelled', 'No Show') "
        "group by 1 having created_on > cast(? as date) - cast(? as integer)",
        [settings.operator.time_zone, today, settings.split.recent_job_days],
    ).fetchall()
    return {key: f"on {day}" for key, day in found}


def _suppressed(
    connection: duckdb.DuckDBPyConnection, homes: Homes, there: set[str]
) -> dict[str, str]:
    """Suppressed households, e-mails and phones, each with the reason of the suppression."""
    select = ", ".join(f"coalesce({name}, '')" for name in ADDRESS_COLUMNS)
    found = connection.execute(
        f"select {select}, lower(coalesce(email, '')), "
        "right(regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), 10), "
        "customer_source, customer_id, coalesce(reason, 'other') "
        f"from {SUPPRESSIONS} where not is_deleted"
    ).fetchall()
    households = {}
    if RECORDS in there:
        households = {
            (source, customer): key
            for source, customer, key in connection.execute(
                f"select source, customer_id, household_key from {RECORDS} "
                "where entity = 'customer' and household_key is not null"
            ).fetchall()
        }
    keys: dict[str, str] = {}
    for *address, email, phone, source, customer, reason in found:
        words = reason.replace("_", " ")
        for key in (email, phone, homes.of(tuple(address)), households.get((source, customer))):
            if key:
                keys[key] = words
    return keys


def _in_campaigns(
    connection: duckdb.DuckDBPyConnection, there: set[str], settings: Settings, today: date
) -> dict[str, str]:
    """Units of either arm whose campaign still has an open window, or was drawn of late."""
    keys: dict[str, str] = {}
    if UNITS in there:
        found = connection.execute(
            f"select distinct unit_key from {UNITS} where window_label = ? and window_ends_on > ?",
            [str(settings.lift.primary_window_days), today],
        ).fetchall()
        keys.update({key: "" for (key,) in found})
    if SPLITS in there:
        found = connection.execute(
            f"select unit_key, min(campaign_id) from {SPLITS} where "
            "cast(assigned_at as date) > cast(? as date) - cast(? as integer) group by 1",
            [today, settings.lift.primary_window_days + DAYS_TO_HOMES],
        ).fetchall()
        keys.update(dict(found))
    return keys
