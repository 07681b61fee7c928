"""What the firm owes, who does it next, what was delivered."""

from servicing.models.clocks import ServiceClock
from servicing.models.exceptions import CadenceOverride, Waiver
from servicing.models.rollups import TierRollup
from servicing.models.standards import (
    Basis,
    Channel,
    ClosingDay,
    FollowedItem,
    FulfilmentRule,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceStep,
    StandingPromise,
)
from servicing.models.tasks import OPEN_STATUSES, ClosedReason, ServiceTask, TaskOutcome, TaskStatus

__all__ = [
    "OPEN_STATUSES",
    "Basis",
    "CadenceOverride",
    "Channel",
    "ClosedReason",
    "ClosingDay",
    "FollowedItem",
    "FulfilmentRule",
    "ServiceClock",
    "ServiceItem",
    "ServiceKind",
    "ServiceStandard",
    "ServiceStep",
    "ServiceTask",
    "StandingPromise",
    "TaskOutcome",
    "TaskStatus",
    "TierRollup",
    "Waiver",
]
