"""What the firm owes, who does it next, what was delivered."""

from servicing.models.clocks import ServiceClock
from servicing.models.exceptions import CadenceOverride, Waiver
from servicing.models.people import Absence, CalendarFeed, ClientHours
from servicing.models.requests import ClientRequest
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
from servicing.models.tasks import (
    OPEN_STATUSES,
    ClosedReason,
    Escalation,
    PreparedPoint,
    ServiceTask,
    TaskOutcome,
    TaskStatus,
)

__all__ = [
    "OPEN_STATUSES",
    "Absence",
    "Basis",
    "CadenceOverride",
    "CalendarFeed",
    "Channel",
    "ClientHours",
    "ClientRequest",
    "ClosedReason",
    "ClosingDay",
    "Escalation",
    "FollowedItem",
    "FulfilmentRule",
    "PreparedPoint",
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
