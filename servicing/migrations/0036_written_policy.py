"""The written policy: its purpose, and versions that stay."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce
from servicing.migrations._shipped_purpose import ship_purpose


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0035_exports_of_all_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='PolicyPurposeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('text', models.TextField(help_text='Opens the written policy. A line left empty begins a new paragraph.', max_length=4000, verbose_name='purpose')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='WrittenPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(unique=True, verbose_name='version')),
                    ('content', models.JSONField()),
                    ('reason', models.TextField(max_length=2000, verbose_name='why it was kept')),
                    ('kept_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='kept')),
                ],
                options={
                    'verbose_name': 'version of the written policy',
                    'verbose_name_plural': 'versions of the written policy',
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='PolicyPurpose',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField(help_text='Opens the written policy. A line left empty begins a new paragraph.', max_length=4000, verbose_name='purpose')),
                ],
                options={
                    'verbose_name': 'purpose of the written policy',
                    'verbose_name_plural': 'purpose of the written policy',
                    'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='servicing_policypurpose_one_row')],
                },
            ),
        ]),
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='policypurpose',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_policypurposeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ece574d4ad9a88a9dcfd30ea1eb3b0945b2fb24f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d18d5', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_policypurpose', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policypurpose',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_policypurposeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='57366577ed6e764d32e2aa910b17f2e5b03eb195', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_27472', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_policypurpose', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policypurpose',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_policypurposeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0454fdce8691270db05722ced96ee7635834b0ef', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_8530a', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_policypurpose', when='AFTER')),
            ),
            migrations.AddField(
                model_name='policypurposeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='policypurposeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.policypurpose'),
            ),
            migrations.AddField(
                model_name='writtenpolicy',
                name='kept_by',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kept by'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='writtenpolicy',
                trigger=pgtrigger.compiler.Trigger(name='stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8991d4864bac55ab597622a57064f31a7e7c3c40', operation='UPDATE OR DELETE', pgid='pgtrigger_stays_48045', table='servicing_writtenpolicy', when='BEFORE')),
            ),
        ]),
        migrations.RunPython(ship_purpose, migrations.RunPython.noop, elidable=False),
    ]
