"""Changes of fulfilment rules, standing promises, service kinds and closing days are kept.

What stood before is noted once, so that the first change says from what.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from clients.migrating import AtOnce

TABLES = {
    "closingday": "id, date, name",
    "fulfilmentrule": "id, service_kind_id, touch_kind_id",
    "servicekind": "id, code, label, changes, position, retired_at",
    "standingpromise": "id, standard_id, text, answer_within_hours, position",
}


def _as_it_stands(table, columns):
    return f"""
        INSERT INTO servicing_{table}event (pgh_created_at, pgh_label, pgh_obj_id, {columns})
        SELECT now(), 'stood', id, {columns} FROM servicing_{table} ORDER BY id
    """  # noqa: S608  (names given above)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0030_past_tasks_of_a_person'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='ClosingDayEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('date', models.DateField(verbose_name='date')),
                    ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.closingday')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FulfilmentRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.fulfilmentrule')),
                    ('service_kind', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.servicekind', verbose_name='service kind')),
                    ('touch_kind', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.touchkind', verbose_name='touch kind')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ServiceKindEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.SlugField(db_index=False, help_text='Used in files and rules. It stays when the label changes.', verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.servicekind')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='StandingPromiseEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('text', models.CharField(max_length=200, verbose_name='promise')),
                    ('answer_within_hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='answer within, business hours')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.standingpromise')),
                    ('standard', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.servicestandard')),
                ],
                options={
                    'abstract': False,
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='closingday',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_closingdayevent" ("date", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."date", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c60e6453026311aed262eec278154bbc1ac1a611', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e3e4a', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_closingday', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='closingday',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_closingdayevent" ("date", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."date", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='22e44f15a64ca8c226e8e7957347e860208261be', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_13f20', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_closingday', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='closingday',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_closingdayevent" ("date", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."date", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4a1948a0dba1b62f9f6df2c1b1a26b5ac4812f3d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_27e18', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_closingday', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fulfilmentrule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_fulfilmentruleevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_kind_id", "touch_kind_id") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."service_kind_id", new_values."touch_kind_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f10a791c9ce47c7e1e4c55dcf9c24f5b090f3597', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e6d4d', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_fulfilmentrule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fulfilmentrule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_fulfilmentruleevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_kind_id", "touch_kind_id") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."service_kind_id", new_values."touch_kind_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='96360f8ed9aa2d11fa81b321a535a7bf3581b2c2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_360f2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_fulfilmentrule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fulfilmentrule',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_fulfilmentruleevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_kind_id", "touch_kind_id") SELECT old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."service_kind_id", old_values."touch_kind_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2eacc94ec14852462af6d77a98e36f3276838c6d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_82a94', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_fulfilmentrule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='servicekind',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_servicekindevent" ("changes", "code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "retired_at") SELECT new_values."changes", new_values."code", new_values."id", new_values."label", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."retired_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d3966e763a79b179ceeb5c2db346f21b8c535efa', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a204c', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_servicekind', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='servicekind',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_servicekindevent" ("changes", "code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "retired_at") SELECT new_values."changes", new_values."code", new_values."id", new_values."label", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."retired_at" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='342be62f137fedccb7ea840015bc3e1cb87a37df', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_48aff', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_servicekind', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='servicekind',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_servicekindevent" ("changes", "code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "retired_at") SELECT old_values."changes", old_values."code", old_values."id", old_values."label", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."retired_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='466dde738fb1d394b7c3f4b63fc8b466dbb1b1b1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_03604', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_servicekind', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='standingpromise',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_standingpromiseevent" ("answer_within_hours", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "standard_id", "text") SELECT new_values."answer_within_hours", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."standard_id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5da27fef316ad2047c7809a340aa2f2a8475e1f9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6d8ba', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_standingpromise', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='standingpromise',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_standingpromiseevent" ("answer_within_hours", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "standard_id", "text") SELECT new_values."answer_within_hours", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."standard_id", new_values."text" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0a209f5cace0bc461f1e2cd44061a8155a1c6660', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8e683', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_standingpromise', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='standingpromise',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_standingpromiseevent" ("answer_within_hours", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "standard_id", "text") SELECT old_values."answer_within_hours", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."standard_id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='deda84cfd82fc8e954e556c9de1c0f0ed53cbee7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ff324', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_standingpromise', when='AFTER')),
            ),
        ]),
        migrations.AlterField(
            model_name='fulfilmentrule',
            name='service_kind',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fulfilled_by', to='servicing.servicekind', verbose_name='service kind'),
        ),
        *(
            migrations.RunSQL(_as_it_stands(table, columns), migrations.RunSQL.noop)
            for table, columns in TABLES.items()
        ),
    ]
