"""What of a review waits for a person: steps and actions that they own, and a signature."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import User
from servicing.models import ReviewCode
from servicing.review import rights

_WAITS = """
SELECT 'step', step.code, review.id, review.year, step.due_on, '', 0, true
FROM servicing_reviewstep step
JOIN servicing_annualreview review ON review.id = step.review_id AND review.state = 'open'
WHERE step.owner_id = %(person)s AND step.state <> 'done'
    AND (step.code NOT IN ('sign', 'carry_out') OR step.state = 'under_way')
UNION ALL
SELECT 'action', step.code, review.id, review.year, action.due_on, action.text, action.id,
    %(sees)s OR step.owner_id = %(person)s
FROM servicing_reviewaction action
JOIN servicing_reviewstep step ON step.id = action.step_id
JOIN servicing_annualreview review ON review.id = action.review_id AND review.state <> 'abandoned'
WHERE action.owner_id = %(person)s AND action.done_at IS NULL AND action.task_id IS NULL
UNION ALL
SELECT 'sign', step.code, review.id, review.year, step.due_on, '', 0, true
FROM servicing_annualreview review
JOIN servicing_reviewstep step ON step.review_id = review.id AND step.code = 'sign'
WHERE %(signs)s AND review.state = 'open' AND step.state = 'under_way' AND step.owner_id <> %(person)s
    AND NOT EXISTS (
        SELECT FROM servicing_reviewstep before
        WHERE before.review_id = review.id AND before.number < step.number AND before.state <> 'done'
    )
    AND NOT EXISTS (
        SELECT FROM servicing_reviewsignature word
        WHERE word.review_id = review.id AND word.person_id = %(person)s AND word.stands
            AND word.at > (
                SELECT max(done_at) FROM servicing_reviewstep done
                WHERE done.review_id = review.id AND done.number < step.number
            )
    )
ORDER BY 5, 1
LIMIT 20
"""


@dataclass(frozen=True)
class Waiting:
    """One thing: what it is (`step`: without words that people wrote), of which review, its day, its page.

    `action`: the number of what was agreed, which is done with a click; 0 for a step or a signature.
    """

    text: str
    step: str
    year: int
    due_on: dt.date
    url: str
    action: int

    def is_late(self, on: dt.date) -> bool:
        return self.due_on < on


def waiting_for(person: User, *, until: dt.date | None = None) -> list[Waiting]:
    """What waits for the person (`until`: what is due by then), the earliest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITS, {"person": person.pk, "signs": rights.may_sign(person), "sees": rights.may_see(person)}
        )
        rows = cursor.fetchall()
    labels = dict(ReviewCode.choices)
    return [
        Waiting(
            text=text or (_("Your signature") if what == "sign" else str(labels[code])),
            step=_("Your signature") if what == "sign" else str(labels[code]),
            year=year,
            due_on=due_on,
            url=reverse("servicing:review_step", args=[review, code])
            if sees_step
            else reverse("servicing:reviews"),
            action=action,
        )
        for what, code, review, year, due_on, text, action, sees_step in rows
        if until is None or due_on <= until
    ]
