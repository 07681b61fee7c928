"""A small firm kept twice: in the database, and in the plain Python of `reference`."""

from __future__ import annotations

import datetime as dt
import itertools

from django.db.models import Q

from clients.models import Client, ServiceRole, TeamMember, Tier, Touch, TouchKind, User
from servicing.models import (
    Absence,
    CadenceOverride,
    FulfilmentRule,
    ServiceItem,
    ServiceKind,
    ServiceTask,
    Waiver,
)
from servicing.planning import plan
from tests.servicing import reference
from tiers.models import TierAssignment


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC)


class World:
    """Applies each event to both firms; `plan` plans both and `check` compares them."""

    def __init__(self) -> None:
        self.kinds = {kind.code: kind for kind in ServiceKind.objects.all()}
        self.touch_kinds = {kind.code: kind for kind in TouchKind.objects.all()}
        self.tiers = {tier.code: tier for tier in Tier.objects.all()}
        self.roles = {role.code: role for role in ServiceRole.objects.all()}
        self.users: dict[str, User] = {}
        self.moments = itertools.count()
        self.pairs: list[tuple[reference.Touch, Touch]] = []
        fulfils: dict[str, set[str]] = {code: set() for code in self.kinds}
        for rule in FulfilmentRule.objects.select_related("service_kind", "touch_kind"):
            fulfils[rule.service_kind.code].add(rule.touch_kind.code)
        items = ServiceItem.objects.select_related("standard__tier", "kind", "role").order_by("position")
        self.ref = reference.Firm(
            items=[
                reference.Item(
                    id=item.pk,
                    tier=item.standard.tier.code,
                    kind=item.kind.code,
                    months=item.interval_months,
                    basis=item.basis,
                    offset=item.first_offset_months,
                    before=item.window_before_days,
                    after=item.window_after_days,
                    lead=item.lead_days,
                    allowed=tuple(item.allowed_months),
                    role=item.role.code,
                )
                for item in items
            ],
            fulfils=fulfils,
            kind_order=list(self.kinds),
        )

    def person(self, name: str) -> User:
        if name not in self.users:
            self.users[name] = User.objects.create_user(name)
        return self.users[name]

    def client(
        self, *, tier: str = "", since: dt.date | None = None, team: dict[str, str] | None = None
    ) -> int:
        number = Client.objects.count() + 1
        client = Client.objects.create(external_id=f"N{number}", name=f"Client {number}")
        self.ref.clients.append(client.pk)
        self.ref.status[client.pk] = "active"
        self.ref.team[client.pk] = team or {}
        for role, name in (team or {}).items():
            TeamMember.objects.create(client=client, role=self.roles[role], user=self.person(name))
        if tier:
            assert since
            self.assign(client.pk, tier, since)
        return client.pk

    def assign(self, client: int, tier: str, on: dt.date) -> None:
        TierAssignment.objects.filter(client_id=client, ends_on=None).update(ends_on=on)
        TierAssignment.objects.create(
            client_id=client, tier=self.tiers[tier], starts_on=on, serviced_from=on, source="run"
        )
        self.ref.tiers[client] = [entry for entry in self.ref.tiers[client] if entry[0] < on] + [(on, tier)]

    def touch(self, client: int, kind: str, on: dt.date, *, reached: bool = True) -> Touch:
        moment = noon(on) + dt.timedelta(seconds=next(self.moments))
        row = Touch.objects.create(
            client_id=client,
            kind=self.touch_kinds[kind],
            occurred_at=moment,
            occurred_on=on,
            outcome="reached" if reached else "attempted",
            role=self.roles["lead_advisor"],
        )
        twin = reference.Touch(client, kind, on, reached)
        self.ref.touches[client].append(twin)
        self.pairs.append((twin, row))
        return row

    def waive(self, client: int, kind: str, first: dt.date, last: dt.date) -> None:
        Waiver.objects.create(
            client_id=client, kind=self.kinds[kind], reason="wish", starts_on=first, ends_on=last
        )
        self.ref.waivers.append((client, kind, first, last))

    def give(
        self, client: int, kind: str, months: int | None, first: dt.date, last: dt.date | None = None
    ) -> None:
        """From `first` on the service comes every so many months; None: as the standard says again."""
        before = first - dt.timedelta(days=1)
        of_kind = CadenceOverride.objects.filter(client_id=client, kind=self.kinds[kind])
        of_kind.filter(starts_on__gte=first).delete()
        of_kind.filter(Q(ends_on=None) | Q(ends_on__gte=first)).update(ends_on=before)
        self.ref.cadences = [
            (c, k, m, a, min(b, before) if (c, k) == (client, kind) else b)
            for c, k, m, a, b in self.ref.cadences
            if (c, k) != (client, kind) or a < first
        ]
        if months:
            CadenceOverride.objects.create(
                client_id=client,
                kind=self.kinds[kind],
                interval_months=months,
                reason="wish",
                starts_on=first,
                ends_on=last,
            )
            self.ref.cadences.append((client, kind, months, first, last or dt.date.max))

    def absent(self, name: str, first: dt.date, last: dt.date, stand_in: str = "") -> Absence:
        row = Absence.objects.create(
            user=self.person(name),
            first_on=first,
            last_on=last,
            stand_in=self.person(stand_in) if stand_in else None,
        )
        self.ref.absences.append(reference.Absence(name, first, last, stand_in or None))
        return row

    def back(self, absence: Absence, last: dt.date | None = None) -> None:
        """Ends an absence on `last`; without one it never was."""
        name = absence.user.username
        twin = next(a for a in self.ref.absences if (a.person, a.first) == (name, absence.first_on))
        if last is None:
            absence.delete()
            self.ref.absences.remove(twin)
        else:
            Absence.objects.filter(pk=absence.pk).update(last_on=last)
            twin.last = last

    def set_status(self, client: int, status: str) -> None:
        Client.objects.filter(pk=client).update(status=status)
        self.ref.status[client] = status

    def close(self, client: int, kind: str, status: str) -> bool:
        """Closes the open task as declined or no_response; False where none is open."""
        task = self.ref.open_task(client, kind)
        if task is None:
            return False
        task.status = status
        updated = ServiceTask.objects.filter(
            client_id=client, kind=self.kinds[kind], status__in=("planned", "scheduled")
        ).update(status=status, outcome=status)
        assert updated == 1
        # As the service that closes a task does: it plans for the client at once.
        return True

    def plan(self, on: dt.date, clients: list[int] | None = None):
        counts = plan(as_of=on, clients=clients)
        return counts

    def plan_both(self, on: dt.date) -> None:
        plan(as_of=on)
        self.ref.plan(on)
        self.check()

    def check(self) -> None:
        stored, told = self.both()
        assert stored == told

    def both(self) -> tuple[list[tuple], list[tuple]]:
        """All tasks as the database holds them, and as the plain calendar does."""
        codes = {kind.pk: code for code, kind in self.kinds.items()}
        names = {user.pk: name for name, user in self.users.items()}
        stored = sorted(
            (t.client_id, codes[t.kind_id], t.due_on, t.status, t.completed_on or dt.date.min,
             t.base_on or dt.date.min, t.window_end, t.closed_reason,
             names.get(t.assigned_to_id, "") if t.status in ("planned", "scheduled") else "",
             names.get(t.stands_in_for_id, "") if t.status in ("planned", "scheduled") else "")
            for t in ServiceTask.objects.values_list(
                "client_id", "kind_id", "due_on", "status", "completed_on", "base_on", "window_end",
                "closed_reason", "assigned_to_id", "stands_in_for_id", named=True,
            )
        )  # fmt: skip
        told = sorted(
            (
                t.client,
                t.kind,
                t.due,
                t.status,
                t.completed or dt.date.min,
                t.base or dt.date.min,
                t.end,
                t.reason,
                (t.person or "") if t.is_open else "",
                (t.stands_in_for or "") if t.is_open else "",
            )
            for t in itertools.chain.from_iterable(self.ref.tasks.values())
        )
        return stored, told
