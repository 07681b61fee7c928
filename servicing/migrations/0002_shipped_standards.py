"""The service standards that a new installation has."""

from django.db import migrations

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
