"""Fee schedules by tier, and clients' bills beside them."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.math
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('tiers', '0009_audit_of_pins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='FeeSchedule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('effective_on', models.DateField(verbose_name='in force from')),
                    ('method', models.CharField(choices=[('marginal', "Each bracket's rate on its own part"), ('whole', "The reached bracket's rate on all of it")], default='marginal', max_length=8, verbose_name='how brackets count')),
                    ('minimum', models.DecimalField(decimal_places=2, default=0, max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='minimum fee a year')),
                    ('tolerance', models.DecimalField(decimal_places=2, default=Decimal('5'), help_text='Of the fee by the schedule.', max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='difference that is not listed, in percent')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'verbose_name': 'fee schedule',
                    'verbose_name_plural': 'fee schedules',
                    'ordering': ['tier__position', '-effective_on'],
                },
            ),
            migrations.CreateModel(
                name='FeeBracket',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_at', models.DecimalField(decimal_places=2, max_digits=16, validators=[django.core.validators.MinValueValidator(0)], verbose_name='from')),
                    ('percent', models.DecimalField(decimal_places=4, max_digits=6, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='percent a year')),
                    ('schedule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='brackets', to='tiers.feeschedule')),
                ],
                options={
                    'ordering': ['starts_at'],
                },
            ),
            migrations.CreateModel(
                name='FeeScheduleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('effective_on', models.DateField(verbose_name='in force from')),
                    ('method', models.CharField(choices=[('marginal', "Each bracket's rate on its own part"), ('whole', "The reached bracket's rate on all of it")], default='marginal', max_length=8, verbose_name='how brackets count')),
                    ('minimum', models.DecimalField(decimal_places=2, default=0, max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='minimum fee a year')),
                    ('tolerance', models.DecimalField(decimal_places=2, default=Decimal('5'), help_text='Of the fee by the schedule.', max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='difference that is not listed, in percent')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('made_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tiers.feeschedule')),
                    ('tier', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FeeBracketEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('starts_at', models.DecimalField(decimal_places=2, max_digits=16, validators=[django.core.validators.MinValueValidator(0)], verbose_name='from')),
                    ('percent', models.DecimalField(decimal_places=4, max_digits=6, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='percent a year')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tiers.feebracket')),
                    ('schedule', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.feeschedule')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FeeComparison',
                fields=[
                    ('client', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='clients.client')),
                    ('assets', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                    ('fee', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                    ('billed', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('difference', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                    ('standing', models.CharField(choices=[('below', 'Billed less'), ('above', 'Billed more'), ('within', 'As the schedule says'), ('young', 'Billed for less than a year'), ('unknown', 'Assets not known'), ('unscheduled', 'Tier without a schedule')], max_length=11)),
                    ('tier', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.tier')),
                ],
                options={
                    'verbose_name': 'fee beside bills',
                    'verbose_name_plural': 'fees beside bills',
                    'indexes': [models.Index(models.F('standing'), models.OrderBy(django.db.models.functions.math.Abs('difference'), descending=True, nulls_last=True), models.F('client'), name='tiers_feecomparison_list')],
                },
            ),
            migrations.CreateModel(
                name='FeeRefresh',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField()),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('sums', models.JSONField(default=list)),
                ],
                options={
                    'verbose_name': 'comparison of fees',
                    'verbose_name_plural': 'comparisons of fees',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='tiers_feerefresh_one_row')],
                },
            ),
        ]),
        AtOnce([
            migrations.AddConstraint(
                model_name='feeschedule',
                constraint=models.UniqueConstraint(fields=('tier', 'effective_on'), name='tiers_feeschedule_once_a_day', violation_error_message='The tier has a schedule from this day on.'),
            ),
            migrations.AddConstraint(
                model_name='feeschedule',
                constraint=models.CheckConstraint(condition=models.Q(('minimum__gte', 0), ('tolerance__gte', 0), ('tolerance__lte', 100)), name='tiers_feeschedule_amounts'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feeschedule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feescheduleevent" ("effective_on", "id", "made_at", "made_by_id", "method", "minimum", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier_id", "tolerance") SELECT new_values."effective_on", new_values."id", new_values."made_at", new_values."made_by_id", new_values."method", new_values."minimum", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."tier_id", new_values."tolerance" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5d9106778fee0e93060c8e092b0826ebbb06a055', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_29640', referencing='REFERENCING NEW TABLE AS new_values ', table='tiers_feeschedule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feeschedule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feescheduleevent" ("effective_on", "id", "made_at", "made_by_id", "method", "minimum", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier_id", "tolerance") SELECT new_values."effective_on", new_values."id", new_values."made_at", new_values."made_by_id", new_values."method", new_values."minimum", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."tier_id", new_values."tolerance" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f2a6718c42b573152517f303177786a256647e28', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_16351', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='tiers_feeschedule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feeschedule',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feescheduleevent" ("effective_on", "id", "made_at", "made_by_id", "method", "minimum", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tier_id", "tolerance") SELECT old_values."effective_on", old_values."id", old_values."made_at", old_values."made_by_id", old_values."method", old_values."minimum", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."tier_id", old_values."tolerance" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0a6d1ddf143dec6d8a6a7c45d73041b803b63248', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fb0a2', referencing='REFERENCING OLD TABLE AS old_values ', table='tiers_feeschedule', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='feebracket',
                constraint=models.UniqueConstraint(fields=('schedule', 'starts_at'), name='tiers_feebracket_once'),
            ),
            migrations.AddConstraint(
                model_name='feebracket',
                constraint=models.CheckConstraint(condition=models.Q(('percent__gte', 0), ('percent__lte', 10), ('starts_at__gte', 0)), name='tiers_feebracket_in_bounds'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feebracket',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feebracketevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule_id", "starts_at") SELECT new_values."id", new_values."percent", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."schedule_id", new_values."starts_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ee154fd13ff2e34f7444842b967b0c3eb900c773', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e4924', referencing='REFERENCING NEW TABLE AS new_values ', table='tiers_feebracket', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feebracket',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feebracketevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule_id", "starts_at") SELECT new_values."id", new_values."percent", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."schedule_id", new_values."starts_at" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f12a3ee005e825f2137013facaf409093ebfa832', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_95839', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='tiers_feebracket', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='feebracket',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_feebracketevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule_id", "starts_at") SELECT old_values."id", old_values."percent", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."schedule_id", old_values."starts_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f4e3fe5d0c87c4823919096525ea081f9664787f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_25073', referencing='REFERENCING OLD TABLE AS old_values ', table='tiers_feebracket', when='AFTER')),
            ),
        ]),
    ]
