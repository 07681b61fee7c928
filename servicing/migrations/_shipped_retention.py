"""The periods that a new installation keeps records for. Five years is what the rule for investment advisers
asks (SEC 204-2), counted from the end of the fiscal year."""

# kind, years, at least, counted from the client's leaving
PERIODS = (
    ("record", 5, 5, True),
    ("notes", 5, 5, False),
    ("work", 5, 5, False),
    ("messages", 5, 5, False),
    ("ratings", 5, 0, False),
    ("tiers", 5, 5, False),
    ("history", 5, 5, True),
    ("undo", 1, 0, False),
)


def ship_periods(apps, schema_editor):
    """Adds the settings and the periods that the firm does not have."""
    apps.get_model("servicing", "RetentionSettings").objects.get_or_create(pk=1)
    periods = apps.get_model("servicing", "RetentionPeriod").objects
    for position, (kind, years, minimum, from_departure) in enumerate(PERIODS):
        terms = {
            "years": years,
            "minimum_years": minimum,
            "from_departure": from_departure,
            "position": position,
        }
        periods.get_or_create(kind=kind, defaults=terms)
