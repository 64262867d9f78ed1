"""How common each shared value is, and the blocking keys that follow from it.

A phone on many names is a call centre or a property manager, an address with many names a
building: such values are taken out of blocking and get a comparison level of their own, so that
they can never chain strangers together, however many records there are.
"""

from __future__ import annotations

import duckdb

# Distinct surnames (first three letters, so that typing errors do not count) up to which a phone
# or e-mail is taken for one household's, and an address without unit for one home.
SURNAMES_PER_CONTACT = 5
SURNAMES_PER_HOME = 6
# Records up to which a blocking key is used; above, only narrower keys find the pairs.
RECORDS_PER_KEY = 40
RECORDS_PER_NAME = 12


def measure_frequencies(connection: duckdb.DuckDBPyConnection, *, source: str, target: str) -> None:
    """Make `target` from `source` (what `normalise_records` makes), ready for comparing.

    Added: own_phones (list, without common ones), common_phone, own_email, shared_email, home
    (property text, null where crowded), building, has_unit, is_crowded, and the blocking keys
    `key_*` (bigint, null where the value is missing or too common). Rows get `unique_id`, their
    place in the order of record keys.
    """
    connection.execute(
        f"""
        create or replace temp table phone_use as
        select phone, count(distinct left(coalesce(last, company, first, ''), 3)) as name_count
        from (select unnest(phones) as phone, last, company, first from {source})
        group by phone having name_count > {SURNAMES_PER_CONTACT}
        """
    )
    connection.execute(
        f"""
        create or replace temp table email_use as
        select email, count(distinct left(coalesce(last, company, first, ''), 3)) as name_count
        from {source} where email is not null
        group by email having name_count > {SURNAMES_PER_CONTACT}
        """
    )
    connection.execute(
        f"""
        create or replace temp table home_use as
        select property_text
        from {source} where property_text is not null
        group by property_text
        having count(distinct left(coalesce(last, company, first, ''), 3)) > {SURNAMES_PER_HOME}
        """
    )
    connection.execute(_MARKED.format(source=source))
    connection.execute(_TARGET.format(target=target, records=RECORDS_PER_KEY, names=RECORDS_PER_NAME))
    for table in ("phone_use", "email_use", "home_use", "marked"):
        connection.execute(f"drop table {table}")


_MARKED = """
create or replace temp table marked as
with common as (
    select record_key, list(phone_use.phone order by phone_use.phone) as common_phones
    from (select record_key, unnest(phones) as phone from {source}) as exploded
    inner join phone_use using (phone)
    group by record_key
)
select records.* exclude (phones),
    case when common.common_phones is null then records.phones
        else list_filter(records.phones,
            lambda phone: not list_contains(common.common_phones, phone)) end as own_phones,
    common.common_phones[1] as common_phone,
    case when records.entity = 'customer' then concat_ws('|', records.source, records.account) end
        as system,
    case when email_use.email is null and not records.is_role_email then records.email end
        as own_email,
    case when email_use.email is not null or records.is_role_email then records.email end
        as shared_email,
    home_use.property_text is not null as is_crowded,
    case when home_use.property_text is null then records.property_text end as home,
    case when records.street is not null then concat_ws('|', coalesce(records.house_number, ''),
        records.street, coalesce(records.zip, records.city_key, '')) end as building
from {source} as records
left join common using (record_key)
left join email_use on records.email = email_use.email
left join home_use on records.property_text = home_use.property_text
"""

_TARGET = """
create or replace table {target} as
with keyed as (
    select *, own_phones[1] as phone_a, own_phones[2] as phone_b,
        hash(own_email) as by_email, hash(shared_email, coalesce(company, last)) as by_shared_email,
        hash(tax_id) as by_tax_id, hash(company, zip) as by_company_zip, hash(company) as by_company,
        hash(home) as by_home, hash(building, last) as by_building_last,
        hash(building, first_roots[len(first_roots)]) as by_building_first,
        hash(first_roots[len(first_roots)], last, zip) as by_name_zip,
        hash(first_roots[len(first_roots)], last) as by_name,
        hash(house_number, left(street, 4), last) as by_number_last,
        hash(house_number, zip, left(last, 3), left(first, 1)) as by_number_zip,
        hash(common_phone, last, left(first, 1)) as by_common_phone
    from marked
)
select * exclude (by_email, by_shared_email, by_tax_id, by_company_zip, by_company, by_home,
        by_building_last, by_building_first, by_name_zip, by_name, by_number_last, by_number_zip,
        by_common_phone, phone_a, phone_b, record_key),
    record_key, row_number() over (order by record_key) as unique_id,
    phone_a as key_phone_a, phone_b as key_phone_b,
    case when own_email is not null then by_email end as key_email,
    case when shared_email is not null
        and count(*) over (partition by by_shared_email) <= {records} then by_shared_email end
        as key_shared_email,
    case when tax_id is not null and count(*) over (partition by by_tax_id) <= {records}
        then by_tax_id end as key_tax_id,
    case when company is not null and zip is not null
        and count(*) over (partition by by_company_zip) <= {records} then by_company_zip end
        as key_company_zip,
    case when company is not null and count(*) over (partition by by_company) <= {names}
        then by_company end as key_company,
    case when home is not null and count(*) over (partition by by_home) <= {records}
        then by_home end as key_home,
    case when building is not null and last is not null
        and count(*) over (partition by by_building_last) <= {records} then by_building_last end
        as key_building_last,
    case when building is not null and first is not null
        and count(*) over (partition by by_building_first) <= {records} then by_building_first end
        as key_building_first,
    case when first is not null and last is not null and zip is not null
        and count(*) over (partition by by_name_zip) <= {records} then by_name_zip end
        as key_name_zip,
    case when length(first) > 1 and last is not null
        and count(*) over (partition by by_name) <= {names} then by_name end as key_name,
    case when house_number is not null and last is not null
        and count(*) over (partition by by_number_last) <= {records} then by_number_last end
        as key_number_last,
    case when house_number is not null and zip is not null and last is not null
        and first is not null
        and count(*) over (partition by by_number_zip) <= {records} then by_number_zip end
        as key_number_zip,
    case when common_phone is not null and last is not null
        and count(*) over (partition by by_common_phone) <= {records} then by_common_phone end
        as key_common_phone
from keyed
"""
