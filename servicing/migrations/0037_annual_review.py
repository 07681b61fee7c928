"""The annual review with its steps, decisions and signatures, and why decisions about clients are kept."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce
from clients.register.shipped import ship

KEPT = (
    (
        "review_decision",
        "cadence",
        "What our yearly review decided about how much service fits you, and why, so that a change of it can "
        "be explained to you.",
        72,
    ),
)


def ship_reasons(apps, schema_editor):
    ship(apps.get_model("clients", "FieldEntry"), KEPT)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('servicing', '0036_written_policy'),
        ('tiers', '0010_fees'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
        migrations.CreateModel(
            name='ReviewSigner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(blank=True, choices=[('operations', 'Operations'), ('compliance', 'Compliance'), ('administrator', 'Administrators')], max_length=20, verbose_name='group')),
                ('person', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'required signature',
                'verbose_name_plural': 'required signatures',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('person', 'group'), name='servicing_reviewsigner_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), models.Q(('group', ''), _negated=True)), models.Q(('group', ''), ('person__isnull', False)), _connector='OR'), name='servicing_reviewsigner_one_of_both')],
            },
        ),
        migrations.CreateModel(
            name='ReviewSignerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('group', models.CharField(blank=True, choices=[('operations', 'Operations'), ('compliance', 'Compliance'), ('administrator', 'Administrators')], max_length=20, verbose_name='group')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.reviewsigner')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AnnualReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2000), django.core.validators.MaxValueValidator(2199)], verbose_name='year')),
                ('first_on', models.DateField(verbose_name='from')),
                ('last_on', models.DateField(verbose_name='to')),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('open', 'Under way'), ('closed', 'Closed'), ('abandoned', 'Abandoned')], default='open', max_length=10, verbose_name='state')),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='begun')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='why it was abandoned')),
                ('published_at', models.DateTimeField(null=True, verbose_name='policy published')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='tiers applied')),
                ('planned_at', models.DateTimeField(null=True, verbose_name='service planned')),
                ('carried_out', models.JSONField(blank=True, default=dict, help_text='{what: number}, as it was counted.', verbose_name='what was carried out')),
                ('begun_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='begun by')),
                ('draft', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tiers.policy', verbose_name='draft policy')),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.job')),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lead')),
                ('run', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tiers.scoringrun', verbose_name='run')),
                ('written', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='servicing.writtenpolicy', verbose_name='written policy')),
            ],
            options={
                'verbose_name': 'annual review',
                'verbose_name_plural': 'annual reviews',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='servicing_review_one_open'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'closed', 'abandoned'])), name='servicing_review_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='servicing_review_ended_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'abandoned'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'abandoned'), _negated=True), ('reason', '')), _connector='OR'), name='servicing_review_abandoned_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('applied_at__isnull', False), ('planned_at__isnull', False), ('written__isnull', False)), _connector='OR'), name='servicing_review_closed_whole'), models.CheckConstraint(condition=models.Q(('applied_at__isnull', True), ('run__isnull', False), _connector='OR'), name='servicing_review_applied_a_run'), models.CheckConstraint(condition=models.Q(('last_on__gt', models.F('first_on'))), name='servicing_review_period')],
            },
        ),
        migrations.CreateModel(
            name='ReviewSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('signed', 'Signed'), ('declined', 'Declined')], max_length=8, verbose_name='verdict')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('stands', models.BooleanField(default=True)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('review', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='servicing.annualreview')),
            ],
            options={
                'verbose_name': 'signature under a review',
                'verbose_name_plural': 'signatures under reviews',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('stands', True)), fields=('review', 'person'), name='servicing_signature_one_stands'), models.CheckConstraint(condition=models.Q(('verdict', 'signed'), models.Q(('verdict', 'declined'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='servicing_signature_declined_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='ReviewSignatureEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('verdict', models.CharField(choices=[('signed', 'Signed'), ('declined', 'Declined')], max_length=8, verbose_name='verdict')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('stands', models.BooleanField(default=True)),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.reviewsignature')),
                ('review', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.annualreview')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReviewStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('results', 'Profitability and growth'), ('valued', 'What each segment valued'), ('graduation', 'Graduation list'), ('capacity', 'Capacity and responsibilities'), ('policy', 'Draft policy'), ('standards', 'Standards changes'), ('sign', 'Sign-off'), ('carry_out', 'Publish, apply, plan')], max_length=10, verbose_name='step')),
                ('number', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('waiting', 'Not begun'), ('under_way', 'Under way'), ('done', 'Done')], default='waiting', max_length=10, verbose_name='state')),
                ('seen', models.TextField(blank=True, max_length=8000, verbose_name='what we saw')),
                ('decided', models.TextField(blank=True, max_length=8000, verbose_name='what we decided')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('figures', models.JSONField(blank=True, default=dict, verbose_name='figures')),
                ('changed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('done_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('review', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='servicing.annualreview')),
            ],
            options={
                'verbose_name': 'step of a review',
                'verbose_name_plural': 'steps of reviews',
                'ordering': ['number'],
                'indexes': [models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['owner', 'due_on'], name='servicing_reviewstep_waits')],
                'constraints': [models.UniqueConstraint(fields=('review', 'code'), name='servicing_reviewstep_once'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('done_by__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True), ('done_by__isnull', True)), _connector='OR'), name='servicing_reviewstep_done_whole'), models.CheckConstraint(condition=models.Q(('code__in', ['results', 'valued', 'graduation', 'capacity', 'policy', 'standards', 'sign', 'carry_out']), ('state__in', ['waiting', 'under_way', 'done'])), name='servicing_reviewstep_known')],
            },
        ),
        migrations.CreateModel(
            name='ReviewStepEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(choices=[('results', 'Profitability and growth'), ('valued', 'What each segment valued'), ('graduation', 'Graduation list'), ('capacity', 'Capacity and responsibilities'), ('policy', 'Draft policy'), ('standards', 'Standards changes'), ('sign', 'Sign-off'), ('carry_out', 'Publish, apply, plan')], max_length=10, verbose_name='step')),
                ('number', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('waiting', 'Not begun'), ('under_way', 'Under way'), ('done', 'Done')], default='waiting', max_length=10, verbose_name='state')),
                ('seen', models.TextField(blank=True, max_length=8000, verbose_name='what we saw')),
                ('decided', models.TextField(blank=True, max_length=8000, verbose_name='what we decided')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('figures', models.JSONField(blank=True, default=dict, verbose_name='figures')),
                ('changed_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('done_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.reviewstep')),
                ('review', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.annualreview')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AnnualReviewEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2000), django.core.validators.MaxValueValidator(2199)], verbose_name='year')),
                ('first_on', models.DateField(verbose_name='from')),
                ('last_on', models.DateField(verbose_name='to')),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('open', 'Under way'), ('closed', 'Closed'), ('abandoned', 'Abandoned')], default='open', max_length=10, verbose_name='state')),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='begun')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='why it was abandoned')),
                ('published_at', models.DateTimeField(null=True, verbose_name='policy published')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='tiers applied')),
                ('planned_at', models.DateTimeField(null=True, verbose_name='service planned')),
                ('carried_out', models.JSONField(blank=True, default=dict, help_text='{what: number}, as it was counted.', verbose_name='what was carried out')),
                ('begun_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='begun by')),
                ('draft', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.policy', verbose_name='draft policy')),
                ('ended_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.job')),
                ('lead', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lead')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.annualreview')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.scoringrun', verbose_name='run')),
                ('written', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.writtenpolicy', verbose_name='written policy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GraduationDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_list', models.CharField(choices=[('up', 'Ready to graduate'), ('watch', 'On watch')], max_length=5, verbose_name='list')),
                ('decision', models.CharField(choices=[('graduates', 'With the next run'), ('waits', 'Waits, keeps its tier')], max_length=9, verbose_name='decision')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('final', models.BooleanField(default=False)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('proposed', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier that fits the data')),
                ('review', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='servicing.annualreview')),
                ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
            ],
            options={
                'verbose_name': 'decision of an annual review',
                'verbose_name_plural': 'decisions of annual reviews',
                'indexes': [models.Index(fields=['review', 'of_list', 'id'], name='servicing_decision_of_review'), models.Index(fields=['client', '-id'], name='servicing_decision_of_client')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('final', False)), fields=('review', 'client'), name='servicing_decision_once'), models.CheckConstraint(condition=models.Q(('decision__in', ['graduates', 'waits']), ('of_list__in', ['up', 'watch'])), name='servicing_decision_known')],
            },
        ),
        migrations.CreateModel(
            name='GraduationDecisionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('of_list', models.CharField(choices=[('up', 'Ready to graduate'), ('watch', 'On watch')], max_length=5, verbose_name='list')),
                ('decision', models.CharField(choices=[('graduates', 'With the next run'), ('waits', 'Waits, keeps its tier')], max_length=9, verbose_name='decision')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('final', models.BooleanField(default=False)),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.graduationdecision')),
                ('proposed', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier that fits the data')),
                ('review', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.annualreview')),
                ('tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier', verbose_name='tier')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='servicing_g_client__2d3e11_idx')],
            },
        ),
        migrations.CreateModel(
            name='ReviewAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=160, verbose_name='what')),
                ('due_on', models.DateField(verbose_name='until')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('done_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='servicing.annualreview')),
                ('task', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='servicing.servicetask', verbose_name='task')),
                ('step', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='servicing.reviewstep')),
            ],
            options={
                'verbose_name': 'action of a review',
                'verbose_name_plural': 'actions of reviews',
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True), ('task__isnull', True)), fields=['owner', 'due_on'], name='servicing_reviewaction_waits')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True)), models.Q(('done_at__isnull', False), ('done_by__isnull', False), ('task__isnull', True)), _connector='OR'), name='servicing_reviewaction_done_whole')],
            },
        ),
        migrations.CreateModel(
            name='ReviewActionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('text', models.CharField(max_length=160, verbose_name='what')),
                ('due_on', models.DateField(verbose_name='until')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('done_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('made_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.reviewaction')),
                ('review', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.annualreview')),
                ('task', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.servicetask', verbose_name='task')),
                ('step', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='servicing.reviewstep')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReviewSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signers', models.PositiveSmallIntegerField(default=2, help_text='Each person counts once. Where fewer people have the right, all of them sign.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)], verbose_name='people who sign at least')),
            ],
            options={
                'verbose_name': 'sign-off of reviews',
                'verbose_name_plural': 'sign-off of reviews',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='servicing_reviewsettings_one_row'), models.CheckConstraint(condition=models.Q(('signers__range', (1, 10))), name='servicing_reviewsettings_signers')],
            },
        ),
        migrations.CreateModel(
            name='ReviewSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('signers', models.PositiveSmallIntegerField(default=2, help_text='Each person counts once. Where fewer people have the right, all of them sign.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)], verbose_name='people who sign at least')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='servicing.reviewsettings')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signers") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."signers" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8f1733e5fa75b749d4fb7a13b20f8103f8753b70', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_59b27', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_reviewsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signers") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."signers" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6448d5becdbcac40a591258d4803e9030bba109a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_af497', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_reviewsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signers") SELECT old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."signers" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='46dfa77b5f17d652b784267faf0185f2c5c7e860', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_eedb5', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_reviewsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualreview',
            trigger=pgtrigger.compiler.Trigger(name='ended_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'open')", func="\n    RAISE EXCEPTION 'An annual review that has ended never changes.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';\n", hash='f2769d8d7691de04c28fbb1fe2b5ac5babce73d9', operation='UPDATE OR DELETE', pgid='pgtrigger_ended_stays_0c70b', table='servicing_annualreview', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualreview',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_annualreviewevent" ("applied_at", "begun_at", "begun_by_id", "carried_out", "draft_id", "due_on", "ended_at", "ended_by_id", "first_on", "id", "job_id", "last_on", "lead_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "published_at", "reason", "run_id", "state", "written_id", "year") SELECT new_values."applied_at", new_values."begun_at", new_values."begun_by_id", new_values."carried_out", new_values."draft_id", new_values."due_on", new_values."ended_at", new_values."ended_by_id", new_values."first_on", new_values."id", new_values."job_id", new_values."last_on", new_values."lead_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."planned_at", new_values."published_at", new_values."reason", new_values."run_id", new_values."state", new_values."written_id", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='706a3fa487f258024578be2ed005a1861d66a75e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c8bf9', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_annualreview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualreview',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_annualreviewevent" ("applied_at", "begun_at", "begun_by_id", "carried_out", "draft_id", "due_on", "ended_at", "ended_by_id", "first_on", "id", "job_id", "last_on", "lead_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "published_at", "reason", "run_id", "state", "written_id", "year") SELECT new_values."applied_at", new_values."begun_at", new_values."begun_by_id", new_values."carried_out", new_values."draft_id", new_values."due_on", new_values."ended_at", new_values."ended_by_id", new_values."first_on", new_values."id", new_values."job_id", new_values."last_on", new_values."lead_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."planned_at", new_values."published_at", new_values."reason", new_values."run_id", new_values."state", new_values."written_id", new_values."year" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='692d4947376085a79f57f3befb2ff309acfdd6f2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e471e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_annualreview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='annualreview',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_annualreviewevent" ("applied_at", "begun_at", "begun_by_id", "carried_out", "draft_id", "due_on", "ended_at", "ended_by_id", "first_on", "id", "job_id", "last_on", "lead_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_at", "published_at", "reason", "run_id", "state", "written_id", "year") SELECT old_values."applied_at", old_values."begun_at", old_values."begun_by_id", old_values."carried_out", old_values."draft_id", old_values."due_on", old_values."ended_at", old_values."ended_by_id", old_values."first_on", old_values."id", old_values."job_id", old_values."last_on", old_values."lead_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."planned_at", old_values."published_at", old_values."reason", old_values."run_id", old_values."state", old_values."written_id", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3d56ec1df29f3fb29ec76f767d97877510b8d37f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b124e', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_annualreview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='graduationdecision',
            trigger=pgtrigger.compiler.Trigger(name='ended_stays', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted RECORD;', func="\n                IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = OLD.review_id AND state <> 'open')\n                    OR TG_OP <> 'DELETE' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = NEW.review_id AND state <> 'open')\n                THEN\n                    IF TG_OP = 'UPDATE' THEN\n                        wanted := OLD;\n                        wanted.client_id := NEW.client_id; IF NEW.reason = '' THEN wanted.reason := ''; END IF;\n                        IF wanted IS NOT DISTINCT FROM NEW THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    \n    RAISE EXCEPTION 'An annual review that has ended never changes.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';\n\n                END IF;\n                RETURN coalesce(NEW, OLD);\n            ", hash='439a78280305b6eaad6dc917e837d45dc6adb3e2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_ended_stays_5c6b9', table='servicing_graduationdecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='graduationdecision',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_graduationdecisionevent" ("at", "by_id", "client_id", "decision", "final", "id", "of_list", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_id", "reason", "review_id", "tier_id") SELECT new_values."at", new_values."by_id", new_values."client_id", new_values."decision", new_values."final", new_values."id", new_values."of_list", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."proposed_id", new_values."reason", new_values."review_id", new_values."tier_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='14234f9c53ce6b8d2dfc7490e962910246af0fa8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_bc444', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_graduationdecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='graduationdecision',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_graduationdecisionevent" ("at", "by_id", "client_id", "decision", "final", "id", "of_list", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_id", "reason", "review_id", "tier_id") SELECT new_values."at", new_values."by_id", new_values."client_id", new_values."decision", new_values."final", new_values."id", new_values."of_list", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."proposed_id", new_values."reason", new_values."review_id", new_values."tier_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e93f57e6ec5af35d11d0d74445c0cfb3fb982856', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e847e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_graduationdecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='graduationdecision',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_graduationdecisionevent" ("at", "by_id", "client_id", "decision", "final", "id", "of_list", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_id", "reason", "review_id", "tier_id") SELECT old_values."at", old_values."by_id", old_values."client_id", old_values."decision", old_values."final", old_values."id", old_values."of_list", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."proposed_id", old_values."reason", old_values."review_id", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='705ed0419d511f6d770456becc0dde7399f77a9c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_d43ea', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_graduationdecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsignature',
            trigger=pgtrigger.compiler.Trigger(name='ended_stays', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted RECORD;', func="\n                IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = OLD.review_id AND state <> 'open')\n                    OR TG_OP <> 'DELETE' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = NEW.review_id AND state <> 'open')\n                THEN\n                    IF TG_OP = 'UPDATE' THEN\n                        wanted := OLD;\n                        \n                        IF wanted IS NOT DISTINCT FROM NEW THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    \n    RAISE EXCEPTION 'An annual review that has ended never changes.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';\n\n                END IF;\n                RETURN coalesce(NEW, OLD);\n            ", hash='3f5cb1e5ea44b05baeb13456c12ccfa9e4d3089f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_ended_stays_bdc61', table='servicing_reviewsignature', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsignature',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignatureevent" ("at", "digest", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "review_id", "stands", "verdict") SELECT new_values."at", new_values."digest", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."review_id", new_values."stands", new_values."verdict" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2057a5e3bc3aa78c799920256f9a8af5b52fa641', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_93938', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_reviewsignature', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsignature',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignatureevent" ("at", "digest", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "review_id", "stands", "verdict") SELECT new_values."at", new_values."digest", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."review_id", new_values."stands", new_values."verdict" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='45b85f3147ac5444eb2f7c7c845c5135fbeb283d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5b0a1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_reviewsignature', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsignature',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignatureevent" ("at", "digest", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "review_id", "stands", "verdict") SELECT old_values."at", old_values."digest", old_values."id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."review_id", old_values."stands", old_values."verdict" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='84d0933413a70edce5541903f65dd6039731984c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ff249', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_reviewsignature', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsigner',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignerevent" ("group", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."group", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='27c7f6ee8dd2886c3067d10e7954340e2460c94f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a14f8', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_reviewsigner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsigner',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignerevent" ("group", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."group", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='47434e3445dd0d48cc7fa4f7f6f0391e5c7ac272', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9b9f8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_reviewsigner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewsigner',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewsignerevent" ("group", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."group", old_values."id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1f4eb3c99fe8a8700d1c3a1c3f5f6afe1952f131', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_48817', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_reviewsigner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewstep',
            trigger=pgtrigger.compiler.Trigger(name='ended_stays', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted RECORD;', func="\n                IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = OLD.review_id AND state <> 'open')\n                    OR TG_OP <> 'DELETE' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = NEW.review_id AND state <> 'open')\n                THEN\n                    IF TG_OP = 'UPDATE' THEN\n                        wanted := OLD;\n                        \n                        IF wanted IS NOT DISTINCT FROM NEW THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    \n    RAISE EXCEPTION 'An annual review that has ended never changes.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';\n\n                END IF;\n                RETURN coalesce(NEW, OLD);\n            ", hash='883aa7888e4d6d4ba6806dadcc039813549ae305', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_ended_stays_5e6ad', table='servicing_reviewstep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewstep',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewstepevent" ("changed_at", "changed_by_id", "code", "decided", "done_at", "done_by_id", "due_on", "figures", "id", "number", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "seen", "state") SELECT new_values."changed_at", new_values."changed_by_id", new_values."code", new_values."decided", new_values."done_at", new_values."done_by_id", new_values."due_on", new_values."figures", new_values."id", new_values."number", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."review_id", new_values."seen", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='15cfd286556db92a1c6b2cb00d96d2b1a0e20a08', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f9551', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_reviewstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewstep',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewstepevent" ("changed_at", "changed_by_id", "code", "decided", "done_at", "done_by_id", "due_on", "figures", "id", "number", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "seen", "state") SELECT new_values."changed_at", new_values."changed_by_id", new_values."code", new_values."decided", new_values."done_at", new_values."done_by_id", new_values."due_on", new_values."figures", new_values."id", new_values."number", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."review_id", new_values."seen", new_values."state" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='540b73c2c036e85ab3fe734071867fe707a6ce45', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f73ff', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_reviewstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewstep',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewstepevent" ("changed_at", "changed_by_id", "code", "decided", "done_at", "done_by_id", "due_on", "figures", "id", "number", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "seen", "state") SELECT old_values."changed_at", old_values."changed_by_id", old_values."code", old_values."decided", old_values."done_at", old_values."done_by_id", old_values."due_on", old_values."figures", old_values."id", old_values."number", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."review_id", old_values."seen", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='dd78461d57a6ab31a0673d59302e9c4f2cd08a65', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4cde9', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_reviewstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewaction',
            trigger=pgtrigger.compiler.Trigger(name='ended_stays', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted RECORD;', func="\n                IF TG_OP <> 'INSERT' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = OLD.review_id AND state <> 'open')\n                    OR TG_OP <> 'DELETE' AND EXISTS (SELECT FROM servicing_annualreview WHERE id = NEW.review_id AND state <> 'open')\n                THEN\n                    IF TG_OP = 'UPDATE' THEN\n                        wanted := OLD;\n                        wanted.done_at := NEW.done_at; wanted.done_by_id := NEW.done_by_id; wanted.owner_id := NEW.owner_id;\n                        IF wanted IS NOT DISTINCT FROM NEW THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    \n    RAISE EXCEPTION 'An annual review that has ended never changes.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'servicing_review_stays';\n\n                END IF;\n                RETURN coalesce(NEW, OLD);\n            ", hash='88fb2a937ac8b8d30ba0677af0c424245107c6b2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_ended_stays_6b894', table='servicing_reviewaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewaction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewactionevent" ("done_at", "done_by_id", "due_on", "id", "made_at", "made_by_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "step_id", "task_id", "text") SELECT new_values."done_at", new_values."done_by_id", new_values."due_on", new_values."id", new_values."made_at", new_values."made_by_id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."review_id", new_values."step_id", new_values."task_id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e0c2bb7f92286676d58dac57c4be7124d61d5658', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5a7c0', referencing='REFERENCING NEW TABLE AS new_values ', table='servicing_reviewaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewaction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewactionevent" ("done_at", "done_by_id", "due_on", "id", "made_at", "made_by_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "step_id", "task_id", "text") SELECT new_values."done_at", new_values."done_by_id", new_values."due_on", new_values."id", new_values."made_at", new_values."made_by_id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."review_id", new_values."step_id", new_values."task_id", new_values."text" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='46fab01dbd29c0e38d5afc4f69b023845bfd2f33', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_32871', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='servicing_reviewaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewaction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_reviewactionevent" ("done_at", "done_by_id", "due_on", "id", "made_at", "made_by_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_id", "step_id", "task_id", "text") SELECT old_values."done_at", old_values."done_by_id", old_values."due_on", old_values."id", old_values."made_at", old_values."made_by_id", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."review_id", old_values."step_id", old_values."task_id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='28b626d377a976c9e81eff0b7c7e480954cff94b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9775e', referencing='REFERENCING OLD TABLE AS old_values ', table='servicing_reviewaction', when='AFTER')),
        ),
        ]),
        migrations.RunPython(ship_reasons, migrations.RunPython.noop, elidable=False),
    ]
