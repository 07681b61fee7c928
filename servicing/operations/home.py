"""The worklists of operations: what falls through, counted as the lists behind the figures count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Firm, ServiceRole, User
from servicing.models import FirmRollup, ServiceItem, ServiceTask
from servicing.operations import rollup
from servicing.requests import lists as requests
from servicing.work import listing

CAP = listing.COUNTED
SHOWN = 8  # of the latest tasks


@dataclass(frozen=True)
class Figure:
    """A number that somebody acts on, and the list that has as many rows. `note`: what it means."""

    label: str | Promise
    value: int
    href: str
    note: str = ""

    @property
    def calls(self) -> bool:
        return self.value > 0


@dataclass(frozen=True)
class Worklists:
    work: list[Figure]
    clients: list[Figure]
    figures_of: dt.datetime
    latest: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)


def read_worklists(user: User, firm: Firm) -> Worklists:
    """Everything on the page but scheduled work, in four queries."""
    now, today = timezone.now(), timezone.localdate()
    too_late = ServiceTask.objects.too_late(today, firm.escalate_after_days)
    waiting = requests.listed(requests.Asked(state=requests.WAITING), user, now)
    counts = _counted(
        {
            "too_late": too_late,
            "unassigned": ServiceTask.objects.open().filter(assigned_to=None, automated=False),
            "appointments": ServiceTask.objects.appointment_passed(today),
            "requests": waiting,
            "requests_late": waiting.filter(answer_by__lt=now),
        }
    )
    figures = rollup.read()
    latest = too_late.order_by("due_on", "id").values(*listing.ROW)[:SHOWN] if counts["too_late"] else []
    return Worklists(
        work=_work(counts, firm.escalate_after_days),
        clients=_clients(figures),
        figures_of=figures.refreshed_at,
        latest=[listing.row_of(row, today, timezone.get_current_timezone()) for row in latest],
        roles=_roles(figures),
    )


def waiting_requests(user: User | None) -> dict[str, Any]:
    """The requests that wait for an answer, and how many are past their time; without a `user` the firm's."""
    now = timezone.now()
    waiting = requests.listed(requests.Asked(state=requests.WAITING), user, now)
    counts = _counted({"requests": waiting, "late": waiting.filter(answer_by__lt=now)})
    late = counts["late"]
    return {
        "label": gettext_lazy("Requests waiting"),
        "value": counts["requests"],
        "href": reverse("servicing:requests"),
        "note": ngettext("%(n)s past its time", "%(n)s past their time", late) % {"n": late},
        "calm": not late,
    }


def _counted(wanted: dict[str, QuerySet]) -> dict[str, int]:
    """How many rows each has, up to one more than the cap, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in wanted.values():
        sql, own = rows.order_by().values("pk")[: CAP + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608  (Django's own SQL)
        params += own
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(wanted, cursor.fetchone(), strict=True))


def _work(counts: dict[str, int], days: int) -> list[Figure]:
    late = counts["requests_late"]
    return [
        Figure(
            gettext_lazy("Too late"),
            counts["too_late"],
            _tasks(status="too_late"),
            ngettext("more than %(n)s day past the window", "more than %(n)s days past the window", days)
            % {"n": days},
        ),
        Figure(
            gettext_lazy("Nobody's task"),
            counts["unassigned"],
            _tasks(advisor="none", done_by="person"),
            _("open and unassigned"),
        ),
        Figure(
            gettext_lazy("Appointment passed"),
            counts["appointments"],
            _tasks(status="appointment_passed"),
            _("without an outcome"),
        ),
        Figure(
            gettext_lazy("Requests waiting"),
            counts["requests"],
            reverse("servicing:requests"),
            ngettext("%(n)s past its time", "%(n)s past their time", late) % {"n": late} if late else "",
        ),
    ]


def _clients(figures: FirmRollup) -> list[Figure]:
    return [
        Figure(gettext_lazy("No lead advisor"), figures.without_lead, _clients_list(advisor="none")),
        Figure(gettext_lazy("Without a tier"), figures.without_tier, _clients_list(tier="none")),
        Figure(
            gettext_lazy("Too little known"),
            figures.without_score,
            _clients_list(score="none"),
            _("no score could be given"),
        ),
    ]


def _roles(figures: FirmRollup) -> list[dict[str, Any]]:
    """The roles that nobody holds, with the services that ask for them."""
    if not figures.roles_not_held:
        return []
    items = ServiceItem.objects.filter(
        role__in=figures.roles_not_held, ended_on=None, automated=False
    ).order_by("standard__tier", "position")
    asked: dict[int, list[str]] = {}
    for role, tier, kind in items.values_list("role", "standard__tier__code", "kind__label"):
        asked.setdefault(role, []).append(f"{tier} {kind}")
    labels = ServiceRole.objects.filter(pk__in=figures.roles_not_held).values_list("pk", "label")
    return [{"label": label, "services": asked.get(role, [])} for role, label in labels]


def _tasks(**filters: str) -> str:
    return f"{reverse('servicing:tasks')}?{urlencode(filters)}"


def _clients_list(**filters: str) -> str:
    return f"{reverse('clients:list')}?{urlencode(filters)}"
