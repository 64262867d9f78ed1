"""The generated world: one operator, its customers, mail, jobs and money, and the truth about them.

`build_world` makes everything by column and keeps it in a DuckDB of its own in memory; the vendor
stand-ins serve it as of a clock. What no vendor knows (who is who, what caused each job, what was
planted) is in `World.truth`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sandbox.columns import generator
from ingestion.sandbox.generate import crews, jobs, load, mail, money, records, response, tables
from ingestion.sandbox.generate.calendar import ZONE, Calendar
from ingestion.sandbox.generate.roster import Roster, build_roster
from ingestion.sandbox.generate.truth import Truth
from ingestion.sandbox.rates import SIZES, WorldRates

TOO_LARGE_FOR_MEMORY = 300_000
MEMORY_BESIDE_A_FILE = "4GB"
SHAPE = Path(__file__).parent / "generate" / "shape.sql"
MACROS = Path(__file__).parent / "vendors" / "macros.sql"


@dataclass
class World:
    """Everything that happens, past and future, and who really did it.

    Attributes:
        size, seed, anchor, rates: What it was built from; equal values give an equal world.
        calendar: Local days and UTC instants; `calendar.start` is where the clock begins.
        connection: DuckDB with schema `base`.
        folder: Where a world too large for memory is kept; removed with it.
        truth: Arrow tables kept aside: campaigns, members, jobs, records, faults.
    """

    size: str
    seed: int
    anchor: date
    rates: WorldRates
    calendar: Calendar
    connection: duckdb.DuckDBPyConnection = field(repr=False)
    folder: TemporaryDirectory[str] | None = field(repr=False, default=None)
    truth: Mapping[str, pa.Table] = field(repr=False, default_factory=dict)

    @property
    def start(self) -> datetime:
        """The clock's first instant (aware UTC): the anchor's local midnight."""
        return self.calendar.start

    def set_clock(self, now: datetime) -> None:
        """Tell the queries over the world what the present is."""
        text = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.connection.execute(f"create or replace macro serve.now() as timestamp '{text}'")
        self.connection.execute(MACROS.read_text(encoding="utf-8"))

    @property
    def time_zone(self) -> str:
        """IANA name of the operator's zone."""
        return self.calendar.zone


def build_world(
    size: str | int = "small",
    *,
    seed: int = 7,
    anchor: date | None = None,
    rates: WorldRates | None = None,
    storage: Path | None = None,
) -> World:
    """Generate a world.

    Args:
        size: `tiny`, `small`, `medium`, `large`, or a number of customers.
        seed: Equal seeds give equal worlds.
        anchor: Local date on which the clock starts; None: today in the operator's zone.
        rates: Dials; None takes the defaults.
        storage: A DuckDB file (not there yet) to keep the world in. None keeps it in memory, or,
            from 300,000 customers on, in a temporary file: a million of them and what is served
            of them are too much for the memory of many machines.

    Raises:
        ValueError: The size is unknown; the message lists the known ones.
    """
    if isinstance(size, str) and size not in SIZES:
        raise ValueError(f"The world size is '{size}': expected one of {', '.join(SIZES)}.")
    customers = SIZES[size] if isinstance(size, str) else size
    rates = rates or WorldRates()
    anchor = anchor or datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()
    calendar = Calendar(anchor)
    folder = None
    if storage is None and customers >= TOO_LARGE_FOR_MEMORY:
        folder = TemporaryDirectory(prefix="matchback-world-")
        storage = Path(folder.name) / "world.duckdb"
    connection = duckdb.connect(str(storage) if storage else ":memory:")
    connection.execute("set timezone = 'UTC'; set preserve_insertion_order = true")
    if storage:
        connection.execute(f"set memory_limit = '{MEMORY_BESIDE_A_FILE}'")
    connection.execute("create schema base; create schema serve; create schema truth")
    world = World(str(size), seed, anchor, rates, calendar, connection, folder)
    world.set_clock(world.start)
    _fill(world, customers)
    world.truth = Truth(connection)
    return world


