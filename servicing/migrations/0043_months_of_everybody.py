"""What clients of any status brought and took by month, for the goals of the year."""

from django.db import migrations, models

# Until the figures are added up again, the goals of the year stand where they stood.
_AS_BEFORE = """
INSERT INTO servicing_monthrollup (
    scope, month, revenue, minutes, cost, planned, planned_minutes, answered, confidence, low
)
SELECT 'all', month, sum(revenue), sum(minutes), sum(cost), 0, 0, 0, 0, 0
FROM servicing_monthrollup WHERE scope = 'firm' AND person_id IS NULL GROUP BY month
ON CONFLICT DO NOTHING"""
_WITHOUT = "DELETE FROM servicing_monthrollup WHERE scope = 'all'"


class Migration(migrations.Migration):

    dependencies = [
        ('servicing', '0042_fields_go_when_they_should'),
    ]

    operations = [
        migrations.AlterField(
            model_name='monthrollup',
            name='scope',
            field=models.CharField(choices=[('firm', 'firm'), ('lead', 'lead'), ('all', 'clients of any status')], max_length=4),
        ),
        migrations.RunSQL(_AS_BEFORE, _WITHOUT),
    ]
