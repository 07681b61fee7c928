"""The lines of an item's procedure become its steps; shipped items get the shipped checklist and agenda."""

from django.db import migrations

SHIPPED = {
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


def become_steps(apps, schema_editor):
    item_model = apps.get_model("servicing", "ServiceItem")
    step_model = apps.get_model("servicing", "ServiceStep")
    shipped = _shipped_procedures()
    steps, changed = [], []
    for item in item_model.objects.select_related("standard__tier", "kind"):
        lines = [line.strip() for line in item.procedure.splitlines() if line.strip()]
        steps += [
            step_model(item=item, text=line, position=position) for position, line in enumerate(lines, 1)
        ]
        key = (item.standard.tier.code, item.kind.code)
        if key in SHIPPED and item.procedure == shipped.get(key):
            item.checklist, item.agenda = SHIPPED[key]
            changed.append(item)
    step_model.objects.bulk_create(steps)
    item_model.objects.bulk_update(changed, ["checklist", "agenda"])


def become_lines(apps, schema_editor):
    item_model = apps.get_model("servicing", "ServiceItem")
    items = list(item_model.objects.prefetch_related("steps"))
    for item in items:
        item.procedure = "\n".join(step.text for step in item.steps.all().order_by("position", "id"))
    item_model.objects.bulk_update(items, ["procedure"])


def _shipped_procedures():
    from importlib import import_module

    first = import_module("servicing.migrations.0002_shipped_standards")
    return {(tier, kind): steps for tier, kind, *_terms, steps in first.ITEMS}


class Migration(migrations.Migration):
    dependencies = [("servicing", "0009_steps_checklists_and_agendas")]
    operations = [migrations.RunPython(become_steps, become_lines)]
