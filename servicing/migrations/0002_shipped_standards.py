"""The service standards that a new installation has."""

from django.db import migrations

from servicing.migrations._shipped import ITEMS, KINDS, PROMISES


def ship(apps, schema_editor):
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
    standards = {code: ServiceStandard.objects.create(tier=tiers[code]) for code in ("A", "B", "C")}
    for position, (tier, kind, months, duration, preparation, role, channel, allowed, automated, steps) in enumerate(
        ITEMS, 1
    ):
        apps.get_model("servicing", "ServiceItem").objects.create(
            standard=standards[tier],
            kind=kinds[kind],
            interval_months=months,
            duration_minutes=duration,
            preparation_minutes=preparation,
            role=roles[role],
            channel=channel,
            allowed_months=allowed,
            automated=automated,
            procedure=steps,
            position=position,
        )
    for tier, text, hours in PROMISES:
        apps.get_model("servicing", "StandingPromise").objects.create(
            standard=standards[tier], text=text, answer_within_hours=hours, position=1
        )


class Migration(migrations.Migration):
    dependencies = [("servicing", "0001_initial"), ("clients", "0002_shipped_defaults")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
