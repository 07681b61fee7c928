"""The demo firm's last months, played through the product's own scoring and planning.

Its people do most of what is due, some of it late and some of it not at all.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from django.db import connection

from clients.models import ClientSummary, Tier, User
from clients.models.people import Group
from servicing.demo.absences import enter_absences
from servicing.demo.books import hand_over_books
from servicing.demo.equity import pay_in_equity
from servicing.demo.facts import SUMMARIZE_LAST_TOUCHES
from servicing.demo.fees import charge_fees
from servicing.demo.household import keep_house
from servicing.demo.keeping import keep_data
from servicing.demo.meetings import hold_meetings
from servicing.demo.notes import NOTES
from servicing.demo.owners_and_debt import owe_and_own
from servicing.demo.ratings import rate_services
from servicing.demo.requests import log_requests
from servicing.demo.review import hold_reviews
from servicing.demo.scripts import use_scripts
from servicing.demo.time import log_time
from servicing.demo.transitions import move_clients
from servicing.demo.work import work_tasks
from servicing.models import ServiceKind, Waiver
from servicing.planning import plan
from tiers import services
from tiers.models import Override

# Days before the demo's last day.
FIRST_RUN = 150
SECOND_RUN = 30
PLANNED_EVERY = 10

# how far down the list of tier C clients, to which tier, why
OVERRIDES = [
    (4, "B", Override.Reason.FAMILY, "Daughter of an A household; we serve the family as one."),
    (11, "B", Override.Reason.REFERRER, "Has introduced three households in two years."),
    (23, "A", Override.Reason.GROWTH, "Sells the practice next spring and has asked us to lead."),
]
WAIVED = "estate_coordination"
WAIVER = "Their own attorney keeps the estate papers; they asked us to leave it for now."

# Touches that do the open tasks due up to %(day)s. Of a hundred, 84 are done around the due date, 6 three
# weeks late, 10 not at all; what runs by itself is always done. Automated tasks have nobody and no note.
DELIVER = """
INSERT INTO clients_touch (
    client_id, occurred_at, occurred_on, kind_id, outcome, minutes, role_id, by_id, note, source, source_id
)
SELECT client_id, (done_on + make_interval(mins => 545 + 7 * mod(chance, 60))) AT TIME ZONE firm.time_zone,
       done_on, touch_kind_id, 'reached',
       CASE WHEN automated THEN NULL ELSE planned_minutes * (80 + mod(chance, 50)) / 100 END,
       role_id, CASE WHEN automated THEN NULL ELSE assigned_to_id END,
       CASE WHEN automated THEN '' ELSE coalesce(notes ->> mod(chance, jsonb_array_length(notes)), '') END,
       '', ''
FROM (
    SELECT task.*, touch_kind.id AS touch_kind_id, %(notes)s::jsonb -> touch_kind.code AS notes,
           least(%(day)s, greatest(task.due_on - 2 + mod(chance, 5), task.created_on)) AS usual_on,
           CASE WHEN task.automated OR mod(chance, 100) < 84 THEN 0
                WHEN mod(chance, 100) < 90 THEN 21 END AS late
    FROM (
        -- what was done before the service of it began would be its base, and close nothing
        SELECT t.*, greatest(t.due_on - item.lead_days, clock.started_on + 2) AS created_on, kind.code,
               abs(hashtext(client.external_id || kind.code || t.due_on)) AS chance
        FROM servicing_servicetask t
        JOIN servicing_serviceitem item ON item.id = t.item_id
        JOIN servicing_servicekind kind ON kind.id = t.kind_id
        JOIN clients_client client ON client.id = t.client_id
        LEFT JOIN servicing_serviceclock clock ON clock.client_id = t.client_id AND clock.kind_id = t.kind_id
        WHERE t.status IN ('planned', 'scheduled')
    ) task
    CROSS JOIN LATERAL (
        SELECT k.id, k.code
        FROM servicing_fulfilmentrule rule JOIN clients_touchkind k ON k.id = rule.touch_kind_id
        WHERE rule.service_kind_id = task.kind_id
        ORDER BY (task.channel = 'digital') = (k.code = 'digital_check_in') DESC, k.position
        LIMIT 1
    ) touch_kind
) doing
CROSS JOIN LATERAL (
    SELECT usual_on + late - greatest(extract(isodow FROM usual_on)::int - 5, 0) AS done_on
) day
CROSS JOIN clients_firm firm
WHERE late IS NOT NULL AND due_on <= %(day)s AND done_on <= %(day)s
ON CONFLICT DO NOTHING
"""

# Of what is planned for the next three weeks, two in five have an appointment, on the hour of a working day.
BOOK = """
UPDATE servicing_servicetask task
SET status = 'scheduled',
    scheduled_at = (due_on + make_interval(hours => 9 + hour)) AT TIME ZONE firm.time_zone
