"""What a new installation has: the service standards, and what each tag changes in tasks. All of it is the
firm's to edit."""

from clients.register.shipped import ship as ship_entries

KINDS = [
    ("review_meeting", "Review meeting", ["review_meeting"]),
    ("wealth_plan_review", "Wealth plan review", ["plan_review"]),
    ("tax_coordination", "Tax coordination", ["tax_session"]),
    ("estate_coordination", "Estate coordination", ["estate_session"]),
    ("check_in", "Check-in", ["review_meeting", "plan_review", "meeting", "call", "digital_check_in"]),
    ("automated_update", "Automated update", ["automated_email"]),
]

# tier, kind, months, duration, preparation, role, channel, allowed months, automated, procedure
ITEMS = [
    ("A", "review_meeting", 3, 60, 30, "lead_advisor", "in_person", [], False,
     "Agree the one decision with the client a week ahead.\nPrepare one page on it.\n"
     "Meet, decide, and write next actions with owners and dates.\nSend the summary the same day."),
    ("A", "wealth_plan_review", 12, 90, 60, "lead_advisor", "in_person", [], False,
     "Update the plan's figures.\nCompare it with last year's assumptions.\n"
     "Walk through what changed and what it means.\nAgree next year's priorities."),
    ("A", "tax_coordination", 12, 45, 45, "planner", "video", [10, 11], False,
     "Ask the client's accountant for this year's estimate.\nList moves that must be made before year end.\n"
     "Meet with client and accountant.\nConfirm in writing who does what by when."),
    ("A", "estate_coordination", 12, 45, 30, "planner", "video", [], False,
     "Check documents, titling and beneficiaries against the family's situation.\n"
     "List the gaps.\nMeet and agree the next step with the client's attorney."),
    ("B", "review_meeting", 6, 45, 20, "lead_advisor", "video", [], False,
     "Prepare the simplified report.\nMeet on one topic that matters this half-year.\nWrite the next actions."),
    ("B", "check_in", 3, 15, 5, "associate", "digital", [], False,
     "Send the short check-in.\nRead the answer within a day.\nPass anything that needs a decision to the lead."),
    ("C", "review_meeting", 12, 30, 10, "associate", "video", [], False,
     "Offer a meeting or a digital review.\nConfirm contact data, goals and the standard portfolio."),
    ("C", "automated_update", 3, 0, 0, "client_service", "email", [], True,
     "The update is sent by itself; look at what came back."),
]

PROMISES = [
    ("A", "Direct access for urgent needs: an answer within 4 business hours", 4),
    ("B", "Simplified planning and reporting", None),
    ("C", "Standardized model portfolio", None),
]

# tier, kind: checklist and agenda
PAPERS = {
    ("A", "review_meeting"): (
        "One page on the decision\nWhat was agreed last time, and what became of it\nThe plan's figures, up to date",
        "What has changed for you\nThe one decision\nNext actions, with owners and dates",
    ),
    ("A", "wealth_plan_review"): (
        "The plan with this year's figures\nLast year's assumptions beside what happened\nA list of what changed",
        "What changed, and what it means\nAre the goals still the goals\nNext year's priorities",
    ),
    ("A", "tax_coordination"): (
        "This year's estimate from the accountant\nGains, losses and income to come until year end",
        "The estimate for this year\nMoves to make before year end\nWho does what by when",
    ),
    ("A", "estate_coordination"): (
        "Documents, titling and beneficiaries, as we hold them\nWhat changed in the family",
        "Does it still fit the family\nThe gaps\nThe next step with the attorney",
    ),
    ("B", "review_meeting"): (
        "The simplified report\nThe one topic that matters this half-year",
        "Where you stand\nThe one topic\nNext actions",
    ),
    ("B", "check_in"): ("The last answer, and what became of it", "Anything new\nAnything that worries you"),
    ("C", "review_meeting"): (
        "Contact data and goals, as we hold them",
        "Is everything still right\nGoals and the portfolio",
    ),
}

ASKS = (
    "Keep the dates that we agree, or tell us two days ahead.\n"
    "Send us the papers that we ask for a week before we meet.\n"
    "Tell us early when something changes: family, work, health, plans.\n"
    "Tell us how you like to be reached, and when we write too much or too little."
)

MODELS = {
    "persona": "Persona",
    "complexity_driver": "ComplexityDriver",
    "behavioral_trigger": "BehavioralTrigger",
    "attention_constraint": "AttentionConstraint",
    "income_structure": "IncomeStructure",
}

