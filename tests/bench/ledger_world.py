"""A large operator, written straight into the canonical tables: households, mail, jobs, invoices.

Everything is drawn from hashes of row numbers, so the same size gives the same world. Two in five
customers are mailed, three cards a household over two years, so that about one job in eight has a
card that could have earned it; a few jobs name a code, calls come in on tracking numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

FIRST_DAY = "2023-10-01"
MAIL_STARTS = "2024-09-25"
JOB_DAYS, MAIL_DAYS, WAVES, WAVES_A_CAMPAIGN = 1_095, 700, 200, 5


@dataclass(frozen=True)
class Size:
    """Rows of the world; the defaults are the ones the figures in README.md are of."""

    jobs: int = 1_000_000
    pieces: int = 3_000_000
    invoices: int = 1_500_000

    @property
    def customers(self) -> int:
        """Customers with jobs: two jobs each."""
        return self.jobs // 2

    @property
    def recipients(self) -> int:
        """Households on the mailing lists: three cards each."""
        return self.pieces // 3

    @property
    def mailed_customers(self) -> int:
        """Customers who are on a list: the first recipients are the first customers."""
        return min(self.customers * 2 // 5, self.recipients)


def _draw(number: str, salt: int, below: int | str) -> str:
    """SQL of a number drawn from a row's number: 0 <= drawn < below."""
    return f"cast(hash({number} * 31 + {salt}) % {below} as bigint)"


def _address(number: str) -> str:
    return (
        f"{number} || ' Maple Street' as address_line_1, cast(null as varchar) as address_line_2, "
        "'Springfield' as city, 'IL' as state, "
        f"cast(60000 + {number} % 400 as varchar) as postal_code"
    )


def fill(connection: duckdb.DuckDBPyConnection, size: Size) -> None:
    """Write the world into the (empty) tables that a build over nothing has made."""
    connection.execute("set preserve_insertion_order = false")
    for table, query in statements(size).items():
        connection.execute(f"insert into intermediate.{table} by name {query}")
    connection.execute("checkpoint")


def statements(size: Size) -> dict[str, str]:
    """Table -> query of its rows; columns that are not named stay null."""
    return {
        "int_canonical__campaigns_unioned": _campaigns(),
        "int_canonical__mail_pieces_unioned": _pieces(size),
        "int_canonical__mail_events_unioned": _events(size),
        "int_canonical__jobs_unioned": _jobs(size),
        "int_canonical__touches_unioned": _touches(size),
        "int_canonical__leads_unioned": _leads(size),
        "int_canonical__invoices_unioned": _invoices(size),
        "int_canonical__invoice_lines_unioned": _lines(size),
        "int_identity__records_keyed": _records(size),
        "int_identity__addresses_resolved": _addresses(size),
        "int_identity__service_addresses_keyed": _service_addresses(size),
    }


def _campaigns() -> str:
    return f"""
        select 'pcm' as source, 'main' as account, 'CAMPAIGN-' || n as campaign_id,
            'Campaign ' || n as name, 'direct_mail' as channel, 'CAMPAIGN' || n as campaign_code,
            'SAVE' || (100 + n) as promo_code, '+1312555' || lpad(n::varchar, 4, '0')
            as tracking_phone, 'marketing' as mail_class, 45 as response_window_days,
            date '{MAIL_STARTS}' + cast(n * {MAIL_DAYS * WAVES_A_CAMPAIGN // WAVES} as integer)
            as started_on, false as is_deleted
        from range({WAVES // WAVES_A_CAMPAIGN}) as numbers(n)
    """


def _pieces_drawn(size: Size) -> str:
    return f"""
        select n, n % {size.recipients} as recipient, {_draw("n", 1, WAVES)} as wave_number
        from range({size.pieces}) as numbers(n)
    """


def _mailed_on() -> str:
    return f"date '{MAIL_STARTS}' + cast(wave_number * {MAIL_DAYS} // {WAVES} as integer)"


