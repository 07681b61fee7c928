"""What a new installation has of transitions: stages of each route, reasons for leaving, why it is kept."""

from clients.register.shipped import ship as ship_entries

# route, stage, task, what is done, days, minutes, situation, who speaks
STEPS = [
    ("", "decide", "Choose the way", "Look at what this client needs from here on, and choose the service that would serve them best.", 14, 20, "", ""),
    ("fee", "prepare", "Prepare the fee talk", "Put on one page what the client receives, what it comes to in a year, and from when.", 10, 30, "", ""),
    ("fee", "talk", "Talk about the new fee", "Explain it in person before any letter goes out, and give notice in writing on the same day.", 14, 30, "fee_change", "lead_advisor"),
    ("fee", "agree", "Get the answer on the new fee", "Ask for the client's answer, and note it. An objection is a reason to look for another way.", 30, 15, "fee_change", "associate"),
    ("fee", "carry_out", "Change the fee", "Enter the new fee where it is billed, from the agreed date on, and confirm it in writing.", 14, 15, "fee_change", "client_service"),
    ("referral", "prepare", "Find the right place", "Choose an advisor or a digital service that fits what the client needs, and ask whether they have room.", 21, 45, "", ""),
    ("referral", "talk", "Propose the new advisor", "Say what the client gains, what stays and what changes, and offer to introduce the two in person.", 14, 45, "transition", "lead_advisor"),
    ("referral", "agree", "Get the client's consent", "Nothing moves without the client's consent. Record who gave it, when and how.", 21, 15, "transition", "lead_advisor"),
    ("referral", "carry_out", "Hand over", "Introduce the two, pass on only what the client agreed to, and ask after a month how it goes.", 30, 60, "transition", "associate"),
    ("digital", "prepare", "Prepare the digital service", "Write down what the client keeps, what comes automatically, and how a person is reached.", 10, 20, "", ""),
    ("digital", "talk", "Propose the digital service", "Say what gets easier, what stays, and whom to call. Ask what would be missed.", 14, 30, "transition", "lead_advisor"),
    ("digital", "carry_out", "Set up the digital service", "Open the access, walk through it once together, and check after two weeks that it is used.", 14, 30, "transition", "client_service"),
    ("", "close", "Record the outcome", "Say how it ended, and close the case.", 7, 5, "", ""),
]  # fmt: skip

REASONS = [
    ("fees", "Fees"),
    ("service", "Service did not fit"),
    ("performance", "Investment results"),
    ("other_advisor", "Went to another advisor"),
    ("on_their_own", "Manages it without an advisor"),
    ("moved", "Moved away"),
    ("life_change", "Death, divorce or sale of a business"),
    ("firm_proposed", "The firm proposed it"),
    ("other", "Other"),
]

ENTRIES = (
    (
        "transition_fees",
        "implementation",
        "What you pay now and from when on it changes, so that the notice and the bill agree.",
        72,
    ),
    (
        "transition_consent",
        "implementation",
        "Your consent to being served by somebody else: who gave it, when and how. Nothing moves without it.",
        72,
    ),
    (
        "transition_outcome",
        "cadence",
        "How a change of your service ended, and why you left where you did, so that we keep to what was agreed "
        "and do better by others.",
        72,
    ),
)


def ship_transitions(apps, schema_editor):
    """Adds the stages, the reasons and the settings. Tiers given so far open no case."""

    def model(name, app="servicing"):
        return apps.get_model(app, name)

    newest = model("TierAssignment", "tiers").objects.order_by("-pk").values_list("pk", flat=True).first()
    model("TransitionSettings").objects.get_or_create(pk=1, defaults={"cases_after": newest or 0})
    situations = dict(model("Situation", "personas").objects.values_list("code", "pk"))
    roles = dict(model("ServiceRole", "clients").objects.values_list("code", "pk"))
    for route, step, title, purpose, days, minutes, situation, role in STEPS:
        model("TransitionStep").objects.get_or_create(
            route=route,
            step=step,
            defaults={
                "title": title,
                "purpose": purpose,
                "days": days,
                "minutes": minutes,
                "situation_id": situations.get(situation),
                "role_id": roles.get(role),
            },
        )
    for position, (code, label) in enumerate(REASONS, 1):
        model("LeavingReason").objects.get_or_create(
            code=code, defaults={"label": label, "position": position}
        )
    ship_entries(model("FieldEntry", "clients"), ENTRIES)
