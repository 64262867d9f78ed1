"""When an entity that is read by change is read whole again.

A feed of changes does not tell what a vendor removed without a trace, nor what it changed without
touching the date of change. Reading everything now and then finds both; what is unchanged adds
nothing. Large entities are swept less often.
"""

from __future__ import annotations

from datetime import timedelta

from ingestion.account import AccountContext
from ingestion.moments import read_instant
from ingestion.reader import EntityRun

SWEEP_DEFAULTS: dict[str, object] = {
    "sweep_hours": 20.0,
    "large_sweep_hours": 160.0,
    "large_entity_records": 200_000,
}


def is_sweep_due(run: EntityRun, context: AccountContext) -> bool:
    """Whether the entity was last read whole too long ago, or never."""
    last = read_instant(run.state.get("swept_at"))
    if last is None:
        return True
    if last + timedelta(hours=context.option("sweep_hours")) > run.now:
        return False
    is_large = run.versions.count() > context.option("large_entity_records")
    large = timedelta(hours=context.option("large_sweep_hours"))
    return not is_large or last + large <= run.now


def note_sweep(run: EntityRun) -> None:
    """The entity has been read whole."""
    run.state["swept_at"] = run.now.isoformat()
