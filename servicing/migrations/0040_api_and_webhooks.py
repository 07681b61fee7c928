"""Tokens of the API, webhooks, and audit rows by time."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce

# What changed since a moment, which the API is asked for. An index of ranges: it costs a mass change next to nothing.
BY_TIME = (
    'clients_clientevent',
    'clients_teammemberevent',
    'clients_behavioraltagevent',
    'tiers_tierassignmentevent',
    'servicing_servicetaskevent',
)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0017_time_from_other_systems'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0039_exports_of_dashboards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('tiers', '0010_fees'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='The system that uses it, for example Portfolio export.', max_length=80, verbose_name='connection')),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clients:read', 'Read clients, their tags and permission'), ('clients:write', 'Write clients, tags, revenue, touches and time'), ('behavioral', 'Behavioral triggers too, of clients who granted permission'), ('tasks:read', 'Read service tasks'), ('tasks:write', 'Complete tasks and log attempts'), ('tiers:read', 'Read tiers, scores and their reasons')], max_length=20), size=None, verbose_name='may')),
                    ('secret_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('ending', models.CharField(editable=False, help_text='Last letters, to tell tokens apart.', max_length=4)),
                    ('expires_at', models.DateTimeField(verbose_name='expires')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                    ('acting_as', models.ForeignKey(db_index=False, help_text='It sees and does what this person may, and history names both.', on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='acts as')),
                    ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                    ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ],
                options={
                    'verbose_name': 'API token',
                    'verbose_name_plural': 'API tokens',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='ApiTokenUse',
                fields=[
                    ('token', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='use', serialize=False, to='servicing.apitoken')),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('minute', models.BigIntegerField(default=0, help_text='Minutes since 1970.')),
                    ('calls', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'verbose_name': 'use of an API token',
                    'verbose_name_plural': 'use of API tokens',
                },
            ),
            migrations.CreateModel(
                name='ApiRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=80)),
                    ('fingerprint', models.CharField(max_length=64)),
                    ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                    ('token', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='servicing.apitoken')),
                ],
                options={
                    'verbose_name': 'API request',
                    'verbose_name_plural': 'API requests',
                },
            ),
            migrations.CreateModel(
                name='ApiTokenEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(help_text='The system that uses it, for example Portfolio export.', max_length=80, verbose_name='connection')),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('clients:read', 'Read clients, their tags and permission'), ('clients:write', 'Write clients, tags, revenue, touches and time'), ('behavioral', 'Behavioral triggers too, of clients who granted permission'), ('tasks:read', 'Read service tasks'), ('tasks:write', 'Complete tasks and log attempts'), ('tiers:read', 'Read tiers, scores and their reasons')], max_length=20), size=None, verbose_name='may')),
                    ('ending', models.CharField(editable=False, help_text='Last letters, to tell tokens apart.', max_length=4)),
                    ('expires_at', models.DateTimeField(verbose_name='expires')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                    ('acting_as', models.ForeignKey(db_constraint=False, db_index=False, help_text='It sees and does what this person may, and history names both.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acts as')),
                    ('ended_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                    ('made_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.apitoken')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='WebhookEndpoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='The system that listens.', max_length=80, verbose_name='connection')),
                    ('url', models.URLField(help_text='Begins with https:// and can be reached from outside.', max_length=500, verbose_name='address')),
                    ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('client.created', 'A client was added'), ('client.updated', 'A client was changed: names of the fields'), ('client.removed', "A client's record is gone, as by a merge"), ('client.tier_changed', "A client's tier changed"), ('permission.granted', 'A client granted permission'), ('permission.ended', 'A client declined or withdrew permission'), ('task.created', 'A service task was made'), ('task.completed', 'A service task was completed'), ('policy.published', 'A policy was published'), ('run.applied', 'A scoring run was applied')], max_length=24), size=None, verbose_name='is told of')),
                    ('is_on', models.BooleanField(default=True, verbose_name='on')),
                    ('secret_salt', models.CharField(editable=False, max_length=32)),
                    ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='paused')),
                    ('failing_since', models.DateTimeField(editable=False, null=True)),
                    ('resting_until', models.DateTimeField(editable=False, help_text='Not tried before.', null=True)),
                    ('busy_until', models.DateTimeField(editable=False, help_text='A worker delivers to it.', null=True)),
                    ('told', models.CharField(blank=True, db_default='', editable=False, help_text='What administrators know.', max_length=8)),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ],
                options={
                    'verbose_name': 'webhook',
                    'verbose_name_plural': 'webhooks',
                    'ordering': ['name', 'id'],
                },
            ),
            migrations.CreateModel(
                name='WebhookDelivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('events', models.JSONField()),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('given_up', 'Given up')], default='waiting', max_length=9, verbose_name='state')),
                    ('made_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='made')),
                    ('first_tried_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next try')),
                    ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='attempts')),
                    ('status', models.PositiveSmallIntegerField(null=True, verbose_name='last answer')),
                    ('error', models.CharField(blank=True, db_default='', max_length=200, verbose_name='what went wrong')),
                    ('delivered_at', models.DateTimeField(null=True, verbose_name='delivered')),
                    ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='servicing.webhookendpoint')),
                ],
                options={
                    'verbose_name': 'webhook delivery',
                    'verbose_name_plural': 'webhook deliveries',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='WebhookEndpointEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(help_text='The system that listens.', max_length=80, verbose_name='connection')),
                    ('url', models.URLField(help_text='Begins with https:// and can be reached from outside.', max_length=500, verbose_name='address')),
                    ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('client.created', 'A client was added'), ('client.updated', 'A client was changed: names of the fields'), ('client.removed', "A client's record is gone, as by a merge"), ('client.tier_changed', "A client's tier changed"), ('permission.granted', 'A client granted permission'), ('permission.ended', 'A client declined or withdrew permission'), ('task.created', 'A service task was made'), ('task.completed', 'A service task was completed'), ('policy.published', 'A policy was published'), ('run.applied', 'A scoring run was applied')], max_length=24), size=None, verbose_name='is told of')),
                    ('is_on', models.BooleanField(default=True, verbose_name='on')),
                    ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='paused')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('made_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.webhookendpoint')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='WebhookReader',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('read_to', models.BigIntegerField(help_text='A transaction number (xid8).')),
                    ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('floors', models.JSONField(default=dict, help_text='{table: [floor, transaction, next floor]}')),
                ],
                options={
                    'verbose_name': 'place of the webhooks in history',
                    'verbose_name_plural': 'place of the webhooks in history',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='servicing_webhookreader_one')],
                },
            ),
        ]),
        AtOnce([
            migrations.AddConstraint(
                model_name='apitoken',
                constraint=models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['clients:read', 'clients:write', 'behavioral', 'tasks:read', 'tasks:write', 'tiers:read']), ('scopes__len__gt', 0)), name='servicing_apitoken_scopes'),
            ),
            migrations.AddConstraint(
                model_name='apitoken',
                constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='servicing_apitoken_dates'),
            ),
            migrations.AddConstraint(
                model_name='apitoken',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='servicing_apitoken_ended_whole'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_apitokenevent" ("acting_as_id", "ended_at", "ended_by_id", "ending", "expires_at", "id", "made_at", "made_by_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scopes") SELECT new_values."acting_as_id", new_values."ended_at", new_values."ended_by_id", new_values."ending", new_values."expires_at", new_values."id", new_values."made_at", new_values."made_by_id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."scopes" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2be97741d00e8be0ee01c29d35417ce316b0d41c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8e2c0', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_apitoken', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_apitokenevent" ("acting_as_id", "ended_at", "ended_by_id", "ending", "expires_at", "id", "made_at", "made_by_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scopes") SELECT new_values."acting_as_id", new_values."ended_at", new_values."ended_by_id", new_values."ending", new_values."expires_at", new_values."id", new_values."made_at", new_values."made_by_id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."scopes" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."acting_as_id" IS DISTINCT FROM (new_values."acting_as_id") OR old_values."ended_at" IS DISTINCT FROM (new_values."ended_at") OR old_values."ended_by_id" IS DISTINCT FROM (new_values."ended_by_id") OR old_values."ending" IS DISTINCT FROM (new_values."ending") OR old_values."expires_at" IS DISTINCT FROM (new_values."expires_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."made_at" IS DISTINCT FROM (new_values."made_at") OR old_values."made_by_id" IS DISTINCT FROM (new_values."made_by_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."scopes" IS DISTINCT FROM (new_values."scopes")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='326ac842b32c761f9de33f44b4422ebecc654bee', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_de978', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_apitoken', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_apitokenevent" ("acting_as_id", "ended_at", "ended_by_id", "ending", "expires_at", "id", "made_at", "made_by_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scopes") SELECT old_values."acting_as_id", old_values."ended_at", old_values."ended_by_id", old_values."ending", old_values."expires_at", old_values."id", old_values."made_at", old_values."made_by_id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."scopes" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='44b84c079d15c6427238dedbcf7737a6eee2fff7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c6058', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_apitoken', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='apirequest',
                constraint=models.UniqueConstraint(fields=('token', 'key'), name='servicing_apirequest_once'),
            ),
            migrations.AddConstraint(
                model_name='webhookendpoint',
                constraint=models.CheckConstraint(condition=models.Q(('topics__contained_by', ['client.created', 'client.updated', 'client.removed', 'client.tier_changed', 'permission.granted', 'permission.ended', 'task.created', 'task.completed', 'policy.published', 'run.applied']), ('topics__len__gt', 0)), name='servicing_webhook_topics'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='webhookendpoint',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_webhookendpointevent" ("id", "is_on", "made_at", "made_by_id", "name", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topics", "url") SELECT new_values."id", new_values."is_on", new_values."made_at", new_values."made_by_id", new_values."name", new_values."paused_at", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."topics", new_values."url" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1e1861a464b21caaae8b099d4197978cb8bf0ae1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c427d', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_webhookendpoint', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='webhookendpoint',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_webhookendpointevent" ("id", "is_on", "made_at", "made_by_id", "name", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topics", "url") SELECT new_values."id", new_values."is_on", new_values."made_at", new_values."made_by_id", new_values."name", new_values."paused_at", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."topics", new_values."url" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_on" IS DISTINCT FROM (new_values."is_on") OR old_values."made_at" IS DISTINCT FROM (new_values."made_at") OR old_values."made_by_id" IS DISTINCT FROM (new_values."made_by_id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."paused_at" IS DISTINCT FROM (new_values."paused_at") OR old_values."topics" IS DISTINCT FROM (new_values."topics") OR old_values."url" IS DISTINCT FROM (new_values."url")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='eca1b501891dc1172368756f6821247f95dbccc9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e2687', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_webhookendpoint', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='webhookendpoint',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_webhookendpointevent" ("id", "is_on", "made_at", "made_by_id", "name", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topics", "url") SELECT old_values."id", old_values."is_on", old_values."made_at", old_values."made_by_id", old_values."name", old_values."paused_at", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."topics", old_values."url" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='450ab781894b53e6c7523cafaa25c3a35e8d7431', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_373db', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_webhookendpoint', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='webhookdelivery',
                index=models.Index(fields=['endpoint', '-id'], name='servicing_webhook_log'),
            ),
            migrations.AddIndex(
                model_name='webhookdelivery',
                index=models.Index(condition=models.Q(('state', 'waiting')), fields=['endpoint', 'due_at', 'id'], name='servicing_webhook_due'),
            ),
        ]),
        *(
            migrations.RunSQL(
                f'CREATE INDEX {table}_by_time ON {table} USING brin (pgh_created_at)',
                f'DROP INDEX {table}_by_time',
            )
            for table in BY_TIME
        ),
    ]