def _pieces(size: Size) -> str:
    return f"""
        select 'pcm' as source, 'main' as account, 'P' || n as mail_piece_id,
            'pcm' as campaign_source, 'main' as campaign_account,
            'CAMPAIGN-' || (wave_number // {WAVES_A_CAMPAIGN}) as campaign_id,
            (wave_number % {WAVES_A_CAMPAIGN} + 1)::varchar as wave,
            'R' || recipient as recipient_id, {_address("recipient")},
            'SAVE' || (100 + wave_number // {WAVES_A_CAMPAIGN}) as promo_code,
            'marketing' as mail_class, {_mailed_on()} as mailed_on, false as is_deleted
        from ({_pieces_drawn(size)})
    """


def _events(size: Size) -> str:
    return f"""
        select 'pcm' as source, 'main' as account, 'E' || n as event_id, 'pcm' as mail_piece_source,
            'main' as mail_piece_account, 'P' || n as mail_piece_id,
            case when {_draw("n", 2, 50)} = 0 then 'returned' else 'delivered' end as event_type,
            ({_mailed_on()} + cast(3 + {_draw("n", 3, 6)} as integer))::timestamptz
            + interval 18 hour as occurred_at, false as is_deleted
        from ({_pieces_drawn(size)})
        where {_draw("n", 4, 5)} > 0
    """


def _jobs_drawn(size: Size) -> str:
    return f"""
        select n, {_draw("n", 5, size.customers)} as customer,
            timestamptz '{FIRST_DAY} 00:00:00+00'
            + to_seconds({_draw("n", 6, JOB_DAYS * 86_400)}) as created_at,
            {_draw("n", 7, 100)} as chance
        from range({size.jobs}) as numbers(n)
    """


def _jobs(size: Size) -> str:
    return f"""
        select 'servicetitan' as source, 'main' as account, 'J' || n as job_id,
            '1' || n as job_number, 'servicetitan' as customer_source, 'main' as customer_account,
            'C' || customer as customer_id,
            case when chance < 60 then 'demand' when chance < 80 then 'maintenance'
                when chance < 90 then 'install' when chance < 96 then 'membership'
                else 'warranty' end as job_class,
            case when {_draw("n", 8, 12)} = 0 then 'Cancelled' else 'Completed' end as status,
            created_at, created_at + interval 2 day as completed_at,
            case when {_draw("n", 8, 12)} = 0 then created_at + interval 1 day end as cancelled_at,
            case when {_draw("n", 9, 2)} = 0 then 'Google' end as lead_source,
            case {_draw("n", 10, 300)}
                when 0 then ['SAVE' || (100 + {_draw("n", 11, WAVES // WAVES_A_CAMPAIGN)})]
                when 1 then ['card p' || {_draw("n", 12, size.pieces)} || ' at the door']
                else cast([] as varchar[]) end as code_texts,
            case when {_draw("n", 13, 50)} = 0 then 'J' || {_draw("n", 14, size.jobs)} end
            as parent_job_id,
            20000 as total_cents, false as is_zero_value, false as is_deleted,
            created_at as first_known_at, created_at as known_at
        from ({_jobs_drawn(size)})
    """


def _touches(size: Size) -> str:
    return f"""
        select 'servicetitan' as source, 'main' as account, 'T' || n as touch_id,
            case when n % 3 < 2 then 'call' else 'ad_click' end as kind,
            created_at - interval 1 hour as occurred_at,
            'servicetitan' as customer_source, 'main' as customer_account,
            'C' || customer as customer_id,
            case when n % 3 < 2 then 'servicetitan' end as job_source,
            case when n % 3 < 2 then 'main' end as job_account,
            case when n % 3 < 2 then 'J' || n end as job_id,
            case when n % 15 = 0 then '+1312555'
                || lpad({_draw("n", 15, WAVES // WAVES_A_CAMPAIGN)}::varchar, 4, '0') end
            as tracking_phone,
            '+1217' || lpad(customer::varchar, 7, '0') as phone,
            case when n % 3 = 2 then 'google' end as utm_source,
            case when n % 3 = 2 then 'cpc' end as utm_medium, false as is_deleted
        from ({_jobs_drawn(size)})
        where {_draw("n", 16, 10)} < 3
    """