# kind of tag, code, order, reason, what it changes
MODIFIERS = [
    ("attention_constraint", "time_poverty", 10, "Time is scarce: a short meeting, and the rest in writing.",
     {"most_minutes": 30, "follow_up_days": 2, "follow_up_channel": "email"}),
    ("attention_constraint", "cognitive_load", 11, "There is much to take in already: one page, one next step.",
     {"prepare": "One page in plain words, with one next step"}),
    ("attention_constraint", "travel_schedule", 12,
     "Often on the road: a remote meeting, and more dates to choose from.",
     {"channel": "video", "replaces": ["in_person"], "booking_days": 21}),
    ("attention_constraint", "decision_fatigue", 13, "Decisions come easier early in the day.",
     {"time_of_day": "morning", "prepare": "A default, and two options at most"}),
    ("behavioral_trigger", "volatility_fear", 20, "A voice calms sooner than a screen: call before they call.",
     {"channel": "phone", "replaces": ["digital", "email"],
      "prepare": "What the plan assumed, before any number of the market"}),
    ("behavioral_trigger", "status_pressure", 21, "Only the client's own goals are the yardstick.",
     {"prepare": "Progress against the client's own goals, without any other household"}),
    ("behavioral_trigger", "spending_guilt", 22, "Permission to spend needs a number.",
     {"prepare": "The yearly amount that the plan supports spending"}),
    ("behavioral_trigger", "avoidance", 23, "Small steps with agreed dates, and somebody who asks how it went.",
     {"prepare": "The smallest useful step, and a date to agree on", "follow_up_days": 7,
      "follow_up_channel": "phone"}),
    ("persona", "physician", 30, "One decision a meeting is enough.",
     {"prepare": "The one decision, and the debt timeline"}),
    ("persona", "tech_equity", 31, "Decisions belong to a window.",
     {"prepare": "The one-page equity flow, and the next window"}),
    ("persona", "business_owner", 32, "Each step is agreed on its own.",
     {"prepare": "What hangs on the business, and the one next step"}),
    ("persona", "general", 33, "The client's own goals come first.",
     {"prepare": "The goals as last agreed"}),
    ("complexity_driver", "concentration_risk", 40, "One holding carries much of the household.",
     {"prepare": "Analysis of the largest holding's share, today and after each step"}),
    ("complexity_driver", "variable_income", 41, "Income changes from year to year.",
     {"prepare": "Analysis of a good, a usual and a lean year"}),
    ("complexity_driver", "debt_structure", 42, "Several debts pull at the same money.",
     {"prepare": "Analysis of every loan with its end date, and of an extra payment"}),
    ("complexity_driver", "multi_entity_taxes", 43, "Several entities file on their own.",
     {"prepare": "Analysis of who files what and when, checked with the accountant"}),
    ("income_structure", "solo_earner", 50, "One income carries the household.",
     {"prepare": "Months of runway, and who acts in the earner's place"}),
    ("income_structure", "dual_income", 51, "Two diaries have to meet.",
     {"booking_days": 7, "prepare": "Both partners' goals side by side"}),
]  # fmt: skip


def ship_standards(apps, schema_editor):
    ServiceStandard = apps.get_model("servicing", "ServiceStandard")
    if ServiceStandard.objects.exists():
        return
    ServiceKind = apps.get_model("servicing", "ServiceKind")
    tiers = {tier.code: tier for tier in apps.get_model("clients", "Tier").objects.all()}
    roles = {role.code: role for role in apps.get_model("clients", "ServiceRole").objects.all()}
    touch_kinds = {kind.code: kind for kind in apps.get_model("clients", "TouchKind").objects.all()}
    kinds = {}
    for position, (code, label, fulfilled_by) in enumerate(KINDS, 1):
        kinds[code] = ServiceKind.objects.create(code=code, label=label, position=position)
        for touch_kind in fulfilled_by:
            apps.get_model("servicing", "FulfilmentRule").objects.create(
                service_kind=kinds[code], touch_kind=touch_kinds[touch_kind]
            )
    standards = {code: ServiceStandard.objects.create(tier=tiers[code], asks=ASKS) for code in ("A", "B", "C")}
    for position, (tier, kind, months, duration, preparation, role, channel, allowed, automated, steps) in enumerate(
        ITEMS, 1
    ):
        checklist, agenda = PAPERS.get((tier, kind), ("", ""))
        item = apps.get_model("servicing", "ServiceItem").objects.create(
            standard=standards[tier],
            kind=kinds[kind],
            interval_months=months,
            duration_minutes=duration,
            preparation_minutes=preparation,
            role=roles[role],
            channel=channel,
            allowed_months=allowed,
            automated=automated,
            position=position,
            checklist=checklist,
            agenda=agenda,
        )
        for number, text in enumerate(steps.splitlines(), 1):
            apps.get_model("servicing", "ServiceStep").objects.create(item=item, text=text, position=number)
    for tier, text, hours in PROMISES:
        apps.get_model("servicing", "StandingPromise").objects.create(
            standard=standards[tier], text=text, answer_within_hours=hours, position=1
        )


