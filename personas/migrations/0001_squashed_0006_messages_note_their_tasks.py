"""What the migrations of version 0.1 make one after the other, at once, for a new database."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce
from personas.migrations import _shipped



class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('personas', '0001_message_map'),
        ('personas', '0002_shipped_message_map'),
        ('personas', '0003_scripts_and_messages'),
        ('personas', '0004_shipped_scripts'),
        ('personas', '0005_sequences_and_one_key_a_message'),
        ('personas', '0006_messages_note_their_tasks'),
    ]

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Script',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Its key in files. It stays when the title changes.', max_length=80, unique=True, verbose_name='code')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='It is no longer offered or sent.', null=True, verbose_name='taken out of use')),
                ],
                options={
                    'verbose_name': 'script',
                    'verbose_name_plural': 'scripts',
                    'ordering': ['code'],
                },
            ),
            migrations.CreateModel(
                name='ScriptEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.SlugField(db_index=False, help_text='Its key in files. It stays when the title changes.', max_length=80, verbose_name='code')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='It is no longer offered or sent.', null=True, verbose_name='taken out of use')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.script')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ScriptUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(blank=True, choices=[('', 'any'), ('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('email', 'e-mail'), ('text', 'text message'), ('letter', 'letter')], max_length=10, verbose_name='channel')),
                    ('service_task', models.BigIntegerField(help_text='The number of the task it was used for.', null=True)),
                    ('text', models.TextField(blank=True, verbose_name='what was said')),
                    ('used_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='used')),
                    ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='script_uses', to='clients.client')),
                    ('script', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='personas.script')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='personas.scriptversion')),
                ],
                options={
                    'verbose_name': 'use of a script',
                    'verbose_name_plural': 'uses of scripts',
                    'ordering': ['-used_at', '-id'],
                    'indexes': [models.Index(fields=['script', 'used_at', 'client'], name='personas_use_recipients'), models.Index(fields=['client', 'used_at'], name='personas_use_by_client')],
                },
            ),
            migrations.CreateModel(
                name='ScriptVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('approved', 'Approved'), ('replaced', 'Replaced')], default='draft', max_length=10, verbose_name='state')),
                    ('title', models.CharField(max_length=120, verbose_name='title')),
                    ('channel', models.CharField(blank=True, choices=[('', 'any'), ('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('email', 'e-mail'), ('text', 'text message'), ('letter', 'letter')], default='', max_length=10, verbose_name='channel')),
                    ('reach', models.CharField(choices=[('one', 'one to one'), ('many', 'to many')], default='one', max_length=4, verbose_name='meant for')),
                    ('subject', models.CharField(blank=True, help_text='Of an e-mail. May hold merge fields.', max_length=150, verbose_name='subject')),
                    ('body', models.TextField(max_length=8000, verbose_name='text')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('edited_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='edited')),
                    ('submitted_at', models.DateTimeField(null=True, verbose_name='submitted')),
                    ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                    ('comment', models.TextField(blank=True, verbose_name='comment of compliance')),
                    ('review_on', models.DateField(blank=True, help_text='From this day on it counts as expired.', null=True, verbose_name='to be reviewed on')),
                    ('attention_constraint', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('behavioral_trigger', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.behavioraltrigger', verbose_name='behavioral trigger')),
                    ('complexity_driver', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('decided_by', models.ForeignKey(db_index=False, help_text='Who approved or returned it; empty for what was shipped.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('edited_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last edited by')),
                    ('income_structure', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.persona', verbose_name='persona')),
                    ('role', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.servicerole', verbose_name='who says it')),
                    ('script', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='personas.script')),
                    ('submitted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('tier', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
                    ('written_by', models.ForeignKey(db_index=False, help_text='Empty: shipped with the product.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ('situation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'verbose_name': 'script version',
                    'verbose_name_plural': 'script versions',
                    'ordering': ['situation__position', 'position', 'title', 'id'],
                    'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('title'), 'gin_trgm_ops'), name='personas_version_title_trgm'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('body'), 'gin_trgm_ops'), name='personas_version_body_trgm'), models.Index(condition=models.Q(('state', 'approved')), fields=['situation', 'position'], name='personas_version_offered')],
                    'constraints': [models.UniqueConstraint(fields=('script', 'number'), name='personas_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('script',), name='personas_version_one_approved'), models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'returned'))), fields=('script',), name='personas_version_one_in_work'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('review_on__isnull', False)), _connector='OR'), name='personas_version_approved_until'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'replaced')), _negated=True), ('decided_by__isnull', True), models.Q(models.Q(('written_by__isnull', True), models.Q(('written_by', models.F('decided_by')), _negated=True), _connector='OR'), models.Q(('edited_by__isnull', True), models.Q(('edited_by', models.F('decided_by')), _negated=True), _connector='OR')), _connector='OR'), name='personas_version_second_person', violation_error_message='Whoever wrote or last edited a script cannot approve it.')],
                },
            ),
            migrations.CreateModel(
                name='ScriptVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('approved', 'Approved'), ('replaced', 'Replaced')], default='draft', max_length=10, verbose_name='state')),
                    ('title', models.CharField(max_length=120, verbose_name='title')),
                    ('channel', models.CharField(blank=True, choices=[('', 'any'), ('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('email', 'e-mail'), ('text', 'text message'), ('letter', 'letter')], default='', max_length=10, verbose_name='channel')),
                    ('reach', models.CharField(choices=[('one', 'one to one'), ('many', 'to many')], default='one', max_length=4, verbose_name='meant for')),
                    ('subject', models.CharField(blank=True, help_text='Of an e-mail. May hold merge fields.', max_length=150, verbose_name='subject')),
                    ('body', models.TextField(max_length=8000, verbose_name='text')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('edited_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='edited')),
                    ('submitted_at', models.DateTimeField(null=True, verbose_name='submitted')),
                    ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                    ('comment', models.TextField(blank=True, verbose_name='comment of compliance')),
                    ('review_on', models.DateField(blank=True, help_text='From this day on it counts as expired.', null=True, verbose_name='to be reviewed on')),
                    ('attention_constraint', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('behavioral_trigger', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.behavioraltrigger', verbose_name='behavioral trigger')),
                    ('complexity_driver', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('decided_by', models.ForeignKey(db_constraint=False, db_index=False, help_text='Who approved or returned it; empty for what was shipped.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('edited_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last edited by')),
                    ('income_structure', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.persona', verbose_name='persona')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.scriptversion')),
                    ('role', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.servicerole', verbose_name='who says it')),
                    ('script', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.script')),
                    ('submitted_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('tier', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier')),
                    ('written_by', models.ForeignKey(db_constraint=False, db_index=False, help_text='Empty: shipped with the product.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ('situation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['script'], name='personas_sc_script__5db308_idx')],
                },
            ),
            migrations.CreateModel(
                name='SendingSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('switched_on', models.BooleanField(default=False, help_text="Nothing is sent without the address below and the firm's postal address.", verbose_name='send e-mails to clients by themselves')),
                    ('sender_name', models.CharField(blank=True, help_text="Empty: the firm's name.", max_length=80, verbose_name="sender's name")),
                    ('sender_address', models.EmailField(blank=True, help_text="An address that the firm's mail server sends for, and that somebody reads.", max_length=254, verbose_name="sender's address")),
                    ('rate_per_minute', models.PositiveSmallIntegerField(default=30, help_text='Mail providers hold back whoever sends faster than they allow.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)], verbose_name='messages a minute, at most')),
                ],
                options={
                    'verbose_name': 'sending settings',
                    'verbose_name_plural': 'sending settings',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='personas_sending_is_one')],
                },
            ),
            migrations.CreateModel(
                name='SendingSettingsEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('switched_on', models.BooleanField(default=False, help_text="Nothing is sent without the address below and the firm's postal address.", verbose_name='send e-mails to clients by themselves')),
                    ('sender_name', models.CharField(blank=True, help_text="Empty: the firm's name.", max_length=80, verbose_name="sender's name")),
                    ('sender_address', models.EmailField(blank=True, help_text="An address that the firm's mail server sends for, and that somebody reads.", max_length=254, verbose_name="sender's address")),
                    ('rate_per_minute', models.PositiveSmallIntegerField(default=30, help_text='Mail providers hold back whoever sends faster than they allow.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)], verbose_name='messages a minute, at most')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.sendingsettings')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SequenceStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('service', models.SlugField(help_text='The code of the service kind, for example automated_update.', verbose_name='service')),
                    ('day', models.PositiveSmallIntegerField(help_text='0: on the day. The task is completed with the last one, so keep within its window.', validators=[django.core.validators.MaxValueValidator(90)], verbose_name='days after it is due')),
                    ('situation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'verbose_name': 'step of an e-mail sequence',
                    'verbose_name_plural': 'e-mail sequences',
                    'ordering': ['service', 'day'],
                    'constraints': [models.UniqueConstraint(fields=('service', 'day'), name='personas_step_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='SequenceStepEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('service', models.SlugField(db_index=False, help_text='The code of the service kind, for example automated_update.', verbose_name='service')),
                    ('day', models.PositiveSmallIntegerField(help_text='0: on the day. The task is completed with the last one, so keep within its window.', validators=[django.core.validators.MaxValueValidator(90)], verbose_name='days after it is due')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.sequencestep')),
                    ('situation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Situation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                    ('changes', models.TextField(blank=True, verbose_name='when it comes up')),
                    ('services', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, help_text='Codes of the services whose tasks call for it, separated by commas. Their scripts are offered on the task, and e-mails that go out by themselves are taken from them.', size=None, verbose_name='services')),
                ],
                options={
                    'verbose_name': 'situation',
                    'verbose_name_plural': 'situations',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Topic',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                    ('changes', models.TextField(blank=True, verbose_name='what it is about')),
                    ('noise_for', models.ManyToManyField(blank=True, help_text='Clients of these personas are left out of bulk messages on this topic.', related_name='+', to='clients.persona', verbose_name='noise for')),
                ],
                options={
                    'verbose_name': 'topic of bulk messages',
                    'verbose_name_plural': 'topics of bulk messages',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BulkMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                    ('asked', models.CharField(blank=True, max_length=2000, verbose_name='which clients')),
                    ('clients', models.PositiveIntegerField(default=0, verbose_name='clients')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.scriptversion')),
                    ('topic', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.topic', verbose_name='topic')),
                ],
                options={
                    'verbose_name': 'message to many',
                    'verbose_name_plural': 'messages to many',
                    'ordering': ['-at'],
                },
            ),
            migrations.CreateModel(
                name='MapImport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('file_name', models.CharField(max_length=200, verbose_name='file')),
                    ('records', models.JSONField(default=list)),
                    ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='read')),
                    ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied')),
                    ('read_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'import of the message map',
                    'verbose_name_plural': 'imports of the message map',
                },
            ),
            migrations.CreateModel(
                name='MapRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('framing', models.TextField(blank=True, help_text='How to put it, in one to three sentences.', max_length=600, verbose_name='framing')),
                    ('words_to_use', models.TextField(blank=True, help_text='One word or phrase a line.', max_length=1000, verbose_name='words to use')),
                    ('words_to_avoid', models.TextField(blank=True, help_text='One word or phrase a line.', max_length=1000, verbose_name='words to avoid')),
                    ('channel', models.CharField(blank=True, choices=[('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('digital', 'digital'), ('email', 'e-mail'), ('post', 'post')], max_length=10, verbose_name='channel')),
                    ('meeting_format', models.TextField(blank=True, max_length=600, verbose_name='meeting format')),
                    ('preparation', models.TextField(blank=True, help_text='What is ready before the conversation.', max_length=600, verbose_name='preparation')),
                    ('order', models.PositiveSmallIntegerField(default=50, help_text='Between rows with as many conditions, the lower number comes first.', verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired row speaks for nobody.', null=True, verbose_name='retired')),
                    ('attention_constraint', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('behavioral_trigger', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.behavioraltrigger', verbose_name='behavioral trigger')),
                    ('complexity_driver', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('income_structure', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.persona', verbose_name='persona')),
                    ('tier', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'verbose_name': 'row of the message map',
                    'verbose_name_plural': 'message map',
                    'ordering': ['order', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('channel', ''), ('framing', ''), ('meeting_format', ''), ('preparation', ''), ('words_to_avoid', ''), ('words_to_use', ''), _negated=True), name='personas_maprow_says_something', violation_error_message='Fill in at least one part: an empty row says nothing.')],
                },
            ),
            migrations.CreateModel(
                name='MapRowEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('framing', models.TextField(blank=True, help_text='How to put it, in one to three sentences.', max_length=600, verbose_name='framing')),
                    ('words_to_use', models.TextField(blank=True, help_text='One word or phrase a line.', max_length=1000, verbose_name='words to use')),
                    ('words_to_avoid', models.TextField(blank=True, help_text='One word or phrase a line.', max_length=1000, verbose_name='words to avoid')),
                    ('channel', models.CharField(blank=True, choices=[('in_person', 'in person'), ('video', 'video'), ('phone', 'phone'), ('digital', 'digital'), ('email', 'e-mail'), ('post', 'post')], max_length=10, verbose_name='channel')),
                    ('meeting_format', models.TextField(blank=True, max_length=600, verbose_name='meeting format')),
                    ('preparation', models.TextField(blank=True, help_text='What is ready before the conversation.', max_length=600, verbose_name='preparation')),
                    ('order', models.PositiveSmallIntegerField(default=50, help_text='Between rows with as many conditions, the lower number comes first.', verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired row speaks for nobody.', null=True, verbose_name='retired')),
                    ('attention_constraint', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('behavioral_trigger', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.behavioraltrigger', verbose_name='behavioral trigger')),
                    ('complexity_driver', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('income_structure', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.persona', verbose_name='persona')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.maprow')),
                    ('tier', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('service_task', models.BigIntegerField(help_text='The number of the task that it is a part of.', null=True)),
                    ('step', models.PositiveSmallIntegerField(default=0, help_text='Its day in the sequence.')),
                    ('last_step', models.BooleanField(default=True, help_text='Whether sending it completes the task.')),
                    ('once', models.CharField(help_text="What it is: a step of a task, or a client's part of a message to many.", max_length=80)),
                    ('state', models.CharField(choices=[('queued', 'Waits'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('unclear', 'Unclear'), ('cancelled', 'Not sent')], default='queued', max_length=10, verbose_name='state')),
                    ('message_id', models.CharField(max_length=255, unique=True, verbose_name='message id')),
                    ('recipient', models.EmailField(max_length=254, verbose_name='to')),
                    ('sender', models.CharField(max_length=340, verbose_name='from')),
                    ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='answers to')),
                    ('subject', models.CharField(max_length=998, verbose_name='subject')),
                    ('text', models.TextField(verbose_name='text')),
                    ('unsubscribe_url', models.CharField(max_length=500, verbose_name='address to unsubscribe at')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('next_try_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next try')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                    ('claimed_at', models.DateTimeField(null=True, verbose_name='handed to the mail server')),
                    ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='what went wrong')),
                    ('served', models.BooleanField(db_default=False, default=False, help_text='Its task was completed with it, or closed otherwise.')),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('bulk', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='personas.bulkmessage')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='clients.client')),
                    ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.scriptversion')),
                ],
                options={
                    'verbose_name': 'message',
                    'verbose_name_plural': 'messages',
                    'ordering': ['-created_at', '-id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_try_at', 'id'], name='personas_message_waiting'), models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='personas_message_claimed'), models.Index(condition=models.Q(('state__in', ['failed', 'unclear'])), fields=['state', 'id'], name='personas_message_trouble'), models.Index(condition=models.Q(('last_step', True), ('served', False), ('service_task__isnull', False), ('state', 'sent')), fields=['id'], name='personas_message_to_serve'), models.Index(fields=['client', 'created_at'], name='personas_message_by_client'), models.Index(fields=['created_at', 'id'], name='personas_message_by_date'), models.Index(condition=models.Q(('service_task__isnull', False)), fields=['service_task'], name='personas_message_by_task')],
                    'constraints': [models.UniqueConstraint(fields=('once',), name='personas_message_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='personas_message_sent_at')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='script',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptevent" ("code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at") SELECT new_values."code", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."retired_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b587f702c1b8c857dee4f8d391655d8e623ab7e6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_79796', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_script', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='script',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptevent" ("code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at") SELECT new_values."code", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."retired_at" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f65bb078fc0dcdf3d77dee47506de61aa9768d6c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_51b54', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_script', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='script',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptevent" ("code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at") SELECT old_values."code", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."retired_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='87ae9140bf23997ef5cc4b082e4fb808339a35ec', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7290d', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_script', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sendingsettings',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sendingsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_per_minute", "sender_address", "sender_name", "switched_on") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rate_per_minute", new_values."sender_address", new_values."sender_name", new_values."switched_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d608fdeb0ac6554e196b47631e5f41b5a0f7b588', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_dba4a', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_sendingsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sendingsettings',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sendingsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_per_minute", "sender_address", "sender_name", "switched_on") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rate_per_minute", new_values."sender_address", new_values."sender_name", new_values."switched_on" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='20117f9579134ced8e8608d5906a9af93a5d1bd7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2d483', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_sendingsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sendingsettings',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sendingsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate_per_minute", "sender_address", "sender_name", "switched_on") SELECT old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rate_per_minute", old_values."sender_address", old_values."sender_name", old_values."switched_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4b29a03a8557ffa311d140a40230ab5cb7e17d45', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7db43', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_sendingsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='maprow',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_maprowevent" ("attention_constraint_id", "behavioral_trigger_id", "channel", "complexity_driver_id", "framing", "id", "income_structure_id", "meeting_format", "order", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preparation", "retired_at", "tier_id", "words_to_avoid", "words_to_use") SELECT new_values."attention_constraint_id", new_values."behavioral_trigger_id", new_values."channel", new_values."complexity_driver_id", new_values."framing", new_values."id", new_values."income_structure_id", new_values."meeting_format", new_values."order", new_values."persona_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."preparation", new_values."retired_at", new_values."tier_id", new_values."words_to_avoid", new_values."words_to_use" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7d3270b9be9cb7b44a8fc998356280e990249cc1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_741b2', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_maprow', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='maprow',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_maprowevent" ("attention_constraint_id", "behavioral_trigger_id", "channel", "complexity_driver_id", "framing", "id", "income_structure_id", "meeting_format", "order", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preparation", "retired_at", "tier_id", "words_to_avoid", "words_to_use") SELECT new_values."attention_constraint_id", new_values."behavioral_trigger_id", new_values."channel", new_values."complexity_driver_id", new_values."framing", new_values."id", new_values."income_structure_id", new_values."meeting_format", new_values."order", new_values."persona_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."preparation", new_values."retired_at", new_values."tier_id", new_values."words_to_avoid", new_values."words_to_use" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b2280e6f4bf099c0279c8e4980f613ad5dc14c95', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_09530', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_maprow', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='maprow',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_maprowevent" ("attention_constraint_id", "behavioral_trigger_id", "channel", "complexity_driver_id", "framing", "id", "income_structure_id", "meeting_format", "order", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preparation", "retired_at", "tier_id", "words_to_avoid", "words_to_use") SELECT old_values."attention_constraint_id", old_values."behavioral_trigger_id", old_values."channel", old_values."complexity_driver_id", old_values."framing", old_values."id", old_values."income_structure_id", old_values."meeting_format", old_values."order", old_values."persona_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."preparation", old_values."retired_at", old_values."tier_id", old_values."words_to_avoid", old_values."words_to_use" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='728c7788677f878c5cd0a9b52b9cceb4d19e9535', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_963e0', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_maprow', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptuse',
                trigger=pgtrigger.compiler.Trigger(name='use_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (true)', func="\n            IF now() < make_timestamptz(extract(year FROM OLD.used_at)::int + 6, 1, 1, 0, 0, 0) THEN\n                RAISE EXCEPTION 'What was said to a client is kept for five years.'\n                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_use_kept';\n            END IF;\n            RETURN OLD;\n        ", hash='7cbff4febb927a5e994a391e4977caf4b989aac0', operation='DELETE', pgid='pgtrigger_use_kept_3ab8a', table='personas_scriptuse', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptuse',
                trigger=pgtrigger.compiler.Trigger(name='use_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - 'client_id' = to_jsonb(OLD) - 'client_id' THEN RETURN NEW; END IF;\n                    RAISE EXCEPTION 'What was said to a client is not changed afterwards.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_use_stays';\n                ", hash='27d0bd2683f4afecae26bbfd7a6c94c7bae00824', operation='UPDATE', pgid='pgtrigger_use_stays_8a8fc', table='personas_scriptuse', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='message',
                trigger=pgtrigger.compiler.Trigger(name='message_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IN ('sending', 'sent', 'unclear'))", func="\n            IF now() < make_timestamptz(extract(year FROM OLD.claimed_at)::int + 6, 1, 1, 0, 0, 0) THEN\n                RAISE EXCEPTION 'What was said to a client is kept for five years.'\n                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_message_kept';\n            END IF;\n            RETURN OLD;\n        ", hash='5e9d9b4d6eea11f56f2e4dcdc7072299d5ccfd78', operation='DELETE', pgid='pgtrigger_message_kept_1498a', table='personas_message', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='message',
                trigger=pgtrigger.compiler.Trigger(name='message_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - ARRAY['client_id', 'served'] = to_jsonb(OLD) - ARRAY['client_id', 'served']\n                        OR OLD.state <> 'sent' AND to_jsonb(NEW) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'decided_by_id', 'decided_at'] = to_jsonb(OLD) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'decided_by_id', 'decided_at']\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'A message stays as it was made.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_message_stays';\n                ", hash='7235cb5d11c4cf04a301efdeed068011c9f579dc', operation='UPDATE', pgid='pgtrigger_message_stays_96151', table='personas_message', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sequencestep',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sequencestepevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service", "situation_id") SELECT new_values."day", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."service", new_values."situation_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d989c1501eae38bfa1b4bdf8dcd87209d65b5f15', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a7264', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_sequencestep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sequencestep',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sequencestepevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service", "situation_id") SELECT new_values."day", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."service", new_values."situation_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1130ef48c5a4029aec5ea056504de2faf6f1eb15', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f7bfa', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_sequencestep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sequencestep',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_sequencestepevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service", "situation_id") SELECT old_values."day", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."service", old_values."situation_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cd81d017118fdad6adede47a3a79ef04fda08b02', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9f280', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_sequencestep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptversion',
                trigger=pgtrigger.compiler.Trigger(name='decided_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IN ('approved', 'replaced'))", func="\n                    IF TG_OP = 'UPDATE' THEN\n                        IF to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'\n                                AND (NEW.state = OLD.state OR NEW.state = 'replaced') THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'An approved version of a script never changes; a new version is made.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_version_decided_stays';\n                ", hash='4e37f3871cda266c60075524b4e4ff3be3f9e322', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_stays_00c81', table='personas_scriptversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptversionevent" ("attention_constraint_id", "behavioral_trigger_id", "body", "channel", "comment", "complexity_driver_id", "decided_at", "decided_by_id", "edited_at", "edited_by_id", "id", "income_structure_id", "number", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reach", "review_on", "role_id", "script_id", "situation_id", "state", "subject", "submitted_at", "submitted_by_id", "tier_id", "title", "written_by_id") SELECT new_values."attention_constraint_id", new_values."behavioral_trigger_id", new_values."body", new_values."channel", new_values."comment", new_values."complexity_driver_id", new_values."decided_at", new_values."decided_by_id", new_values."edited_at", new_values."edited_by_id", new_values."id", new_values."income_structure_id", new_values."number", new_values."persona_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."reach", new_values."review_on", new_values."role_id", new_values."script_id", new_values."situation_id", new_values."state", new_values."subject", new_values."submitted_at", new_values."submitted_by_id", new_values."tier_id", new_values."title", new_values."written_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b1cf760e2cf7fe4798b6bd922a498881ef878f00', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5094a', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_scriptversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptversionevent" ("attention_constraint_id", "behavioral_trigger_id", "body", "channel", "comment", "complexity_driver_id", "decided_at", "decided_by_id", "edited_at", "edited_by_id", "id", "income_structure_id", "number", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reach", "review_on", "role_id", "script_id", "situation_id", "state", "subject", "submitted_at", "submitted_by_id", "tier_id", "title", "written_by_id") SELECT new_values."attention_constraint_id", new_values."behavioral_trigger_id", new_values."body", new_values."channel", new_values."comment", new_values."complexity_driver_id", new_values."decided_at", new_values."decided_by_id", new_values."edited_at", new_values."edited_by_id", new_values."id", new_values."income_structure_id", new_values."number", new_values."persona_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."reach", new_values."review_on", new_values."role_id", new_values."script_id", new_values."situation_id", new_values."state", new_values."subject", new_values."submitted_at", new_values."submitted_by_id", new_values."tier_id", new_values."title", new_values."written_by_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='df99f4fff710d217534ae6d1147c98d3febca079', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_dc514', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_scriptversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_scriptversionevent" ("attention_constraint_id", "behavioral_trigger_id", "body", "channel", "comment", "complexity_driver_id", "decided_at", "decided_by_id", "edited_at", "edited_by_id", "id", "income_structure_id", "number", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reach", "review_on", "role_id", "script_id", "situation_id", "state", "subject", "submitted_at", "submitted_by_id", "tier_id", "title", "written_by_id") SELECT old_values."attention_constraint_id", old_values."behavioral_trigger_id", old_values."body", old_values."channel", old_values."comment", old_values."complexity_driver_id", old_values."decided_at", old_values."decided_by_id", old_values."edited_at", old_values."edited_by_id", old_values."id", old_values."income_structure_id", old_values."number", old_values."persona_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."reach", old_values."review_on", old_values."role_id", old_values."script_id", old_values."situation_id", old_values."state", old_values."subject", old_values."submitted_at", old_values."submitted_by_id", old_values."tier_id", old_values."title", old_values."written_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a6e2b1d3eb7d14ac95e35d481550a710a7ca481b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4be0a', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_scriptversion', when='AFTER')),
            ),
        ]),
        migrations.RunPython(_shipped.ship_map, migrations.RunPython.noop),
        migrations.RunPython(_shipped.ship_scripts, migrations.RunPython.noop),
    ]