def _leads(size: Size) -> str:
    return f"""
        select 'servicetitan' as source, 'main' as account, 'L' || n as lead_id,
            'servicetitan' as customer_source, 'main' as customer_account,
            'C' || customer as customer_id, 'servicetitan' as job_source, 'main' as job_account,
            'J' || n as job_id, 'Google' as lead_source, created_at - interval 2 hour as created_at,
            false as is_deleted
        from ({_jobs_drawn(size)})
        where {_draw("n", 17, 10)} < 2
    """


def _invoices(size: Size) -> str:
    amount = f"({_draw('n', 18, 90_000)} + 10000)"
    return f"""
        select 'servicetitan' as source, 'main' as account, 'I' || n as invoice_id,
            'N' || n as invoice_number,
            case when {_draw("n", 19, 50)} > 0 then 'servicetitan' end as job_source,
            case when {_draw("n", 19, 50)} > 0 then 'main' end as job_account,
            case when {_draw("n", 19, 50)} > 0 then 'J' || (n % {size.jobs}) end as job_id,
            'paid' as status, 'dispatch' as system_kind, {amount} as subtotal_cents,
            700 as tax_cents, {amount} + 700 as total_cents,
            date '{FIRST_DAY}' + cast({_draw("n", 20, JOB_DAYS)} as integer) as issued_on,
            false as is_deleted
        from range({size.invoices}) as numbers(n)
    """


def _lines(size: Size) -> str:
    """Labour and material on every second invoice; the others have their total alone."""
    amount = f"({_draw('n', 18, 90_000)} + 10000)"
    return f"""
        select 'servicetitan' as source, 'main' as account, 'I' || n as invoice_id,
            line::varchar as line_id, case line when 1 then 'labor' else 'material' end as kind,
            case line when 1 then {amount} - 5000 else 5000 end as amount_cents,
            false as is_deleted
        from range({size.invoices}) as numbers(n), range(1, 3) as lines(line)
        where n % 2 = 0
    """


def _records(size: Size) -> str:
    """Customers, and recipients of whom the first are customers."""
    return f"""
        select md5('customer record' || n) as record_key, 'servicetitan' as source,
            'main' as account, 'customer' as entity, 'C' || n as customer_id,
            md5('customer' || n) as customer_key, md5('household' || n) as household_key,
            1.0 as match_probability, '+1217' || lpad(n::varchar, 7, '0') as phone, {_address("n")},
            false as is_deleted, false as is_erased
        from range({size.customers}) as numbers(n)
        union all by name
        select md5('recipient record' || n) as record_key, 'pcm' as source, 'main' as account,
            'recipient' as entity, 'R' || n as customer_id,
            md5('customer' || {_person(size)}) as customer_key,
            md5('household' || {_person(size)}) as household_key, 0.97 as match_probability,
            {_address("n")}, false as is_deleted, false as is_erased
        from range({size.recipients}) as numbers(n)
    """


def _person(size: Size) -> str:
    known = size.mailed_customers
    return f"(case when n < {known} then n else {size.customers} + n end)"


def _addresses(size: Size) -> str:
    return f"""
        select md5('address ' || n) as address_id, {_address("n")},
            md5('place' || {_person(size)}) as address_key,
            md5('household' || {_person(size)}) as household_key
        from range({max(size.recipients, size.customers)}) as numbers(n)
    """


def _service_addresses(size: Size) -> str:
    return f"""
        select 'servicetitan' as source, 'main' as account, 'J' || n as job_id,
            md5('place' || customer) as address_key, md5('household' || customer) as household_key
        from ({_jobs_drawn(size)})
    """
