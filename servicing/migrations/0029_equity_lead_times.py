"""How long before its day a date of equity pay becomes a task, as shipped."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from clients.migrating import AtOnce

# kind, days before, minutes
SHIPPED = (
    ("vest", 14, 20),
    ("option_vest", 14, 20),
    ("opens", 7, 15),
    ("closes", 7, 15),
    ("expires", 90, 30),
)


def ship_leads(apps, schema_editor):
    leads = apps.get_model("servicing", "EquityLead")
    for kind, lead_days, minutes in SHIPPED:
        leads.objects.get_or_create(kind=kind, defaults={"lead_days": lead_days, "minutes": minutes})


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0028_meetings'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='EquityLeadEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('vest', 'Shares vest'), ('option_vest', 'Options vest'), ('opens', 'A trading window opens'), ('closes', 'A trading window closes'), ('expires', 'Options end')], max_length=12, verbose_name='date')),
                    ('lead_days', models.PositiveSmallIntegerField(help_text='From 0 to 180.', validators=[django.core.validators.MaxValueValidator(180)], verbose_name='days before')),
                    ('minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='planned minutes')),
                    ('channel', models.CharField(choices=[('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('digital', 'digital'), ('email', 'e-mail')], default='phone', max_length=10, verbose_name='channel')),
                    ('is_on', models.BooleanField(default=True, verbose_name='makes tasks')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.equitylead')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='EquityLead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('vest', 'Shares vest'), ('option_vest', 'Options vest'), ('opens', 'A trading window opens'), ('closes', 'A trading window closes'), ('expires', 'Options end')], max_length=12, unique=True, verbose_name='date')),
                    ('lead_days', models.PositiveSmallIntegerField(help_text='From 0 to 180.', validators=[django.core.validators.MaxValueValidator(180)], verbose_name='days before')),
                    ('minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='planned minutes')),
                    ('channel', models.CharField(choices=[('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('digital', 'digital'), ('email', 'e-mail')], default='phone', max_length=10, verbose_name='channel')),
                    ('is_on', models.BooleanField(default=True, verbose_name='makes tasks')),
                ],
                options={
                    'verbose_name': 'lead time of an equity date',
                    'verbose_name_plural': 'lead times of equity dates',
                    'ordering': ['id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('lead_days__lte', 180)), name='servicing_equity_lead')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equitylead',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_equityleadevent" ("channel", "id", "is_on", "kind", "lead_days", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."channel", new_values."id", new_values."is_on", new_values."kind", new_values."lead_days", new_values."minutes", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4bbf0964e1e8bc2184a89dfe4c5ee35a823f44dc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3441f', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_equitylead', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equitylead',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_equityleadevent" ("channel", "id", "is_on", "kind", "lead_days", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."channel", new_values."id", new_values."is_on", new_values."kind", new_values."lead_days", new_values."minutes", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8039aa2617b92ecea1387683b6179c0de928adcc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_51c1e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_equitylead', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equitylead',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_equityleadevent" ("channel", "id", "is_on", "kind", "lead_days", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."channel", old_values."id", old_values."is_on", old_values."kind", old_values."lead_days", old_values."minutes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4548630f51b5dfce23bf189438fdf996caa96728', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6a5c1', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_equitylead', when='AFTER')),
            ),
        ]),
        migrations.RunPython(ship_leads, migrations.RunPython.noop),
    ]
