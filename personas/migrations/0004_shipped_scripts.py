"""The situations and the starter scripts. Approved by nobody: to be reviewed within 90 days."""

import datetime as dt

from django.db import migrations
from django.utils import timezone

REVIEW_WITHIN = dt.timedelta(days=90)
NOTE = "Shipped with the product. Have your compliance person read it by {day}; it expires then."


def ship(apps, schema_editor):
    from personas.scripts.starter import SITUATIONS, every

    Situation = apps.get_model("personas", "Situation")
    Script = apps.get_model("personas", "Script")
    Version = apps.get_model("personas", "ScriptVersion")
    Situation.objects.bulk_create(
        Situation(code=code, label=label, changes=about, services=services, position=position)
        for position, (code, label, about, services) in enumerate(SITUATIONS, 1)
    )
    words = {
        name: dict(apps.get_model("clients", model).objects.values_list("code", "id"))
        for name, model in {
            "role": "ServiceRole",
            "persona": "Persona",
            "complexity_driver": "ComplexityDriver",
            "behavioral_trigger": "BehavioralTrigger",
            "attention_constraint": "AttentionConstraint",
            "income_structure": "IncomeStructure",
        }.items()
    }
    situations = dict(Situation.objects.values_list("code", "id"))
    # What asks for a word that the firm took away is not shipped to it.
    starters = [
        one
        for one in every()
        if all(code in words[name] for name, code in one.conditions.items())
        and (not one.role or one.role in words["role"])
    ]
    scripts = Script.objects.bulk_create(Script(code=one.code) for one in starters)
    now = timezone.now()
    review_on = now.date() + REVIEW_WITHIN
    Version.objects.bulk_create(
        Version(
            script=script,
            number=1,
            state="approved",
            title=one.title,
            situation_id=situations[one.situation],
            role_id=words["role"].get(one.role),
            channel=one.channel,
            reach=one.reach,
            subject=one.subject,
            body=one.body,
            position=position,
            decided_at=now,
            review_on=review_on,
            comment=NOTE.format(day=review_on.isoformat()),
            **{f"{name}_id": words[name][code] for name, code in one.conditions.items()},
        )
        for position, (script, one) in enumerate(zip(scripts, starters, strict=True), 1)
    )
    apps.get_model("personas", "SendingSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("personas", "0003_scripts_and_messages"), ("clients", "0007_shipped_rubric")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
