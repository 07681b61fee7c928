from django.db import migrations, models

REASONS = [
    ("tier", "The client's tier no longer promises it"),
    ("standard", "The standard no longer promises it"),
    ("status", "The client is not active"),
    ("waiver", "Waived"),
    ("unlogged", "Replaced by the task before it, whose touch was taken back"),
    ("taken_back", "What it came from was taken back"),
    ("merged", "Two records of the client became one, which is owed it once"),
]


class Migration(migrations.Migration):
    dependencies = [("servicing", "0015_book_transfers")]
    operations = [
        migrations.AlterField(
            model_name=model,
            name="closed_reason",
            field=models.CharField(
                blank=True, choices=REASONS, max_length=200, verbose_name="why it was closed"
            ),
        )
        for model in ("servicetask", "servicetaskevent")
    ]