def _fill(world: World, customers: int) -> None:
    seed, rates, calendar = world.seed, world.rates, world.calendar
    roster = build_roster(customers, seed)
    mailing = mail.build_mail(roster, calendar, seed, rates)
    work = jobs.build_jobs(roster, mailing, calendar, seed, rates, customers)
    response.build_ways(work, mailing, seed, rates)
    crew_sizes = crews.assign_technicians(work, roster, calendar)
    bills = money.build_invoices(work, calendar, seed, rates)
    lost = response.build_lost_requests(roster, work, calendar, seed)
    dispatch, work["record"] = records.dispatch_records(roster, work, calendar, seed, rates)
    asked = _asked(work, lost, seed, rates)
    crm = records.crm_records(roster, asked, dispatch, calendar, seed)
    books, bills["book_record"] = records.books_records(roster, bills, seed)
    payments = money.build_payments(bills, calendar, seed, rates)
    memos = money.build_credit_memos(bills, seed, rates)
    scanned = np.flatnonzero((work["evidence"] == jobs.QR_SCAN) & (work["evidence_piece"] >= 0))
    scans = mail.build_scans(
        mailing, work["evidence_piece"][scanned], work["created_at"][scanned], seed
    )
    tables.load_small_tables(
        world.connection,
        calendar,
        roster,
        mailing,
        crew_sizes,
        rates.faults.pieces_billed_not_mailed,
    )
    tables.plant_flags(work, mailing, books, lost, seed, rates)
    shifts = crews.build_shifts(crew_sizes, calendar, seed)
    sheets = crews.overlap_timesheets(work, seed, rates)
    work |= {f"sheet_{name}": values for name, values in sheets.items()}
    tenant_of = roster.tenant
    work["tenant"] = tenant_of[work["household"]]
    bills["tenant"] = tenant_of[bills["household"]]
    bills["record"] = _record_of(dispatch, bills["person"], len(roster.household))
    lost["tenant"] = tenant_of[lost["household"]]
    mailing.members["tenant"] = tenant_of[mailing.members["household"]]
    parts = {
        "dispatch_records": dispatch, "crm_records": crm, "book_records": books,
        "jobs_raw": work, "invoices_raw": bills, "payments_raw": payments,
        "credit_memos_raw": memos, "pieces_raw": mailing.pieces, "members": mailing.members,
        "scans": scans, "shifts": shifts, "lost_requests_raw": lost,
    }  # fmt: skip
    for name, columns in parts.items():
        load.load(world.connection, name, columns)
    _write_people(world, roster, dispatch, crm, books, lost)
    script = SHAPE.read_text(encoding="utf-8")
    for name, base in load.ID_BASES.items():
        script = script.replace("{" + name + "}", str(base))
    load.run_all(world.connection, script)


def _asked(work: load.Columns, lost: load.Columns, seed: int, rates: WorldRates) -> load.Columns:
    """Requests that reach the CRM; a few planted ones never do."""
    rng = generator(seed, "crm wire")
    share = rates.faults.lead_not_in_crm
    work["missing_in_crm"] = (work["way"] != response.BY_US) & (
        rng.random(len(work["way"])) < share
    )
    lost["missing_in_crm"] = rng.random(len(lost["way"])) < share
    of_work = (work["way"] != response.BY_US) & ~work["missing_in_crm"]
    of_lost = lost["is_wanted"] & ~lost["missing_in_crm"]
    return {
        "person": np.concatenate([work["person"][of_work], lost["person"][of_lost]]),
        "at": np.concatenate([work["created_at"][of_work], lost["happened_at"][of_lost]]),
    }


def _record_of(dispatch: load.Columns, person: np.ndarray, persons: int) -> np.ndarray:
    first = np.flatnonzero(dispatch["kind"] == records.FIRST)
    row_of = np.full(persons, -1)
    row_of[dispatch["person"][first]] = first
    return row_of[person]


def _write_people(
    world: World,
    roster: Roster,
    dispatch: load.Columns,
    crm: load.Columns,
    books: load.Columns,
    lost: load.Columns,
) -> None:
    seed = world.seed
    crm["rank"] = records.ranks(np.zeros(len(crm["person"]), dtype=np.int64), crm["created_at"])
    load.load(world.connection, "crm_records", crm)
    members = world.connection.execute("select person from base.members order by n").fetchnumpy()
    for name, system, person, salt in (
        ("dispatch_written", "dispatch", dispatch["person"], 1),
        ("crm_written", "crm", crm["person"], 2),
        ("book_written", "invoicing", books["person"], 3),
        ("lost_written", "dispatch", lost["person"], 4),
        ("members_written", "mail_list", np.asarray(members["person"]), 5),
    ):
        table = records.written(roster, system, person, seed * 10 + salt)
        rows = pa.array(np.arange(table.num_rows))
        load.load(world.connection, name, table.append_column("n", rows))
    load.load(world.connection, "properties_raw", roster.people.properties)
    world.connection.execute(
        """create table base.recipients_written as
        select w.* exclude (n), m.piece as n
        from base.members as m inner join base.members_written as w on w.n = m.n
        where m.piece >= 0 order by m.piece"""
    )
    numbers = pa.array(np.arange(roster.people.persons.num_rows))
    persons = roster.people.persons.append_column("person", numbers)
    load.load(
        world.connection, "persons", persons.append_column("household", pa.array(roster.household))
    )
