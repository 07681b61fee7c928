"""What goes in and out, as the OpenAPI document says it. Money is text with two decimals, never a float."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(max_length=60)]
Text = Annotated[str, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(max_length=5000)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=40)]
SourceId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class In(Schema):
    """What callers send: a field that nobody knows is refused, so that a typing mistake is noticed."""

    model_config = ConfigDict(extra="forbid")


class ErrorOut(Schema):
    field: str
    reason: str
    record: int | None = Field(None, description="Which of the records sent, from 0.")


class ProblemOut(Schema):
    """Every error: `application/problem+json` (RFC 9457) with the fields that are wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ErrorOut] = []


class Me(Schema):
    connection: str
    scopes: list[str]
    acting_as: str
    expires_at: dt.datetime
    calls_a_minute: int
    calls_left: int


# --- Clients -----------------------------------------------------------------------------------------


class TeamOut(Schema):
    role: str
    username: str


class ClientOut(Schema):
    """A client. A field that the firm's register does not track is left out; `behavioral_trigger` is there
    with the scope `behavioral`, and filled only while permission is granted."""

    id: int
    external_id: str
    name: str
    status: str
    client_since: dt.date | None = None
    lead_advisor: str | None = None
    team: list[TeamOut]
    complexity_driver: str | None = None
    behavioral_trigger: str | None = None
    attention_constraint: str | None = None
    persona: str | None = None
    income_structure: str | None = None
    permission: str
    assets_under_management: Decimal | None = None
    investable_assets: Decimal | None = None
    potential_revenue: Decimal | None = None
    growth_potential: int | None = None
    alignment: int | None = None
    expected_years: int | None = None
    email: str | None = None
    phone: str | None = None
    tier: str | None = None
    score: Decimal | None = None
    scored_on: dt.date | None = None
    next_due_on: dt.date | None = None
    last_touch_on: dt.date | None = None
    created_at: dt.datetime


class ClientsOut(Schema):
    clients: list[ClientOut]
    next_cursor: str | None = Field(None, description="Of the next page; null on the last.")
    as_of: dt.datetime = Field(description="Ask with updated_since from here next time; nothing is missed.")


class ClientIn(In):
    """A client by its `external_id`. A field that is left out stays as it is; null clears it."""

    external_id: Number
    name: Annotated[str, StringConstraints(max_length=160)] | None = None
    status: Code | None = None
    client_since: dt.date | None = None
    advisor: Text | None = Field(None, description="Username or e-mail address of the lead advisor.")
    complexity_driver: Code | None = None
    behavioral_trigger: Code | None = Field(None, description="Needs the scope behavioral.")
    attention_constraint: Code | None = None
    persona: Code | None = None
    income_structure: Code | None = None
    permission: Code | None = None
    assets_under_management: Decimal | None = None
    investable_assets: Decimal | None = None
    potential_revenue: Decimal | None = None
    growth_potential: int | None = None
    alignment: int | None = None
    expected_years: int | None = None
    email: Text | None = None
    phone: Text | None = None


class ClientsIn(In):
    records: list[ClientIn] = Field(min_length=1)


class TagsOut(Schema):
    complexity_driver: str | None = None
    behavioral_trigger: str | None = None
    attention_constraint: str | None = None
    persona: str | None = None
    income_structure: str | None = None


class TagsIn(In):
    """One or more of the five dropdowns, by code; null clears one."""

    complexity_driver: Code | None = None
    behavioral_trigger: Code | None = Field(None, description="Needs the scope behavioral.")
    attention_constraint: Code | None = None
    persona: Code | None = None
    income_structure: Code | None = None


class PermissionOut(Schema):
    """The client's yes or no to being spoken to in a tailored way, and channels that are closed."""

    state: Literal["not_asked", "asked", "granted", "declined", "withdrawn"]
    answered_on: dt.date | None
    opted_out_of: list[str]


# --- Facts -------------------------------------------------------------------------------------------


