"""Copies of all data, and who took them."""

import clients.models.imports
import django.db.models.deletion
import django.utils.timezone
import servicing.models.exports
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('servicing', '0034_dashboard_figures_and_goals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='DataExport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('file', models.FileField(blank=True, max_length=120, storage=clients.models.imports.private_storage, upload_to=servicing.models.exports.random_name)),
                    ('bytes', models.BigIntegerField(default=0, verbose_name='size')),
                    ('rows', models.BigIntegerField(default=0, verbose_name='rows')),
                    ('files', models.PositiveIntegerField(default=0, verbose_name='files')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('expires_at', models.DateTimeField(verbose_name='can be downloaded until')),
                    ('removed_at', models.DateTimeField(null=True, verbose_name='removed')),
                    ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ],
                options={
                    'verbose_name': 'export of all data',
                    'verbose_name_plural': 'exports of all data',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='ExportDownload',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='servicing.dataexport')),
                ],
                options={
                    'verbose_name': 'download of an export',
                    'verbose_name_plural': 'downloads of exports',
                    'ordering': ['-at'],
                },
            ),
        ]),
    ]
