"""What the suites of landed tables share: the query of new rows, and rules that hold for all."""

from __future__ import annotations

from collections.abc import Mapping

from expectations.rules import Rule, Scope, Suite, filled, literal, never, unique

# A clock over there may run ahead; the loader clamps what is further ahead than this.
FUTURE_TOLERANCE_MINUTES = 6


def landed_suite(
    source: str, table: str, *, columns: Mapping[str, str], rules: tuple[Rule, ...]
) -> Suite:
    """A suite over the new versions of one landed table, tombstones left out.

    Args:
        source: Vendor.
        table: Landed table.
        columns: Name -> SQL expression over `payload` (JSON text).
        rules: What is expected of them beside the common rules.
    """
    added = "".join(f", {expression} as {name}" for name, expression in columns.items())

    def query(scope: Scope) -> str:
        # The rows of an import folder carry accounts of their own; the run tells them.
        account = "" if source == "import" else f" and account = {literal(scope.account)}"
        return (
            "select record_id, modified_at, payload_hash, _loaded_at, "
            "concat_ws('|', record_id, payload_hash, modified_at) as version_key, "
            "coalesce(json_valid(payload) and json_type(payload) = 'OBJECT', false) as is_object"
            f"{added} from raw_{source}.{table} "
            f"where _run_id = {literal(scope.run_id)}{account} and not is_deleted"
        )

    return Suite(
        name=f"raw.{source}_{table}",
        table_name=table,
        query=query,
        id_column="record_id",
        rules=(*_common_rules(), *rules),
        reads=(f"raw_{source}.{table}",),
    )


def text(path: str) -> str:
    """The text at a path of the payload, null where it is not JSON."""
    return f"(case when json_valid(payload) then payload ->> '$.{path}' end)"


def amount(path: str) -> str:
    """The number at a path, null where there is none or it is no number."""
    return f"try_cast({text(path)} as decimal(18, 4))"


def instant(path: str) -> str:
    """The instant at a path, null where there is none or it cannot be read."""
    return f"try_cast({text(path)} as timestamptz)"


def readable(name: str, path_column: str, value_column: str, why: str) -> Rule:
    """A text that is there can be read as what it is meant to be."""
    return never(
        f"{name} can be read",
        f"nullif({path_column}, '') is not null and {value_column} is null",
        "critical",
        why,
    )


def _common_rules() -> tuple[Rule, ...]:
    return (
        filled("record_id", "critical", "Without an id no version can be told from another."),
        never(
            "payload is a JSON object",
            "not is_object",
            "critical",
            "Staging reads objects; anything else means the vendor changed its answer.",
        ),
        unique(
            ("version_key",),
            "warning",
            "One version lands once; a crash between load and state may double it, and staging "
            "counts it once.",
        ),
        never(
            "modified_at is not in the future",
            f"modified_at > _loaded_at + interval {FUTURE_TOLERANCE_MINUTES} minutes",
            "warning",
            "A change of the future would hide all changes before it.",
        ),
    )
