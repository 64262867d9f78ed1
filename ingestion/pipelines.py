"""One dlt pipeline per source account: where it writes, where it keeps state, how it recovers.

A package that was extracted but not loaded (a kill, a locked warehouse, a full disk) stays in the
pipeline's folder and is loaded first by the next run, together with its cursor. A package the
warehouse refuses for good is moved to quarantine and the cursor is taken back from the warehouse,
so its records are fetched again. What is landed is decided in `lander.py`.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.errors import DiskFullError, MatchbackError, WarehouseLockedError
from ingestion.spool import slug
from ingestion.warehouse import open_warehouse, warehouse_fault

if TYPE_CHECKING:
    import dlt

logger = logging.getLogger(__name__)

KEPT_PACKAGES = 5

_DLT_SETTINGS = {
    # From the first load on: dict rows and Arrow batches must agree on this column.
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # One entity after the other: an entity's batches stay together and memory stays flat.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    "LOAD__WORKERS": "1",
    "LOAD__RAISE_ON_FAILED_JOBS": "true",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}


class PoisonPackageError(MatchbackError):
    """The warehouse refused a package for good; it is in quarantine, its records come again."""


def configure_dlt(state_dir: Path) -> None:
    """Give dlt its settings by environment, so no `.dlt` folder is looked for or made."""
    for name, value in _DLT_SETTINGS.items():
        os.environ[name] = value
    os.environ.setdefault("DLT_DATA_DIR", str(state_dir / "dlt_data"))


class AccountPipeline:
    """The dlt pipeline of one account, with waiting, recovery and quarantine."""

    def __init__(
        self,
        *,
        source: str,
        account: str,
        warehouse: Path,
        state_dir: Path,
        wait_seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        configure_dlt(state_dir)
        self.name = f"{slug(source)}__{slug(account)}"
        self._dataset = f"raw_{source}"
        self._warehouse = warehouse
        self._pipelines_dir = state_dir / "dlt"
        self._quarantine = state_dir / "quarantine"
        self._wait_seconds = wait_seconds
        self._sleep = sleep
        self.pipeline = self._open()

    def _open(self) -> dlt.Pipeline:
        import dlt

        return dlt.pipeline(
            pipeline_name=self.name,
            destination=dlt.destinations.duckdb(str(self._warehouse)),
            dataset_name=self._dataset,
            pipelines_dir=str(self._pipelines_dir),
        )

    def recover(self) -> None:
        """Load what an earlier run left behind, and take the cursor over if the folder is new.

        Raises:
            WarehouseLockedError, DiskFullError: It stays pending.
            PoisonPackageError: It was put into quarantine; the pipeline is clean again.
        """
        self.load()
        stored = self._stored_version()
        if stored and stored != self.pipeline.state.get("_state_version"):
            # A lost folder, or a warehouse restored from a backup: only the cursor that was
            # committed with the rows is to be trusted.
            shutil.rmtree(self.pipeline.working_dir)
            self.pipeline = self._open()
            self._patiently(self.pipeline.sync_destination)

    def _stored_version(self) -> int | None:
        """The version of the cursor state that the warehouse holds, or None if it holds none."""
        with open_warehouse(
            self._warehouse, wait_seconds=self._wait_seconds, sleep=self._sleep
        ) as connection:
            found = connection.execute(
                """
                select 1 from information_schema.tables
                where table_schema = $dataset and table_name = '_dlt_pipeline_state'
                """,
                {"dataset": self._dataset},
            ).fetchone()
            if not found:
                return None
            row = connection.execute(
                f"""
                select max(version) from "{self._dataset}"._dlt_pipeline_state
                where pipeline_name = $name
                """,
                {"name": self.name},
            ).fetchone()
        return row[0] if row else None

    def extract(self, source: object) -> None:
        """Run the readers of a dlt source into a package on disk."""
        self.pipeline.extract(source, loader_file_format="parquet")

    def load(self) -> None:
        """Load all packages on disk; a failed one is either left pending or put in quarantine."""
        while self.pipeline.has_pending_data:
            self._patiently(self._load_once)

    def _load_once(self) -> None:
        self.pipeline.normalize()
        self.pipeline.load()

    def _patiently(self, action: Callable[[], object]) -> None:
        waited, pause = 0.0, 0.2
        while True:
            try:
                action()
                return
            except MatchbackError:
                raise
            except Exception as error:  # noqa: BLE001  dlt wraps whatever happened below it
                fault = self._fault(error)
            # Outside the handler: the cause may quote records, so it must not be chained.
            if isinstance(fault, DiskFullError):
                raise fault
            if not isinstance(fault, WarehouseLockedError):
                self._put_in_quarantine(fault)
            if waited >= self._wait_seconds:
                raise fault
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 5.0)

    def _fault(self, error: BaseException) -> MatchbackError:
        fault: MatchbackError | None = None
        seen: BaseException | None = error
        while seen is not None:
            fault = warehouse_fault(seen, self._warehouse)
            if isinstance(fault, (WarehouseLockedError, DiskFullError)):
                return fault
            seen = seen.__cause__ or seen.__context__
        assert fault is not None  # noqa: S101  the loop ran at least once
        return fault

    def _put_in_quarantine(self, fault: MatchbackError) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        target = self._quarantine / f"{self.name}-{stamp}-{os.getpid()}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.pipeline.working_dir, target, dirs_exist_ok=True)
        shutil.rmtree(self.pipeline.working_dir)
        self.pipeline = self._open()
        logger.error("package of %s put into quarantine at %s", self.name, target)
        raise PoisonPackageError(
            f"A load of {self.name} was refused by the warehouse and put into quarantine at "
            f"{target}: expected the landed columns; its records are fetched again by the next "
            f"run, the cause was: {fault}"
        )

    def tidy(self) -> None:
        """Drop what dlt keeps of loaded packages, but for the last few."""
        loaded = Path(self.pipeline.working_dir) / "load" / "loaded"
        packages = sorted(loaded.iterdir(), key=lambda path: path.name) if loaded.is_dir() else []
        for package in packages[:-KEPT_PACKAGES]:
            shutil.rmtree(package, ignore_errors=True)

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the warehouse file."""
        with open_warehouse(
            self._warehouse, wait_seconds=self._wait_seconds, sleep=self._sleep
        ) as connection:
            connection.execute("checkpoint")
