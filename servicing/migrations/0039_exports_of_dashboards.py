from django.db import migrations, models


class Migration(migrations.Migration):
    """An export holds all data, or what the dashboards show."""

    dependencies = [("servicing", "0038_keeping_and_giving_data")]
    operations = [
        migrations.AddField(
            model_name="dataexport",
            name="of",
            field=models.CharField(
                choices=[("all", "All data"), ("dashboards", "What the dashboards show")],
                default="all",
                max_length=10,
                verbose_name="what",
            ),
        ),
    ]
