"""What the migrations of version 0.1 make one after the other, at once, for a new database."""

import clients.models.imports
import clients.models.people
import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension

from clients.migrating import AtOnce
from clients.migrations import _shipped

# A tag is erased by a trigger in the database, so its rows must go there too.
CASCADE = """
    ALTER TABLE clients_bulkbehavioralrow ADD CONSTRAINT clients_bulkbehavioralrow_tag
    FOREIGN KEY (tag_id) REFERENCES clients_behavioraltag (client_id) ON DELETE CASCADE
    DEFERRABLE INITIALLY DEFERRED
"""
NO_CASCADE = "ALTER TABLE clients_bulkbehavioralrow DROP CONSTRAINT clients_bulkbehavioralrow_tag"
# What the database counts from a sample of a large table is a tenth of the clients that there are.
ROWS_A_CLIENT = "ALTER TABLE {table} ALTER COLUMN client_id SET (n_distinct = -0.08)"
NO_ROWS_A_CLIENT = "ALTER TABLE {table} ALTER COLUMN client_id RESET (n_distinct)"


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('clients', '0001_initial'),
        ('clients', '0002_shipped_defaults'),
        ('clients', '0003_saved_filters_and_bulk_changes'),
        ('clients', '0004_undoable_imports'),
        ('clients', '0005_audit_rows_by_client'),
        ('clients', '0006_jobs_rubric_and_more_facts'),
        ('clients', '0007_shipped_rubric'),
        ('clients', '0008_match_old_and_new_rows_at_any_size'),
        ('clients', '0009_time_notices_and_office_hours'),
        ('clients', '0010_merged_and_split_records'),
        ('clients', '0011_notices_are_found_by_key'),
        ('clients', '0012_tags_tell_planning'),
        ('clients', '0013_permission_answers_opt_outs_and_field_register'),
        ('clients', '0014_dozen_rows_of_facts_a_client'),
        ('clients', '0015_opt_outs_tell_planning'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        AtOnce([
            migrations.CreateModel(
                name='AttentionConstraint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'attention constraint',
                    'verbose_name_plural': 'attention constraints',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Client',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(db_collation='C', help_text="The client's key in the CRM and in every file.", max_length=64, unique=True, verbose_name='client number')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('status', models.CharField(choices=[('prospect', 'Prospect'), ('active', 'Active'), ('paused', 'Paused'), ('former', 'Former')], default='active', max_length=10, verbose_name='status')),
                    ('client_since', models.DateField(blank=True, null=True, verbose_name='client since')),
                    ('permission', models.CharField(choices=[('not_asked', 'Not asked'), ('asked', 'Asked'), ('granted', 'Granted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='not_asked', max_length=10, verbose_name='permission')),
                    ('assets_under_management', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name='assets under management')),
                    ('investable_assets', models.DecimalField(blank=True, decimal_places=2, help_text='What the firm manages as a part of it is the share of wallet.', max_digits=16, null=True, verbose_name='investable assets, here and elsewhere')),
                    ('expected_years', models.PositiveSmallIntegerField(blank=True, help_text='With the yearly profit it gives the lifetime value.', null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='years expected to stay')),
                    ('potential_revenue', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='potential revenue a year')),
                    ('growth_potential', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='growth potential')),
                    ('alignment', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='alignment')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                    ('attention_constraint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('complexity_driver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('income_structure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='clients.persona', verbose_name='persona')),
                ],
                options={
                    'verbose_name': 'client',
                    'verbose_name_plural': 'clients',
                    'ordering': ['name', 'id'],
                    'indexes': [models.Index(fields=['name', 'id'], name='clients_client_by_name'), models.Index(fields=['status', 'name', 'id'], name='clients_client_by_status'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='clients_client_name_trgm'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('external_id'), 'gin_trgm_ops'), name='clients_client_number_trgm')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('growth_potential__isnull', True), ('growth_potential__range', (1, 5)), _connector='OR'), name='clients_client_growth_1_to_5'), models.CheckConstraint(condition=models.Q(('alignment__isnull', True), ('alignment__range', (1, 5)), _connector='OR'), name='clients_client_alignment_1_to_5'), models.CheckConstraint(condition=models.Q(('status__in', ['prospect', 'active', 'paused', 'former'])), name='clients_client_status_known'), models.CheckConstraint(condition=models.Q(('permission__in', ['not_asked', 'asked', 'granted', 'declined', 'withdrawn'])), name='clients_client_permission_known')],
                },
            ),
            migrations.CreateModel(
                name='BehavioralTrigger',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'behavioral trigger',
                    'verbose_name_plural': 'behavioral triggers',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ComplexityDriver',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'complexity driver',
                    'verbose_name_plural': 'complexity drivers',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='IncomeStructure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'income structure',
                    'verbose_name_plural': 'income structures',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Persona',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'persona',
                    'verbose_name_plural': 'personas',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ServiceRole',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                    ('hourly_cost', models.DecimalField(decimal_places=2, max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='cost of an hour')),
                ],
                options={
                    'verbose_name': 'service role',
                    'verbose_name_plural': 'service roles',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Tier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'tier',
                    'verbose_name_plural': 'tiers',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='TouchKind',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                    ('engagement_weight', models.DecimalField(decimal_places=2, default=0, help_text='Points a fresh touch adds to engagement, where the policy names no weight of its own.', max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='engagement weight')),
                    ('default_outcome', models.CharField(choices=[('reached', 'Reached'), ('attempted', 'Attempted')], default='reached', max_length=10, verbose_name='default outcome')),
                ],
                options={
                    'verbose_name': 'touch kind',
                    'verbose_name_plural': 'touch kinds',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('time_zone', models.CharField(blank=True, help_text="Empty: the firm's own.", max_length=64, validators=[clients.models.people.validate_time_zone], verbose_name='time zone')),
                    ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo sign-in')),
                    ('wants_digest', models.BooleanField(default=True, help_text='What is late and what is due today, only on days when there is something.', verbose_name='morning e-mail')),
                    ('wants_escalations', models.BooleanField(default=True, help_text='For operations: work that is later than the firm accepts.', verbose_name='e-mail about overdue work')),
                    ('wants_notices', models.BooleanField(default=True, help_text='Behind the bell: work handed over, requests, what escalated.', verbose_name='notices')),
                    ('digest_sent_on', models.DateField(blank=True, editable=False, null=True)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'abstract': False,
                },
                managers=[
                    ('objects', django.contrib.auth.models.UserManager()),
                ],
            ),
            migrations.CreateModel(
                name='BehavioralTag',
                fields=[
                    ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='behavioral_tag', serialize=False, to='clients.client')),
                    ('trigger', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.behavioraltrigger', verbose_name='behavioral trigger')),
                ],
                options={
                    'verbose_name': 'behavioral tag',
                    'verbose_name_plural': 'behavioral tags',
                },
            ),
            migrations.CreateModel(
                name='BulkChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('field', models.CharField(choices=[('complexity_driver', 'Complexity driver'), ('behavioral_trigger', 'Behavioral trigger'), ('attention_constraint', 'Attention constraint'), ('persona', 'Persona'), ('income_structure', 'Income structure'), ('advisor', 'Lead advisor')], max_length=24, verbose_name='field')),
                    ('value', models.BigIntegerField(null=True)),
                    ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                    ('skipped', models.PositiveIntegerField(default=0, verbose_name='skipped')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                    ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                    ('created_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'bulk change',
                    'verbose_name_plural': 'bulk changes',
                },
            ),
            migrations.CreateModel(
                name='Change',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('facts', 'Facts arrived or changed: the client may get its first tier'), ('service', 'Something that service planning depends on changed')], max_length=10)),
                    ('client_id', models.BigIntegerField()),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name': 'change',
                    'verbose_name_plural': 'changes',
                    'indexes': [models.Index(fields=['kind', 'id'], name='clients_change_by_kind')],
                },
            ),
            migrations.CreateModel(
                name='ChannelOptOut',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'Text messages'), ('phone', 'Phone'), ('post', 'Post')], max_length=5, verbose_name='channel')),
                    ('address', models.CharField(blank=True, default='', max_length=254, verbose_name='address')),
                    ('since', models.DateTimeField(verbose_name='since')),
                    ('how', models.CharField(choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter'), ('reply', 'By a reply to a message'), ('link', 'By the link in a message')], max_length=10, verbose_name='how')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='note')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                    ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted')),
                    ('lifted_how', models.CharField(blank=True, choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter'), ('reply', 'By a reply to a message'), ('link', 'By the link in a message')], default='', max_length=10, verbose_name='how it was lifted')),
                    ('lifted_note', models.CharField(blank=True, default='', max_length=300, verbose_name='why it was lifted')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='clients.client', verbose_name='client')),
                    ('lifted_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('member', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='clients.member', verbose_name='person')),
                ],
                options={
                    'verbose_name': 'channel opt-out',
                    'verbose_name_plural': 'channel opt-outs',
                    'ordering': ['-since', '-id'],
                    'indexes': [models.Index(fields=['client', 'channel'], name='clients_optout_by_client'), models.Index(condition=models.Q(('lifted_at__isnull', True), models.Q(('address', ''), _negated=True)), fields=['address', 'channel'], name='clients_optout_by_address')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('client', 'channel', 'member'), name='clients_optout_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'phone', 'post'])), name='clients_optout_channel_known'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(('lifted_how', ''), _negated=True), _connector='OR'), name='clients_optout_lifted_how')],
                },
            ),
            migrations.CreateModel(
                name='ClientMerge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('absorbed_id', models.BigIntegerField(help_text='The id of the record that is gone.')),
                    ('external_id', models.CharField(db_collation='C', max_length=64, verbose_name='client number')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('before', models.JSONField(default=dict)),
                    ('filled', models.JSONField(default=dict)),
                    ('counts', models.JSONField(default=dict)),
                    ('merged_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='merged')),
                    ('parted_at', models.DateTimeField(null=True, verbose_name='parted again')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='clients.client')),
                    ('merged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('parted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'merged record',
                    'verbose_name_plural': 'merged records',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('parted_at__isnull', True)), fields=('absorbed_id',), name='clients_merge_gone_once')],
                },
            ),
            migrations.CreateModel(
                name='ClientSplit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('counts', models.JSONField(default=dict)),
                    ('split_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='split')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='splits', to='clients.client')),
                    ('made', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='split_from', to='clients.client')),
                    ('split_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'split record',
                    'verbose_name_plural': 'split records',
                },
            ),
            migrations.CreateModel(
                name='Erasure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('answer', models.CharField(choices=[('not_asked', 'Not asked'), ('asked', 'Asked'), ('granted', 'Granted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10, verbose_name='answer')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='erased')),
                    ('places', models.JSONField(default=dict)),
                    ('swept_at', models.DateTimeField(null=True)),
                    ('by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='erasures', to='clients.client')),
                ],
                options={
                    'verbose_name': 'erasure',
                    'verbose_name_plural': 'erasures',
                    'ordering': ['-id'],
                    'indexes': [models.Index(condition=models.Q(('swept_at', None)), fields=['id'], name='clients_erasure_unswept')],
                },
            ),
            migrations.CreateModel(
                name='FieldEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('field', models.SlugField(db_index=False, max_length=60, verbose_name='field')),
                    ('purpose', models.CharField(choices=[('advice', 'The advice'), ('cadence', 'The cadence'), ('implementation', 'The implementation')], max_length=14, verbose_name='what it changes')),
                    ('reason', models.TextField(help_text="In words that the client understands: it stands on the client's statement.", verbose_name='reason')),
                    ('retention_months', models.PositiveSmallIntegerField(help_text='After the client has left the firm.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='kept for, months')),
                    ('active_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                    ('active_until', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('owner', models.ForeignKey(blank=True, help_text='Asked once a year whether it is still needed. Empty: operations.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers for it')),
                ],
                options={
                    'verbose_name': 'entry of the field register',
                    'verbose_name_plural': 'field register',
                    'ordering': ['field', '-active_from'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('active_until__isnull', True), ('active_until__gte', models.F('active_from')), _connector='OR'), name='clients_fieldentry_ends_after_start', violation_error_message='It cannot end before it began.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('field', '='), (models.Func(models.F('active_from'), models.F('active_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='clients_fieldentry_one_at_a_time', violation_error_message='The register has an entry of this field for these days.')],
                },
            ),
            migrations.CreateModel(
                name='FieldEntryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('field', models.SlugField(db_index=False, max_length=60, verbose_name='field')),
                    ('purpose', models.CharField(choices=[('advice', 'The advice'), ('cadence', 'The cadence'), ('implementation', 'The implementation')], max_length=14, verbose_name='what it changes')),
                    ('reason', models.TextField(help_text="In words that the client understands: it stands on the client's statement.", verbose_name='reason')),
                    ('retention_months', models.PositiveSmallIntegerField(help_text='After the client has left the firm.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='kept for, months')),
                    ('active_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                    ('active_until', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Asked once a year whether it is still needed. Empty: operations.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers for it')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.fieldentry')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FieldReview',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('field', models.SlugField(db_index=False, max_length=60, verbose_name='field')),
                    ('outcome', models.CharField(choices=[('kept', 'Kept'), ('retired', 'Retired')], max_length=7, verbose_name='outcome')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('facts', models.JSONField(default=dict)),
                    ('reviewed_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='looked at')),
                    ('reviewed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'yearly look at a field',
                    'verbose_name_plural': 'yearly looks at fields',
                    'ordering': ['-reviewed_on', '-id'],
                    'indexes': [models.Index(fields=['field', '-reviewed_on'], name='clients_fieldreview_newest')],
                },
            ),
            migrations.CreateModel(
                name='Firm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('time_zone', models.CharField(default='America/New_York', max_length=64, validators=[clients.models.people.validate_time_zone], verbose_name='time zone')),
                    ('country', models.CharField(default='US', help_text='Two letters; decides the public holidays.', max_length=2, verbose_name='country')),
                    ('subdivision', models.CharField(blank=True, help_text='For holidays of a state, for example NY.', max_length=6, verbose_name='state or province')),
                    ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                    ('postal_address', models.TextField(blank=True, verbose_name='postal address')),
                    ('opens_at', models.TimeField(default=datetime.time(9, 0), help_text='Business hours count from here, on working days.', verbose_name='office opens')),
                    ('closes_at', models.TimeField(default=datetime.time(17, 0), verbose_name='office closes')),
                    ('digest_hour', models.PositiveSmallIntegerField(default=7, help_text="In each person's own time zone.", validators=[django.core.validators.MaxValueValidator(23)], verbose_name='hour of the morning e-mail')),
                    ('escalate_after_days', models.PositiveSmallIntegerField(default=5, help_text='Work so many days past its window is reported to operations.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='escalate after, days')),
                    ('set_up_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='set up')),
                ],
                options={
                    'verbose_name': 'firm',
                    'verbose_name_plural': 'firm',
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='clients_firm_is_one'), models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='clients_firm_opens_before_it_closes', violation_error_message='The office must open before it closes.')],
                },
            ),
            migrations.CreateModel(
                name='FormerNumber',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(db_collation='C', max_length=64, unique=True, verbose_name='client number')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_numbers', to='clients.client')),
                ],
                options={
                    'verbose_name': 'former number',
                    'verbose_name_plural': 'former numbers',
                },
            ),
            migrations.CreateModel(
                name='ImportBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('clients', 'Clients'), ('revenue', 'Revenue'), ('touches', 'Touches')], max_length=10, verbose_name='kind')),
                    ('state', models.CharField(choices=[('preview', 'Preview'), ('applied', 'Applied'), ('undone', 'Undone')], max_length=10, verbose_name='state')),
                    ('file_name', models.CharField(max_length=255, verbose_name='file')),
                    ('upload', models.FileField(blank=True, max_length=120, storage=clients.models.imports.private_storage, upload_to=clients.models.imports.random_name, verbose_name='stored upload')),
                    ('format', models.CharField(default='native', max_length=12, verbose_name='format')),
                    ('mapping', models.JSONField(blank=True, default=list, verbose_name='columns')),
                    ('preview', models.JSONField(blank=True, default=dict, help_text='What the preview page shows; emptied when the import is applied.')),
                    ('rows', models.PositiveIntegerField(default=0, verbose_name='records')),
                    ('created', models.PositiveIntegerField(default=0, verbose_name='created')),
                    ('updated', models.PositiveIntegerField(default=0, verbose_name='updated')),
                    ('unchanged', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                    ('rejected', models.PositiveIntegerField(default=0, verbose_name='rejected')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded')),
                    ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied')),
                    ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'import',
                    'verbose_name_plural': 'imports',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='ImportedRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table', models.CharField(choices=[('tag', 'Behavioral trigger'), ('member', 'Member'), ('team', 'Service team'), ('touch', 'Touch'), ('revenue', 'Revenue'), ('client', 'Client')], max_length=8)),
                    ('record_id', models.BigIntegerField()),
                    ('before', models.JSONField(null=True)),
                    ('after_hash', models.BigIntegerField(null=True)),
                    ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='records', to='clients.importbatch')),
                ],
                options={
                    'verbose_name': 'imported record',
                    'verbose_name_plural': 'imported records',
                },
            ),
            migrations.CreateModel(
                name='Job',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('task', models.CharField(max_length=80, verbose_name='task')),
                    ('title', models.CharField(max_length=160, verbose_name='title')),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('working', 'Working'), ('done', 'Done'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10, verbose_name='state')),
                    ('step', models.CharField(blank=True, default='', max_length=160, verbose_name='step')),
                    ('done', models.PositiveSmallIntegerField(default=0, verbose_name='parts done')),
                    ('total', models.PositiveSmallIntegerField(default=1, verbose_name='parts')),
                    ('error', models.TextField(blank=True, default='', verbose_name='error')),
                    ('result_url', models.CharField(blank=True, default='', max_length=300, verbose_name='result')),
                    ('queued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='queued')),
                    ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                    ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'job',
                    'verbose_name_plural': 'jobs',
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'working', 'done', 'failed'])), name='clients_job_state_known')],
                },
            ),
            migrations.CreateModel(
                name='Member',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('relation', models.CharField(blank=True, max_length=40, verbose_name='relation')),
                    ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('external_id', models.CharField(blank=True, db_collation='C', max_length=64, verbose_name='number in the CRM')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='clients.client')),
                ],
                options={
                    'verbose_name': 'member',
                    'verbose_name_plural': 'members',
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('client', 'external_id'), name='clients_member_once')],
                },
            ),
            migrations.CreateModel(
                name='ChannelOptOutEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'Text messages'), ('phone', 'Phone'), ('post', 'Post')], max_length=5, verbose_name='channel')),
                    ('address', models.CharField(blank=True, default='', max_length=254, verbose_name='address')),
                    ('since', models.DateTimeField(verbose_name='since')),
                    ('how', models.CharField(choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter'), ('reply', 'By a reply to a message'), ('link', 'By the link in a message')], max_length=10, verbose_name='how')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='note')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                    ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted')),
                    ('lifted_how', models.CharField(blank=True, choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter'), ('reply', 'By a reply to a message'), ('link', 'By the link in a message')], default='', max_length=10, verbose_name='how it was lifted')),
                    ('lifted_note', models.CharField(blank=True, default='', max_length=300, verbose_name='why it was lifted')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client')),
                    ('lifted_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.channeloptout')),
                    ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('member', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.member', verbose_name='person')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='clients_cha_client__33cdfb_idx')],
                },
            ),
            migrations.CreateModel(
                name='MemberEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('relation', models.CharField(blank=True, max_length=40, verbose_name='relation')),
                    ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('external_id', models.CharField(blank=True, db_collation='C', max_length=64, verbose_name='number in the CRM')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.member')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='clients_mem_client__c075ef_idx')],
                },
            ),
            migrations.CreateModel(
                name='MergedRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table', models.CharField(max_length=63)),
                    ('record_id', models.BigIntegerField()),
                    ('before', models.JSONField(null=True)),
                    ('merge', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='clients.clientmerge')),
                ],
                options={
                    'verbose_name': 'moved row',
                    'verbose_name_plural': 'moved rows',
                    'constraints': [models.UniqueConstraint(fields=('merge', 'table', 'record_id'), name='clients_mergedrow_once')],
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.CharField(max_length=300, verbose_name='text')),
                    ('url', models.CharField(blank=True, max_length=300, verbose_name='page')),
                    ('key', models.CharField(help_text='What it is about; the same is not told twice.', max_length=120)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                    ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='seen')),
                    ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'notice',
                    'verbose_name_plural': 'notices',
                    'indexes': [models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['user', '-created_at'], name='clients_notice_unseen'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['key'], name='clients_notice_unseen_key')],
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='clients_notice_once')],
                },
            ),
            migrations.CreateModel(
                name='PermissionAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('answer', models.CharField(choices=[('not_asked', 'Not asked'), ('asked', 'Asked'), ('granted', 'Granted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10, verbose_name='answer')),
                    ('on', models.DateField(null=True, verbose_name='answered on')),
                    ('how', models.CharField(blank=True, choices=[('in_person', 'In person'), ('phone', 'By phone'), ('email', 'By e-mail'), ('letter', 'By letter')], default='', max_length=10, verbose_name='how')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='note')),
                    ('script', models.CharField(blank=True, default='', max_length=200, verbose_name='script')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                    ('source', models.CharField(choices=[('person', 'Recorded by a person'), ('file', 'Came with a file'), ('file_undone', 'A file was taken back'), ('merge', 'Two records became one, or were parted'), ('command', 'Set by a command'), ('database', 'Set directly in the database')], db_default='database', default='person', max_length=12)),
                    ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='permission_answers', to='clients.client')),
                    ('recorded_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'answer about permission',
                    'verbose_name_plural': 'answers about permission',
                    'ordering': ['-id'],
                    'indexes': [models.Index(fields=['client', '-id'], name='clients_answer_by_client')],
                },
            ),
            migrations.CreateModel(
                name='ClientEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('external_id', models.CharField(db_collation='C', help_text="The client's key in the CRM and in every file.", max_length=64, verbose_name='client number')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('status', models.CharField(choices=[('prospect', 'Prospect'), ('active', 'Active'), ('paused', 'Paused'), ('former', 'Former')], default='active', max_length=10, verbose_name='status')),
                    ('client_since', models.DateField(blank=True, null=True, verbose_name='client since')),
                    ('permission', models.CharField(choices=[('not_asked', 'Not asked'), ('asked', 'Asked'), ('granted', 'Granted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='not_asked', max_length=10, verbose_name='permission')),
                    ('assets_under_management', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name='assets under management')),
                    ('investable_assets', models.DecimalField(blank=True, decimal_places=2, help_text='What the firm manages as a part of it is the share of wallet.', max_digits=16, null=True, verbose_name='investable assets, here and elsewhere')),
                    ('expected_years', models.PositiveSmallIntegerField(blank=True, help_text='With the yearly profit it gives the lifetime value.', null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='years expected to stay')),
                    ('potential_revenue', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='potential revenue a year')),
                    ('growth_potential', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='growth potential')),
                    ('alignment', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='alignment')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                    ('attention_constraint', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.attentionconstraint', verbose_name='attention constraint')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.client')),
                    ('complexity_driver', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.complexitydriver', verbose_name='complexity driver')),
                    ('income_structure', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.incomestructure', verbose_name='income structure')),
                    ('persona', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.persona', verbose_name='persona')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['pgh_obj'], name='clients_cli_pgh_obj_5ba351_idx')],
                },
            ),
            migrations.CreateModel(
                name='RatingMeaning',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rated', models.CharField(choices=[('growth_potential', 'Growth potential'), ('alignment', 'Alignment')], max_length=20, verbose_name='what is rated')),
                    ('rating', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating')),
                    ('meaning', models.CharField(max_length=160, verbose_name='meaning')),
                    ('example', models.TextField(blank=True, verbose_name='example')),
                ],
                options={
                    'verbose_name': 'rating in the rubric',
                    'verbose_name_plural': 'ideal client rubric',
                    'ordering': ['rated', '-rating'],
                    'constraints': [models.UniqueConstraint(fields=('rated', 'rating'), name='clients_ratingmeaning_once'), models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='clients_ratingmeaning_1_to_5')],
                },
            ),
            migrations.CreateModel(
                name='Revenue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('date', models.DateField(verbose_name='date')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                    ('source', models.CharField(blank=True, max_length=40, verbose_name='source')),
                    ('source_id', models.CharField(blank=True, max_length=64, verbose_name='number in the source')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revenue', to='clients.client')),
                ],
                options={
                    'verbose_name': 'revenue',
                    'verbose_name_plural': 'revenue',
                    'indexes': [models.Index(fields=['client', 'date'], include=('amount',), name='clients_revenue_by_client')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('source_id', ''), _negated=True), fields=('source', 'source_id'), name='clients_revenue_by_source_id'), models.UniqueConstraint(condition=models.Q(('source_id', '')), fields=('client', 'date', 'source'), name='clients_revenue_by_client_date')],
                },
            ),
            migrations.CreateModel(
                name='SavedFilter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('query', models.CharField(max_length=2000)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'saved filter',
                    'verbose_name_plural': 'saved filters',
                    'ordering': ['name'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'name'), name='clients_savedfilter_name_once')],
                },
            ),
            migrations.CreateModel(
                name='SweepRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('task', models.CharField(max_length=80, verbose_name='task')),
                    ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                    ('counts', models.JSONField(blank=True, default=dict, verbose_name='counts')),
                    ('error', models.TextField(blank=True, default='', verbose_name='error')),
                ],
                options={
                    'verbose_name': 'run of scheduled work',
                    'verbose_name_plural': 'runs of scheduled work',
                    'indexes': [models.Index(fields=['task', '-started_at'], name='clients_sweep_by_task')],
                },
            ),
            migrations.CreateModel(
                name='TeamMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team', to='clients.client')),
                    ('role', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.servicerole')),
                    ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='team_memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'service team member',
                    'verbose_name_plural': 'service team',
                    'indexes': [models.Index(fields=['user', 'client'], name='clients_team_by_user')],
                    'constraints': [models.UniqueConstraint(fields=('client', 'role'), name='clients_team_one_person_a_role')],
                },
            ),
            migrations.CreateModel(
                name='TeamMemberEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.teammember')),
                    ('role', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.servicerole')),
                    ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='clients_tea_client__b9d6a0_idx')],
                },
            ),
            migrations.CreateModel(
                name='TimeEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('spent_on', models.DateField(verbose_name='date')),
                    ('minutes', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes')),
                    ('activity', models.CharField(blank=True, max_length=160, verbose_name='what for')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='time_entries', to='clients.client')),
                    ('role', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='clients.servicerole', verbose_name='role')),
                ],
                options={
                    'verbose_name': 'time spent',
                    'verbose_name_plural': 'time spent',
                    'indexes': [models.Index(fields=['client', 'spent_on'], name='clients_time_by_client'), models.Index(fields=['by', 'spent_on'], name='clients_time_by_person')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='clients_time_takes_time')],
                },
            ),
            migrations.CreateModel(
                name='Touch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('occurred_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                    ('occurred_on', models.DateField(editable=False, verbose_name='date')),
                    ('outcome', models.CharField(choices=[('reached', 'Reached'), ('attempted', 'Attempted')], max_length=10, verbose_name='outcome')),
                    ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                    ('note', models.TextField(blank=True, verbose_name='note')),
                    ('source', models.CharField(blank=True, max_length=40, verbose_name='source')),
                    ('source_id', models.CharField(blank=True, max_length=64, verbose_name='number in the source')),
                    ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='clients.client')),
                    ('role', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='clients.servicerole', verbose_name='role')),
                    ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='clients.touchkind', verbose_name='kind')),
                ],
                options={
                    'verbose_name': 'touch',
                    'verbose_name_plural': 'touches',
                    'indexes': [models.Index(fields=['client', 'occurred_on'], name='clients_touch_by_client')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('source_id', ''), _negated=True), fields=('source', 'source_id'), name='clients_touch_by_source_id'), models.UniqueConstraint(condition=models.Q(('source_id', '')), fields=('client', 'occurred_at', 'kind'), name='clients_touch_by_client_moment')],
                },
            ),
            migrations.CreateModel(
                name='BulkBehavioralRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('given', models.BigIntegerField()),
                    ('previous', models.BigIntegerField(null=True)),
                    ('change', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='behavioral_rows', to='clients.bulkchange')),
                    ('tag', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.behavioraltag')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('change', 'tag'), name='clients_bulkbehavioralrow_once')],
                },
            ),
            migrations.CreateModel(
                name='BehavioralTagEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='clients.client')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.behavioraltag')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='clients_beh_client__70b4e1_idx')],
                },
            ),
            migrations.CreateModel(
                name='ClientSummary',
                fields=[
                    ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='summary', serialize=False, to='clients.client')),
                    ('tier_position', models.PositiveSmallIntegerField(null=True)),
                    ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('scored_on', models.DateField(null=True)),
                    ('last_touch_on', models.DateField(null=True)),
                    ('next_due_on', models.DateField(null=True)),
                    ('late_after', models.DateField(help_text='The earliest window end of the open tasks.', null=True)),
                    ('open_tasks', models.PositiveSmallIntegerField(db_default=0, default=0)),
                    ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                ],
                options={
                    'verbose_name': 'client summary',
                    'verbose_name_plural': 'client summaries',
                    'indexes': [models.Index(fields=['tier_position', 'client'], name='clients_summary_by_tier'), models.Index(fields=['score', 'client'], name='clients_summary_by_score'), models.Index(fields=['next_due_on', 'client'], name='clients_summary_by_due'), models.Index(fields=['last_touch_on', 'client'], name='clients_summary_by_touch'), models.Index(fields=['late_after'], name='clients_summary_late')],
                },
            ),
            migrations.CreateModel(
                name='BulkChangeRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('previous', models.BigIntegerField(null=True)),
                    ('change', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='clients.bulkchange')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('change', 'client'), name='clients_bulkchangerow_once')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fieldentry',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_fieldentryevent" ("active_from", "active_until", "field", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "retention_months") SELECT new_values."active_from", new_values."active_until", new_values."field", new_values."id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."reason", new_values."retention_months" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9222f827d9c9c10a0ebcd8c97c131cc0c367a842', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e20f2', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_fieldentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fieldentry',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_fieldentryevent" ("active_from", "active_until", "field", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "retention_months") SELECT new_values."active_from", new_values."active_until", new_values."field", new_values."id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purpose", new_values."reason", new_values."retention_months" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ea8ec6aa3eed222f62bc0a083b646bcbc8518248', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f398b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_fieldentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='fieldentry',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_fieldentryevent" ("active_from", "active_until", "field", "id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "retention_months") SELECT old_values."active_from", old_values."active_until", old_values."field", old_values."id", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."reason", old_values."retention_months" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e08f70c568c87f10fb2eae2f5693f3d949fbdd57', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4f844', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_fieldentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='member',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_memberevent" ("birth_date", "client_id", "email", "external_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") SELECT new_values."birth_date", new_values."client_id", new_values."email", new_values."external_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."relation" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fb2249cd1703355626ea7349648e4af9d96208ec', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6cb79', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_member', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='member',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_memberevent" ("birth_date", "client_id", "email", "external_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") SELECT new_values."birth_date", new_values."client_id", new_values."email", new_values."external_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."relation" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='43d6ba1a1791ddf87c7637f70fd400cf781e6d93', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_64d02', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_member', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='member',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_memberevent" ("birth_date", "client_id", "email", "external_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation") SELECT old_values."birth_date", old_values."client_id", old_values."email", old_values."external_id", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."relation" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='66a208bf2f159e594b8cbbecbec8eb6b1bec5672', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4ad7b', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_member', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='fb8dd74f3220f8f98a72b25b57ec70d03e55b299', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_fec9f', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='c45275bc9dbb7f2cb3f629cecb0644aa4f5c64e4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_7aa48', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='8f125254b98fd7ba79a9d241574bfce61c5a0194', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_0beed', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_channeloptoutevent" ("address", "channel", "client_id", "how", "id", "lifted_at", "lifted_by_id", "lifted_how", "lifted_note", "member_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "since") SELECT new_values."address", new_values."channel", new_values."client_id", new_values."how", new_values."id", new_values."lifted_at", new_values."lifted_by_id", new_values."lifted_how", new_values."lifted_note", new_values."member_id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."since" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='07075b886263aecdc9f0382ecb44d627858ae0b4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_2f5d8', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_channeloptoutevent" ("address", "channel", "client_id", "how", "id", "lifted_at", "lifted_by_id", "lifted_how", "lifted_note", "member_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "since") SELECT new_values."address", new_values."channel", new_values."client_id", new_values."how", new_values."id", new_values."lifted_at", new_values."lifted_by_id", new_values."lifted_how", new_values."lifted_note", new_values."member_id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."since" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a39d7ae8f29391613ba15aa653045d6530b21eae', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c6b94', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='channeloptout',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_channeloptoutevent" ("address", "channel", "client_id", "how", "id", "lifted_at", "lifted_by_id", "lifted_how", "lifted_note", "member_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "since") SELECT old_values."address", old_values."channel", old_values."client_id", old_values."how", old_values."id", old_values."lifted_at", old_values."lifted_by_id", old_values."lifted_how", old_values."lifted_note", old_values."member_id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."recorded_at", old_values."recorded_by_id", old_values."since" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5099fba08737417073c7a4cc394d011023accc05', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_09dd2', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_channeloptout', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='permissionanswer',
                trigger=pgtrigger.compiler.Trigger(name='answer_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - 'client_id' = to_jsonb(OLD) - 'client_id' THEN RETURN NEW; END IF;\n                    RAISE EXCEPTION 'An answer about permission stays as it was given.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_answer_stays';\n                ", hash='761cb0c63730174526d56d8a9abba99bd6e9e38b', operation='UPDATE', pgid='pgtrigger_answer_stays_df30e', table='clients_permissionanswer', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='first_answer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO clients_permissionanswer (client_id, answer, how, note, script, recorded_by_id, recorded_at, source)\n        SELECT n.id, n.permission, '', '', '', (said.context ->> 'user')::bigint, now(), \n    CASE WHEN said.context ? 'import_file' THEN 'file'\n        WHEN said.context ? 'undoes_import' THEN 'file_undone'\n        WHEN said.context ? 'client_merge' OR said.context ? 'client_split' THEN 'merge'\n        WHEN said.context ? 'command' THEN 'command'\n        WHEN said.context ->> 'user' IS NOT NULL THEN 'person'\n        ELSE 'database' END\n\n        FROM new_rows n, (SELECT nullif(current_setting('pghistory.context_metadata', true), '')::jsonb AS context) said WHERE n.permission <> 'not_asked';\n        RETURN NULL;\n    ", hash='342a65557265aa5e26d9c70c9b1c38a4bf619a0e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_first_answer_818aa', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='erase_behavioral_tag', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        WITH changed AS MATERIALIZED (\n            SELECT n.id, o.permission AS was, n.permission AS answer\n            FROM new_rows n FULL JOIN old_rows o USING (id) WHERE n.permission IS DISTINCT FROM o.permission\n        ), said AS (\n            SELECT nullif(current_setting('pghistory.context_metadata', true), '')::jsonb AS context\n        ), answered AS (\n            INSERT INTO clients_permissionanswer (client_id, answer, how, note, script, recorded_by_id, recorded_at, source)\n            SELECT c.id, c.answer, '', '', '', (said.context ->> 'user')::bigint, now(), \n    CASE WHEN said.context ? 'import_file' THEN 'file'\n        WHEN said.context ? 'undoes_import' THEN 'file_undone'\n        WHEN said.context ? 'client_merge' OR said.context ? 'client_split' THEN 'merge'\n        WHEN said.context ? 'command' THEN 'command'\n        WHEN said.context ->> 'user' IS NOT NULL THEN 'person'\n        ELSE 'database' END\n FROM changed c, said\n            WHERE c.answer IS DISTINCT FROM (\n                SELECT a.answer FROM clients_permissionanswer a\n                WHERE a.client_id = c.id ORDER BY a.id DESC LIMIT 1\n            )\n        ), erased AS (\n            DELETE FROM clients_behavioraltag t USING changed c\n            WHERE t.client_id = c.id AND c.was = 'granted'\n        )\n        INSERT INTO clients_erasure (client_id, answer, at, by_id, places)\n        SELECT c.id, c.answer, now(), (said.context ->> 'user')::bigint, jsonb_strip_nulls(jsonb_build_object(\n            'record', (SELECT nullif(count(*), 0) FROM clients_behavioraltag t WHERE t.client_id = c.id),\n            'bulk', (SELECT nullif(count(*), 0) FROM clients_bulkbehavioralrow r WHERE r.tag_id = c.id)\n        ))\n        FROM changed c, said WHERE c.was = 'granted';\n        RETURN NULL;\n    ", hash='2fe02ff1213c56cb98c8dd6a06ab25d1ac104384', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_erase_behavioral_tag_03c88', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='summary_for_each', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO clients_clientsummary (client_id, open_tasks) SELECT id, 0 FROM new_rows; RETURN NULL;', hash='c58b3b571f90ab7282343483b0e9f1837d653a29', level='STATEMENT', operation='INSERT', pgid='pgtrigger_summary_for_each_dfd61', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT id id FROM new_rows) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='b3cf0257e3dd72ec4064a57743ea011fc53407ff', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_08cdf', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT id id FROM (SELECT n.id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.status, o.potential_revenue, o.growth_potential, o.alignment, o.client_since, o.assets_under_management, o.investable_assets, o.expected_years) IS DISTINCT FROM (n.status, n.potential_revenue, n.growth_potential, n.alignment, n.client_since, n.assets_under_management, n.investable_assets, n.expected_years) UNION SELECT o.id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.status, o.potential_revenue, o.growth_potential, o.alignment, o.client_since, o.assets_under_management, o.investable_assets, o.expected_years) IS DISTINCT FROM (n.status, n.potential_revenue, n.growth_potential, n.alignment, n.client_since, n.assets_under_management, n.investable_assets, n.expected_years)) u) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='77632a33c9f39097fe1b54551959eaa036d025ba', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_cae0e', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT id id FROM old_rows) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='5e6783aba9e4b1d05fac71c8bdfe1e2dba0faff7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_7b39c', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='note_tags', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT id id FROM (SELECT n.id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.persona_id, o.complexity_driver_id, o.attention_constraint_id, o.income_structure_id) IS DISTINCT FROM (n.persona_id, n.complexity_driver_id, n.attention_constraint_id, n.income_structure_id) UNION SELECT o.id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.persona_id, o.complexity_driver_id, o.attention_constraint_id, o.income_structure_id) IS DISTINCT FROM (n.persona_id, n.complexity_driver_id, n.attention_constraint_id, n.income_structure_id)) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='ea3374f972c17a18690c540843a5614daa37579e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_tags_37184', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("alignment", "assets_under_management", "attention_constraint_id", "client_since", "complexity_driver_id", "created_at", "email", "expected_years", "external_id", "growth_potential", "id", "income_structure_id", "investable_assets", "name", "permission", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential_revenue", "status") SELECT new_values."alignment", new_values."assets_under_management", new_values."attention_constraint_id", new_values."client_since", new_values."complexity_driver_id", new_values."created_at", new_values."email", new_values."expected_years", new_values."external_id", new_values."growth_potential", new_values."id", new_values."income_structure_id", new_values."investable_assets", new_values."name", new_values."permission", new_values."persona_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."potential_revenue", new_values."status" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1b416ad0062526bf624659326d98e6022701c1f7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a5391', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("alignment", "assets_under_management", "attention_constraint_id", "client_since", "complexity_driver_id", "created_at", "email", "expected_years", "external_id", "growth_potential", "id", "income_structure_id", "investable_assets", "name", "permission", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential_revenue", "status") SELECT new_values."alignment", new_values."assets_under_management", new_values."attention_constraint_id", new_values."client_since", new_values."complexity_driver_id", new_values."created_at", new_values."email", new_values."expected_years", new_values."external_id", new_values."growth_potential", new_values."id", new_values."income_structure_id", new_values."investable_assets", new_values."name", new_values."permission", new_values."persona_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."potential_revenue", new_values."status" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e7f62cc76abfe1eb41f7a1f66a914f48db185fd1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_757e7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='client',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("alignment", "assets_under_management", "attention_constraint_id", "client_since", "complexity_driver_id", "created_at", "email", "expected_years", "external_id", "growth_potential", "id", "income_structure_id", "investable_assets", "name", "permission", "persona_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "potential_revenue", "status") SELECT old_values."alignment", old_values."assets_under_management", old_values."attention_constraint_id", old_values."client_since", old_values."complexity_driver_id", old_values."created_at", old_values."email", old_values."expected_years", old_values."external_id", old_values."growth_potential", old_values."id", old_values."income_structure_id", old_values."investable_assets", old_values."name", old_values."permission", old_values."persona_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."potential_revenue", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='dab3dc11033ddc12cd61cdf378603fc8f137eee1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f8895', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_client', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revenue',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='155d16f780a7cf94fb65843fa1cb16adb82f2567', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_e74d2', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_revenue', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revenue',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='2125c237229bbafd62f1e31ae2242e944bd5368e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_baac5', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_revenue', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revenue',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='74389648421353a8f65b403b4e15a150db2a7d73', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_6d1b5', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_revenue', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='3f0e47dea673bb9b66d14213097f8c98e5f19513', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_7baaf', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='1198e41a8b94869130d53146e0c12c28338d867c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_88673', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='31e067a1a43962f66ca7771df0eb20424736e082', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_ae14d', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_teammemberevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "user_id") SELECT new_values."client_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role_id", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f1d6ac8f9bc38fc7a7f81398a5597e0a671fec7b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d530b', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_teammemberevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "user_id") SELECT new_values."client_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role_id", new_values."user_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1358aa6dd8321dd4934dd74339d3de85e3898d3f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_44ed9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teammember',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_teammemberevent" ("client_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role_id", "user_id") SELECT old_values."client_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role_id", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7f1c98673cdcc72914a57b4be6722d8d0bbf6cd5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_94b06', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_teammember', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeentry',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='8014823652002a8e6c85946ed8ed33269f6795d7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_ed5c4', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_timeentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeentry',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='193f69d9dd3b3a4e71520162cfa58dbdef32f45d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_c6d00', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_timeentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeentry',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('facts')) k(kind); RETURN NULL;", hash='e62cb74ad91f42e3491ddda8f6cbce3d66696d0d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_e9a0d', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_timeentry', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='touch',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='ec130cd19719fb708f7a5c2da5b0229634cbf649', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_0ecb8', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_touch', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='touch',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='a5f2fbb3fed0f8c64b4384905956e9210cc39a6e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_e1c67', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_touch', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='touch',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('facts'), ('service')) k(kind); RETURN NULL;", hash='5560aa6821c112094592dd0e2cc4c66962f803eb', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_c5d20', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_touch', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='needs_permission_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM clients_client c JOIN new_rows n ON n.client_id = c.id FOR SHARE OF c;\n    IF EXISTS (\n        SELECT 1 FROM new_rows n JOIN clients_client c ON c.id = n.client_id WHERE c.permission <> 'granted'\n    ) THEN\n        RAISE EXCEPTION 'A behavioral trigger is stored only while permission is granted.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'clients_behavioral_needs_permission';\n    END IF;\n    RETURN NULL;\n", hash='39664a23e74a931d553df92999b8833c13993d80', level='STATEMENT', operation='INSERT', pgid='pgtrigger_needs_permission_insert_b4926', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='needs_permission_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM clients_client c JOIN new_rows n ON n.client_id = c.id FOR SHARE OF c;\n    IF EXISTS (\n        SELECT 1 FROM new_rows n JOIN clients_client c ON c.id = n.client_id WHERE c.permission <> 'granted'\n    ) THEN\n        RAISE EXCEPTION 'A behavioral trigger is stored only while permission is granted.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'clients_behavioral_needs_permission';\n    END IF;\n    RETURN NULL;\n", hash='1665ef6f9967184f749900c8d5441a84e50e7247', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_needs_permission_update_8a9c0', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='92c2b0594fe3952f7008942f8aa8b37bd463f054', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_1b9db', referencing='REFERENCING NEW TABLE AS new_rows ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (client_id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (client_id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='0c2216a21801866af1e3d6527038afb98862951a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_c068e', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='06c98da0b1f6b78a4a612811ccb9358a3c810e48', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_ee59a', referencing='REFERENCING OLD TABLE AS old_rows ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_behavioraltagevent" ("client_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."client_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."client_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d1a594595599c3a249b49296c3d8984855288513', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e58ad', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_behavioraltagevent" ("client_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."client_id", _pgh_attached_context.value, NOW(), \'update\', new_values."client_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."client_id") = (new_values."client_id") WHERE (old_values."client_id" IS DISTINCT FROM (new_values."client_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='36ddc90b875197d01a7ae74a612e0583834dd876', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f10f1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_behavioraltag', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='behavioraltag',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_behavioraltagevent" ("client_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."client_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."client_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7a01587579f04dd7ed55865811b26cc3790992c6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ccfdf', referencing='REFERENCING OLD TABLE AS old_values ', table='clients_behavioraltag', when='AFTER')),
            ),
        ]),
        migrations.RunSQL(CASCADE, NO_CASCADE),
        migrations.RunSQL(ROWS_A_CLIENT.format(table="clients_touch"), NO_ROWS_A_CLIENT.format(table="clients_touch")),
        migrations.RunSQL(ROWS_A_CLIENT.format(table="clients_revenue"), NO_ROWS_A_CLIENT.format(table="clients_revenue")),
        migrations.RunPython(_shipped.ship, migrations.RunPython.noop),
    ]
