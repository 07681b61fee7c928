"""How long records are kept, who is to be anonymised, and what clients ask to see."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import clients.firm
import clients.models.imports
import servicing.models.retention
from clients.migrating import AtOnce
from servicing.migrations._shipped_retention import ship_periods


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_retention_and_holds'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0037_annual_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='RetentionSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fiscal_year_ends', models.PositiveSmallIntegerField(default=12, help_text='1 to 12. Years of keeping are counted from the end of this month.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name="the firm's fiscal year ends with month")),
                    ('second_person', models.BooleanField(default=True, help_text='Who looked through a list of former clients cannot approve it too.', verbose_name='a second person approves')),
                    ('answer_within_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name="a client's request for data is answered within, days")),
                ],
                options={
                    'verbose_name': 'settings of keeping data',
                    'verbose_name_plural': 'settings of keeping data',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='servicing_retention_is_one'), models.CheckConstraint(condition=models.Q(('fiscal_year_ends__gte', 1), ('fiscal_year_ends__lte', 12)), name='servicing_retention_month'), models.CheckConstraint(condition=models.Q(('answer_within_days__gte', 1)), name='servicing_retention_answer')],
                },
            ),
            migrations.CreateModel(
                name='AccessRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_on', models.DateField(default=clients.firm.firm_today, verbose_name='asked on')),
                    ('asked_how', models.CharField(choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter')], max_length=10, verbose_name='how')),
                    ('asked_by', models.CharField(help_text='The person, and how you made sure of who it is.', max_length=160, verbose_name='who asked')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                    ('due_on', models.DateField(verbose_name='to be answered by')),
                    ('state', models.CharField(choices=[('open', 'Open'), ('fulfilled', 'Answered'), ('declined', 'Declined')], default='open', max_length=10, verbose_name='state')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                    ('closed_on', models.DateField(null=True, verbose_name='closed on')),
                    ('closed_how', models.CharField(blank=True, max_length=500, verbose_name='how it was answered, or why not')),
                    ('file', models.FileField(blank=True, max_length=120, storage=clients.models.imports.private_storage, upload_to=servicing.models.retention.random_name)),
                    ('bytes', models.BigIntegerField(default=0, verbose_name='size')),
                    ('made_at', models.DateTimeField(null=True, verbose_name='made')),
                    ('expires_at', models.DateTimeField(null=True, verbose_name='can be downloaded until')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client')),
                    ('closed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.job')),
                    ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'access request',
                    'verbose_name_plural': 'access requests',
                    'ordering': ['due_on', 'id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['due_on', 'id'], name='servicing_access_open'), models.Index(fields=['-closed_on', '-id'], name='servicing_access_closed')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('asked_on'))), name='servicing_access_due_after_asked', violation_error_message='It cannot be due before it was asked.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_by__isnull', True), ('closed_on__isnull', True), ('state', 'open')), models.Q(('closed_by__isnull', False), ('closed_on__isnull', False), ('state__in', ['fulfilled', 'declined'])), _connector='OR'), name='servicing_access_closed_whole')],
                },
            ),
            migrations.CreateModel(
                name='AnonymisingBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('proposed', 'To be looked through'), ('reviewed', 'To be approved'), ('approved', 'Being anonymised'), ('done', 'Anonymised'), ('dropped', 'Dropped')], default='proposed', max_length=10, verbose_name='state')),
                    ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='proposed')),
                    ('reviewed_at', models.DateTimeField(null=True, verbose_name='looked through')),
                    ('approved_at', models.DateTimeField(null=True, verbose_name='approved')),
                    ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                    ('counts', models.JSONField(default=dict)),
                    ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.job')),
                    ('reviewed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'list of clients to anonymise',
                    'verbose_name_plural': 'lists of clients to anonymise',
                    'ordering': ['-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('state',), name='servicing_anonymising_one_to_look_through'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'done']), _negated=True), models.Q(('approved_by__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='servicing_anonymising_approved_whole')],
                },
            ),
            migrations.CreateModel(
                name='RetentionPeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('record', 'Client record, people, tags and facts'), ('notes', 'Contacts and their notes'), ('work', 'Tasks, time, decisions and requests'), ('messages', 'Sent messages and use of scripts'), ('ratings', 'Ratings and answers of confidence'), ('tiers', 'Tiers, overrides and transitions'), ('history', 'History of changes'), ('undo', 'Copies kept to take imports back')], max_length=10, unique=True, verbose_name='kind of record')),
                    ('years', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(50)], verbose_name='years kept')),
                    ('minimum_years', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='at least, years')),
                    ('from_departure', models.BooleanField(default=False, editable=False, help_text='Else from the year in which the record was made.', verbose_name="counted from the client's leaving")),
                    ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                ],
                options={
                    'verbose_name': 'period of keeping',
                    'verbose_name_plural': 'periods of keeping',
                    'ordering': ['position'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('years__gte', models.F('minimum_years'))), name='servicing_period_not_below_the_law', violation_error_message='The law asks for more years than that.'), models.CheckConstraint(condition=models.Q(('years__lte', 50)), name='servicing_period_years')],
                },
            ),
            migrations.CreateModel(
                name='AccessDownload',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='servicing.accessrequest')),
                ],
                options={
                    'verbose_name': 'download of an access request',
                    'verbose_name_plural': 'downloads of access requests',
                    'ordering': ['-at'],
                },
            ),
            migrations.CreateModel(
                name='AnonymisingRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('left_on', models.DateField(verbose_name='left on')),
                    ('due_on', models.DateField(verbose_name='period over on')),
                    ('excluded_at', models.DateTimeField(null=True)),
                    ('excluded_why', models.CharField(blank=True, max_length=300, verbose_name='why it stays')),
                    ('ask_again_on', models.DateField(null=True, verbose_name='asked again on')),
                    ('outcome', models.CharField(blank=True, choices=[('anonymised', 'Anonymised'), ('held', 'Kept: a legal hold'), ('not_due', 'Kept: no longer over')], default='', max_length=10)),
                    ('done_at', models.DateTimeField(null=True)),
                    ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='servicing.anonymisingbatch')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('excluded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'client to anonymise',
                    'verbose_name_plural': 'clients to anonymise',
                    'indexes': [models.Index(fields=['batch', 'due_on', 'id'], name='servicing_anonrow_page'), models.Index(condition=models.Q(('done_at__isnull', True), ('excluded_at__isnull', True)), fields=['batch', 'id'], name='servicing_anonrow_todo')],
                    'constraints': [models.UniqueConstraint(fields=('batch', 'client'), name='servicing_anonymisingrow_once'), models.CheckConstraint(condition=models.Q(models.Q(('excluded_at__isnull', True), ('excluded_why', '')), models.Q(('ask_again_on__isnull', False), ('excluded_at__isnull', False), models.Q(('excluded_why', ''), _negated=True)), _connector='OR'), name='servicing_anonymisingrow_excluded_whole')],
                },
            ),
            migrations.CreateModel(
                name='RetentionPeriodEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('record', 'Client record, people, tags and facts'), ('notes', 'Contacts and their notes'), ('work', 'Tasks, time, decisions and requests'), ('messages', 'Sent messages and use of scripts'), ('ratings', 'Ratings and answers of confidence'), ('tiers', 'Tiers, overrides and transitions'), ('history', 'History of changes'), ('undo', 'Copies kept to take imports back')], max_length=10, verbose_name='kind of record')),
                    ('years', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(50)], verbose_name='years kept')),
                    ('minimum_years', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='at least, years')),
                    ('from_departure', models.BooleanField(default=False, editable=False, help_text='Else from the year in which the record was made.', verbose_name="counted from the client's leaving")),
                    ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.retentionperiod')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RetentionSettingsEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('fiscal_year_ends', models.PositiveSmallIntegerField(default=12, help_text='1 to 12. Years of keeping are counted from the end of this month.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name="the firm's fiscal year ends with month")),
                    ('second_person', models.BooleanField(default=True, help_text='Who looked through a list of former clients cannot approve it too.', verbose_name='a second person approves')),
                    ('answer_within_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name="a client's request for data is answered within, days")),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.retentionsettings')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='AccessRequestEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('asked_on', models.DateField(default=clients.firm.firm_today, verbose_name='asked on')),
                    ('asked_how', models.CharField(choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter')], max_length=10, verbose_name='how')),
                    ('asked_by', models.CharField(help_text='The person, and how you made sure of who it is.', max_length=160, verbose_name='who asked')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                    ('due_on', models.DateField(verbose_name='to be answered by')),
                    ('state', models.CharField(choices=[('open', 'Open'), ('fulfilled', 'Answered'), ('declined', 'Declined')], default='open', max_length=10, verbose_name='state')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                    ('closed_on', models.DateField(null=True, verbose_name='closed on')),
                    ('closed_how', models.CharField(blank=True, max_length=500, verbose_name='how it was answered, or why not')),
                    ('bytes', models.BigIntegerField(default=0, verbose_name='size')),
                    ('made_at', models.DateTimeField(null=True, verbose_name='made')),
                    ('expires_at', models.DateTimeField(null=True, verbose_name='can be downloaded until')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client')),
                    ('closed_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.job')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.accessrequest')),
                    ('recorded_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='servicing_a_client__2e0771_idx')],
                },
            ),
            migrations.CreateModel(
                name='AnonymisingBatchEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('proposed', 'To be looked through'), ('reviewed', 'To be approved'), ('approved', 'Being anonymised'), ('done', 'Anonymised'), ('dropped', 'Dropped')], default='proposed', max_length=10, verbose_name='state')),
                    ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='proposed')),
                    ('reviewed_at', models.DateTimeField(null=True, verbose_name='looked through')),
                    ('approved_at', models.DateTimeField(null=True, verbose_name='approved')),
                    ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                    ('counts', models.JSONField(default=dict)),
                    ('approved_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.job')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.anonymisingbatch')),
                    ('reviewed_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionperiod',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionperiodevent" ("from_departure", "id", "kind", "minimum_years", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "years") SELECT new_values."from_departure", new_values."id", new_values."kind", new_values."minimum_years", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."years" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6747321ee7ea70fbf22e1e86d168cdf5c2378a19', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8b86c', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_retentionperiod', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionperiod',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionperiodevent" ("from_departure", "id", "kind", "minimum_years", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "years") SELECT new_values."from_departure", new_values."id", new_values."kind", new_values."minimum_years", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."years" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f0302d49e5d0c167ee2ec8baf12d2e82292a6a1f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9615b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_retentionperiod', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionperiod',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionperiodevent" ("from_departure", "id", "kind", "minimum_years", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "years") SELECT old_values."from_departure", old_values."id", old_values."kind", old_values."minimum_years", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."years" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='20ec0aeb008ca6266930f2d1040d26914a7f3327', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f3a64', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_retentionperiod', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionsettings',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionsettingsevent" ("answer_within_days", "fiscal_year_ends", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "second_person") SELECT new_values."answer_within_days", new_values."fiscal_year_ends", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."second_person" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ec1e0a9d3653c5dc93684e94565bbd973ee34196', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3a139', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_retentionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionsettings',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionsettingsevent" ("answer_within_days", "fiscal_year_ends", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "second_person") SELECT new_values."answer_within_days", new_values."fiscal_year_ends", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."second_person" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='966cabf8e31453a74c51c5468035f68219e87b1d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d8395', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_retentionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionsettings',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_retentionsettingsevent" ("answer_within_days", "fiscal_year_ends", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "second_person") SELECT old_values."answer_within_days", old_values."fiscal_year_ends", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."second_person" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e1a0aa97e9c051bb3b8a38b57603f8fd29849861', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_67f68', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_retentionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accessrequest',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_accessrequestevent" ("asked_by", "asked_how", "asked_on", "bytes", "client_id", "closed_by_id", "closed_how", "closed_on", "due_on", "expires_at", "id", "job_id", "made_at", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "state") SELECT new_values."asked_by", new_values."asked_how", new_values."asked_on", new_values."bytes", new_values."client_id", new_values."closed_by_id", new_values."closed_how", new_values."closed_on", new_values."due_on", new_values."expires_at", new_values."id", new_values."job_id", new_values."made_at", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4377dbd745e66f2afada69763e05f59162906b0f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ea749', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_accessrequest', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accessrequest',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_accessrequestevent" ("asked_by", "asked_how", "asked_on", "bytes", "client_id", "closed_by_id", "closed_how", "closed_on", "due_on", "expires_at", "id", "job_id", "made_at", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "state") SELECT new_values."asked_by", new_values."asked_how", new_values."asked_on", new_values."bytes", new_values."client_id", new_values."closed_by_id", new_values."closed_how", new_values."closed_on", new_values."due_on", new_values."expires_at", new_values."id", new_values."job_id", new_values."made_at", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."state" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."asked_by" IS DISTINCT FROM (new_values."asked_by") OR old_values."asked_how" IS DISTINCT FROM (new_values."asked_how") OR old_values."asked_on" IS DISTINCT FROM (new_values."asked_on") OR old_values."bytes" IS DISTINCT FROM (new_values."bytes") OR old_values."client_id" IS DISTINCT FROM (new_values."client_id") OR old_values."closed_by_id" IS DISTINCT FROM (new_values."closed_by_id") OR old_values."closed_how" IS DISTINCT FROM (new_values."closed_how") OR old_values."closed_on" IS DISTINCT FROM (new_values."closed_on") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."expires_at" IS DISTINCT FROM (new_values."expires_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."job_id" IS DISTINCT FROM (new_values."job_id") OR old_values."made_at" IS DISTINCT FROM (new_values."made_at") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."recorded_at" IS DISTINCT FROM (new_values."recorded_at") OR old_values."recorded_by_id" IS DISTINCT FROM (new_values."recorded_by_id") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bb034d2e49fea6c10324b30f520040543207bd9e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9a857', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_accessrequest', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accessrequest',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_accessrequestevent" ("asked_by", "asked_how", "asked_on", "bytes", "client_id", "closed_by_id", "closed_how", "closed_on", "due_on", "expires_at", "id", "job_id", "made_at", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "state") SELECT old_values."asked_by", old_values."asked_how", old_values."asked_on", old_values."bytes", old_values."client_id", old_values."closed_by_id", old_values."closed_how", old_values."closed_on", old_values."due_on", old_values."expires_at", old_values."id", old_values."job_id", old_values."made_at", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."recorded_at", old_values."recorded_by_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e150a0c876ef63ccf779d33d3b46dffe5b00f8d8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e79e8', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_accessrequest', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='anonymisingbatch',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_anonymisingbatchevent" ("approved_at", "approved_by_id", "counts", "finished_at", "id", "job_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "reviewed_at", "reviewed_by_id", "state") SELECT new_values."approved_at", new_values."approved_by_id", new_values."counts", new_values."finished_at", new_values."id", new_values."job_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."reviewed_at", new_values."reviewed_by_id", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9a9ef4ea73175ae9b08b1099d6e58502c159de82', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_81ad7', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_anonymisingbatch', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='anonymisingbatch',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_anonymisingbatchevent" ("approved_at", "approved_by_id", "counts", "finished_at", "id", "job_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "reviewed_at", "reviewed_by_id", "state") SELECT new_values."approved_at", new_values."approved_by_id", new_values."counts", new_values."finished_at", new_values."id", new_values."job_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."reviewed_at", new_values."reviewed_by_id", new_values."state" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ace73002cb942cbb5ad44e3157b78e97a6f4f748', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b3f60', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_anonymisingbatch', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='anonymisingbatch',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_anonymisingbatchevent" ("approved_at", "approved_by_id", "counts", "finished_at", "id", "job_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "reviewed_at", "reviewed_by_id", "state") SELECT old_values."approved_at", old_values."approved_by_id", old_values."counts", old_values."finished_at", old_values."id", old_values."job_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."reviewed_at", old_values."reviewed_by_id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='107747d6c9b6f73dd1ac6e6548cde88d2e54a4c0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_dfb02', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_anonymisingbatch', when='AFTER')),
            ),
        ]),
        migrations.RunPython(ship_periods, migrations.RunPython.noop),
    ]
