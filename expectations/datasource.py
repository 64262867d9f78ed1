"""Great Expectations over DuckDB: a datasource whose checks run inside the database.

GX has no DuckDB datasource, and its SQL engine closes a connection before it reads the result,
which DuckDB then has dropped. So the execution engine here keeps its connection open
(`get_connection`, the extension point GX offers), over `duckdb-sqlalchemy`. Importing this module
imports GX, which takes seconds: only `runner` does it, inside a check.
Use query assets and `UnexpectedRowsExpectation`: table assets ignore their schema here, and regex
expectations know no DuckDB dialect.
"""

from __future__ import annotations

import builtins
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

import duckdb
import sqlalchemy
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """A SQL execution engine that reads its results before it lets go of the connection."""

    _kept: sqlalchemy.Connection | None = None

    @contextmanager
    def get_connection(self) -> Generator[sqlalchemy.Connection, None, None]:
        """The one connection of this engine; it stays open."""
        if self._kept is None:
            self._kept = self.engine.connect()
        yield self._kept

    def close(self) -> None:
        """Let go of the connection; the DuckDB connection below it belongs to the caller."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


class DuckDBDatasource(SQLDatasource):
    """Reads a DuckDB connection that is open already. Known to GX as `add_duckdb`.

    Call `attach` before use. The connection string says nothing: the connection is the caller's.
    """

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"
    _connection: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that keeps its connection."""
        return DuckDBExecutionEngine

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read from this connection, its temporary tables included."""
        self._connection = connection

    def _create_engine(self) -> sqlalchemy.Engine:
        if self._connection is None:
            self._connection = duckdb.connect()
        wrapped = ConnectionWrapper(self._connection)
        return sqlalchemy.create_engine(
            "duckdb://", creator=lambda: wrapped, poolclass=sqlalchemy.pool.StaticPool
        )

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """One engine for the life of the datasource."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(engine=self.get_engine())
        return self._execution_engine

    def test_connection(self, test_assets: bool = True) -> None:
        """Nothing to test: the connection is open."""
