"""A local stand-in for the vendors' APIs over one generated world whose truth is known.

`build_world` generates, `Sandbox` serves, `write_import_folder` writes what an operator keeps in
spreadsheets. What it reproduces and what not stands in README.md beside this.
"""

from ingestion.sandbox.faults import Fault, FaultPlan
from ingestion.sandbox.import_folder import write_import_folder
from ingestion.sandbox.rates import FaultRates, WorldRates
from ingestion.sandbox.server import Sandbox
from ingestion.sandbox.world import World, build_world

__all__ = [
    "Fault",
    "FaultPlan",
    "FaultRates",
    "Sandbox",
    "World",
    "WorldRates",
    "build_world",
    "write_import_folder",
]
