"""How each kind of column is read, as DuckDB expressions over a text expression.

Pure text in, text out; how they are put together into the query of a file is in `typing_sql`.
An expression of a value is null where the text breaks the rule, and `reason` then says why. No
reason holds a value: reasons are published, rows are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.imports.columns import Column
from ingestion.imports.local_time import Zone
from ingestion.imports.mapping import FileMap

MAX_ID_CHARS = 500
MAX_TEXT_BYTES = 1_048_576
_ISO = r"'\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d\d(:\d\d)?)?)?'"
_PLAIN_NUMBER = r"'[+-]?(\d{1,13}(\.\d*)?|\.\d+)'"
# What floating point adds to an amount lies far below a ten-thousandth of a cent.
_FLOAT_NOISE = "0.000001"


@dataclass(frozen=True)
class Cell:
    """Expressions for one column.

    Attributes:
        steps: Named expressions, each step seeing the names of the steps before it. DuckDB then
            computes each once: parsing an instant in one expression cost three times as much.
        parsed: Intermediate value, given the name `p_<column>`.
        value: Normalised text of `p_<column>` (and `r_<column>`, the trimmed text).
        reason: Null, or why a filled cell cannot be used.
        needs_quotes: The value must be escaped as a JSON string; else it is safe as it is.
        is_json: The value is JSON itself.
        more: Further payload entries by name: expressions giving JSON text or null.
    """

    parsed: str
    value: str
    reason: str
    needs_quotes: bool = True
    is_json: bool = False
    more: dict[str, str] = field(default_factory=dict)
    steps: tuple[dict[str, str], ...] = ()


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def cell_sql(column: Column, file_map: FileMap, zone: Zone) -> Cell:
    """The expressions of one column. `r_<name>` is its trimmed text, null where empty."""
    raw, parsed = f"r_{column.name}", f"p_{column.name}"
    match column.kind:
        case "text":
            return _currency(raw, parsed) if column.name == "currency" else _text(raw, parsed)
        case "id":
            return _id(raw, parsed)
        case "enum":
            return _enum(raw, parsed, column.words)
        case "instant":
            return _instant(column.name, raw, parsed, file_map, zone)
        case "date":
            return _date(column.name, raw, parsed, file_map, zone)
        case "money" | "signed_money":
            return _money(raw, parsed, file_map.money_style, signed=column.kind != "money")
        case "boolean":
            return _boolean(raw, parsed)
        case "list":
            return _list(raw, parsed)
        case "postal_code":
            return _postal_code(column.name, raw, parsed)
    return _number(column.kind, raw, parsed, file_map.money_style)


def _text(raw: str, parsed: str) -> Cell:
    reason = f"case when strlen({raw}) > {MAX_TEXT_BYTES} then 'is longer than 1 MB' end"
    return Cell(parsed=raw, value=parsed, reason=reason)


def _currency(raw: str, parsed: str) -> Cell:
    reason = (
        f"case when not regexp_full_match({parsed}, '[A-Z]{{3}}') "
        "then 'is no currency code such as USD' end"
    )
    return Cell(parsed=f"upper({raw})", value=parsed, reason=reason)


def _id(raw: str, parsed: str) -> Cell:
    reason = (
        f"case when contains(upper({raw}), 'E+') "
        rf"and regexp_full_match(upper({raw}), '-?\d+([.,]\d+)?E\+\d+') "
        "then 'is an id damaged by a spreadsheet, such as 1.2E+11: export it as text' "
        f"when strlen({raw}) > {MAX_ID_CHARS} then 'is longer than {MAX_ID_CHARS} bytes, no id' end"
    )
    return Cell(parsed=raw, value=parsed, reason=reason)


def _enum(raw: str, parsed: str, words: tuple[str, ...]) -> Cell:
    word = rf"lower(regexp_replace({raw}, '[\s-]+', '_', 'g'))"
    known = ", ".join(literal(one) for one in words)
    reason = f"case when strlen({raw}) > {MAX_TEXT_BYTES} then 'is longer than 1 MB' end"
    return Cell(
        parsed=f"case when {word} in ({known}) then {word} else {raw} end",
        value=parsed,
        reason=reason,
    )


def _iso_text(raw: str) -> str:
    """ISO 8601, rarer ways of writing it brought into the common one; else null."""
    repaired = raw
    for pattern, replacement in (
        (r"[,]", "."),
        (r"(\.\d{6})\d+", r"\1"),
        (r":60", ":59"),
        (r"(T\d\d:\d\d\S*)([+-]\d\d)(\d\d)$", r"\1\2:\3"),
        (r"\s*(UTC|GMT|Z)$", "Z"),
        (r"\s+([+-]\d\d)", r"\1"),
    ):
        repaired = f"regexp_replace({repaired}, '{pattern}', '{replacement}')"
    repaired = repaired.replace(raw, f"replace(upper({raw}), ' +', '+')", 1)
    return (
        f"case when regexp_full_match({raw}, {_ISO}) then {raw} "
        f"when regexp_full_match({repaired}, {_ISO}) then {repaired} end"
    )


def _moment_steps(name: str, file_map: FileMap) -> tuple[dict[str, str], ...]:
    """Steps to z_<name> (UTC timestamp of a text with offset) and w_<name> (naive wall clock)."""
    raw, iso = f"r_{name}", f"n_{name}"
    wall = f"case when not {iso}_zoned then try_cast({iso} as timestamp) end"
    if file_map.date_format:
        tried = ", ".join(f"try_strptime({raw}, {literal(form)})" for form in file_map.date_format)
        wall = f"coalesce({wall}, {tried})"
    return (
        {iso: _iso_text(raw)},
        {f"{iso}_zoned": f"regexp_matches(substr({iso}, 17), '[Z+-]')"},
        {
            f"z_{name}": (
                f"case when {iso}_zoned then try_cast({iso} as timestamptz)::timestamp end"
            ),
            f"w_{name}": wall,
        },
    )


def _is_bare_date(name: str, file_map: FileMap) -> str:
    raw = f"r_{name}"
    is_bare = f"strlen({raw}) = 10 and n_{name} is not null"
    if not file_map.date_format:
        return is_bare
    cases = " ".join(
        f"when try_strptime({raw}, {literal(form)}) is not null "
        f"then {'false' if _has_time(form) else 'true'}"
        for form in file_map.date_format
    )
    return f"case when n_{name} is not null then {is_bare} {cases} else false end"


def _has_time(form: str) -> bool:
    return any(code in form for code in ("%H", "%I", "%-H", "%-I", "%X", "%c"))


def _year_reason(parsed: str) -> str:
    return (
        f"when {parsed} < '1900-01-01' or {parsed} >= '2100-01-01' "
        "then 'lies outside the years 1900 to 2099'"
    )


def _instant(name: str, raw: str, parsed: str, file_map: FileMap, zone: Zone) -> Cell:
    reason = (
        f"case when {raw} is null then null when {parsed} is null "
        "then 'is no instant such as 2026-10-01T12:00:00Z (or name its date_format)' "
        f"{_year_reason(parsed)} end"
    )
    return Cell(
        steps=_moment_steps(name, file_map),
        parsed=f"coalesce(z_{name}, {zone.to_utc}(w_{name}))",
        value=f"replace({parsed}::varchar, ' ', 'T') || 'Z'",
        reason=reason,
        needs_quotes=False,
        more={f"{name}_is_date_only": f"case when {_is_bare_date(name, file_map)} then 'true' end"},
    )


def _date(name: str, raw: str, parsed: str, file_map: FileMap, zone: Zone) -> Cell:
    reason = (
        f"case when {raw} is null then null when {parsed} is null "
        "then 'is no date such as 2026-10-01 (or name its date_format)' "
        f"{_year_reason(parsed)} end"
    )
    return Cell(
        steps=_moment_steps(name, file_map),
        parsed=f"coalesce(w_{name}, {zone.to_local}(z_{name}))::date",
        value=f"{parsed}::varchar",
        reason=reason,
        needs_quotes=False,
    )


def _plain_amount(raw: str, style: str) -> str:
    """A number as the operator's money style writes it -> plain text, null if it does not fit."""
    if style == "plain":
        return raw
    group, point, sign = (",", r"\.", r"\$") if style == "us" else (r"[.'\s]", ",", "€")
    shape = (
        rf"'\(?\s*[+-]?\s*({sign}|USD|EUR)?\s*[+-]?(\d{{1,3}}({group}\d{{3}})+|\d+)?"
        rf"({point}\d*)?\s*-?\s*\)?\s*({sign}|USD|EUR)?'".replace(".'", ".''")
    )
    bare = (
        rf"regexp_replace({raw}, '[$,\s]|USD', '', 'g')"
        if style == "us"
        else rf"replace(regexp_replace({raw}, '[€.''\s]|EUR', '', 'g'), ',', '.')"
    )
    signed = rf"regexp_replace(regexp_replace({bare}, '^\((.*)\)$', '-\1'), '^([^-].*)-$', '-\1')"
    return f"case when regexp_full_match({raw}, {shape}) then {signed} end"


