"""The record: who a client is, what it is tagged with, what is known about it."""

from clients.models.changes import Change, ChangeKind
from clients.models.client import (
    BehavioralTag,
    Client,
    ClientScore,
    ClientStatus,
    ClientSummary,
    Member,
    Permission,
)
from clients.models.facts import Revenue, TimeEntry, Touch, TouchOutcome
from clients.models.imports import ImportBatch, ImportedRecord, ImportedTable, ImportKind, ImportState
from clients.models.jobs import Job, JobState, SweepRun
from clients.models.lists import BulkBehavioralRow, BulkChange, BulkChangeRow, BulkField, SavedFilter
from clients.models.merges import ClientMerge, ClientSplit, FormerNumber, MergedRow
from clients.models.notices import Notice
from clients.models.people import Firm, TeamMember, User
from clients.models.permission import AnswerSource, Erasure, How, PermissionAnswer
from clients.models.permission_channels import ChannelOptOut, ContactChannel, HowOptedOut
from clients.models.register import FieldEntry, FieldReview, Purpose, ReviewOutcome
from clients.models.retention import Anonymised, Departure, LegalHold
from clients.models.rubric import RatingMeaning
from clients.models.vocabulary import (
    AttentionConstraint,
    BehavioralTrigger,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    ServiceRole,
    Term,
    Tier,
    TouchKind,
)

__all__ = [
    "Anonymised",
    "AnswerSource",
    "AttentionConstraint",
    "BehavioralTag",
    "BehavioralTrigger",
    "BulkBehavioralRow",
    "BulkChange",
    "BulkChangeRow",
    "BulkField",
    "Change",
    "ChangeKind",
    "ChannelOptOut",
    "Client",
    "ClientMerge",
    "ClientScore",
    "ClientSplit",
    "ClientStatus",
    "ClientSummary",
    "ComplexityDriver",
    "ContactChannel",
    "Departure",
    "Erasure",
    "FieldEntry",
    "FieldReview",
    "Firm",
    "FormerNumber",
    "How",
    "HowOptedOut",
    "ImportBatch",
    "ImportKind",
    "ImportState",
    "ImportedRecord",
    "ImportedTable",
    "IncomeStructure",
    "Job",
    "JobState",
    "LegalHold",
    "Member",
    "MergedRow",
    "Notice",
    "Permission",
    "PermissionAnswer",
    "Persona",
    "Purpose",
    "RatingMeaning",
    "Revenue",
    "ReviewOutcome",
    "SavedFilter",
    "ServiceRole",
    "SweepRun",
    "TeamMember",
    "Term",
    "Tier",
    "TimeEntry",
    "Touch",
    "TouchKind",
    "TouchOutcome",
    "User",
]
