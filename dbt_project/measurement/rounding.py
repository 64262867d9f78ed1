"""Splitting whole cents so that the parts sum to the whole.

The credit ledger does the same in SQL, over millions of lines; this is the rule in its plainest
form, and what the ledger's tests compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def largest_remainder(amount_cents: int, weights: Sequence[float | Fraction]) -> list[int]:
    """Split an amount in proportion to weights, exactly, by largest remainder.

    The split is made on the absolute amount and the sign restored, so that a refund undoes a
    sale cent by cent. Equal remainders go to the earlier part: give parts in time, then key order.

    Args:
        amount_cents: Whole cents, of either sign.
        weights: One weight a part, none negative; all zero means equal weights.

    Returns:
        Whole cents in the order given; they sum to `amount_cents`.

    Raises:
        ValueError: No parts, or a negative weight.
    """
    if not weights:
        raise ValueError("an amount cannot be split over no parts: give at least one weight")
    exact = [Fraction(weight) for weight in weights]
    if min(exact) < 0:
        raise ValueError("a weight is negative: weights must be 0 or more")
    total = sum(exact)
    if total == 0:
        exact, total = [Fraction(1)] * len(exact), Fraction(len(exact))
    quotas = [abs(amount_cents) * weight / total for weight in exact]
    parts = [int(quota) for quota in quotas]
    order = sorted(range(len(parts)), key=lambda part: (parts[part] - quotas[part], part))
    for part in order[: abs(amount_cents) - sum(parts)]:
        parts[part] += 1
    return [part if amount_cents >= 0 else -part for part in parts]
