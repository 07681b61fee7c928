"""The firm's rubric, read for a page: what the ratings from 5 to 1 mean."""

from __future__ import annotations

from clients.models import RatingMeaning


def rubric_of(rated: str) -> list[RatingMeaning]:
    """What each rating of `rated` (a field of the client) means, the highest first; maybe none."""
    return list(RatingMeaning.objects.filter(rated=rated))


def rubrics() -> list[tuple[str, list[RatingMeaning]]]:
    """Each thing that is rated, with its label and its meanings."""
    rows = list(RatingMeaning.objects.all())
    return [
        (str(label), [row for row in rows if row.rated == rated])
        for rated, label in RatingMeaning.Rated.choices
    ]
