"""Which tier the data puts a client in, and why."""

from tiers.models.assignments import AssignmentSource, Override, TierAssignment
from tiers.models.policy import (
    Factor,
    Policy,
    PolicyFactor,
    PolicyStatus,
    PolicyTouchWeight,
    RankKey,
    TierRule,
)
from tiers.models.runs import Explanation, RunStatus, ScoringRun

__all__ = [
    "AssignmentSource",
    "Explanation",
    "Factor",
    "Override",
    "Policy",
    "PolicyFactor",
    "PolicyStatus",
    "PolicyTouchWeight",
    "RankKey",
    "RunStatus",
    "ScoringRun",
    "TierAssignment",
    "TierRule",
]
