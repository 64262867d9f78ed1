"""dbt as a child that never outlives the run that started it.

A dbt left behind by a killed run would go on building and hold the warehouse, so the next run would
wait for a build that nobody publishes. `matchback-dbt` is dbt with a watch on its parent: when that
is gone, it ends at once, as if it had been killed itself; the next run rebuilds.
"""

from __future__ import annotations

import os
import sys
import threading
import time

PARENT = "MATCHBACK_DBT_PARENT"
POLL_SECONDS = 0.5


def main() -> None:
    """The console script `matchback-dbt`: dbt's own command line under watch."""
    parent = os.environ.get(PARENT, "")
    if parent.isdigit():
        end_with(int(parent))
    from dbt.cli.main import cli

    sys.exit(cli())


def end_with(parent: int) -> None:
    """End this process, whatever it is doing, soon after its parent has ended.

    Args:
        parent: Process id; whoever is the parent instead shows that it is gone.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        # No clean-up: the queries under way must not commit after the run they belong to.
        os._exit(1)

    threading.Thread(target=watch, name="watch on the parent", daemon=True).start()