class RevenueIn(In):
    external_id: Number = Field(description="Of the client.")
    date: dt.date
    amount: Decimal
    source: Source | None = None
    source_id: SourceId | None = None


class TouchIn(In):
    external_id: Number = Field(description="Of the client.")
    occurred_at: Annotated[str, StringConstraints(max_length=40)] = Field(
        description="ISO 8601; without an offset in the firm's time zone."
    )
    kind: Code
    note: Note | None = None
    outcome: Code | None = None
    minutes: int | None = None
    role: Code | None = None
    by: Text | None = Field(None, description="Username or e-mail address.")
    source: Source | None = None
    source_id: SourceId | None = None


class TimeIn(In):
    external_id: Number = Field(description="Of the client.")
    date: dt.date
    minutes: Annotated[int, Field(ge=1, le=1440)]
    by: Text = Field(description="Username or e-mail address.")
    role: Code | None = Field(None, description="Without one: that of the person on the client's team.")
    activity: Annotated[str, StringConstraints(max_length=160)] = ""
    source: Source
    source_id: SourceId


class RevenuesIn(In):
    records: list[RevenueIn] = Field(min_length=1)


class TouchesIn(In):
    records: list[TouchIn] = Field(min_length=1)


class TimesIn(In):
    records: list[TimeIn] = Field(min_length=1)


class WrittenOut(Schema):
    """What became of the records sent; the same records again are all unchanged."""

    records: int
    created: int
    updated: int
    unchanged: int


# --- Tiers -------------------------------------------------------------------------------------------


class FactorOut(Schema):
    code: str
    value: Decimal | None
    percentile: Decimal | None
    weight: Decimal
    contribution: Decimal | None


class TierOut(Schema):
    """A client's tier and why. A tier says which service fits; it says nothing of worth."""

    tier: str | None
    since: dt.date | None
    source: str | None = Field(description="run, first, upgrade or override.")
    score: Decimal | None
    completeness: Decimal | None = Field(description="Known weight of all weight, 0 to 1.")
    scored_on: dt.date | None
    proposed_tier: str | None
    rule: str | None
    because: str
    factors: list[FactorOut]


class TierFiguresOut(Schema):
    tier: str | None
    clients: int
    untagged: int
    revenue: Decimal = Field(description="Of twelve months.")
    minutes: int = Field(description="Spent in twelve months.")
    done_on_time: int
    done_late: int
    missed: int
    open_tasks: int
    late_tasks: int


class TiersOut(Schema):
    as_of: dt.date | None
    refreshed_at: dt.datetime | None
    tiers: list[TierFiguresOut]


# --- Tasks -------------------------------------------------------------------------------------------


class TaskClientOut(Schema):
    id: int
    external_id: str


class TaskOut(Schema):
    id: int
    client: TaskClientOut
    title: str
    kind: str | None
    tier: str | None
    status: str
    due_on: dt.date
    window_start: dt.date
    window_end: dt.date
    scheduled_at: dt.datetime | None
    assigned_to: str | None
    channel: str
    planned_minutes: int
    automated: bool
    attempts: int
    outcome: str
    completed_on: dt.date | None
    closed_at: dt.datetime | None


class TasksOut(Schema):
    tasks: list[TaskOut]
    next_cursor: str | None
    as_of: dt.datetime


class CompleteIn(In):
    """How a task was closed; what the page asks for is checked by the same rules."""

    outcome: Literal["delivered", "declined", "no_response"]
    on: dt.date | None = Field(None, description="Today where it is left out.")
    minutes: Annotated[int, Field(ge=0)] | None = None
    note: Note = ""
    kind: Code | None = Field(
        None, description="Of the touch, for a task that no standard promised; the usual one otherwise."
    )


class AttemptIn(In):
    kind: Code = Field(description="Of a touch that did not reach the client: voicemail, email, text, call.")
    minutes: Annotated[int, Field(ge=0)] | None = None
    note: Note = ""
