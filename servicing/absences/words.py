"""What becomes of the work in an absence, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicing.absences.services import Becomes
from servicing.models import Absence


def in_sentences(becomes: Becomes, absence: Absence) -> list[str]:
    """How many open tasks fall due in the absence, and how many of them go where."""
    due, there, moved, far, stay, back = (
        becomes.tasks,
        becomes.to_stand_in,
        becomes.moved,
        becomes.moved_far,
        becomes.stay,
        becomes.back,
    )
    said = [
        (
            due,
            ngettext(
                "%(n)s open task falls due in these days.", "%(n)s open tasks fall due in these days.", due
            ),
        ),
        (
            there,
            ngettext(
                "%(n)s goes to %(stand_in)s, and comes back when the absence ends.",
                "%(n)s go to %(stand_in)s, and come back when the absence ends.",
                there,
            ),
        ),
        (
            moved,
            ngettext(
                "%(n)s moves to another day within its window.",
                "%(n)s move to other days within their windows.",
                moved,
            ),
        ),
        (
            far,
            ngettext(
                "%(n)s moves beyond its window, as the absence takes it up. A stand-in would keep its date.",
                "%(n)s move beyond their windows, as the absence takes them up. A stand-in would keep their "
                "dates.",
                far,
            ),
        ),
        (
            stay,
            ngettext(
                "%(n)s stays as it is: a person chose who does it or when, an appointment stands, or no "
                "allowed day is free.",
                "%(n)s stay as they are: a person chose who does them or when, an appointment stands, or no "
                "allowed day is free.",
                stay,
            ),
        ),
        (back, goes_back(back, absence)),
    ]
    sentences = [text % {"n": number, "stand_in": absence.stand_in} for number, text in said if number]
    return sentences if due else [_("No open task falls due in these days."), *sentences]


def goes_back(number: int, absence: Absence) -> str:
    """What comes back from the stand-in."""
    if not number:
        return _("No open task goes back to %(person)s.") % {"person": absence.user}
    text = ngettext(
        "%(n)s open task goes back to %(person)s.", "%(n)s open tasks go back to %(person)s.", number
    )
    return text % {"n": number, "person": absence.user}