def _money(raw: str, parsed: str, style: str, *, signed: bool) -> Cell:
    plain = f"({_plain_amount(raw, style)})"
    exact = f"try_cast({parsed} as decimal(38, 15))"
    negative = (
        "" if signed else f"when {exact} < -{_FLOAT_NOISE} then 'is negative, which it may not be'"
    )
    hint = "" if style != "plain" else ' (or set money_style = "us")'
    reason = (
        f"case when {raw} is null then null "
        f"when {parsed} is null then 'is no amount such as 1234.56{hint}' "
        f"when abs({exact} - round({exact}, 2)) >= {_FLOAT_NOISE} "
        "then 'has more than two decimals' "
        f"{negative} end"
    )
    return Cell(
        parsed=f"case when regexp_full_match({plain}, {_PLAIN_NUMBER}) then {plain} end",
        value=f"replace(round({exact}, 2)::decimal(18, 2)::varchar, '-0.00', '0.00')",
        reason=reason,
        needs_quotes=False,
    )


def _number(kind: str, raw: str, parsed: str, style: str) -> Cell:
    plain = f"({_plain_amount(raw, style)})"
    if kind == "integer":
        shape, value = r"'\+?\d{1,15}(\.0*)?'", f"try_cast({parsed} as decimal(18, 0))::varchar"
        wrong = "when false then null"
        expected = "is no whole number of 0 or more"
    elif kind == "share":
        plain = (
            f"(case when ends_with({raw}, '%') "
            f"then (try_cast(rtrim({raw}, '% ') as decimal(18, 9)) / 100)::decimal(18, 9)::varchar "
            f"else {raw} end)"
        )
        shape, value = _PLAIN_NUMBER, f"try_cast({parsed} as decimal(18, 9))::varchar"
        wrong = f"when not {parsed}::decimal(38, 15) between 0 and 1 then 'is no share of 0 to 1'"
        expected = "is no share such as 0.25"
    else:
        shape, value = _PLAIN_NUMBER, f"ltrim({parsed}, '+')"
        wrong = "when false then null"
        expected = "is no number such as 12.5"
    return Cell(
        parsed=f"case when regexp_full_match({plain}, {shape}) then {plain} end",
        value=value,
        reason=f"case when {raw} is null then null when {parsed} is null "
        f"then '{expected}' {wrong} end",
        needs_quotes=False,
    )


