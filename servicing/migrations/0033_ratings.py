"""Ratings of delivered services, and why they are kept."""

import clients.firm
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce
from servicing.migrations._shipped import ship_ratings


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0032_transitions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Rating',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('value', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating, 1 to 5')),
                    ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                    ('rated_on', models.DateField(default=clients.firm.firm_today, verbose_name='rated')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('noted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
                    ('task', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='servicing.servicetask', verbose_name='service')),
                ],
                options={
                    'verbose_name': 'rating of a service',
                    'verbose_name_plural': 'ratings of services',
                },
            ),
            migrations.CreateModel(
                name='RatingEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('value', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating, 1 to 5')),
                    ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                    ('rated_on', models.DateField(default=clients.firm.firm_today, verbose_name='rated')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('noted_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.rating')),
                    ('task', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.servicetask', verbose_name='service')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RatingLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('expires_at', models.DateTimeField(verbose_name='holds until')),
                    ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('task', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rating_link', to='servicing.servicetask')),
                ],
                options={
                    'verbose_name': 'link to rate a service',
                    'verbose_name_plural': 'links to rate services',
                },
            ),
        ]),
        AtOnce([
            migrations.AddIndex(
                model_name='rating',
                index=models.Index(fields=['client', '-rated_on', '-id'], name='servicing_rating_client'),
            ),
            migrations.AddConstraint(
                model_name='rating',
                constraint=models.UniqueConstraint(fields=('task',), name='servicing_rating_one_a_task'),
            ),
            migrations.AddConstraint(
                model_name='rating',
                constraint=models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 5)), name='servicing_rating_one_to_five'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='rating',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_ratingevent" ("client_id", "comment", "created_at", "id", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rated_on", "task_id", "value") SELECT new_values."client_id", new_values."comment", new_values."created_at", new_values."id", new_values."noted_by_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rated_on", new_values."task_id", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9acc9a22ed3d119389cb2b0472841674482379ab', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b8ae3', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_rating', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='rating',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_ratingevent" ("client_id", "comment", "created_at", "id", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rated_on", "task_id", "value") SELECT new_values."client_id", new_values."comment", new_values."created_at", new_values."id", new_values."noted_by_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rated_on", new_values."task_id", new_values."value" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2826968c020be70aad38701b7b92be109ca3d17a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a24e6', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_rating', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='rating',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_ratingevent" ("client_id", "comment", "created_at", "id", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rated_on", "task_id", "value") SELECT old_values."client_id", old_values."comment", old_values."created_at", old_values."id", old_values."noted_by_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rated_on", old_values."task_id", old_values."value" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='36807ac5b87d280a23bfbf045f2b17991fc80218', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e5f11', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_rating', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='ratingevent',
                index=models.Index(fields=['client'], name='servicing_r_client__0b9bc3_idx'),
            ),
            migrations.AddConstraint(
                model_name='ratinglink',
                constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='servicing_ratinglink_expires'),
            ),
        ]),
        migrations.RunPython(ship_ratings, migrations.RunPython.noop, elidable=False),
    ]
