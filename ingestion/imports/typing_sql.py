"""The one DuckDB query that types a batch of one file: normalised payloads and reasons to reject.

The expressions of single columns are in `cell_sql`; rules that need more than one row (versions,
keys twice) are in `scratch`. The query reads the relations `batch` (see `rows.RawBatch`) and, for
lines of invoices, `foreign_invoices`. Cells come trimmed, empty ones as null (`rows.trimmed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingestion.imports.cell_sql import Cell, cell_sql, literal
from ingestion.imports.columns import Table
from ingestion.imports.header import HeaderPlan
from ingestion.imports.local_time import Zone
from ingestion.imports.mapping import FileMap

DEFAULT_ACCOUNT = "main"
FUTURE_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True)
class Money:
    """What money is worth in.

    Attributes:
        reporting: Code of the reporting currency.
        rates_from: Other currencies that settings give rates for, with the first date of each.
    """

    reporting: str
    rates_from: Mapping[str, date]


def typing_query(
    *, table: Table, plan: HeaderPlan, file_map: FileMap, zone: Zone, money: Money, now: datetime
) -> str:
    """The query of one file.

    Returns:
        SQL that gives one row per row of `batch`: line, account, record_id, modified_at,
        is_deleted, payload, currency and currency_on (of other than the reporting currency),
        e_<enum> (the enums' words), and for a row to reject column_name, reason and record_text.
    """
    cells = {column.name: cell_sql(column, file_map, zone) for column in table.columns}
    filled = {*plan.cells, *plan.constants}
    raw = [f"{_raw(plan, table, name)} as r_{name}" for name in cells]
    filled |= {column for column, _ in table.fallbacks}
    filled |= {column.name for column in table.columns if column.default is not None}
    parsed = [
        f"{cell.parsed if name in filled else 'null'} as p_{name}" for name, cell in cells.items()
    ]
    typed = [
        f"{cell.value if name in filled else 'null::varchar'} as v_{name}"
        for name, cell in cells.items()
    ]
    return f"""
        with raw as (select _line as line, {_kept_cells(plan)} {", ".join(raw)} from batch),
        filled as (select * replace ({_fallbacks(table)}) from raw),
        {_steps(cells, filled)}
        parsed as (select *, {", ".join(parsed)} from prepared),
        typed as (select *, {", ".join(typed)} from parsed),
        priced as ({_priced(table, filled, money, zone)}),
        judged as (select *, {_faults(table, cells, filled, money, now)} from priced)
        select
            line,
            coalesce(v_account, {literal(DEFAULT_ACCOUNT)}) as account,
            {_record_id(table)} as record_id,
            {_modified_at(filled)} as modified_at,
            v_deleted_at is not null as is_deleted,
            {_payload(table, plan, cells, filled)} as payload,
            foreign_currency as currency,
            currency_on,
            {_enums(table, filled)}
            fault[1] as column_name,
            fault[2] as reason,
            case when fault is not null then {_record_text(plan)} end as record_text
        from judged
    """


def _raw(plan: HeaderPlan, table: Table, name: str) -> str:
    column = table.by_name[name]
    if name in plan.constants:
        text = literal(plan.constants[name])
    else:
        positions = plan.cells.get(name, ())
        filled = [f"c{position}" for position in positions]
        if column.default is not None:
            filled.append(literal(column.default))
        if not filled:
            return "null::varchar"
        text = filled[0] if len(filled) == 1 else f"coalesce({', '.join(filled)})"
    return text


def _steps(cells: dict[str, Cell], filled: set[str]) -> str:
    """CTEs from `filled` to `prepared`, one a step."""
    before, text = "filled", ""
    depth = max((len(cell.steps) for cell in cells.values()), default=0)
    for number in range(depth):
        added = [
            f"{expression} as {name}"
            for column, cell in cells.items()
            if column in filled and number < len(cell.steps)
            for name, expression in cell.steps[number].items()
        ]
        text += f"step_{number} as (select {', '.join(['*', *added])} from {before}),\n        "
        before = f"step_{number}"
    return text + f"prepared as (select * from {before}),"


def _kept_cells(plan: HeaderPlan) -> str:
    cells = "".join(f"c{position}, " for position in plan.known_positions)
    return cells + ("_extra, " if plan.is_wide else "")


def _fallbacks(table: Table) -> str:
    pairs = [
        f"coalesce(r_{column}, {', '.join(f'r_{other}' for other in others)}) as r_{column}"
        for column, others in table.fallbacks
    ]
    return ", ".join(pairs) or "line as line"


def _priced(table: Table, filled: set[str], money: Money, zone: Zone) -> str:
    """Adds foreign_currency and currency_on; a line takes its invoice's currency and date."""
    if not table.of_kind("money", "signed_money"):
        return "select *, null::varchar as foreign_currency, null::date as currency_on from typed"
    days = [
        f"p_{name}" if table.by_name[name].kind == "date" else f"{zone.to_local}(p_{name})::date"
        for name in table.priced_on
        if name in filled
    ]
    if table.name == "invoice_lines":
        currency = "coalesce(p_currency, foreign_invoices.currency)"
        day, join = (
            "foreign_invoices.currency_on",
            (
                "left join ("
                "select source, account, invoice_id, max(currency) as currency, "
                "max(currency_on) as currency_on from foreign_invoices "
                "group by source, account, invoice_id"
                ") as foreign_invoices on foreign_invoices.source = v_source "
                f"and foreign_invoices.account = coalesce(v_account, {literal(DEFAULT_ACCOUNT)}) "
                "and foreign_invoices.invoice_id = v_invoice_id"
            ),
        )
    else:
        currency, join = "p_currency", ""
        day = f"coalesce({', '.join(days)}, null::date)" if days else "null::date"
    own = f"nullif({currency}, {literal(money.reporting.upper())})"
    return f"""
        select
            typed.*, {own} as foreign_currency,
            case when {own} is not null then {day} end as currency_on
        from typed {join}
    """


def _faults(
    table: Table,
    cells: dict[str, Cell],
    filled: set[str],
    money: Money,
    now: datetime,
) -> str:
    """A list (column, reason) of the first fault of a row, null without one."""
    faults: list[tuple[str, str]] = []
    for name in table.required:
        faults.append(
            (name, f"case when r_{name} is null then 'is empty, and has to be filled' end")
        )
    for group in table.one_of:
        empty = " and ".join(f"r_{name} is null" for name in group)
        text = f"is empty; one of {', '.join(group)} has to be filled"
        faults.append((group[0], f"case when {empty} then {literal(text)} end"))
    faults += [(name, cell.reason) for name, cell in cells.items() if name in filled]
    future = (now + FUTURE_TOLERANCE).strftime("%Y-%m-%d %H:%M:%S")
    if "updated_at" in filled:
        faults.append(
            ("updated_at", f"case when p_updated_at > '{future}' then 'lies in the future' end")
        )
    if table.of_kind("money", "signed_money"):
        faults.append(("currency", _rate_fault(money)))
    kept = [f"[{literal(name)}, {reason}]" for name, reason in faults]
    first = " ".join(
        f"when ({reason}) is not null then {pair}"
        for (_, reason), pair in zip(faults, kept, strict=True)
    )
    return f"case {first} end as fault"


def _rate_fault(money: Money) -> str:
    known = " ".join(
        f"when {literal(code.upper())} then date '{first.isoformat()}'"
        for code, first in money.rates_from.items()
    )
    first = f"case foreign_currency {known} end" if known else "null::date"
    return (
        "case when foreign_currency is null then null "
        f"when ({first}) is null then 'is a currency without a rate: add it to currency_rates' "
        "when currency_on is null then 'needs a date to be converted at, and the row has none' "
        f"when currency_on < ({first}) "
        "then 'is a currency without a rate for that date: add it to currency_rates' end"
    )


def _record_id(table: Table) -> str:
    parts = [
        rf"replace(replace(coalesce(v_{name}, ''), '\', '\\'), '|', '\|')" for name in table.key
    ]
    return " || '|' || ".join(parts)


def _modified_at(filled: set[str]) -> str:
    """`updated_at`; a deletion told later than it makes the version that new."""
    if "updated_at" not in filled:
        return "null::timestamptz"
    newest = "p_updated_at"
    if "deleted_at" in filled:
        newest = "case when p_updated_at is not null then greatest(p_updated_at, p_deleted_at) end"
    return f"({newest})::timestamptz"


def _payload(table: Table, plan: HeaderPlan, cells: dict[str, Cell], filled: set[str]) -> str:
    entries: list[str] = []
    for name, cell in cells.items():
        value = f"v_{name}"
        if name == "account":
            value = f"coalesce({value}, {literal(DEFAULT_ACCOUNT)})"
        elif name == "currency":
            value = "coalesce(v_currency, foreign_currency)"
        elif name not in filled:
            continue
        key = f'\'"{name}":'
        if cell.is_json:
            entries.append(f"{key}' || {value}")
        elif cell.needs_quotes:
            entries.append(f"{key}' || to_json({value})::varchar")
        else:
            entries.append(f"{key}\"' || {value} || '\"'")
        if name in filled:
            entries += [f"'\"{more}\":' || {text}" for more, text in cell.more.items()]
    if table.of_kind("money", "signed_money"):
        entries.append("'\"_currency_on\":\"' || currency_on::varchar || '\"'")
    if plan.is_wide:
        entries.append("'\"_extra\":' || _extra")
    elif plan.extras:
        extras = [
            f"{literal(_json_key(name))} || to_json(c{position})::varchar"
            for name, position in plan.extras
        ]
        inner = f"nullif(concat_ws(',', {', '.join(extras)}), '')"
        entries.append(f"'\"_extra\":{{' || {inner} || '}}'")
    return f"'{{' || concat_ws(',', {', '.join(entries)}) || '}}'"


def _record_text(plan: HeaderPlan) -> str:
    entries = [
        f"{literal(_json_key(name))} || to_json(nullif(left(c{position}, 2000), ''))::varchar"
        for position, name in enumerate(plan.names)
        if position in set(plan.known_positions)
    ]
    return f"left('{{' || concat_ws(',', {', '.join(entries)}) || '}}', 20000)"


def _json_key(name: str) -> str:
    import json

    return json.dumps(name, ensure_ascii=False) + ":"


def _enums(table: Table, filled: set[str]) -> str:
    return "".join(f"v_{name} as e_{name}, " for name in table.of_kind("enum") if name in filled)
