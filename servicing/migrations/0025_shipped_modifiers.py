"""What each tag changes in tasks in a new installation. All of it is the firm's to edit."""

from django.db import migrations

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


def ship(apps, schema_editor):
    TaskModifier = apps.get_model("servicing", "TaskModifier")
    if TaskModifier.objects.exists():
        return
    for kind, code, order, reason, changes in MODIFIERS:
        word = apps.get_model("clients", MODELS[kind]).objects.filter(code=code).first()
        if word:
            TaskModifier.objects.create(order=order, reason=reason, **{kind: word}, **changes)


class Migration(migrations.Migration):
    dependencies = [
        ("servicing", "0024_what_tags_change_in_tasks"),
        ("clients", "0002_shipped_defaults"),
    ]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop, elidable=False)]