FROM (
    SELECT t.id, mod(abs(hashtext(c.external_id || k.code)), 7) AS hour,
           mod(abs(hashtext(k.code || c.external_id)), 5) AS turn
    FROM servicing_servicetask t
    JOIN clients_client c ON c.id = t.client_id
    JOIN servicing_servicekind k ON k.id = t.kind_id
    WHERE t.status = 'planned' AND NOT t.automated
        AND t.due_on > %(as_of)s AND t.due_on <= %(as_of)s::date + 21
) booked, clients_firm firm
WHERE task.id = booked.id AND booked.turn < 2
"""


def play_history(*, as_of: dt.date, progress: Callable[[str], None]) -> None:
    """Two applied runs, planning and book transfers in between, overrides, appointments, a run to look at."""
    operations = User.objects.filter(is_demo=True, groups__name=Group.OPERATIONS).order_by("pk").first()
    for days_before in range(FIRST_RUN, -1, -PLANNED_EVERY):
        day = as_of - dt.timedelta(days=days_before)
        progress(f"history: {day}")
        if days_before in (FIRST_RUN, SECOND_RUN):
            services.apply_run(run=services.propose_run(as_of=day, by=operations), applied_by=operations)
        if days_before == FIRST_RUN:
            _make_exceptions(day, operations)
        with connection.cursor() as cursor:
            cursor.execute(DELIVER, {"day": day, "notes": json.dumps(NOTES)})
        plan(as_of=day)
        hand_over_books(days_before=days_before, day=day, by=operations)
    the_day_before = as_of - dt.timedelta(days=1)
    services.give_first_tiers(run=services.propose_run(as_of=the_day_before, automatic=True))
    log_requests(as_of=as_of)
    enter_absences(as_of=as_of)
    plan(as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"as_of": as_of})
        cursor.execute(SUMMARIZE_LAST_TOUCHES)
    work_tasks(as_of=as_of)
    log_time(as_of=as_of)
    use_scripts(as_of=as_of)
    keep_house(as_of=as_of)
    pay_in_equity(as_of=as_of)
    owe_and_own(as_of=as_of)
    move_clients(as_of=as_of)
    hold_meetings(as_of=as_of)
    rate_services(as_of=as_of)
    services.propose_run(as_of=as_of, automatic=True)  # scores that know everything above
    charge_fees(as_of=as_of)
    hold_reviews(as_of=as_of)
    keep_data(as_of=as_of)


def _make_exceptions(day: dt.date, by: User | None) -> None:
    """Overrides that the next run seats, and a waiver that planning minds at once."""
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    in_order = ClientSummary.objects.order_by("client__external_id").values_list("client_id", flat=True)
    essential = list(in_order.filter(tier=tiers.get("C"))[:30])
    for place, code, reason, text in OVERRIDES:
        if place < len(essential) and code in tiers:
            Override.objects.create(
                client_id=essential[place],
                tier=tiers[code],
                reason=reason,
                text=text,
                starts_on=day + dt.timedelta(days=60),
                expires_on=day + dt.timedelta(days=425),
                created_by=by,
            )
    ideal = in_order.filter(tier=tiers.get("A")).first()
    kind = ServiceKind.objects.filter(code=WAIVED).first()
    if ideal and kind:
        Waiver.objects.create(
            client_id=ideal,
            kind=kind,
            reason=WAIVER,
            starts_on=day,
            ends_on=day + dt.timedelta(days=365),
            created_by=by,
        )
