"""The 28 tables of the import format as data: names, keys, columns, kinds, words.

The one place where they are told: the reader, `matchback inspect`, the registry of sources and
staging read `TABLES`. How a kind is read is in `columns`. Columns may be added; none is ever
renamed or re-read with another meaning.
"""

from __future__ import annotations

from ingestion.imports import tables_marketing, tables_money, tables_work
from ingestion.imports.columns import Table

_BY_NAME = {
    table.name: table
    for table in (*tables_marketing.TABLES, *tables_work.TABLES, *tables_money.TABLES)
}
# The order they are read in: what is referred to comes before what refers to it.
_ORDER = """
    customers campaigns campaign_members campaign_areas mail_orders mail_pieces
    mail_events mail_costs marketing_costs touches leads bookings
    jobs appointments estimates technicians shifts timesheets
    invoices invoice_lines credits payments memberships follow_ups
    service_areas suppressions api_calls credentials
"""

TABLES: dict[str, Table] = {name: _BY_NAME[name] for name in _ORDER.split()}
