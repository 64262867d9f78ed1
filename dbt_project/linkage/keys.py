"""Keys that stay: clusters of records to customer keys, by overlap with the keys given before.

The rules, in order: an old key goes to the cluster that holds most of its records (the larger
part keeps it; ties go to the smallest record key); a cluster that received several old keys keeps
the oldest, the others become its aliases; a cluster that received none is given a new key, made
from its smallest record key and never one that was ever used. Every record whose key changed is a
row of the registry with the reason and the evidence.
"""

from __future__ import annotations

import duckdb

_KEYED = """
create or replace temp table keyed as
with former as (
    select clusters.cluster_id, assigned.customer_key, assigned.key_since,
        count(*) as overlap, min(clusters.record_key) as first_record
    from clusters inner join assigned using (record_key)
    group by all
), homes as (
    select * from former
    qualify row_number() over (
        partition by customer_key order by overlap desc, first_record
    ) = 1
), kept as (
    select cluster_id, arg_min(customer_key, (key_since, customer_key)) as customer_key
    from homes group by cluster_id
), founders as (
    select cluster_id, min(record_key) as founder
    from clusters left join kept using (cluster_id)
    where kept.cluster_id is null
    group by cluster_id
), used as (
    select customer_key from {durable}.identity_registry
    where customer_key in (select md5('customer|' || founder) from founders)
    group by customer_key
), past as (
    select record_key as founder, count(*) as entry_count
    from {durable}.identity_registry
    where record_key in (select founder from founders)
    group by record_key
), minted as (
    select founders.cluster_id, founders.founder,
        case when used.customer_key is null then md5('customer|' || founders.founder)
            -- The entries of a record only grow, so this text is never made twice.
            else md5('customer|' || founders.founder || '|' || past.entry_count) end
            as customer_key
    from founders
    left join used on md5('customer|' || founders.founder) = used.customer_key
    left join past using (founder)
)
select clusters.record_key, clusters.cluster_id,
    coalesce(kept.customer_key, minted.customer_key) as customer_key,
    assigned.customer_key as from_customer_key,
    case when assigned.customer_key is null then 'new record'
        when assigned.customer_key = coalesce(kept.customer_key, minted.customer_key) then null
        when homes.cluster_id = clusters.cluster_id then 'merged'
        else 'split' end as reason
from clusters
left join kept using (cluster_id)
left join minted using (cluster_id)
left join assigned using (record_key)
left join homes on assigned.customer_key = homes.customer_key
"""


def assign_keys(connection: duckdb.DuckDBPyConnection, *, durable: str) -> None:
    """Make temp table `keyed` from `clusters` and `assigned`.

    Args:
        connection: Holds `clusters` (record_key, cluster_id: any value, one row per record) and
            `assigned` (record_key, customer_key, key_since: the latest assignment of records
            seen before).
        durable: Where the registry is.

    `keyed` has one row per record of `clusters`: record_key, cluster_id, customer_key,
    from_customer_key (null for a record never seen), reason (null where nothing changed).
    """
    connection.execute(_KEYED.format(durable=durable))
