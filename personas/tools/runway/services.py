"""Writes of the runway's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from clients.models import Client
from personas.models import HouseholdDuty, OtherIncome, RedundancyCheck, Reserve, SoloPlan

Answer = tuple[str, str, dt.date | None]


def plan_of(client: Client) -> SoloPlan:
    """The household's row, made where there is none: from then on the tool is in use."""
    return SoloPlan.objects.get_or_create(client=client)[0]


@transaction.atomic
def save_line(*, client: Client, line: Reserve | OtherIncome | HouseholdDuty) -> None:
    """Stores a reserve, an income or who does a thing."""
    plan_of(client)
    line.client = client
    line.save()


@transaction.atomic
def save_checklist(*, client: Client, answers: Mapping[int, Answer]) -> None:
    """Stores how the household stands with each point; one without a state is as if nobody had looked."""
    plan_of(client)
    stored = RedundancyCheck.objects.filter(client=client)
    stored.filter(item__in=[item for item, (state, _note, _due) in answers.items() if not state]).delete()
    was = {check.item_id: (check.state, check.note, check.due_on) for check in stored.select_for_update()}
    RedundancyCheck.objects.bulk_create(
        [
            RedundancyCheck(client=client, item_id=item, state=state, note=note, due_on=due)
            for item, (state, note, due) in answers.items()
            if state and was.get(item) != (state, note, due)
        ],
        update_conflicts=True,
        unique_fields=["client", "item"],
        update_fields=["state", "note", "due_on"],
    )
