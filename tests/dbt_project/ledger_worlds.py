"""Small random worlds of jobs, cards, touches and money, for the properties of the ledger.

Everything the ledger has to stand is drawn: several invoices a job, an invoice over two jobs,
discounts, deposits, lines that do not make the subtotal, voids, refunds, memos and refunds that pay
a memo out, follow-up jobs, callbacks, jobs nobody may earn, two cards of a wave, codes, ad clicks.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

CENTS = st.integers(-20_000, 900_001)


@dataclass(frozen=True)
class Job:
    """A job of one of three households, some days after the start."""

    day: int
    household: str
    job_class: str = "demand"
    parent: int | None = None
    redoes: int | None = None
    code: int | None = None
    is_completed: bool = True


@dataclass(frozen=True)
class Invoice:
    """An invoice of jobs by number (one a line), cents, with what became of it."""

    lines: tuple[tuple[str, int, int], ...]
    tax: int = 0
    difference: int = 0
    is_void: bool = False
    returns: tuple[tuple[str, int, int | None], ...] = ()
    pays_memo_out: bool = False
    paid: Fraction = Fraction(1)

    @property
    def subtotal(self) -> int:
        return sum(cents for kind, cents, _ in self.lines if kind != "tax") + self.difference

    @property
    def net(self) -> int:
        """Net revenue by its definition: lines without tax and deposits, less what went back."""
        if self.is_void:
            return 0
        earned = sum(cents for kind, cents, _ in self.lines if kind not in ("tax", "deposit"))
        total = self.subtotal + self.tax
        back = 0
        for _, cents, tax in self.returns:
            ratio = Fraction(cents * self.tax, total) if total else Fraction(0)
            back += cents - (round(ratio) if tax is None else tax)
        return earned + self.difference - back


@dataclass(frozen=True)
class SmallWorld:
    """Jobs, invoices, days of cards by household and wave, days of ad clicks by household."""

    jobs: tuple[Job, ...]
    invoices: tuple[Invoice, ...]
    cards: tuple[tuple[int, str, str], ...] = ()
    clicks: tuple[tuple[int, str], ...] = ()


HOUSEHOLDS = st.sampled_from(["h1", "h2", "h3"])


@st.composite
def small_worlds(draw: st.DrawFn) -> SmallWorld:
    """A world of at most six jobs, nine invoices, six cards and four clicks."""
    count = draw(st.integers(1, 6))
    classes = st.sampled_from(["demand", "demand", "install", "warranty", "membership"])
    cards = draw(
        st.lists(st.tuples(st.integers(0, 50), HOUSEHOLDS, st.sampled_from("12")), max_size=6)
    )
    earlier = st.none() | st.integers(0, max(count - 1, 0))
    jobs = []
    for number in range(count):
        before = earlier.map(
            lambda other, n=number: other if other is not None and other < n else None
        )
        jobs.append(
            Job(
                day=draw(st.integers(0, 120)),
                household=draw(HOUSEHOLDS),
                job_class=draw(classes),
                parent=draw(before),
                redoes=draw(before),
                code=draw(st.none() | st.integers(0, max(len(cards) - 1, 0))) if cards else None,
                is_completed=draw(st.booleans()),
            )
        )
    kinds = st.sampled_from(["labor", "material", "discount", "tax", "deposit", "fee"])
    lines = st.lists(st.tuples(kinds, CENTS, st.integers(0, count - 1)), min_size=1, max_size=4)
    returned = st.lists(
        st.tuples(
            st.sampled_from(["refund", "credit_memo"]),
            st.integers(1, 300_000),
            st.none() | st.integers(0, 900),
        ),
        max_size=2,
    )
    invoices = []
    for _ in range(draw(st.integers(0, 9))):
        found = tuple(draw(lines))
        has_deposit = any(kind == "deposit" for kind, _, _ in found)
        invoices.append(
            Invoice(
                lines=found,
                tax=draw(st.integers(0, 50_000)),
                difference=0 if has_deposit else draw(st.sampled_from([0, 0, 1, -250])),
                is_void=draw(st.integers(0, 5)) == 0,
                returns=tuple(draw(returned)),
                pays_memo_out=draw(st.booleans()),
                paid=draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1), Fraction(2)])),
            )
        )
    clicks = draw(st.lists(st.tuples(st.integers(0, 110), HOUSEHOLDS), max_size=4))
    return SmallWorld(tuple(jobs), tuple(invoices), tuple(cards), tuple(clicks))
