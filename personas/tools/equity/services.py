"""Writes of equity pay: grants with their parts, exercises and sales, sell rules, companies and their days.

Each tells planning which clients are concerned: grants and transactions by triggers of their tables,
companies here. Tasks follow at the next sweep, which is woken.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models, transaction
from django.utils import timezone

from clients.changes import wake_sweeps
from clients.models import ChangeKind
from personas.models import (
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTransaction,
    EquityVest,
)
from personas.tools.equity.holdings import Move, TooMany, first_too_many
from personas.tools.equity.reading import lot_of
from personas.tools.equity.vesting import Part


class MoveRefused(Exception):
    """More would be exercised or sold than there is; `too_many` says on which day."""

    def __init__(self, too_many: TooMany) -> None:
        super().__init__()
        self.too_many = too_many


@transaction.atomic
def save_grant(*, grant: EquityGrant, parts: Iterable[Part], new_company: str = "") -> EquityGrant:
    """Stores a grant with its parts in place of those that it had. `new_company`: its company is made first.

    Raises MoveRefused where what was exercised or sold would no longer be there.
    """
    if new_company:
        grant.company = EquityCompany.objects.create(name=new_company)
    kept = [part for part in parts if grant.ended_on is None or part.on <= grant.ended_on]
    if grant.pk:
        lot = lot_of(EquityGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk))
        _check(kept, lot.moves, option=grant.is_option)
        grant.vests.all().delete()
    grant.updated_at = timezone.now()  # so that planning is told, though only its parts may differ
    grant.save()
    EquityVest.objects.bulk_create(
        EquityVest(grant=grant, number=part.number, vests_on=part.on, shares=part.shares) for part in kept
    )
    wake_sweeps(ChangeKind.SERVICE)
    return grant


@transaction.atomic
def remove_grant(*, grant: EquityGrant) -> None:
    """Removes a grant with all that belongs to it; the history keeps it, its open tasks are taken back."""
    grant.delete()
    wake_sweeps(ChangeKind.SERVICE)


@transaction.atomic
def record(*, move: EquityTransaction) -> EquityTransaction:
    """Stores an exercise or a sale. Raises MoveRefused where there are not so many shares on its day."""
    grant = EquityGrant.objects.select_for_update(of=("self",)).get(pk=move.grant_id)
    lot = lot_of(grant)
    added = Move(move.kind, move.happened_on, move.shares)
    _check(lot.parts, [*lot.moves, added], option=grant.is_option)
    move.client_id = grant.client_id
    move.save()
    wake_sweeps(ChangeKind.SERVICE)
    return move


@transaction.atomic
def take_back(*, move: EquityTransaction) -> None:
    """Removes an exercise or a sale. Raises MoveRefused where later ones rest on it."""
    lot = lot_of(EquityGrant.objects.select_for_update(of=("self",)).get(pk=move.grant_id))
    _check(lot.parts, [each for each in lot.moves if each.pk != move.pk], option=lot.grant.is_option)
    move.delete()
    wake_sweeps(ChangeKind.SERVICE)


def _check(parts: list[Part], moves: list[Move], *, option: bool) -> None:
    if too_many := first_too_many(parts, moves, option=option):
        raise MoveRefused(too_many)


@transaction.atomic
def save_basis(*, profile: EquityProfile) -> EquityProfile:
    """Stores what a client's estimates rest on."""
    profile.updated_at = timezone.now()
    profile.save()
    return profile


@transaction.atomic
def save_plan(*, plan: EquityPlan) -> EquityPlan:
    """Stores a client's sell rule for one company."""
    plan.updated_at = timezone.now()
    plan.save()
    return plan


@transaction.atomic
def save_company(*, company: EquityCompany) -> EquityCompany:
    """Stores a company; the tasks of all clients with a grant of it follow its rule."""
    company.save()
    tell_planning(company=company)
    return company


@transaction.atomic
def save_day(*, day: models.Model, company: EquityCompany) -> None:
    """Stores stated days or a date of results of a company."""
    day.save()
    tell_planning(company=company)


@transaction.atomic
def remove_day(*, day: models.Model, company: EquityCompany) -> None:
    """Removes stated days or a date of results of a company."""
    day.delete()
    tell_planning(company=company)


# Everybody who has a grant of the company, or of any.
_TELL = """
    INSERT INTO clients_change (kind, client_id)
    SELECT DISTINCT %(kind)s, client_id FROM personas_equitygrant
    WHERE %(company)s::bigint IS NULL OR company_id = %(company)s
"""


def tell_planning(*, company: EquityCompany | None = None) -> None:
    """Notes the clients with a grant of a company (none given: of any) for the next sweep, and wakes it."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"kind": ChangeKind.SERVICE.value, "company": company.pk if company else None})
    wake_sweeps(ChangeKind.SERVICE)
