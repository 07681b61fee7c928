"""Who pinned a tier, and who ended a pin, is kept; pins that stood before are noted once as they stand."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce

COLUMNS = (
    "id, client_id, tier_id, reason, text, starts_on, expires_on, ended_on, created_by_id, created_at"
)
AS_THEY_STAND = f"""
    INSERT INTO tiers_overrideevent (pgh_created_at, pgh_label, pgh_obj_id, {COLUMNS})
    SELECT now(), 'stood', id, {COLUMNS} FROM tiers_override ORDER BY id
"""  # noqa: S608  (names given above)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('tiers', '0001_squashed_0008_match_old_and_new_rows_at_any_size'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='OverrideEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('reason', models.CharField(choices=[('family', 'Family of an A client'), ('referrer', 'Referrer'), ('growth', 'Growth that the data cannot see'), ('wish', "Client's wish"), ('other', 'Other')], max_length=10, verbose_name='reason')),
                    ('text', models.TextField(verbose_name='explanation')),
                    ('starts_on', models.DateField(verbose_name='from')),
                    ('expires_on', models.DateField(verbose_name='until')),
                    ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('created_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tiers.override')),
                    ('tier', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'indexes': [models.Index(fields=['client'], name='tiers_overr_client__bde2d0_idx')],
                    'abstract': False,
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='override',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_overrideevent" ("client_id", "created_at", "created_by_id", "ended_on", "expires_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "text", "tier_id") SELECT new_values."client_id", new_values."created_at", new_values."created_by_id", new_values."ended_on", new_values."expires_on", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."starts_on", new_values."text", new_values."tier_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5b6522027be1a2ed6702ba1cff8b6dd64ccefac2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_742de', referencing='REFERENCING NEW TABLE AS new_values ', table='tiers_override', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='override',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_overrideevent" ("client_id", "created_at", "created_by_id", "ended_on", "expires_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "text", "tier_id") SELECT new_values."client_id", new_values."created_at", new_values."created_by_id", new_values."ended_on", new_values."expires_on", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."starts_on", new_values."text", new_values."tier_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='976e8c6d354da7d8969c87cff681b8b19417139e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d4064', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='tiers_override', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='override',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_overrideevent" ("client_id", "created_at", "created_by_id", "ended_on", "expires_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "text", "tier_id") SELECT old_values."client_id", old_values."created_at", old_values."created_by_id", old_values."ended_on", old_values."expires_on", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."starts_on", old_values."text", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='607f4522f879b057c630c4a22509be59d85de50c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bcee5', referencing='REFERENCING OLD TABLE AS old_values ', table='tiers_override', when='AFTER')),
            ),
        ]),
        migrations.RunSQL(AS_THEY_STAND, migrations.RunSQL.noop),
    ]
