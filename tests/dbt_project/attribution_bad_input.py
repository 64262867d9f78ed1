"""What operators' files really hold, on a campaign of its own that nobody wrote a cost down for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.dbt_project.attribution_cases import Cases

CAMPAIGN = "ODD26"


def bad_input(world: Cases) -> None:
    """Add the cases; all names begin with `bad_`."""
    world.add(
        "campaigns", campaign_id=CAMPAIGN, name="Odd input", mail_class="first_class",
        started_on="2026-05-01", response_window_days=45,
    )  # fmt: skip
    # Delivered the day after the job.
    world.card("bad_late_card", campaign=CAMPAIGN, delivered="2026-05-21T16:00:00Z")
    world.usual("bad_late_card")
    # Two cards of one wave, delivered the same day.
    world.card("bad_twins", piece="P-bad_twin1", campaign=CAMPAIGN)
    world.card("bad_twins", piece="P-bad_twin2", campaign=CAMPAIGN)
    world.usual("bad_twins")
    # The code of one card got about: its owner and a hundred strangers use it.
    world.card("bad_leak", campaign=CAMPAIGN, promo_code="LEAK-77")
    world.usual("bad_leak", promo_code="LEAK-77")
    for number in range(100):
        world.bill(
            world.job("", job=f"J-bad_leak{number}", promo_code="leak 77"),
            net="1.00", tax="0.00", total="1.00", paid=None,
        )  # fmt: skip
    world.card("bad_negative", campaign=CAMPAIGN)
    world.bill(world.job("bad_negative"), net="-25.00", tax="0.00", total="-25.00", paid=None)
    # Years before the operator's first record of anybody.
    world.usual("bad_history", at="2009-02-03T15:00:00Z")
    # Its only invoice is void: no revenue, but a job a card could earn.
    world.card("bad_voided", campaign=CAMPAIGN)
    world.bill(world.job("bad_voided"), status="void", paid=None)