def ship_modifiers(apps, schema_editor):
    TaskModifier = apps.get_model("servicing", "TaskModifier")
    if TaskModifier.objects.exists():
        return
    for kind, code, order, reason, changes in MODIFIERS:
        word = apps.get_model("clients", MODELS[kind]).objects.filter(code=code).first()
        if word:
            TaskModifier.objects.create(order=order, reason=reason, **{kind: word}, **changes)


# Decisions that come up again and again: persona ("": everyone), code, label, what to have ready.
DECISIONS = [
    ("physician", "loan_extra", "Pay extra on the loans, or keep the plan", "The loans' end dates, with and without an extra payment"),
    ("physician", "loan_forgiveness", "Loans: work toward forgiveness, or refinance", "Qualifying payments so far, and the rate that is offered"),
    ("physician", "raise_to_savings", "How much of the next raise is saved", "Take-home pay before and after the raise"),
    ("physician", "disability_cover", "How much disability cover, in the own specialty", "The present policy's definition, and one quote"),
    ("physician", "home_now", "Buy a home now, or rent two more years", "One page: cost a month both ways, and the contract's end"),
    ("tech_equity", "sell_at_vest", "How much of each vest is sold at once", "Share of the household in one stock, before and after"),
    ("tech_equity", "trading_plan", "Whether to adopt a trading plan", "The next trading windows and blackout periods"),
    ("tech_equity", "exercise_options", "Which options are exercised this year, and how many", "Estimated tax of the exercise at today's price"),
    ("tech_equity", "tax_reserve", "How much is set aside for tax from the next vest", "Tax withheld so far against the estimated bill"),
    ("tech_equity", "most_in_one_stock", "The most that one stock may be of what the family has", "What a fall by half would mean for the family's plans"),
    ("business_owner", "next_step", "The next small step, and who takes it", "The steps agreed so far, and what came of the last one"),
    ("business_owner", "take_out", "How much is taken out of the business this year", "What the household has outside the business"),
    ("business_owner", "who_decides", "Who decides if the owner cannot", "Names, signatures and papers as they are today"),
    ("business_owner", "valuation", "Have the business valued now, or in a year", "What a valuation costs, and which choices wait for it"),
    ("business_owner", "business_retirement_plan", "Which retirement plan the business offers", "Two plans side by side: cost, limits, who is covered"),
    ("general", "first_goal", "Which goal comes first this year", "The goals with a cost and a date each"),
    ("general", "one_change", "Keep the plan, or change one part of it", "What changed since the last review, on one page"),
    ("general", "join_accounts", "Which accounts to join or close", "A list of all accounts, with what each costs"),
    ("", "save_a_month", "How much is saved each month", "Spending of the last twelve months"),
    ("", "risk_taken", "How much risk the portfolio takes", "What a bad year would have cost, in dollars"),
    ("", "cash_kept", "How many months of spending stay in cash", "Spending a month, and cash as it is today"),
    ("", "beneficiaries", "Who inherits: confirm or change the beneficiaries", "The beneficiaries on file, account by account"),
    ("", "insurance", "Which insurance to change", "Policies with cover, cost and end date"),
    ("", "when_work_ends", "When paid work may end", "Income and spending with work ending at two different ages"),
]  # fmt: skip

CONFIDENCE = (
    (
        "confidence",
        "advice",
        "Your own answer, from zero to ten, to how sure you feel about your path. A low one tells us where to explain "
        "or to change something.",
        24,
    ),
    (
        "confidence_blocker",
        "advice",
        "What keeps you from feeling surer, in your words, so that we deal with that first.",
        24,
    ),
    (
        "meeting_decisions",
        "advice",
        "The one decision of each meeting and what came of it, so that nothing is decided twice or forgotten. We must "
        "keep records of our advice.",
        72,
    ),
)


def ship_decisions(apps, schema_editor):
    """Adds the decisions to choose from, where the firm has none; and why answers of meetings are kept."""
    ready = apps.get_model("servicing", "ReadyDecision")
    if not ready.objects.exists():
        personas = dict(apps.get_model("clients", "Persona").objects.values_list("code", "id"))
        ready.objects.bulk_create(
            ready(
                code=code, label=label, changes=have_ready, persona_id=personas.get(persona), position=position
            )
            for position, (persona, code, label, have_ready) in enumerate(DECISIONS, 1)
            if not persona or persona in personas
        )
    ship_entries(apps.get_model("clients", "FieldEntry"), CONFIDENCE)


RATINGS = (
    (
        "rating",
        "cadence",
        "What you said a service was worth to you, from one to five, so that our time goes where it is worth most.",
        72,
    ),
    (
        "rating_comment",
        "advice",
        "What you said about it, in your words, so that we keep what is good and change what is not.",
        72,
    ),
)


def ship_ratings(apps, schema_editor):
    """Why ratings of services are kept."""
    ship_entries(apps.get_model("clients", "FieldEntry"), RATINGS)
