"""Keys stay with their records: merges, splits, re-runs, vendors' merges, the operator's word."""

from __future__ import annotations

import duckdb
import pytest

from dbt_project.linkage.keys import assign_keys
from dbt_project.linkage.registry import create_identity_tables


def keyed(
    clusters: dict[str, int], assigned: dict[str, tuple[str, int]] | None = None
) -> dict[str, tuple[str, str | None]]:
    """Assign keys; `assigned` is record -> (key, day it was first given)."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    create_identity_tables(connection)
    connection.execute("create table clusters (record_key varchar, cluster_id bigint)")
    for record, cluster in clusters.items():
        connection.execute("insert into clusters values (?, ?)", [record, cluster])
    connection.execute(
        "create table assigned (record_key varchar, customer_key varchar, key_since timestamptz)"
    )
    for record, (key, day) in (assigned or {}).items():
        since = f"2026-01-{day:02d}T00:00:00Z"
        connection.execute("insert into assigned values (?, ?, ?)", [record, key, since])
        connection.execute(
            "insert into raw_matchback.identity_registry (record_key, customer_key, known_at) "
            "values (?, ?, ?)",
            [record, key, since],
        )
    assign_keys(connection, durable="raw_matchback")
    rows = connection.execute("select record_key, customer_key, reason from keyed").fetchall()
    return {record: (key, reason) for record, key, reason in rows}


def test_new_records_of_one_cluster_share_one_new_key():
    found = keyed({"a": 1, "b": 1, "c": 2})
    assert found["a"] == found["b"]
    assert found["a"][0] != found["c"][0]
    assert {reason for _, reason in found.values()} == {"new record"}


def test_nothing_to_link_makes_no_fault():
    assert keyed({}) == {}


def test_a_new_record_takes_its_customers_key():
    found = keyed({"a": 1, "b": 1}, {"a": ("K", 1)})
    assert found == {"a": ("K", None), "b": ("K", "new record")}


def test_when_customers_merge_the_older_key_wins():
    found = keyed({"a": 1, "b": 1, "c": 1}, {"a": ("young", 9), "b": ("young", 9), "c": ("old", 2)})
    assert {key for key, _ in found.values()} == {"old"}
    assert found["a"][1] == "merged"
    assert found["c"][1] is None


def test_when_a_customer_splits_the_larger_part_keeps_the_key():
    found = keyed({"a": 1, "b": 2, "c": 2}, dict.fromkeys("abc", ("K", 1)))
    assert found["b"] == found["c"] == ("K", None)
    assert found["a"][0] != "K"
    assert found["a"][1] == "split"


def test_a_tie_goes_to_the_smallest_record_key():
    found = keyed({"a": 2, "b": 1}, {"a": ("K", 1), "b": ("K", 1)})
    assert found["a"] == ("K", None)
    assert found["b"][1] == "split"


def test_a_part_that_leaves_one_customer_for_another_takes_the_others_key():
    found = keyed(
        {"a": 1, "b": 1, "c": 2, "d": 2},
        {"a": ("K", 1), "b": ("K", 1), "c": ("K", 1), "d": ("L", 5)},
    )
    assert found["a"][0] == found["b"][0] == "K"
    assert found["c"] == ("L", "split")
    assert found["d"] == ("L", None)


def test_a_key_once_used_is_never_given_again():
    first = keyed({"a": 1})["a"][0]
    # `a` founded the key, moved into another customer, and stands alone again.
    found = keyed({"a": 1, "b": 2, "c": 2}, {"a": (first, 1), "b": (first, 1), "c": (first, 1)})
    assert found["b"][0] == first
    assert found["a"][0] not in (first, None)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_records_does_not_matter(order):
    names = list("abcdef")[::order]
    clusters = {name: "aabbcc".index("abcabc"["abcdef".index(name)]) for name in names}
    assert keyed(clusters) == keyed(dict(sorted(clusters.items())))
