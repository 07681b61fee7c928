"""When relationships ended, legal holds, and the mark of an anonymised client."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


# Who is former left when the history last saw the status become so; without a history, today.
DEPARTED = """
INSERT INTO clients_departure (client_id, left_on)
SELECT c.id, coalesce((
    SELECT min(e.pgh_created_at)::date FROM clients_clientevent e
    WHERE e.pgh_obj_id = c.id AND e.status = 'former' AND e.pgh_id > coalesce((
        SELECT max(b.pgh_id) FROM clients_clientevent b WHERE b.pgh_obj_id = c.id AND b.status <> 'former'
    ), 0)
), current_date)
FROM clients_client c WHERE c.status = 'former'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Anonymised',
                fields=[
                    ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='anonymised', serialize=False, to='clients.client')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ],
                options={
                    'verbose_name': 'anonymised client',
                    'verbose_name_plural': 'anonymised clients',
                },
            ),
            migrations.CreateModel(
                name='Departure',
                fields=[
                    ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='departure', serialize=False, to='clients.client')),
                    ('left_on', models.DateField(verbose_name='left on')),
                ],
                options={
                    'verbose_name': 'end of a relationship',
                    'verbose_name_plural': 'ends of relationships',
                    'indexes': [models.Index(fields=['left_on', 'client'], name='clients_departure_by_day')],
                },
            ),
            migrations.CreateModel(
                name='LegalHold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('released_at', models.DateTimeField(null=True, verbose_name='released')),
                    ('release_reason', models.CharField(blank=True, max_length=500, verbose_name='why it was released')),
                    ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='clients.client', verbose_name='client')),
                    ('placed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by')),
                    ('released_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by')),
                ],
                options={
                    'verbose_name': 'legal hold',
                    'verbose_name_plural': 'legal holds',
                    'ordering': ['-placed_at', '-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('client',), name='clients_hold_one_a_client'), models.UniqueConstraint(condition=models.Q(('client__isnull', True), ('released_at__isnull', True)), fields=('released_at',), name='clients_hold_one_of_the_firm', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='clients_hold_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('release_reason', ''), ('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False), models.Q(('release_reason', ''), _negated=True)), _connector='OR'), name='clients_hold_released_whole')],
                },
            ),
            migrations.CreateModel(
                name='LegalHoldEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('placed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('released_at', models.DateTimeField(null=True, verbose_name='released')),
                    ('release_reason', models.CharField(blank=True, max_length=500, verbose_name='why it was released')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.legalhold')),
                    ('placed_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by')),
                    ('released_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='clients_leg_client__695b53_idx')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='departs_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            INSERT INTO clients_departure (client_id, left_on)\n            SELECT id, (now() AT TIME ZONE coalesce((SELECT time_zone FROM clients_firm WHERE id = 1), 'America/New_York'))::date FROM new_rows WHERE status = 'former' ON CONFLICT DO NOTHING;\n            RETURN NULL;\n        ", hash='48f0081487f232db3a33148cd60363e0f0014257', level='STATEMENT', operation='INSERT', pgid='pgtrigger_departs_insert_70094', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='departs_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status IS DISTINCT FROM NEW.status)', func="\n            IF NEW.status = 'former' THEN\n                INSERT INTO clients_departure (client_id, left_on) VALUES (NEW.id, (now() AT TIME ZONE coalesce((SELECT time_zone FROM clients_firm WHERE id = 1), 'America/New_York'))::date)\n                ON CONFLICT DO NOTHING;\n            ELSIF OLD.status = 'former' THEN\n                DELETE FROM clients_departure WHERE client_id = NEW.id;\n            END IF;\n            RETURN NULL;\n        ", hash='6bcd221eb528f039f0e2706268f64443aab57a63', operation='UPDATE OF "status"', pgid='pgtrigger_departs_update_91d38', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='a19925d8df052fadb9ddd8921b0a14455951cae2', operation='DELETE', pgid='pgtrigger_held_rows_stay_eca04', table='clients_client', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='permissionanswer',
                trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='22db598622ed661d9ce3f3efce02a8c1684aa487', operation='DELETE', pgid='pgtrigger_held_rows_stay_2980e', table='clients_permissionanswer', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revenue',
                trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='0fc973d56a6a4a3d658a7463cf56c9c564fb075d', operation='DELETE', pgid='pgtrigger_held_rows_stay_63655', table='clients_revenue', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeentry',
                trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='e5dc02d6b52208a7a178cd85c1abdba65ca4cb14', operation='DELETE', pgid='pgtrigger_held_rows_stay_5e499', table='clients_timeentry', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='touch',
                trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='5c2daaa0a629d69757081d859f99d2e96439240a', operation='DELETE', pgid='pgtrigger_held_rows_stay_993ae', table='clients_touch', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='anonymised',
                trigger=pgtrigger.compiler.Trigger(name='not_while_held', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    PERFORM pg_advisory_xact_lock_shared(7308011);\n                    PERFORM FROM clients_client WHERE id = NEW.client_id FOR UPDATE;\n                    IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = NEW.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF;\n                    RETURN NEW;\n                ", hash='8a0005b46dc272aa10b6ee368a9fb36356331e6e', operation='INSERT OR UPDATE', pgid='pgtrigger_not_while_held_f47c8', table='clients_anonymised', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='legalhold',
                trigger=pgtrigger.compiler.Trigger(name='waits_for_erasing', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    IF NEW.client_id IS NULL THEN PERFORM pg_advisory_xact_lock(7308011); END IF;\n                    PERFORM FROM clients_client WHERE id = NEW.client_id FOR UPDATE;\n                    RETURN NEW;\n                ', hash='7c9f083cb597d30f9d25d40be7254a4bf925edc8', operation='INSERT', pgid='pgtrigger_waits_for_erasing_9b5d9', table='clients_legalhold', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='legalhold',
                trigger=pgtrigger.compiler.Trigger(name='holds_are_released', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a09b204627a94f87f29bb161b56608b6edd541dd', operation='DELETE', pgid='pgtrigger_holds_are_released_14528', table='clients_legalhold', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='legalhold',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_legalholdevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "reason", "release_reason", "released_at", "released_by_id") SELECT new_values."client_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."placed_at", new_values."placed_by_id", new_values."reason", new_values."release_reason", new_values."released_at", new_values."released_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='db71f2c0b1f7c1bbce11e9779fcf3c94c22c5f9d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_409fe', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_legalhold', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='legalhold',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_legalholdevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "reason", "release_reason", "released_at", "released_by_id") SELECT new_values."client_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."placed_at", new_values."placed_by_id", new_values."reason", new_values."release_reason", new_values."released_at", new_values."released_by_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3117ea6a85ef035619160aca9a24bb6d73b0aa15', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a92a1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_legalhold', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='legalhold',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_legalholdevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "reason", "release_reason", "released_at", "released_by_id") SELECT old_values."client_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."placed_at", old_values."placed_by_id", old_values."reason", old_values."release_reason", old_values."released_at", old_values."released_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8903922c317c878ae7a1ecdbdaa2b56a33710567', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_afcfc', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_legalhold', when='AFTER')),
            ),
        ]),
        migrations.RunSQL(DEPARTED, migrations.RunSQL.noop),
    ]
