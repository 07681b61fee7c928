"""The rows that a new installation has: the firm, groups, words, roles, touch kinds, rubric, register."""

from clients.register.shipped import OWN
from clients.register.shipped import ship as ship_entries

GROUPS = ["advisor", "operations", "compliance", "administrator"]

TERMS = {
    "ComplexityDriver": [
        ("concentration_risk", "Concentration risk", "A concentration analysis is prepared for the meeting."),
        ("variable_income", "Variable income", "A cash-flow analysis for good and lean months is prepared."),
        ("debt_structure", "Debt structure", "A payoff timeline is prepared."),
        ("multi_entity_taxes", "Multi-entity taxes", "An overview of all entities and their deadlines is prepared."),
    ],
    "BehavioralTrigger": [
        ("volatility_fear", "Fear of volatility", "Call before they call; context before numbers."),
        ("status_pressure", "Status pressure", "Comparisons are private and only with their own goals."),
        ("spending_guilt", "Guilt about spending", "Permission to spend, stated with a number."),
        ("avoidance", "Avoidance", "Smaller steps, dates agreed in the meeting, a follow-up touch."),
    ],
    "AttentionConstraint": [
        ("time_poverty", "Time poverty", "Short meetings with one decision each; the rest in writing afterwards."),
        ("cognitive_load", "Cognitive load", "One page, plain words, one next step."),
        ("travel_schedule", "Travel schedule", "Remote or in writing; a wide booking window."),
        ("decision_fatigue", "Decision fatigue", "A default and two options at most; morning slots."),
    ],
    "Persona": [
        ("physician", "Physician", "One-decision meetings; debt framed as the price of entry."),
        ("tech_equity", "Tech equity professional", "Contact follows decision windows: vests, windows, tax dates."),
        ("business_owner", "Business owner", "Staged commitments in place of one big plan."),
        ("general", "General", "The generic scripts and formats."),
    ],
    "IncomeStructure": [
        ("solo_earner", "Solo earner", "Redundancy, runway and who does what come first."),
        ("dual_income", "Dual income", "Both partners rank their goals; the trade-off is framed."),
    ],
    "Tier": [
        ("A", "A · Ideal", "Quarterly meetings, tax and estate coordination, a yearly plan review, direct access."),
        ("B", "B · Emerging", "Two meetings a year, simplified planning, a digital check-in between reviews."),
        ("C", "C · Essential", "One meeting or digital touchpoint a year, automated updates, a standard portfolio."),
    ],
}

ROLES = [
    ("lead_advisor", "Lead advisor", 150),
    ("planner", "Planner", 100),
    ("associate", "Associate", 75),
    ("client_service", "Client service", 50),
]

TOUCH_KINDS = [
    ("review_meeting", "Review meeting", 10, "reached"),
    ("plan_review", "Wealth plan review", 10, "reached"),
    ("meeting", "Meeting", 10, "reached"),
    ("tax_session", "Tax session", 5, "reached"),
    ("estate_session", "Estate session", 5, "reached"),
    ("call", "Call", 5, "reached"),
    ("digital_check_in", "Digital check-in", 3, "reached"),
    ("email_reply", "E-mail reply", 2, "reached"),
    ("portal_login", "Portal sign-in", 1, "reached"),
    ("event", "Event", 4, "reached"),
    ("referral", "Referral", 15, "reached"),
    ("automated_email", "Automated e-mail", 0, "reached"),
    ("email", "E-mail", 0, "attempted"),
    ("text", "Text message", 0, "attempted"),
    ("voicemail", "Voicemail", 0, "attempted"),
]

RUBRIC = {
    "growth_potential": [
        (
            5,
            "Revenue is likely to double within three years",
            "A founder with a signed offer for the company, or a physician who becomes a partner next year.",
        ),
        (
            4,
            "A dated event will bring clearly more to plan",
            "Stock that vests over the next two years, or an inheritance that is being settled.",
        ),
        (
            3,
            "Steady saving; the relationship grows with it",
            "A dual income household that fills its retirement plans and adds to its accounts each month.",
        ),
        (
            2,
            "Much as it is today for years to come",
            "Both partners in the last years of work, with everything consolidated here.",
        ),
        (
            1,
            "Less each year by plan",
            "A retired couple who live on withdrawals and give to their children.",
        ),
    ],
    "alignment": [
        (
            5,
            "Acts on the plan, and is who the firm set out to serve",
            "Comes prepared, decides in the meeting, and has sent a friend without being asked.",
        ),
        (
            4,
            "Wants advice and follows most of it",
            "Brings the big decisions here first; small ones are made alone now and then.",
        ),
        (
            3,
            "Works well together within limits",
            "Follows investment advice, but keeps tax and estate questions elsewhere.",
        ),
        (
            2,
            "Wants something other than what the firm does best",
            "Asks for single products or quick trades, and seldom for a plan.",
        ),
        (
            1,
            "Another kind of service would suit this client better",
            "Has not answered for a year, or wants only an account to hold positions in.",
        ),
    ],
}


def ship_words(apps, schema_editor):
    apps.get_model("clients", "Firm").objects.get_or_create(pk=1)
    for name in GROUPS:
        apps.get_model("auth", "Group").objects.get_or_create(name=name)
    for model, rows in TERMS.items():
        for position, (code, label, changes) in enumerate(rows, 1):
            apps.get_model("clients", model).objects.get_or_create(
                code=code, defaults={"label": label, "changes": changes, "position": position}
            )
    for position, (code, label, cost) in enumerate(ROLES, 1):
        apps.get_model("clients", "ServiceRole").objects.get_or_create(
            code=code, defaults={"label": label, "hourly_cost": cost, "position": position}
        )
    for position, (code, label, weight, outcome) in enumerate(TOUCH_KINDS, 1):
        apps.get_model("clients", "TouchKind").objects.get_or_create(
            code=code,
            defaults={
                "label": label,
                "engagement_weight": weight,
                "default_outcome": outcome,
                "position": position,
            },
        )


def ship_rubric(apps, schema_editor):
    """Adds what the firm has not written itself."""
    meaning = apps.get_model("clients", "RatingMeaning")
    meaning.objects.bulk_create(
        [
            meaning(rated=rated, rating=rating, meaning=text, example=example)
            for rated, rows in RUBRIC.items()
            for rating, text, example in rows
        ],
        ignore_conflicts=True,
    )


def ship_register(apps, schema_editor):
    ship_entries(apps.get_model("clients", "FieldEntry"), OWN)


def ship(apps, schema_editor):
    ship_words(apps, schema_editor)
    ship_rubric(apps, schema_editor)
    ship_register(apps, schema_editor)
