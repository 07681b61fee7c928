"""The lines of an item's procedure become its steps; shipped items get the shipped checklist and agenda."""

from django.db import migrations

from servicing.migrations._shipped import ITEMS, PAPERS


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
        if key in PAPERS and item.procedure == shipped.get(key):
            item.checklist, item.agenda = PAPERS[key]
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
    return {(tier, kind): steps for tier, kind, *_terms, steps in ITEMS}


class Migration(migrations.Migration):
    dependencies = [("servicing", "0009_steps_checklists_and_agendas")]
    operations = [migrations.RunPython(become_steps, become_lines)]
