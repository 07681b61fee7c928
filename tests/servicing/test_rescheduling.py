"""A date that a person gave stands: planning moves it when its tier is no longer served, and never else."""

import datetime as dt

from clients.firm import firm_today
from servicing.models import Absence, ClosedReason, ServiceItem, ServiceTask
from servicing.work import services

DAY = dt.timedelta(days=1)


def moved(review, days=20):
    services.reschedule(task=review, to=review.due_on + days * DAY, reason="Client travels")
    review.refresh_from_db()
    return review


def dates(task):
    task.refresh_from_db()
    return task.due_on, task.window_start, task.window_end, task.rescheduled_from


def test_planning_day_after_day_leaves_it(firm, review):
    before = dates(moved(review))
    for days in range(0, 60, 7):
        firm.plan(firm_today() + days * DAY)
        if review.window_end >= firm_today() + days * DAY:
            assert dates(review) == before


def test_an_edited_item_moves_its_window_and_never_its_date(firm, review):
    due_on = moved(review).due_on
    ServiceItem.objects.filter(pk=review.item_id).update(window_after_days=21, interval_months=2)
    firm.plan(firm_today())
    review.refresh_from_db()
    assert (review.due_on, review.window_end) == (due_on, due_on + 21 * DAY)


def test_an_item_that_follows_another_in_the_same_tier_leaves_it(firm, review):
    before = dates(moved(review))
    old = ServiceItem.objects.get(pk=review.item_id)
    ServiceItem.objects.filter(pk=old.pk).update(ended_on=firm_today())
    old.pk, old.ended_on, old.interval_months = None, None, 6
    old.save(force_insert=True)
    firm.plan(firm_today())
    assert dates(review) == before
    assert review.item_id == old.pk


def test_another_tier_dates_it_anew(firm, review):
    was = moved(review).due_on
    firm.assign(review.client_id, "B", firm_today())
    firm.plan(firm_today())
    review.refresh_from_db()
    assert review.tier.code == "B"
    assert review.due_on != was
    assert (review.rescheduled_from, review.reschedule_reason) == (None, "")


def test_an_absence_leaves_it(firm, review, people):
    before = dates(moved(review))
    Absence.objects.create(
        user=people["ann"], first_on=review.due_on - 3 * DAY, last_on=review.due_on + 3 * DAY
    )
    firm.plan(firm_today())
    assert dates(review) == before


def test_a_tier_change_that_is_undone_brings_it_back_with_its_date(firm, review):
    before = dates(moved(review))
    ServiceTask.objects.filter(pk=review.pk).update(
        status="cancelled", closed_reason=ClosedReason.TIER, closed_at=services.timezone.now()
    )
    firm.plan(firm_today())
    assert dates(review) == before
    assert review.is_open


def test_the_next_one_is_counted_from_the_date_that_it_was_moved_to(firm, review, people):
    to = moved(review, days=10).due_on
    services.complete(task=review, by=people["ann"], outcome="declined")
    clock = review.client.clocks.get(kind=review.kind)
    assert clock.base_on == to
