"""The reasons that a new installation has in its field register, in words that a client understands."""

from __future__ import annotations

import datetime as dt
from typing import Any

ADVICE, CADENCE, IMPLEMENTATION = "advice", "cadence", "implementation"
Row = tuple[str, str, str, int]  # field, purpose, reason, months kept

OWN: tuple[Row, ...] = (
    ("name", IMPLEMENTATION, "To know whom we serve and to address you as you wish.", 72),
    (
        "external_id",
        IMPLEMENTATION,
        "One number for you in all our systems, so that nothing is filed under somebody else.",
        72,
    ),
    (
        "status",
        CADENCE,
        "Whether we serve you now: only then are meetings planned and reminders sent.",
        72,
    ),
    (
        "client_since",
        CADENCE,
        "How long we have worked together; it counts when we decide how much service fits.",
        72,
    ),
    (
        "complexity_driver",
        ADVICE,
        "What makes decisions hard for you decides which analysis we prepare before we meet.",
        24,
    ),
    (
        "behavioral_trigger",
        ADVICE,
        "What tends to push you toward decisions you would regret, so that we can slow down there. Kept only "
        "with your permission and erased when you end it.",
        12,
    ),
    (
        "attention_constraint",
        CADENCE,
        "What keeps things from getting done in a busy life decides how long, how often and when we meet.",
        24,
    ),
    (
        "persona",
        ADVICE,
        "What people in your profession usually have to decide, so that our meetings deal with that.",
        24,
    ),
    (
        "income_structure",
        ADVICE,
        "Whether one income or two carry the household: it changes which risks we look at first.",
        24,
    ),
    (
        "permission",
        IMPLEMENTATION,
        "Your yes or no to being spoken to in a tailored way. Without your yes we use general words.",
        72,
    ),
    (
        "assets_under_management",
        ADVICE,
        "What we manage for you: the advice rests on it, and so does the service that fits.",
        72,
    ),
    (
        "investable_assets",
        ADVICE,
        "What you have here and elsewhere: advice on a part alone can be wrong for the whole.",
        72,
    ),
    (
        "potential_revenue",
        CADENCE,
        "What serving all of your needs would bring us; we use it to decide how much time to set aside.",
        72,
    ),
    (
        "expected_years",
        CADENCE,
        "How long we expect to work together, so that we plan our own time for the years ahead.",
        24,
    ),
    (
        "growth_potential",
        CADENCE,
        "Where your situation is likely to go, so that we meet more often while much changes.",
        24,
    ),
    (
        "alignment",
        CADENCE,
        "How well what we do fits what you want; where it does not, we say so and look for what fits better.",
        24,
    ),
    ("email", IMPLEMENTATION, "To send you what we agreed on and to reach you in writing.", 72),
    ("phone", IMPLEMENTATION, "To reach you when it is urgent or when you prefer to talk.", 72),
    (
        "channel_opt_outs",
        IMPLEMENTATION,
        "The ways in which you do not want to hear from us, so that we keep to it.",
        72,
    ),
    ("service_team", IMPLEMENTATION, "Who looks after you here, so that you always know whom to ask.", 72),
    ("member_name", ADVICE, "The people whom our advice concerns.", 72),
    (
        "member_relation",
        ADVICE,
        "How the people of your household belong together, for example in an estate plan.",
        72,
    ),
    (
        "member_birth_date",
        ADVICE,
        "Age decides dates that we must not miss, such as retirement accounts and required withdrawals.",
        72,
    ),
    ("member_email", IMPLEMENTATION, "To write to the person whom it concerns.", 72),
    ("member_phone", IMPLEMENTATION, "To call the person whom it concerns.", 72),
    (
        "member_number",
        IMPLEMENTATION,
        "One number for each person in all our systems, so that nothing is filed under somebody else.",
        72,
    ),
    (
        "touches",
        CADENCE,
        "When we met, called or wrote: so we keep what we promised. We must keep records of our advice.",
        72,
    ),
    (
        "touch_notes",
        ADVICE,
        "What was said and decided, so that you need not say it twice. We must keep records of our advice.",
        72,
    ),
    ("revenue", CADENCE, "What you pay us: we look at it when we decide how much service fits.", 72),
    ("time_spent", CADENCE, "How long we work for you, so that we promise only what we can keep.", 72),
)


def _since() -> dt.date:
    """The start of the year, so that an entry holds from the first day wherever the firm is."""
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    return yesterday.replace(month=1, day=1)


def ship(entries: Any, rows: tuple[Row, ...]) -> None:
    """Adds what the register does not have yet; for migrations. `entries`: the model `FieldEntry`."""
    since = _since()
    have = set(entries.objects.values_list("field", flat=True))
    entries.objects.bulk_create(
        entries(field=field, purpose=purpose, reason=reason, retention_months=months, active_from=since)
        for field, purpose, reason, months in rows
        if field not in have
    )
