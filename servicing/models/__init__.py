"""What the firm owes, who does it next, what was delivered."""

from servicing.models.book import UNDO_DAYS, BookTransfer, HandedRow, Share, TransferState
from servicing.models.capacity import (
    CapacityFigures,
    PersonLoad,
    PersonWeeks,
    PromisedWeeks,
    RoleWeeks,
)
from servicing.models.clocks import ServiceClock
from servicing.models.delivery import (
    Beyond,
    BeyondStandard,
    DeliveryRefresh,
    DeliveryRollup,
    DeliveryScope,
)
from servicing.models.equity import EquityDate, EquityLead
from servicing.models.exceptions import CadenceOverride, Waiver
from servicing.models.meetings import ConfidenceAnswer, DecisionResult, MeetingDecision, ReadyDecision
from servicing.models.modifiers import TailoredWith, TaskModifier, TaskTailoring, TimeOfDay
from servicing.models.people import Absence, CalendarEntry, CalendarFeed, ClientHours
from servicing.models.ranges import PlanningRange
from servicing.models.requests import ClientRequest, RequestMail
from servicing.models.rollups import FirmRollup, TierRollup
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
    BulkAction,
    BulkStep,
    BulkStepRow,
    ClosedReason,
    Escalation,
    PreparedPoint,
    ServiceTask,
    TaskOutcome,
    TaskStatus,
)

__all__ = [
    "OPEN_STATUSES",
    "UNDO_DAYS",
    "Absence",
    "Basis",
    "Beyond",
    "BeyondStandard",
    "BookTransfer",
    "BulkAction",
    "BulkStep",
    "BulkStepRow",
    "CadenceOverride",
    "CalendarEntry",
    "CalendarFeed",
    "CapacityFigures",
    "Channel",
    "ClientHours",
    "ClientRequest",
    "ClosedReason",
    "ClosingDay",
    "ConfidenceAnswer",
    "DecisionResult",
    "DeliveryRefresh",
    "DeliveryRollup",
    "DeliveryScope",
    "EquityDate",
    "EquityLead",
    "Escalation",
    "FirmRollup",
    "FollowedItem",
    "FulfilmentRule",
    "HandedRow",
    "MeetingDecision",
    "PersonLoad",
    "PersonWeeks",
    "PlanningRange",
    "PreparedPoint",
    "PromisedWeeks",
    "ReadyDecision",
    "RequestMail",
    "RoleWeeks",
    "ServiceClock",
    "ServiceItem",
    "ServiceKind",
    "ServiceStandard",
    "ServiceStep",
    "ServiceTask",
    "Share",
    "StandingPromise",
    "TailoredWith",
    "TaskModifier",
    "TaskOutcome",
    "TaskStatus",
    "TaskTailoring",
    "TierRollup",
    "TimeOfDay",
    "TransferState",
    "Waiver",
]
