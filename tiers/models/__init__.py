"""Which tier the data puts a client in, and why."""

from tiers.models.assignments import AssignmentSource, Override, TierAssignment
from tiers.models.fees import (
    FeeBracket,
    FeeComparison,
    FeeMethod,
    FeeRefresh,
    FeeSchedule,
    FeeStanding,
)
from tiers.models.policy import (
    Factor,
    Policy,
    PolicyFactor,
    PolicyStatus,
    PolicyTouchWeight,
    RankKey,
    TierRule,
)
from tiers.models.runs import Explanation, RejectedMove, RunStatus, ScoringRun
from tiers.models.settings import TierSettings
from tiers.models.simulation import ClientFacts, FactSnapshot, FoundRoutes, SimulatedMove, Simulation

__all__ = [
    "AssignmentSource",
    "ClientFacts",
    "Explanation",
    "FactSnapshot",
    "Factor",
    "FeeBracket",
    "FeeComparison",
    "FeeMethod",
    "FeeRefresh",
    "FeeSchedule",
    "FeeStanding",
    "FoundRoutes",
    "Override",
    "Policy",
    "PolicyFactor",
    "PolicyStatus",
    "PolicyTouchWeight",
    "RankKey",
    "RejectedMove",
    "RunStatus",
    "ScoringRun",
    "SimulatedMove",
    "Simulation",
    "TierAssignment",
    "TierRule",
    "TierSettings",
]
