"""The demo firm's households by their incomes: the runway of one that lives on a single income, and two
rankings of a couple, one of which waits for its second answer."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count

from clients.firm import firm_zone
from clients.models import Client, ClientStatus
from personas.models import (
    GoalKind,
    GoalPartner,
    GoalRound,
    HouseholdDuty,
    OtherIncome,
    RedundancyCheck,
    RedundancyItem,
    Reserve,
    RoundGoal,
    SoloPlan,
)
from personas.tools.goals.forms import first_name
from personas.tools.goals.services import answer_together

DAY = dt.timedelta(days=1)
RESERVES = (
    ("Joint savings", "savings", 41_500, 0, True),
    ("Brokerage account", "shares", 67_200, 5, True),
    ("Treasury bills", "bonds", 30_000, 90, True),
    ("401(k)", "retirement", 212_000, 30, False),
)
# of the checklist: state, note, days until it is due
CHECKS = {
    "second_signatory": ("done", "Both sign for the main account", None),
    "power_of_attorney": ("open", "Waits for the notary", 24),
    "disability_insurance": ("done", "60 percent of pay from the fourth month on", None),
    "will": ("not_needed", "No children; the house is in both names", None),
    "documents": ("open", "The folder is begun", 10),
}
GOALS = ("safety_cushion", "debt_free", "home", "children", "early_retirement", "travel")
OWN = "A season on the water"
PLACES = {1: [1, 2, 6, 3, 4, 7, 5], 2: [3, 6, 1, 2, 5, 4, 7]}
LATER = ("safety_cushion", "home", "children", "travel", "giving")


def keep_house(*, as_of: dt.date) -> None:
    """The same households each time: the first of each kind by their numbers."""
    kinds = Client.objects.filter(status=ClientStatus.ACTIVE).order_by("external_id")
    with_two = kinds.annotate(people=Count("members")).filter(people__gte=2)
    solo = with_two.filter(income_structure__code="solo_earner").first()
    dual = with_two.filter(income_structure__code="dual_income").first()
    if solo:
        _live_on_one_income(solo, as_of)
    if dual:
        _rank(dual, as_of)


def _live_on_one_income(client: Client, as_of: dt.date) -> None:
    earner, other = client.members.order_by("pk")[:2]
    SoloPlan.objects.create(client=client, earner=earner, needed=5_200, wished=1_900)
    Reserve.objects.bulk_create(
        Reserve(
            client=client,
            name=name,
            kind=kind,
            amount=amount,
            usable_after=after,
            counts=counts,
            as_of=as_of - 20 * DAY,
        )
        for name, kind, amount, after, counts in RESERVES
    )
    OtherIncome.objects.create(
        client=client, name="Disability insurance", amount=2_400, until=as_of + 700 * DAY
    )
    items = {item.code: item for item in RedundancyItem.objects.filter(code__in=CHECKS)}
    RedundancyCheck.objects.bulk_create(
        RedundancyCheck(
            client=client,
            item=items[code],
            state=state,
            note=note,
            due_on=as_of + days * DAY if days else None,
        )
        for code, (state, note, days) in CHECKS.items()
        if code in items
    )
    HouseholdDuty.objects.bulk_create(
        [
            HouseholdDuty(
                client=client, title="Pay the regular bills", person=other, backup_outside="Her sister, Mara"
            ),
            HouseholdDuty(client=client, title="Call the disability insurer", person=other),
            HouseholdDuty(client=client, title="Agree with us what is sold first"),
        ]
    )


def _rank(client: Client, as_of: dt.date) -> None:
    done = _begin(client, as_of - 190 * DAY, GOALS, OWN)
    answer_together(round=done, places=PLACES)
    answered = done.begun_at + 3 * DAY
    GoalRound.objects.filter(pk=done.pk).update(completed_at=answered)
    done.partners.update(answered_at=answered)
    waits = _begin(client, as_of - 2 * DAY, LATER, "")
    waits.partners.filter(number=1).update(places=[2, 1, 3, 5, 4], answered_at=waits.begun_at + DAY)
    GoalRound.objects.filter(pk=waits.pk).update(answers=1)


def _begin(client: Client, day: dt.date, codes: tuple[str, ...], own: str) -> GoalRound:
    """As if it had begun at noon of a day, by whoever leads the client."""
    begun = dt.datetime.combine(day, dt.time(12), tzinfo=firm_zone())
    lead = client.team.filter(role__code="lead_advisor").first()
    made = GoalRound.objects.create(
        client=client, begun_at=begun, begun_by=lead.user if lead else None, expires_at=begun + 30 * DAY
    )
    kinds = {kind.code: kind for kind in GoalKind.objects.filter(code__in=codes)}
    labels = [(kinds[code].label, kinds[code]) for code in codes if code in kinds]
    RoundGoal.objects.bulk_create(
        RoundGoal(round=made, position=place, label=label, kind=kind)
        for place, (label, kind) in enumerate([*labels, *([(own, None)] if own else [])], 1)
    )
    GoalPartner.objects.bulk_create(
        GoalPartner(round=made, number=number, first_name=first_name(person))
        for number, person in enumerate(client.members.order_by("pk")[:2], 1)
    )
    return made
