"""Time spent that other systems have logged is known by their numbers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_retention_and_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='timeentry',
            name='source',
            field=models.CharField(blank=True, db_default='', max_length=40, verbose_name='source'),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='source_id',
            field=models.CharField(blank=True, db_default='', max_length=64, verbose_name='number in the source'),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=models.UniqueConstraint(condition=models.Q(('source_id', ''), _negated=True), fields=('source', 'source_id'), name='clients_time_by_source_id'),
        ),
    ]
