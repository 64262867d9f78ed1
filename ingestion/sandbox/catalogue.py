"""The operator's small lists: job classes and types, business units, tags, reasons, prices."""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = ("demand", "maintenance", "install", "membership", "warranty", "recall", "internal")
DEMAND, MAINTENANCE, INSTALL, MEMBERSHIP, WARRANTY, RECALL, INTERNAL = range(len(CLASSES))
CLASS_SHARES = (0.50, 0.18, 0.03, 0.15, 0.06, 0.05, 0.03)


@dataclass(frozen=True)
class JobType:
    """A type of job as dispatch names it, with slot length and typical work in hours."""

    type_id: int
    name: str
    job_class: int
    business_unit: int
    slot_hours: int
    work_hours: float


JOB_TYPES: tuple[JobType, ...] = (
    JobType(11, "No Heat / No Cool Repair", DEMAND, 0, 2, 1.8),
    JobType(12, "Drain Clearing", DEMAND, 1, 2, 1.4),
    JobType(13, "Water Heater Repair", DEMAND, 1, 2, 1.6),
    JobType(14, "HVAC Tune-Up", MAINTENANCE, 0, 2, 1.3),
    JobType(15, "Furnace Safety Check", MAINTENANCE, 0, 2, 1.1),
    JobType(16, "System Replacement", INSTALL, 2, 4, 6.5),
    JobType(17, "Water Heater Replacement", INSTALL, 2, 4, 4.0),
    JobType(18, "Membership Visit", MEMBERSHIP, 3, 2, 1.1),
    JobType(19, "Warranty Repair", WARRANTY, 0, 2, 1.2),
    JobType(20, "Recall Visit", RECALL, 0, 2, 1.0),
    JobType(21, "Shop / Internal", INTERNAL, 3, 2, 1.0),
)
TYPES_OF_CLASS: dict[int, tuple[int, ...]] = {
    job_class: tuple(place for place, item in enumerate(JOB_TYPES) if item.job_class == job_class)
    for job_class in range(len(CLASSES))
}

BUSINESS_UNITS = ("HVAC Service", "Plumbing Service", "Install", "Membership & Other")

TAGS = ("Postcard", "Coupon Used", "After Hours", "VIP", "Recall", "Warranty", "Zero Value",
        "Member", "Second Visit Needed")  # fmt: skip

CANCEL_REASONS = ("Customer changed mind", "Found someone cheaper", "Customer No Show",
                  "Crew No Show", "Booked by mistake", "Weather")  # fmt: skip
REASON_CUSTOMER_NO_SHOW = 2
REASON_CREW_NO_SHOW = 3

# Mean cents of labour, material, equipment by class; a zero row is a zero-value job.
PRICES = (
    (27_000, 9_500, 0),
    (13_500, 1_800, 0),
    (95_000, 60_000, 165_000),
    (0, 0, 0),
    (0, 0, 0),
    (0, 0, 0),
    (0, 0, 0),
)
COST_SHARE = {"material": 0.52, "equipment": 0.66}
LABOR_COST_CENTS_PER_HOUR = 4_200
TAX_RATE = 0.0825
TECHNICIAN_NAMES = (
    *("Alvarez", "Brooks", "Chen", "Dawson", "Ellis", "Foster", "Grant", "Hayes"),
    *("Ibarra", "Jensen", "Keller", "Lopez", "Meyer", "Novak", "Ortiz", "Price"),
)
TECHNICIAN_FIRST = ("Sam", "Riley", "Jordan", "Casey", "Drew", "Morgan", "Taylor", "Avery")
