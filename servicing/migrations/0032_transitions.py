"""Transitions: cases, their stages, and what ships with them. Tiers given so far open no case."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce, follow_deletes
from servicing.migrations._shipped_transitions import ship_transitions


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('personas', '0009_equity'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0031_audit_of_rules_promises_and_closing_days'),
        ('tiers', '0001_squashed_0008_match_old_and_new_rows_at_any_size'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='LeavingReason',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Used in files and rules. It stays when the label changes.', unique=True, verbose_name='code')),
                    ('label', models.CharField(max_length=80, verbose_name='label')),
                    ('changes', models.TextField(blank=True, help_text='What the firm does differently for a client with this value. Shown beside the dropdown.', verbose_name='what it changes')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired_at', models.DateTimeField(blank=True, help_text='A retired value stays on the clients that have it and can no longer be chosen.', null=True, verbose_name='retired')),
                ],
                options={
                    'verbose_name': 'reason for leaving',
                    'verbose_name_plural': 'reasons for leaving',
                    'ordering': ['position', 'label'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='TransitionSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('days_by_old_standard', models.PositiveSmallIntegerField(default=0, help_text="For so many days after a tier falls service continues by the old tier's standard, while nobody has given a date. A person's date goes before it. From 0 to 730.", validators=[django.core.validators.MaxValueValidator(730)], verbose_name='days by the old standard')),
                    ('cases_after', models.BigIntegerField(default=0, editable=False, help_text='Tiers given before transitions were kept open no case.')),
                ],
                options={
                    'verbose_name': 'transition settings',
                    'verbose_name_plural': 'transition settings',
                    'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='servicing_transitionsettings_one_row'), models.CheckConstraint(condition=models.Q(('days_by_old_standard__lte', 730)), name='servicing_transitionsettings_days')],
                },
            ),
            migrations.CreateModel(
                name='TransitionSettingsEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('days_by_old_standard', models.PositiveSmallIntegerField(default=0, help_text="For so many days after a tier falls service continues by the old tier's standard, while nobody has given a date. A person's date goes before it. From 0 to 730.", validators=[django.core.validators.MaxValueValidator(730)], verbose_name='days by the old standard')),
                    ('cases_after', models.BigIntegerField(default=0, editable=False, help_text='Tiers given before transitions were kept open no case.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.transitionsettings')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='TransitionStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('route', models.CharField(blank=True, choices=[('fee', 'Fee adjustment'), ('referral', 'Referral'), ('digital', 'Lighter digital service')], max_length=8, verbose_name='route')),
                    ('step', models.CharField(choices=[('decide', 'Choose the way'), ('prepare', 'Prepare'), ('talk', 'Talk with the client'), ('agree', 'Agree'), ('carry_out', 'Carry out'), ('close', 'Record the outcome')], max_length=9, verbose_name='stage')),
                    ('title', models.CharField(help_text='As it stands in the queue.', max_length=120, verbose_name='task')),
                    ('purpose', models.TextField(blank=True, verbose_name='what is done')),
                    ('days', models.PositiveSmallIntegerField(default=14, help_text='Due so many days after the stage began. From 1 to 365.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days')),
                    ('minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='planned minutes')),
                    ('role', models.ForeignKey(blank=True, help_text='Scripts for this role are offered; empty: for every role.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.servicerole', verbose_name='who speaks')),
                    ('situation', models.ForeignKey(blank=True, help_text='Its approved scripts are offered at this stage.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'verbose_name': 'stage of a transition',
                    'verbose_name_plural': 'stages of transitions',
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('route', 'step'), name='servicing_transitionstep_once'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 365)), name='servicing_transitionstep_days'), models.CheckConstraint(condition=models.Q(models.Q(('route', ''), ('step__in', ['decide', 'close'])), models.Q(models.Q(('route', ''), _negated=True), models.Q(('step__in', ['decide', 'close']), _negated=True)), _connector='OR'), name='servicing_transitionstep_route')],
                },
            ),
            migrations.CreateModel(
                name='TransitionStepEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('route', models.CharField(blank=True, choices=[('fee', 'Fee adjustment'), ('referral', 'Referral'), ('digital', 'Lighter digital service')], max_length=8, verbose_name='route')),
                    ('step', models.CharField(choices=[('decide', 'Choose the way'), ('prepare', 'Prepare'), ('talk', 'Talk with the client'), ('agree', 'Agree'), ('carry_out', 'Carry out'), ('close', 'Record the outcome')], max_length=9, verbose_name='stage')),
                    ('title', models.CharField(help_text='As it stands in the queue.', max_length=120, verbose_name='task')),
                    ('purpose', models.TextField(blank=True, verbose_name='what is done')),
                    ('days', models.PositiveSmallIntegerField(default=14, help_text='Due so many days after the stage began. From 1 to 365.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days')),
                    ('minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='planned minutes')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.transitionstep')),
                    ('role', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Scripts for this role are offered; empty: for every role.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.servicerole', verbose_name='who speaks')),
                    ('situation', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Its approved scripts are offered at this stage.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.situation', verbose_name='situation')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Transition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(choices=[('tier', 'Another tier fits the data'), ('fit', 'Another service fits better'), ('wish', "Client's wish"), ('leaving', 'The client leaves the firm'), ('other', 'Other')], default='tier', max_length=8, verbose_name='why')),
                    ('reason_text', models.CharField(blank=True, max_length=500, verbose_name='explanation')),
                    ('opened_on', models.DateField(verbose_name='opened')),
                    ('touched', models.BooleanField(default=False)),
                    ('until', models.DateField(blank=True, help_text="Until the day before, the client is served by the old tier's standard.", null=True, verbose_name='new standard from')),
                    ('route', models.CharField(blank=True, choices=[('fee', 'Fee adjustment'), ('referral', 'Referral'), ('digital', 'Lighter digital service')], max_length=8, verbose_name='route')),
                    ('step', models.CharField(choices=[('decide', 'Choose the way'), ('prepare', 'Prepare'), ('talk', 'Talk with the client'), ('agree', 'Agree'), ('carry_out', 'Carry out'), ('close', 'Record the outcome')], default='decide', max_length=9, verbose_name='stage')),
                    ('number', models.PositiveSmallIntegerField(default=1, help_text='Of the stage at work.')),
                    ('due_on', models.DateField(null=True, verbose_name='stage due')),
                    ('old_fee', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='old fee, a year')),
                    ('new_fee', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='new fee, a year')),
                    ('notice_on', models.DateField(blank=True, null=True, verbose_name='notice given')),
                    ('referred_to', models.CharField(blank=True, max_length=160, verbose_name='referred to')),
                    ('digital_service', models.CharField(blank=True, max_length=160, verbose_name='digital service')),
                    ('consent_by', models.CharField(blank=True, max_length=120, verbose_name='consent given by')),
                    ('consent_on', models.DateField(blank=True, null=True, verbose_name='consent given')),
                    ('consent_how', models.CharField(blank=True, choices=[('signed', 'Signed form'), ('email', 'By e-mail'), ('phone', 'By telephone'), ('in_person', 'In person'), ('video', 'By video')], max_length=10, verbose_name='how consent was given')),
                    ('outcome', models.CharField(blank=True, choices=[('agreed', 'Agreed'), ('exception', 'Stays, with an exception'), ('referred', 'Referred'), ('left', 'Left the firm'), ('not_needed', 'Not needed any more')], max_length=10, verbose_name='outcome')),
                    ('outcome_text', models.CharField(blank=True, max_length=500, verbose_name='how it ended')),
                    ('closed_on', models.DateField(null=True, verbose_name='closed')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('assignment', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tiers.tierassignment')),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='clients.client')),
                    ('closed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                    ('from_tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='from tier')),
                    ('leaving_reasons', models.ManyToManyField(blank=True, related_name='+', to='servicing.leavingreason', verbose_name='reasons for leaving')),
                    ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                    ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                    ('run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tiers.scoringrun', verbose_name='run')),
                    ('to_tier', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='to tier')),
                ],
                options={
                    'verbose_name': 'transition',
                    'verbose_name_plural': 'transitions',
                    'indexes': [models.Index(fields=['client', '-id'], name='servicing_transition_client'), models.Index(condition=models.Q(('closed_on__isnull', True)), fields=['step', 'due_on', 'id'], name='servicing_transition_board'), models.Index(condition=models.Q(('closed_on__isnull', False)), fields=['-closed_on', '-id'], name='servicing_transition_closed')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('closed_on__isnull', True)), fields=('client',), name='servicing_transition_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('outcome', '')), models.Q(('closed_on__gte', models.F('opened_on')), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='servicing_transition_closed_with_outcome'), models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), models.Q(('route', 'referral'), _negated=True), ('consent_on__isnull', False), _connector='OR'), name='servicing_transition_referral_consent', violation_error_message="A referral cannot close without the client's consent."), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'referred'), _negated=True), ('route', 'referral'), _connector='OR'), name='servicing_transition_referred_by_referral'), models.CheckConstraint(condition=models.Q(models.Q(('consent_by', ''), ('consent_how', ''), ('consent_on__isnull', True)), models.Q(('consent_on__isnull', False), models.Q(('consent_by', ''), _negated=True), models.Q(('consent_how', ''), _negated=True)), _connector='OR'), name='servicing_transition_consent_whole'), models.CheckConstraint(condition=models.Q(models.Q(('old_fee__isnull', True), ('old_fee__gte', 0), _connector='OR'), models.Q(('new_fee__isnull', True), ('new_fee__gte', 0), _connector='OR')), name='servicing_transition_fees'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'agreed'), ('route', 'fee'), _negated=True), models.Q(('new_fee__isnull', False), ('notice_on__isnull', False)), _connector='OR'), name='servicing_transition_fee_agreed'), models.CheckConstraint(condition=models.Q(models.Q(('route', ''), _negated=True), ('step__in', ['decide', 'close']), _connector='OR'), name='servicing_transition_way_before_stage')],
                },
            ),
            migrations.CreateModel(
                name='TransitionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('reason', models.CharField(choices=[('tier', 'Another tier fits the data'), ('fit', 'Another service fits better'), ('wish', "Client's wish"), ('leaving', 'The client leaves the firm'), ('other', 'Other')], default='tier', max_length=8, verbose_name='why')),
                    ('reason_text', models.CharField(blank=True, max_length=500, verbose_name='explanation')),
                    ('opened_on', models.DateField(verbose_name='opened')),
                    ('touched', models.BooleanField(default=False)),
                    ('until', models.DateField(blank=True, help_text="Until the day before, the client is served by the old tier's standard.", null=True, verbose_name='new standard from')),
                    ('route', models.CharField(blank=True, choices=[('fee', 'Fee adjustment'), ('referral', 'Referral'), ('digital', 'Lighter digital service')], max_length=8, verbose_name='route')),
                    ('step', models.CharField(choices=[('decide', 'Choose the way'), ('prepare', 'Prepare'), ('talk', 'Talk with the client'), ('agree', 'Agree'), ('carry_out', 'Carry out'), ('close', 'Record the outcome')], default='decide', max_length=9, verbose_name='stage')),
                    ('number', models.PositiveSmallIntegerField(default=1, help_text='Of the stage at work.')),
                    ('due_on', models.DateField(null=True, verbose_name='stage due')),
                    ('old_fee', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='old fee, a year')),
                    ('new_fee', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='new fee, a year')),
                    ('notice_on', models.DateField(blank=True, null=True, verbose_name='notice given')),
                    ('referred_to', models.CharField(blank=True, max_length=160, verbose_name='referred to')),
                    ('digital_service', models.CharField(blank=True, max_length=160, verbose_name='digital service')),
                    ('consent_by', models.CharField(blank=True, max_length=120, verbose_name='consent given by')),
                    ('consent_on', models.DateField(blank=True, null=True, verbose_name='consent given')),
                    ('consent_how', models.CharField(blank=True, choices=[('signed', 'Signed form'), ('email', 'By e-mail'), ('phone', 'By telephone'), ('in_person', 'In person'), ('video', 'By video')], max_length=10, verbose_name='how consent was given')),
                    ('outcome', models.CharField(blank=True, choices=[('agreed', 'Agreed'), ('exception', 'Stays, with an exception'), ('referred', 'Referred'), ('left', 'Left the firm'), ('not_needed', 'Not needed any more')], max_length=10, verbose_name='outcome')),
                    ('outcome_text', models.CharField(blank=True, max_length=500, verbose_name='how it ended')),
                    ('closed_on', models.DateField(null=True, verbose_name='closed')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('assignment', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.tierassignment')),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('closed_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                    ('from_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='from tier')),
                    ('opened_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.transition')),
                    ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.scoringrun', verbose_name='run')),
                    ('to_tier', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='to tier')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='servicing_t_client__10824c_idx')],
                },
            ),
            migrations.CreateModel(
                name='TransitionStage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('route', models.CharField(blank=True, choices=[('fee', 'Fee adjustment'), ('referral', 'Referral'), ('digital', 'Lighter digital service')], max_length=8)),
                    ('step', models.CharField(choices=[('decide', 'Choose the way'), ('prepare', 'Prepare'), ('talk', 'Talk with the client'), ('agree', 'Agree'), ('carry_out', 'Carry out'), ('close', 'Record the outcome')], max_length=9)),
                    ('began_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('ended_on', models.DateField(null=True)),
                    ('done', models.BooleanField(default=False, help_text='It ended because its work was done.')),
                    ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='servicing.transition')),
                ],
                options={
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='servicing_transitionstage_once'), models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('case',), name='servicing_transitionstage_one_at_work'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('began_on')), _connector='OR'), name='servicing_transitionstage_dates')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionsettings',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionsettingsevent" ("cases_after", "days_by_old_standard", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."cases_after", new_values."days_by_old_standard", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='221cccbaff9f10b4e3a4d844976c30079967baa8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e91c1', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_transitionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionsettings',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionsettingsevent" ("cases_after", "days_by_old_standard", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."cases_after", new_values."days_by_old_standard", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='90bbd6ff3730d623abcb4be55554e9b47f021aaf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8e769', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_transitionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionsettings',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionsettingsevent" ("cases_after", "days_by_old_standard", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."cases_after", old_values."days_by_old_standard", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a94904a64d8b2a45500fecd87d53451ab5ec20e9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a1fae', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_transitionsettings', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='f1abe16f8d4b71d170259ffa066104811885e452', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_cc6bc', referencing='REFERENCING NEW TABLE AS new_rows ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.client_id, o.assignment_id, o.number, o.due_on, o.owner_id, o.closed_on) IS DISTINCT FROM (n.client_id, n.assignment_id, n.number, n.due_on, n.owner_id, n.closed_on) UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.client_id, o.assignment_id, o.number, o.due_on, o.owner_id, o.closed_on) IS DISTINCT FROM (n.client_id, n.assignment_id, n.number, n.due_on, n.owner_id, n.closed_on)) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='8ef48a56156b8c5dd69d6a43e44f777dd6735a74', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_ab012', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='6d8fa6eb18cc60683e1aaed44c9b5f4885509b14', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_fb521', referencing='REFERENCING OLD TABLE AS old_rows ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionevent" ("assignment_id", "client_id", "closed_by_id", "closed_on", "consent_by", "consent_how", "consent_on", "created_at", "digital_service", "due_on", "from_tier_id", "id", "new_fee", "notice_on", "number", "old_fee", "opened_by_id", "opened_on", "outcome", "outcome_text", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_text", "referred_to", "route", "run_id", "step", "to_tier_id", "touched", "until") SELECT new_values."assignment_id", new_values."client_id", new_values."closed_by_id", new_values."closed_on", new_values."consent_by", new_values."consent_how", new_values."consent_on", new_values."created_at", new_values."digital_service", new_values."due_on", new_values."from_tier_id", new_values."id", new_values."new_fee", new_values."notice_on", new_values."number", new_values."old_fee", new_values."opened_by_id", new_values."opened_on", new_values."outcome", new_values."outcome_text", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."reason_text", new_values."referred_to", new_values."route", new_values."run_id", new_values."step", new_values."to_tier_id", new_values."touched", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f840016dae0d15c821aca0c1c038da8f44d132c5', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_202f3', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionevent" ("assignment_id", "client_id", "closed_by_id", "closed_on", "consent_by", "consent_how", "consent_on", "created_at", "digital_service", "due_on", "from_tier_id", "id", "new_fee", "notice_on", "number", "old_fee", "opened_by_id", "opened_on", "outcome", "outcome_text", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_text", "referred_to", "route", "run_id", "step", "to_tier_id", "touched", "until") SELECT new_values."assignment_id", new_values."client_id", new_values."closed_by_id", new_values."closed_on", new_values."consent_by", new_values."consent_how", new_values."consent_on", new_values."created_at", new_values."digital_service", new_values."due_on", new_values."from_tier_id", new_values."id", new_values."new_fee", new_values."notice_on", new_values."number", new_values."old_fee", new_values."opened_by_id", new_values."opened_on", new_values."outcome", new_values."outcome_text", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."reason_text", new_values."referred_to", new_values."route", new_values."run_id", new_values."step", new_values."to_tier_id", new_values."touched", new_values."until" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='26d3fd6011236ca80787540566e71267ddb3c4bb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_14f4f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transition',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionevent" ("assignment_id", "client_id", "closed_by_id", "closed_on", "consent_by", "consent_how", "consent_on", "created_at", "digital_service", "due_on", "from_tier_id", "id", "new_fee", "notice_on", "number", "old_fee", "opened_by_id", "opened_on", "outcome", "outcome_text", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_text", "referred_to", "route", "run_id", "step", "to_tier_id", "touched", "until") SELECT old_values."assignment_id", old_values."client_id", old_values."closed_by_id", old_values."closed_on", old_values."consent_by", old_values."consent_how", old_values."consent_on", old_values."created_at", old_values."digital_service", old_values."due_on", old_values."from_tier_id", old_values."id", old_values."new_fee", old_values."notice_on", old_values."number", old_values."old_fee", old_values."opened_by_id", old_values."opened_on", old_values."outcome", old_values."outcome_text", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."reason_text", old_values."referred_to", old_values."route", old_values."run_id", old_values."step", old_values."to_tier_id", old_values."touched", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='eb2c9bd6fbc2034631a15de9afdd388b2f2f60c2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_de986', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_transition', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionstep',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionstepevent" ("days", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "role_id", "route", "situation_id", "step", "title") SELECT new_values."days", new_values."id", new_values."minutes", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."role_id", new_values."route", new_values."situation_id", new_values."step", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7dbeab85cc75827aa065ee899d8d6865057b9147', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b9801', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_transitionstep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionstep',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionstepevent" ("days", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "role_id", "route", "situation_id", "step", "title") SELECT new_values."days", new_values."id", new_values."minutes", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purpose", new_values."role_id", new_values."route", new_values."situation_id", new_values."step", new_values."title" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ece596414aac9221ccc9ba186b514744010399af', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b528b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_transitionstep', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='transitionstep',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_transitionstepevent" ("days", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "role_id", "route", "situation_id", "step", "title") SELECT old_values."days", old_values."id", old_values."minutes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."role_id", old_values."route", old_values."situation_id", old_values."step", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d099724ab8dba4d9bbc9ba13b532dd94a0567bff', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6f8fb', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_transitionstep', when='AFTER')),
            ),
        ]),
        # a case goes with everything that hangs on it, also where a statement deletes it
        follow_deletes("servicing_transitionstage", "case_id", "servicing_transition"),
        follow_deletes("servicing_transition_leaving_reasons", "transition_id", "servicing_transition"),
        follow_deletes("servicing_transition", "client_id", "clients_client"),
        migrations.RunPython(ship_transitions, migrations.RunPython.noop, elidable=False),
    ]
