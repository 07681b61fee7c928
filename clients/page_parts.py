"""What this app shows on the client page: the overview with its panels, the people, the history."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from clients.contact import closed_for_members
from clients.history import history_of
from clients.models import BulkField, Client, Permission, Touch
from clients.own_words import own_word
from clients.permission.panel import permission_panel
from clients.register.active import active_fields, kept
from clients.tabs import Panel, Tab, panels, register_panel, register_tab
from clients.words import AXES

TIMELINE = 12

_YEAR = """
SELECT
    (SELECT sum(amount) FROM clients_revenue
        WHERE client_id = %(client)s AND date > %(since)s AND date <= %(today)s),
    count(*) FILTER (WHERE outcome = 'reached'), count(*) FILTER (WHERE outcome = 'attempted'),
    coalesce(sum(minutes), 0) + coalesce((SELECT sum(minutes) FROM clients_timeentry
        WHERE client_id = %(client)s AND spent_on > %(since)s AND spent_on <= %(today)s), 0)
FROM clients_touch
WHERE client_id = %(client)s AND occurred_on > %(since)s AND occurred_on <= %(today)s"""


def overview(request: HttpRequest, client: Client) -> dict[str, Any]:
    return {
        "panels": [
            {"template": panel.template, "context": panel.context(request, client)} for panel in panels()
        ]
    }


def tags(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The five dropdowns with what each value changes."""
    granted = client.permission == Permission.GRANTED
    rows = []
    for field in kept(AXES):
        allowed = granted or field != "behavioral_trigger"
        rows.append(
            {
                "field": field,
                "label": BulkField(field).label,
                "term": own_word(client, field) if allowed else None,
                "allowed": allowed,
            }
        )
    return {"tags": rows}


def contact(request: HttpRequest, client: Client) -> dict[str, Any]:
    """How the client is reached; by what it is not was read with the client."""
    return {"kept": active_fields()}


def facts(request: HttpRequest, client: Client) -> dict[str, Any]:
    """Revenue, touches and time of the last twelve months."""
    today = localdate()
    with connection.cursor() as cursor:
        cursor.execute(_YEAR, {"client": client.pk, "since": _a_year_before(today), "today": today})
        revenue, reached, attempted, minutes = cursor.fetchone()
    return {
        "kept": active_fields(),
        "revenue_year": revenue,
        "touches_year": {"reached": reached, "attempted": attempted, "minutes": minutes},
    }


def _a_year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def timeline(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The last touches, and the last time logged beside them, the newest first."""
    touches = list(
        Touch.objects.filter(client=client)
        .select_related("kind", "by")
        .order_by("-occurred_on", "-occurred_at")[:TIMELINE]
    )
    entries = client.time_entries.select_related("by").order_by("-spent_on", "-id")[:TIMELINE]
    events = [
        *((touch.occurred_on, touch, None) for touch in touches),
        *((entry.spent_on, None, entry) for entry in entries),
    ]
    return {"events": sorted(events, key=lambda event: event[0], reverse=True)[:TIMELINE]}


def people(request: HttpRequest, client: Client) -> dict[str, Any]:
    closed = closed_for_members(client.pk)
    members = [(member, closed.get(member.pk, [])) for member in client.members.all()]
    return {"members": members, "kept": active_fields()}


def history(request: HttpRequest, client: Client) -> dict[str, Any]:
    return {"entries": history_of(client)}


def register() -> None:
    """Adds this app's tabs and panels to the client page."""
    register_tab(Tab("", _("Overview"), "clients/overview.html", overview, 0))
    register_tab(Tab("people", _("People"), "clients/people_tab.html", people, 80))
    register_tab(Tab("history", _("History"), "clients/history_tab.html", history, 90))
    register_panel(Panel("clients/panels/tags.html", tags, 10))
    register_panel(Panel("clients/panels/facts.html", facts, 30))
    register_panel(Panel("clients/panels/contact.html", contact, 40))
    register_panel(Panel("clients/permission/panel.html", permission_panel, 45))
    register_panel(Panel("clients/panels/timeline.html", timeline, 90))