def _boolean(raw: str, parsed: str) -> Cell:
    word = f"lower({raw})"
    return Cell(
        parsed=(
            f"case when {word} in ('true', '1', 'yes', 't', 'y') then 'true' "
            f"when {word} in ('false', '0', 'no', 'f', 'n') then 'false' end"
        ),
        value=parsed,
        reason=f"case when {raw} is not null and {parsed} is null "
        "then 'is neither true/false, 1/0 nor yes/no' end",
        is_json=True,
    )


def _list(raw: str, parsed: str) -> Cell:
    parts = (
        f"list_filter(list_transform(string_split({raw}, ';'), lambda part: trim(part)), "
        "lambda part: part <> '')"
    )
    reason = f"case when strlen({raw}) > {MAX_TEXT_BYTES} then 'is longer than 1 MB' end"
    return Cell(parsed=f"to_json({parts})::varchar", value=parsed, reason=reason, is_json=True)


def _postal_code(name: str, raw: str, parsed: str) -> Cell:
    digits = rf"regexp_replace({raw}, '(\.0+$)|[\s-]', '', 'g')"
    is_short = rf"regexp_full_match({raw}, '\d{{3,5}}(\.0+)?')"
    is_long = rf"regexp_full_match({raw}, '\d{{3,5}}\s*-\s*\d{{4}}|\d{{8,9}}(\.0+)?')"
    reason = f"case when strlen({raw}) > {MAX_ID_CHARS} then 'is no postal code' end"
    return Cell(
        parsed=(
            f"case when {is_short} then lpad({digits}, 5, '0') "
            f"when {is_long} then lpad({digits}, 9, '0') else upper({raw}) end"
        ),
        value=f"case when {is_long} then substr({parsed}, 1, 5) else {parsed} end",
        reason=reason,
        more={f"{name}_4": f"case when {is_long} then '\"' || substr({parsed}, 6) || '\"' end"},
    )
