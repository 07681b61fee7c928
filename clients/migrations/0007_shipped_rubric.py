from django.db import migrations

# What 5 to 1 mean, with an example each. Administrators put their firm's own words in their place.
SHIPPED = {
    "growth_potential": [
        (
            5,
            "Revenue is likely to double within three years",
            "A founder with a signed offer for the company, or a physician who becomes a partner next year.",
        ),
        (
            4,
            "A dated event will bring clearly more to plan",
            "Stock that vests over the next two years, or an inheritance that is being settled.",
        ),
        (
            3,
            "Steady saving; the relationship grows with it",
            "A dual income household that fills its retirement plans and adds to its accounts each month.",
        ),
        (
            2,
            "Much as it is today for years to come",
            "Both partners in the last years of work, with everything consolidated here.",
        ),
        (
            1,
            "Less each year by plan",
            "A retired couple who live on withdrawals and give to their children.",
        ),
    ],
    "alignment": [
        (
            5,
            "Acts on the plan, and is who the firm set out to serve",
            "Comes prepared, decides in the meeting, and has sent a friend without being asked.",
        ),
        (
            4,
            "Wants advice and follows most of it",
            "Brings the big decisions here first; small ones are made alone now and then.",
        ),
        (
            3,
            "Works well together within limits",
            "Follows investment advice, but keeps tax and estate questions elsewhere.",
        ),
        (
            2,
            "Wants something other than what the firm does best",
            "Asks for single products or quick trades, and seldom for a plan.",
        ),
        (
            1,
            "Another kind of service would suit this client better",
            "Has not answered for a year, or wants only an account to hold positions in.",
        ),
    ],
}


def ship(apps, schema_editor):
    """Adds what the firm has not written itself."""
    meaning = apps.get_model("clients", "RatingMeaning")
    meaning.objects.bulk_create(
        [
            meaning(rated=rated, rating=rating, meaning=text, example=example)
            for rated, rows in SHIPPED.items()
            for rating, text, example in rows
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("clients", "0006_jobs_rubric_and_more_facts")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
