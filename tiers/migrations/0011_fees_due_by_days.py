from django.db import migrations, models


class Migration(migrations.Migration):
    """What is due for twelve months in which the tier or its schedule changed, beside the fee of a year."""

    dependencies = [("tiers", "0010_fees")]
    operations = [
        migrations.AddField(
            model_name="feecomparison",
            name="expected",
            field=models.DecimalField(
                decimal_places=2,
                help_text="Due for the twelve months, day by day.",
                max_digits=14,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="feecomparison",
            name="fee",
            field=models.DecimalField(
                decimal_places=2, help_text="Of a year, as of now.", max_digits=14, null=True
            ),
        ),
    ]
