"""Local wall-clock times <-> UTC inside DuckDB, by the rule of the project.

An ambiguous local time (the hour repeated in autumn) takes the earlier of its two instants; a
time that does not exist (the hour skipped in spring) moves forward by the length of the gap.
DuckDB's own conversion does the second but takes the later of two instants, so the macros made
here look whether the offset that held three hours before gives the same wall clock.
Parsing of texts is not here; it is in `cell_sql`.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Zone:
    """Names of the DuckDB macros that convert one time zone's wall clock.

    Attributes:
        to_utc: Naive local timestamp -> naive UTC timestamp.
        to_local: Naive UTC timestamp -> naive local timestamp.
    """

    to_utc: str
    to_local: str


def create_zone(connection: duckdb.DuckDBPyConnection, time_zone: str, *, number: int) -> Zone:
    """Make the macros of one zone on a connection whose TimeZone is UTC.

    Args:
        connection: Where they are made, as temporary macros.
        time_zone: IANA name, checked by the settings.
        number: Tells the zones of one connection apart.
    """
    zone = Zone(to_utc=f"zone_{number}_to_utc", to_local=f"zone_{number}_to_local")
    name = "'" + time_zone.replace("'", "''") + "'"
    later = f"epoch_us(timezone({name}, wall))"
    earlier = f"(epoch_us(timezone({name}, wall - interval 3 hours)) + 10800000000)"
    connection.execute(
        f"""
        create or replace temp macro {zone.to_local}(utc) as timezone({name}, utc::timestamptz)
        """
    )
    connection.execute(
        f"""
        create or replace temp macro {zone.to_utc}(wall) as make_timestamp(
            case
                when
                    {earlier} < {later}
                    and timezone({name}, make_timestamp({earlier})::timestamptz) = wall
                then {earlier}
                else {later}
            end
        )
        """
    )
    return zone
