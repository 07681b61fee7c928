"""What the migrations of version 0.1 make one after the other, at once, for a new database."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce, follow_deletes
from tiers.migrations import _shipped



class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('tiers', '0001_initial'),
        ('tiers', '0002_shipped_policy'),
        ('tiers', '0003_published_policies_stay_and_run_summaries'),
        ('tiers', '0004_assignments_follow_their_client'),
        ('tiers', '0005_audit_rows_by_client'),
        ('tiers', '0006_simulations_settings_and_rejected_moves'),
        ('tiers', '0007_facts_kept_apart_and_thinned_runs'),
        ('tiers', '0008_match_old_and_new_rows_at_any_size'),
    ]

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='FactSnapshot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField()),
                    ('digest', models.CharField(max_length=64)),
                    ('taken_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'indexes': [models.Index(fields=['as_of', 'digest', '-taken_at'], name='tiers_factsnapshot_newest')],
                },
            ),
            migrations.CreateModel(
                name='ClientFacts',
                fields=[
                    ('pk', models.CompositePrimaryKey('snapshot_id', 'client_id', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('external_id', models.CharField(db_collation='C', max_length=64)),
                    ('cost', models.DecimalField(decimal_places=9, max_digits=30)),
                    ('values', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=9, max_digits=30, null=True), size=None)),
                    ('percentiles', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.client')),
                    ('snapshot', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tiers.factsnapshot')),
                ],
            ),
            migrations.CreateModel(
                name='Override',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(choices=[('family', 'Family of an A client'), ('referrer', 'Referrer'), ('growth', 'Growth that the data cannot see'), ('wish', "Client's wish"), ('other', 'Other')], max_length=10, verbose_name='reason')),
                    ('text', models.TextField(verbose_name='explanation')),
                    ('starts_on', models.DateField(verbose_name='from')),
                    ('expires_on', models.DateField(verbose_name='until')),
                    ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='clients.client')),
                    ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'verbose_name': 'override',
                    'verbose_name_plural': 'overrides',
                    'ordering': ['-starts_on'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('expires_on__gte', models.F('starts_on'))), name='tiers_override_dates'), models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('client',), name='tiers_override_one_open')],
                },
            ),
            migrations.CreateModel(
                name='Policy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('version', models.PositiveIntegerField(unique=True, verbose_name='version')),
                    ('status', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Waits for its date'), ('published', 'Published'), ('retired', 'Retired')], default='draft', max_length=10, verbose_name='status')),
                    ('half_life_days', models.PositiveIntegerField(default=180, help_text='After so many days a touch counts half towards engagement.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='half-life of a touch, days')),
                    ('minimum_completeness', models.DecimalField(decimal_places=3, default=Decimal('0.5'), help_text='The known part of the weights (0 to 1) below which a client gets no score.', max_digits=4, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('1'))], verbose_name='minimum completeness')),
                    ('stability_margin', models.DecimalField(decimal_places=2, default=0, help_text='A client already in a tier stays while its score is at most so far below the cut.', max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='stability margin, points')),
                    ('effective_on', models.DateField(blank=True, null=True, verbose_name='effective on')),
                    ('reason', models.TextField(blank=True, verbose_name='reason')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                    ('prepared_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'policy',
                    'verbose_name_plural': 'policies',
                    'ordering': ['-version'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'published')), fields=('status',), name='tiers_policy_one_published')],
                },
            ),
            migrations.CreateModel(
                name='PolicyFactor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('factor', models.CharField(choices=[('revenue', 'Revenue'), ('potential', 'Revenue potential'), ('profitability', 'Profitability'), ('engagement', 'Engagement'), ('growth', 'Growth potential'), ('alignment', 'Alignment'), ('share_of_wallet', 'Share of wallet'), ('referrals', 'Referrals'), ('tenure', 'Tenure'), ('lifetime_value', 'Lifetime value'), ('assets', 'Assets under management')], max_length=20, verbose_name='factor')),
                    ('weight', models.DecimalField(decimal_places=2, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='weight')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factors', to='tiers.policy')),
                ],
                options={
                    'verbose_name': 'factor',
                    'verbose_name_plural': 'factors',
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('policy', 'factor'), name='tiers_policyfactor_once')],
                },
            ),
            migrations.CreateModel(
                name='PolicyTouchWeight',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('weight', models.DecimalField(decimal_places=2, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='weight')),
                    ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.touchkind', verbose_name='touch kind')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='touch_weights', to='tiers.policy')),
                ],
                options={
                    'verbose_name': 'touch weight',
                    'verbose_name_plural': 'touch weights',
                    'constraints': [models.UniqueConstraint(fields=('policy', 'kind'), name='tiers_touchweight_once')],
                },
            ),
            migrations.CreateModel(
                name='ScoringRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField(verbose_name='as of')),
                    ('status', models.CharField(choices=[('proposed', 'Proposed'), ('applied', 'Applied'), ('undone', 'Undone')], default='proposed', max_length=10, verbose_name='status')),
                    ('factors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                    ('weights', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=2, max_digits=6), size=None)),
                    ('clients', models.PositiveIntegerField(default=0, verbose_name='clients')),
                    ('scored', models.PositiveIntegerField(default=0, verbose_name='scored')),
                    ('insufficient', models.PositiveIntegerField(default=0, verbose_name='insufficient data')),
                    ('total_revenue', models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name='total revenue')),
                    ('warnings', models.JSONField(blank=True, default=list, help_text='[{factor, known}]: factors known for under half.', verbose_name='warnings')),
                    ('tiers', models.JSONField(blank=True, default=list, help_text="[{tier, clients, revenue}] in the policy's order.", verbose_name='tiers')),
                    ('moves', models.JSONField(blank=True, default=list, help_text='[{from, to, clients}], tier codes, null for none.', verbose_name='moves')),
                    ('automatic', models.BooleanField(default=False, verbose_name='automatic')),
                    ('thinned', models.BooleanField(db_default=False, default=False, help_text='Explanations are kept only where the score had moved.')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                    ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied')),
                    ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='tiers.policy')),
                ],
                options={
                    'verbose_name': 'scoring run',
                    'verbose_name_plural': 'scoring runs',
                    'ordering': ['-id'],
                    'indexes': [models.Index(fields=['status', '-as_of'], name='tiers_run_latest_applied')],
                },
            ),
            migrations.CreateModel(
                name='RejectedMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejected_moves', to='tiers.scoringrun')),
                ],
                options={
                    'verbose_name': 'rejected move',
                    'verbose_name_plural': 'rejected moves',
                    'constraints': [models.UniqueConstraint(fields=('run', 'client'), name='tiers_rejectedmove_once')],
                },
            ),
            migrations.CreateModel(
                name='FoundRoutes',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('routes', models.JSONField(default=list)),
                    ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tiers.scoringrun')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('client', 'run'), name='tiers_foundroutes_once')],
                },
            ),
            migrations.CreateModel(
                name='Explanation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('completeness', models.DecimalField(decimal_places=5, max_digits=6)),
                    ('moves', models.BooleanField(default=False, help_text='Whether the proposal differs from the tier it had.')),
                    ('rule', models.CharField(max_length=40)),
                    ('values', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=9, max_digits=30, null=True), size=None)),
                    ('percentiles', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None)),
                    ('contributions', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('current_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                    ('proposed_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                    ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='explanations', to='tiers.scoringrun')),
                ],
                options={
                    'verbose_name': 'explanation',
                    'verbose_name_plural': 'explanations',
                    'indexes': [models.Index(condition=models.Q(('moves', True)), fields=['run', 'client'], name='tiers_explanation_moves')],
                    'constraints': [models.UniqueConstraint(fields=('run', 'client'), name='tiers_explanation_once')],
                },
            ),
            migrations.CreateModel(
                name='Simulation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('as_of', models.DateField(verbose_name='as of')),
                    ('digest', models.CharField(max_length=64)),
                    ('result', models.JSONField(default=dict)),
                    ('facts_at', models.DateTimeField(verbose_name='facts taken')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='simulations', to='tiers.policy')),
                ],
                options={
                    'verbose_name': 'simulation',
                    'verbose_name_plural': 'simulations',
                    'constraints': [models.UniqueConstraint(fields=('policy', 'as_of'), name='tiers_simulation_once')],
                },
            ),
            migrations.CreateModel(
                name='SimulatedMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('rule', models.CharField(max_length=40)),
                    ('factors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                    ('changes', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                    ('new_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                    ('old_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                    ('published_tier', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                    ('simulation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='tiers.simulation')),
                ],
                options={
                    'verbose_name': 'simulated move',
                    'verbose_name_plural': 'simulated moves',
                    'constraints': [models.UniqueConstraint(fields=('simulation', 'client'), name='tiers_simulatedmove_once')],
                },
            ),
            migrations.CreateModel(
                name='TierAssignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField(null=True)),
                    ('serviced_from', models.DateField()),
                    ('source', models.CharField(choices=[('run', 'Scoring run'), ('first', 'First tier'), ('upgrade', 'Upgrade by itself'), ('override', 'Override')], max_length=10)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('applied_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='clients.client')),
                    ('override', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tiers.override')),
                    ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='tiers.scoringrun')),
                    ('tier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier')),
                ],
                options={
                    'verbose_name': 'tier assignment',
                    'verbose_name_plural': 'tier assignments',
                    'indexes': [models.Index(fields=['client', 'serviced_from', 'id'], include=('tier',), name='tiers_assignment_served'), models.Index(fields=['starts_on'], name='tiers_assignment_by_start')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('client',), include=('tier', 'starts_on'), name='tiers_assignment_one_current'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='tiers_assignment_dates')],
                },
            ),
            migrations.CreateModel(
                name='TierAssignmentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField(null=True)),
                    ('serviced_from', models.DateField()),
                    ('source', models.CharField(choices=[('run', 'Scoring run'), ('first', 'First tier'), ('upgrade', 'Upgrade by itself'), ('override', 'Override')], max_length=10)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('applied_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                    ('override', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.override')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='tiers.tierassignment')),
                    ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tiers.scoringrun')),
                    ('tier', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.tier')),
                ],
                options={
                    'abstract': False,
                    'indexes': [models.Index(fields=['client'], name='tiers_tiera_client__7e40a9_idx')],
                },
            ),
            migrations.CreateModel(
                name='TierRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='order')),
                    ('rank_key', models.CharField(choices=[('score', 'Score'), ('revenue', 'Revenue'), ('potential', 'Revenue potential'), ('profitability', 'Profitability'), ('engagement', 'Engagement'), ('growth', 'Growth potential'), ('alignment', 'Alignment'), ('share_of_wallet', 'Share of wallet'), ('referrals', 'Referrals'), ('tenure', 'Tenure'), ('lifetime_value', 'Lifetime value'), ('assets', 'Assets under management')], default='score', max_length=20, verbose_name='ordered by')),
                    ('revenue_share', models.DecimalField(blank=True, decimal_places=3, help_text='0.60 for 60 %. Empty: no limit.', max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('1'))], verbose_name='until this share of revenue')),
                    ('max_clients', models.PositiveIntegerField(blank=True, help_text='Empty: no limit.', null=True, verbose_name='at most')),
                    ('minimum_key', models.CharField(blank=True, choices=[('score', 'Score'), ('revenue', 'Revenue'), ('potential', 'Revenue potential'), ('profitability', 'Profitability'), ('engagement', 'Engagement'), ('growth', 'Growth potential'), ('alignment', 'Alignment'), ('share_of_wallet', 'Share of wallet'), ('referrals', 'Referrals'), ('tenure', 'Tenure'), ('lifetime_value', 'Lifetime value'), ('assets', 'Assets under management')], max_length=20, verbose_name='only with at least')),
                    ('minimum_value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='value')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='tiers.policy')),
                    ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.tier', verbose_name='tier')),
                ],
                options={
                    'verbose_name': 'tier rule',
                    'verbose_name_plural': 'tier rules',
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('policy', 'tier'), name='tiers_rule_one_a_tier'), models.UniqueConstraint(fields=('policy', 'position'), name='tiers_rule_one_a_position'), models.CheckConstraint(condition=models.Q(models.Q(('minimum_key', ''), ('minimum_value__isnull', True)), models.Q(models.Q(('minimum_key', ''), _negated=True), ('minimum_value__isnull', False)), _connector='OR'), name='tiers_rule_minimum_whole')],
                },
            ),
            migrations.CreateModel(
                name='TierSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('automatic_first_tiers', models.BooleanField(default=True, help_text='A client without a tier gets the one that a nightly run proposes.', verbose_name='first tiers by themselves')),
                    ('automatic_upgrades', models.BooleanField(default=False, help_text='A client moves to a tier with more service as soon as a nightly run proposes it.', verbose_name='upgrades by themselves')),
                    ('second_person', models.BooleanField(default=True, help_text='Whoever changed a draft last cannot publish it.', verbose_name='a second person publishes')),
                    ('watch_margin', models.DecimalField(decimal_places=2, default=Decimal('5'), help_text="The watch list holds clients whose score is at most so far above their tier's cut.", max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='watch margin, points')),
                ],
                options={
                    'verbose_name': 'tier settings',
                    'verbose_name_plural': 'tier settings',
                    'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='tiers_settings_one_row')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policy',
                trigger=pgtrigger.compiler.Trigger(name='published_stays_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> 'draft' AND OLD.* IS DISTINCT FROM NEW.*)", declare='DECLARE wanted tiers_policy%ROWTYPE;', func="\n            wanted := OLD;\n            wanted.status := NEW.status;\n            IF OLD.status = 'published' AND NEW.status = 'retired' AND NEW IS NOT DISTINCT FROM wanted THEN\n                RETURN NEW;\n            END IF;\n            wanted.published_at := NEW.published_at;\n            IF OLD.status = 'scheduled' AND NEW.status IN ('draft', 'published')\n                AND NEW IS NOT DISTINCT FROM wanted\n            THEN\n                RETURN NEW;\n            END IF;\n            \n        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';\n\n        ", hash='a012d0048624e3e4d1cf2c10aec9d2e0bc480b42', operation='UPDATE', pgid='pgtrigger_published_stays_update_cec38', table='tiers_policy', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policy',
                trigger=pgtrigger.compiler.Trigger(name='published_stays_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> 'draft')", func="\n        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';\n", hash='c4a2a9187f067393a80141236c9ccf50f2d35962', operation='DELETE', pgid='pgtrigger_published_stays_delete_3622f', table='tiers_policy', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policyfactor',
                trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = OLD.policy_id AND status <> 'draft'\n            ) OR TG_OP <> 'DELETE' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = NEW.policy_id AND status <> 'draft'\n            ) THEN\n                \n        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';\n\n            END IF;\n            RETURN coalesce(NEW, OLD);\n        ", hash='f85579a09a8a8f2e058502160b80b82bd07d58fd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stays_42726', table='tiers_policyfactor', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policytouchweight',
                trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = OLD.policy_id AND status <> 'draft'\n            ) OR TG_OP <> 'DELETE' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = NEW.policy_id AND status <> 'draft'\n            ) THEN\n                \n        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';\n\n            END IF;\n            RETURN coalesce(NEW, OLD);\n        ", hash='1fa323d6f629a427dfef81f9bb7b929d0f0759b3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stays_207fd', table='tiers_policytouchweight', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='a2e3afe8709e486c3e7e46c92262ac8058dda231', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_4a6fb', referencing='REFERENCING NEW TABLE AS new_rows ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.tier_id, o.starts_on, o.ends_on, o.serviced_from) IS DISTINCT FROM (n.tier_id, n.starts_on, n.ends_on, n.serviced_from) UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE (o.tier_id, o.starts_on, o.ends_on, o.serviced_from) IS DISTINCT FROM (n.tier_id, n.starts_on, n.ends_on, n.serviced_from)) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='47587366425bec4700bc26ed2b02700f6d07ec87', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_74665', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='e4bc227707e30e2f7951e9b32c47fa9af990dcd8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_996b7', referencing='REFERENCING OLD TABLE AS old_rows ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_tierassignmentevent" ("applied_by_id", "client_id", "created_at", "ends_on", "id", "override_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "run_id", "score", "serviced_from", "source", "starts_on", "tier_id") SELECT new_values."applied_by_id", new_values."client_id", new_values."created_at", new_values."ends_on", new_values."id", new_values."override_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."run_id", new_values."score", new_values."serviced_from", new_values."source", new_values."starts_on", new_values."tier_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4c76a93f1a07c318d231330cf6a39981c45f8f4c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5f3c3', referencing='REFERENCING NEW TABLE AS new_values ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_tierassignmentevent" ("applied_by_id", "client_id", "created_at", "ends_on", "id", "override_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "run_id", "score", "serviced_from", "source", "starts_on", "tier_id") SELECT new_values."applied_by_id", new_values."client_id", new_values."created_at", new_values."ends_on", new_values."id", new_values."override_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."run_id", new_values."score", new_values."serviced_from", new_values."source", new_values."starts_on", new_values."tier_id" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3a7792971aeb99a2e450d504b5c8a42a9dcd24cb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_104fd', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierassignment',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "tiers_tierassignmentevent" ("applied_by_id", "client_id", "created_at", "ends_on", "id", "override_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "run_id", "score", "serviced_from", "source", "starts_on", "tier_id") SELECT old_values."applied_by_id", old_values."client_id", old_values."created_at", old_values."ends_on", old_values."id", old_values."override_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."run_id", old_values."score", old_values."serviced_from", old_values."source", old_values."starts_on", old_values."tier_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1b5fdcdde6e4d35ce70b6271cea7181c81251dcc', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fb920', referencing='REFERENCING OLD TABLE AS old_values ', table='tiers_tierassignment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tierrule',
                trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = OLD.policy_id AND status <> 'draft'\n            ) OR TG_OP <> 'DELETE' AND EXISTS (\n                SELECT FROM tiers_policy WHERE id = NEW.policy_id AND status <> 'draft'\n            ) THEN\n                \n        RAISE EXCEPTION 'A published policy never changes. Copy it, change the copy and publish that.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tiers_policy_published_stays';\n\n            END IF;\n            RETURN coalesce(NEW, OLD);\n        ", hash='bfb8cb64c1bca848471599571a7edbb086a678d7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_stays_bb448', table='tiers_tierrule', when='BEFORE')),
            ),
        ]),
        follow_deletes("tiers_tierassignment", "client_id", "clients_client"),
        follow_deletes("tiers_override", "client_id", "clients_client"),
        # Derived rows, written by the ten thousand and forgotten within the hour: no write-ahead log for them.
        migrations.RunSQL(
            "ALTER TABLE tiers_clientfacts SET UNLOGGED; ALTER TABLE tiers_factsnapshot SET UNLOGGED",
            "ALTER TABLE tiers_factsnapshot SET LOGGED; ALTER TABLE tiers_clientfacts SET LOGGED",
        ),
        migrations.RunPython(_shipped.ship, migrations.RunPython.noop),
    ]
