"""Keeps e-mails and phone numbers out of the published marts, wherever they were typed.

Personal columns never reach the marts; this is about free text and vendor ids in which somebody
wrote one. A masked value stays equal to itself (`masked:` and eight hexadecimal digits), so that
counts and joins within the published files still work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}"
# A bare run of ten digits is an id far more often than a phone; separators or +1 make it a phone.
PHONE = (
    r"(\+1[ .\-]?\(?\d{3}\)?[ .\-]?\d{3}[ .\-]?\d{4}"
    r"|\(\d{3}\) ?\d{3}[ .\-]\d{4}|\b\d{3}[.\-]\d{3}[.\-]\d{4}\b)"
)

_MAY_HOLD_TEXT = re.compile(
    r"(_id|_number|_name|_text|_reason|_detail|_error|_body)$|"
    r"^(text|detail|name|expected|observed|offer|creative|goal|tag|error|resolution|location|"
    r"utm_\w+|gclid|cut_value|entity_id|response_body|kind|reason)$"
)


def may_hold_text(column: str, data_type: str) -> bool:
    """Whether a column is free text or an id somebody else chose."""
    return data_type == "VARCHAR" and _MAY_HOLD_TEXT.search(column) is not None


def masked_select(schema: str, table: str, columns: Sequence[tuple[str, str]]) -> str:
    """A select of a whole table with masked text columns; columns are (name, DuckDB type)."""
    parts = [
        f"{masked(column)} as {_name(column)}"
        if may_hold_text(column, data_type)
        else _name(column)
        for column, data_type in columns
    ]
    return f"select {', '.join(parts)} from {_name(schema)}.{_name(table)}"


def masked(column: str) -> str:
    """An SQL expression: the column, or its mask where it holds an e-mail or a phone."""
    name = _name(column)
    return (
        f"case when regexp_matches({name}, '{EMAIL}|{PHONE}') "
        f"then 'masked:' || substr(md5({name}), 1, 8) else {name} end"
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
