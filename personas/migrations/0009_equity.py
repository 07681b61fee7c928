"""Pay in equity: companies, grants, sell rules, and the federal figures of two years; entries in the field register."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

from clients.migrating import AtOnce
from clients.register.shipped import ADVICE, CADENCE, ship

FIGURES = (
    {
        "year": 2025,
        "exemption_single": 88_100,
        "exemption_joint": 137_000,
        "phase_out_single": 626_350,
        "phase_out_joint": 1_252_700,
        "phase_out_rate": 25,
        "upper_rate_from": 239_100,
        "source": "IRS Rev. Proc. 2024-40; IRS Publication 15",
        "confirmed": True,
    },
    {
        "year": 2026,
        "exemption_single": 90_100,
        "exemption_joint": 140_200,
        "phase_out_single": 500_000,
        "phase_out_joint": 1_000_000,
        "phase_out_rate": 50,
        "upper_rate_from": 244_500,
        "source": "IRS Rev. Proc. 2025-32; Public Law 119-21; IRS Publication 15",
        "confirmed": False,
    },
)
REGISTER = (
    (
        "equity_grants",
        ADVICE,
        "What your employer promised you in shares and when it vests, so that we call before a date and not after.",
        72,
    ),
    (
        "equity_transactions",
        ADVICE,
        "What you exercised and sold of it, so that we know what you hold and which tax dates follow.",
        72,
    ),
    (
        "equity_sell_rules",
        CADENCE,
        "What you decided to sell of each vest, so that we remind you when trading is open and not before.",
        72,
    ),
    (
        "equity_basis",
        ADVICE,
        "Your tax rate, income and what you own in all, so that we can estimate what to set aside and how much hangs "
        "on one company.",
        24,
    ),
)


def ship_defaults(apps, schema_editor):
    years = apps.get_model("personas", "EquityTaxYear")
    for figures in FIGURES:
        years.objects.get_or_create(year=figures["year"], defaults=figures)
    ship(apps.get_model("clients", "FieldEntry"), REGISTER)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('personas', '0008_debt_and_owner_tools'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        AtOnce([
        migrations.CreateModel(
            name='EquityCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='company')),
                ('ticker', models.CharField(blank=True, max_length=12, verbose_name='ticker')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price of a share')),
                ('priced_on', models.DateField(blank=True, null=True, verbose_name='price as of')),
                ('fiscal_year_end', models.PositiveSmallIntegerField(default=12, help_text='1 to 12. The quarters end with it and every three months from it.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='last month of the fiscal year')),
                ('closed_before_days', models.PositiveSmallIntegerField(blank=True, default=14, help_text="Empty: no blackout rule. The company's own policy says it.", null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name="closed from, days before a quarter's end")),
                ('full_days_after', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='until, full trading days after results')),
                ('results_after_days', models.PositiveSmallIntegerField(default=35, help_text='Used for a quarter whose date of results is not entered below.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(80)], verbose_name="results expected, days after a quarter's end")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'verbose_name': 'company that pays in equity',
                'verbose_name_plural': 'companies that pay in equity',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Upper('name'), name='personas_equity_company_once'), models.CheckConstraint(condition=models.Q(models.Q(('price__isnull', True), ('priced_on__isnull', True)), models.Q(('price__gt', 0), ('priced_on__isnull', False)), _connector='OR'), name='personas_equity_price_dated', violation_error_message='A price needs its date, and a date its price.'), models.CheckConstraint(condition=models.Q(('fiscal_year_end__range', (1, 12))), name='personas_equity_fiscal_month')],
            },
        ),
        migrations.CreateModel(
            name='EquityGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rsu', 'RSU'), ('iso', 'ISO'), ('nso', 'NSO'), ('espp', 'ESPP')], max_length=4, verbose_name='kind')),
                ('label', models.CharField(blank=True, max_length=80, verbose_name='name of the grant')),
                ('granted_on', models.DateField(verbose_name='granted on')),
                ('shares', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='shares')),
                ('exercise_price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='exercise price')),
                ('price_at_grant', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price at grant')),
                ('vest_from', models.DateField(verbose_name='vesting counts from')),
                ('cliff_months', models.PositiveSmallIntegerField(default=12, verbose_name='cliff, months')),
                ('period_months', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='then every, months')),
                ('total_months', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='in all, months')),
                ('own_dates', models.BooleanField(default=False, verbose_name='by dates of its own')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='vesting ended on')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='options end on')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='personas.equitycompany', verbose_name='company')),
            ],
            options={
                'verbose_name': 'equity grant',
                'verbose_name_plural': 'equity grants',
                'ordering': ['company__name', 'granted_on', 'id'],
                'indexes': [models.Index(fields=['client'], name='personas_equity_grant_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='personas_equity_grant_shares'), models.CheckConstraint(condition=models.Q(models.Q(('exercise_price__isnull', True), ('kind', 'rsu')), models.Q(models.Q(('kind', 'rsu'), _negated=True), ('exercise_price__gt', 0), ('exercise_price__isnull', False)), _connector='OR'), name='personas_equity_grant_price', violation_error_message='Options and ESPP shares have a price; RSUs have none.'), models.CheckConstraint(condition=models.Q(('cliff_months__lte', models.F('total_months')), ('period_months__gt', 0)), name='personas_equity_grant_months', violation_error_message='The cliff lies within the months in all.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('granted_on')), _connector='OR'), models.Q(('expires_on__isnull', True), ('expires_on__gt', models.F('granted_on')), _connector='OR')), name='personas_equity_grant_ends', violation_error_message='Nothing of a grant ends before it is granted.')],
            },
        ),
        migrations.CreateModel(
            name='EquityVest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('vests_on', models.DateField(verbose_name='vests on')),
                ('shares', models.PositiveIntegerField(verbose_name='shares')),
                ('grant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='vests', to='personas.equitygrant')),
            ],
            options={
                'verbose_name': 'vest',
                'verbose_name_plural': 'vests',
                'ordering': ['vests_on', 'number'],
                'indexes': [models.Index(fields=['vests_on'], name='personas_equity_vest_by_date')],
                'constraints': [models.UniqueConstraint(fields=('grant', 'number'), name='personas_equity_vest_once'), models.UniqueConstraint(fields=('grant', 'vests_on'), name='personas_equity_vest_one_a_day'), models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='personas_equity_vest_shares')],
            },
        ),
        migrations.CreateModel(
            name='EquityTransaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('exercise', 'Exercise'), ('sale', 'Sale'), ('withheld', 'Shares kept back for tax')], max_length=8, verbose_name='kind')),
                ('happened_on', models.DateField(verbose_name='date')),
                ('shares', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='shares')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price of a share that day')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transactions', to='personas.equitygrant')),
            ],
            options={
                'verbose_name': 'exercise or sale',
                'verbose_name_plural': 'exercises and sales',
                'ordering': ['happened_on', 'id'],
                'indexes': [models.Index(fields=['client'], name='personas_equity_move_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('shares__gt', 0)), name='personas_equity_move_shares'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'exercise'), _negated=True), ('price__isnull', False), _connector='OR'), name='personas_equity_move_price', violation_error_message='An exercise needs the price of that day.')],
            },
        ),
        migrations.CreateModel(
            name='EquityProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.CharField(choices=[('single', 'Single'), ('joint', 'Married, filing jointly')], default='single', max_length=6, verbose_name='tax return')),
                ('marginal_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(65)], verbose_name='own marginal rate, percent')),
                ('income', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='income of the year without exercises')),
                ('regular_tax', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='regular federal tax of the year')),
                ('other_supplemental', models.DecimalField(decimal_places=2, default=0, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='bonuses of the year')),
                ('wealth', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='what the household owns, these shares included')),
                ('target_percent', models.DecimalField(decimal_places=2, default=10, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='share of one company that the household wants at most, percent')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
            ],
            options={
                'verbose_name': 'basis of equity estimates',
                'verbose_name_plural': 'bases of equity estimates',
                'constraints': [models.CheckConstraint(condition=models.Q(('target_percent__range', (0, 100)), models.Q(('marginal_rate__isnull', True), ('marginal_rate__range', (0, 65)), _connector='OR'), models.Q(('wealth__isnull', True), ('wealth__gt', 0), _connector='OR'), models.Q(('income__isnull', True), ('income__gte', 0), _connector='OR'), models.Q(('regular_tax__isnull', True), ('regular_tax__gte', 0), _connector='OR'), ('other_supplemental__gte', 0)), name='personas_equity_profile_range')],
            },
        ),
        migrations.CreateModel(
            name='EquityPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sell_percent', models.PositiveSmallIntegerField(default=0, help_text='At the next open window after the vest. 0: nothing is agreed.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='sell of each vest, percent')),
                ('adopted_on', models.DateField(blank=True, null=True, verbose_name='10b5-1 plan adopted on')),
                ('insider', models.BooleanField(default=False, verbose_name='is a director or officer of the company')),
                ('report_on', models.DateField(blank=True, help_text='Form 10-Q or 10-K. Empty: not known yet.', null=True, verbose_name='report of that quarter filed on')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.equitycompany', verbose_name='company')),
            ],
            options={
                'verbose_name': 'sell rule',
                'verbose_name_plural': 'sell rules',
                'constraints': [models.UniqueConstraint(fields=('client', 'company'), name='personas_equity_plan_once'), models.CheckConstraint(condition=models.Q(('sell_percent__range', (0, 100))), name='personas_equity_plan_percent'), models.CheckConstraint(condition=models.Q(('report_on__isnull', True), models.Q(('adopted_on__isnull', False), ('report_on__gte', models.F('adopted_on'))), _connector='OR'), name='personas_equity_plan_report', violation_error_message='The report is filed after the plan is adopted.')],
            },
        ),
        migrations.CreateModel(
            name='EquityWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Open for trading'), ('closed', 'Closed (blackout)')], max_length=6, verbose_name='trading is')),
                ('first_on', models.DateField(verbose_name='first day')),
                ('last_on', models.DateField(verbose_name='last day')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='personas.equitycompany')),
            ],
            options={
                'verbose_name': 'trading window',
                'verbose_name_plural': 'trading windows',
                'ordering': ['first_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('first_on__lte', models.F('last_on'))), name='personas_equity_window_order', violation_error_message='A window ends on the day it begins, or later.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('company', '='), (models.Func('first_on', 'last_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange'), '&&')], name='personas_equity_window_apart', violation_error_message='These days overlap with others that are entered for the company.')],
            },
        ),
        migrations.CreateModel(
            name='CompanyResults',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter_end', models.DateField(verbose_name="quarter's end")),
                ('published_on', models.DateField(verbose_name='results on')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='results', to='personas.equitycompany')),
            ],
            options={
                'verbose_name': 'date of results',
                'verbose_name_plural': 'dates of results',
                'ordering': ['quarter_end'],
                'constraints': [models.UniqueConstraint(fields=('company', 'quarter_end'), name='personas_equity_results_once', violation_error_message='The results of this quarter have a date already.'), models.CheckConstraint(condition=models.Q(('published_on__gt', models.F('quarter_end'))), name='personas_equity_results_after', violation_error_message='Results come after the end of their quarter.')],
            },
        ),
        migrations.CreateModel(
            name='EquityTaxYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(unique=True, verbose_name='year')),
                ('exemption_single', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption, single')),
                ('exemption_joint', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption, joint')),
                ('phase_out_single', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption shrinks from, single')),
                ('phase_out_joint', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption shrinks from, joint')),
                ('phase_out_rate', models.DecimalField(decimal_places=2, max_digits=4, verbose_name='by, cents a dollar')),
                ('upper_rate_from', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT 28 % above')),
                ('withheld_percent', models.DecimalField(decimal_places=2, default=22, max_digits=4, verbose_name='withheld from a vest, percent')),
                ('withheld_percent_above', models.DecimalField(decimal_places=2, default=37, max_digits=4, verbose_name='withheld above that, percent')),
                ('withheld_up_to', models.DecimalField(decimal_places=2, default=1000000, max_digits=12, verbose_name='up to, a year')),
                ('iso_limit', models.DecimalField(decimal_places=2, default=100000, max_digits=12, verbose_name='ISO limit a year')),
                ('espp_limit', models.DecimalField(decimal_places=2, default=25000, max_digits=12, verbose_name='ESPP limit a year')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody of the firm compared it with the source.', verbose_name='confirmed')),
            ],
            options={
                'verbose_name': 'federal figures of a year',
                'verbose_name_plural': 'federal figures by year',
                'ordering': ['-year'],
                'constraints': [models.CheckConstraint(condition=models.Q(('year__range', (2000, 2200))), name='personas_equity_year'), models.CheckConstraint(condition=models.Q(('exemption_joint__gt', 0), ('exemption_single__gt', 0), ('phase_out_single__gt', 0), ('phase_out_joint__gt', 0), ('phase_out_rate__gt', 0), ('upper_rate_from__gt', 0), ('withheld_up_to__gt', 0), ('withheld_percent__range', (0, 100)), ('withheld_percent_above__range', (0, 100))), name='personas_equity_year_positive')],
            },
        ),
        migrations.CreateModel(
            name='EquityCompanyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='company')),
                ('ticker', models.CharField(blank=True, max_length=12, verbose_name='ticker')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price of a share')),
                ('priced_on', models.DateField(blank=True, null=True, verbose_name='price as of')),
                ('fiscal_year_end', models.PositiveSmallIntegerField(default=12, help_text='1 to 12. The quarters end with it and every three months from it.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='last month of the fiscal year')),
                ('closed_before_days', models.PositiveSmallIntegerField(blank=True, default=14, help_text="Empty: no blackout rule. The company's own policy says it.", null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name="closed from, days before a quarter's end")),
                ('full_days_after', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='until, full trading days after results')),
                ('results_after_days', models.PositiveSmallIntegerField(default=35, help_text='Used for a quarter whose date of results is not entered below.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(80)], verbose_name="results expected, days after a quarter's end")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equitycompany')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EquityGrantEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('rsu', 'RSU'), ('iso', 'ISO'), ('nso', 'NSO'), ('espp', 'ESPP')], max_length=4, verbose_name='kind')),
                ('label', models.CharField(blank=True, max_length=80, verbose_name='name of the grant')),
                ('granted_on', models.DateField(verbose_name='granted on')),
                ('shares', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='shares')),
                ('exercise_price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='exercise price')),
                ('price_at_grant', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price at grant')),
                ('vest_from', models.DateField(verbose_name='vesting counts from')),
                ('cliff_months', models.PositiveSmallIntegerField(default=12, verbose_name='cliff, months')),
                ('period_months', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='then every, months')),
                ('total_months', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='in all, months')),
                ('own_dates', models.BooleanField(default=False, verbose_name='by dates of its own')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='vesting ended on')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='options end on')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.equitycompany', verbose_name='company')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equitygrant')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_eq_client__413d57_idx')],
            },
        ),
        migrations.CreateModel(
            name='EquityTransactionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('exercise', 'Exercise'), ('sale', 'Sale'), ('withheld', 'Shares kept back for tax')], max_length=8, verbose_name='kind')),
                ('happened_on', models.DateField(verbose_name='date')),
                ('shares', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='shares')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='price of a share that day')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('grant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.equitygrant')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equitytransaction')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_eq_client__c51d4b_idx')],
            },
        ),
        migrations.CreateModel(
            name='EquityProfileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('filing', models.CharField(choices=[('single', 'Single'), ('joint', 'Married, filing jointly')], default='single', max_length=6, verbose_name='tax return')),
                ('marginal_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(65)], verbose_name='own marginal rate, percent')),
                ('income', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='income of the year without exercises')),
                ('regular_tax', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='regular federal tax of the year')),
                ('other_supplemental', models.DecimalField(decimal_places=2, default=0, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='bonuses of the year')),
                ('wealth', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='what the household owns, these shares included')),
                ('target_percent', models.DecimalField(decimal_places=2, default=10, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='share of one company that the household wants at most, percent')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equityprofile')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_eq_client__5da60b_idx')],
            },
        ),
        migrations.CreateModel(
            name='EquityPlanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('sell_percent', models.PositiveSmallIntegerField(default=0, help_text='At the next open window after the vest. 0: nothing is agreed.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='sell of each vest, percent')),
                ('adopted_on', models.DateField(blank=True, null=True, verbose_name='10b5-1 plan adopted on')),
                ('insider', models.BooleanField(default=False, verbose_name='is a director or officer of the company')),
                ('report_on', models.DateField(blank=True, help_text='Form 10-Q or 10-K. Empty: not known yet.', null=True, verbose_name='report of that quarter filed on')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.equitycompany', verbose_name='company')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equityplan')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_eq_client__acc02a_idx')],
            },
        ),
        migrations.CreateModel(
            name='EquityWindowEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open for trading'), ('closed', 'Closed (blackout)')], max_length=6, verbose_name='trading is')),
                ('first_on', models.DateField(verbose_name='first day')),
                ('last_on', models.DateField(verbose_name='last day')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.equitycompany')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equitywindow')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CompanyResultsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('quarter_end', models.DateField(verbose_name="quarter's end")),
                ('published_on', models.DateField(verbose_name='results on')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.companyresults')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.equitycompany')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EquityTaxYearEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('exemption_single', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption, single')),
                ('exemption_joint', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption, joint')),
                ('phase_out_single', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption shrinks from, single')),
                ('phase_out_joint', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT exemption shrinks from, joint')),
                ('phase_out_rate', models.DecimalField(decimal_places=2, max_digits=4, verbose_name='by, cents a dollar')),
                ('upper_rate_from', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='AMT 28 % above')),
                ('withheld_percent', models.DecimalField(decimal_places=2, default=22, max_digits=4, verbose_name='withheld from a vest, percent')),
                ('withheld_percent_above', models.DecimalField(decimal_places=2, default=37, max_digits=4, verbose_name='withheld above that, percent')),
                ('withheld_up_to', models.DecimalField(decimal_places=2, default=1000000, max_digits=12, verbose_name='up to, a year')),
                ('iso_limit', models.DecimalField(decimal_places=2, default=100000, max_digits=12, verbose_name='ISO limit a year')),
                ('espp_limit', models.DecimalField(decimal_places=2, default=25000, max_digits=12, verbose_name='ESPP limit a year')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('confirmed', models.BooleanField(default=False, help_text='Somebody of the firm compared it with the source.', verbose_name='confirmed')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.equitytaxyear')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitycompany',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitycompanyevent" ("closed_before_days", "created_at", "fiscal_year_end", "full_days_after", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "priced_on", "results_after_days", "ticker") SELECT new_values."closed_before_days", new_values."created_at", new_values."fiscal_year_end", new_values."full_days_after", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price", new_values."priced_on", new_values."results_after_days", new_values."ticker" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='66844fc1d80b2ff0617a78a020e8b202ee7b0b07', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_dc374', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equitycompany', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitycompany',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitycompanyevent" ("closed_before_days", "created_at", "fiscal_year_end", "full_days_after", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "priced_on", "results_after_days", "ticker") SELECT new_values."closed_before_days", new_values."created_at", new_values."fiscal_year_end", new_values."full_days_after", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price", new_values."priced_on", new_values."results_after_days", new_values."ticker" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='adfb7a13ff5c90c04dd18976e48a671a0861fa89', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d684d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equitycompany', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitycompany',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitycompanyevent" ("closed_before_days", "created_at", "fiscal_year_end", "full_days_after", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "priced_on", "results_after_days", "ticker") SELECT old_values."closed_before_days", old_values."created_at", old_values."fiscal_year_end", old_values."full_days_after", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price", old_values."priced_on", old_values."results_after_days", old_values."ticker" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ec8b5423e57e48994818a09612500fe21640f170', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_8c9eb', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equitycompany', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytaxyear',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytaxyearevent" ("confirmed", "espp_limit", "exemption_joint", "exemption_single", "id", "iso_limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_out_joint", "phase_out_rate", "phase_out_single", "source", "upper_rate_from", "withheld_percent", "withheld_percent_above", "withheld_up_to", "year") SELECT new_values."confirmed", new_values."espp_limit", new_values."exemption_joint", new_values."exemption_single", new_values."id", new_values."iso_limit", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phase_out_joint", new_values."phase_out_rate", new_values."phase_out_single", new_values."source", new_values."upper_rate_from", new_values."withheld_percent", new_values."withheld_percent_above", new_values."withheld_up_to", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0e83bda99efa8b5b441fac67dfd370246629dba1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c40f4', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equitytaxyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytaxyear',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytaxyearevent" ("confirmed", "espp_limit", "exemption_joint", "exemption_single", "id", "iso_limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_out_joint", "phase_out_rate", "phase_out_single", "source", "upper_rate_from", "withheld_percent", "withheld_percent_above", "withheld_up_to", "year") SELECT new_values."confirmed", new_values."espp_limit", new_values."exemption_joint", new_values."exemption_single", new_values."id", new_values."iso_limit", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phase_out_joint", new_values."phase_out_rate", new_values."phase_out_single", new_values."source", new_values."upper_rate_from", new_values."withheld_percent", new_values."withheld_percent_above", new_values."withheld_up_to", new_values."year" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d25a5edd7e471dc330c2b33b894e8ec87ddda057', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_886de', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equitytaxyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytaxyear',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytaxyearevent" ("confirmed", "espp_limit", "exemption_joint", "exemption_single", "id", "iso_limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_out_joint", "phase_out_rate", "phase_out_single", "source", "upper_rate_from", "withheld_percent", "withheld_percent_above", "withheld_up_to", "year") SELECT old_values."confirmed", old_values."espp_limit", old_values."exemption_joint", old_values."exemption_single", old_values."id", old_values."iso_limit", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phase_out_joint", old_values."phase_out_rate", old_values."phase_out_single", old_values."source", old_values."upper_rate_from", old_values."withheld_percent", old_values."withheld_percent_above", old_values."withheld_up_to", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d6421e534766a8ca9fc937e394edad54e01c3ff0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_00e23', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equitytaxyear', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='companyresults',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_companyresultsevent" ("company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "quarter_end") SELECT new_values."company_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_on", new_values."quarter_end" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4181e1a28c8c647bd606ba88f7b624968150b035', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_34512', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_companyresults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='companyresults',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_companyresultsevent" ("company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "quarter_end") SELECT new_values."company_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_on", new_values."quarter_end" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='94c8a9c4011280de26d1285f88b6034d971c66d7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_72615', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_companyresults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='companyresults',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_companyresultsevent" ("company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "quarter_end") SELECT old_values."company_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_on", old_values."quarter_end" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4e169d9f9c6d1b7ae4990c6f48c66fddb0e02612', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0aefc', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_companyresults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='acb06ae070cfd33d08bc3417be4f6ccad9747282', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_6d22b', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='837f725445c30dbcdf32d0dd6aa5080387dfe6a0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_3cef7', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='f6a48dac85fb2fcc475b1079f4139955ebd2ba4c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_1756c', referencing='REFERENCING OLD TABLE AS old_rows ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='vests_fit', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM new_rows n JOIN personas_equitygrant g ON g.id = n.id\n        WHERE g.shares < (SELECT sum(v.shares) FROM personas_equityvest v WHERE v.grant_id = g.id)\n    ) THEN\n        RAISE EXCEPTION 'More shares vest than were granted.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_vests_fit';\n    END IF;\n    RETURN NULL;\n", hash='5e220d8bba479c4e754f9443693dd235f4d2a13c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_vests_fit_8fb86', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitygrantevent" ("client_id", "cliff_months", "company_id", "ended_on", "exercise_price", "expires_on", "granted_on", "id", "kind", "label", "own_dates", "period_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_at_grant", "shares", "total_months", "updated_at", "vest_from") SELECT new_values."client_id", new_values."cliff_months", new_values."company_id", new_values."ended_on", new_values."exercise_price", new_values."expires_on", new_values."granted_on", new_values."id", new_values."kind", new_values."label", new_values."own_dates", new_values."period_months", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price_at_grant", new_values."shares", new_values."total_months", new_values."updated_at", new_values."vest_from" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fcd5098f030219b7046da6129b986d025b3f102c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b9f78', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitygrantevent" ("client_id", "cliff_months", "company_id", "ended_on", "exercise_price", "expires_on", "granted_on", "id", "kind", "label", "own_dates", "period_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_at_grant", "shares", "total_months", "updated_at", "vest_from") SELECT new_values."client_id", new_values."cliff_months", new_values."company_id", new_values."ended_on", new_values."exercise_price", new_values."expires_on", new_values."granted_on", new_values."id", new_values."kind", new_values."label", new_values."own_dates", new_values."period_months", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price_at_grant", new_values."shares", new_values."total_months", new_values."updated_at", new_values."vest_from" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='444d48221676248ee5e1cf5862e3507ef8090a3e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_526d8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitygrant',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitygrantevent" ("client_id", "cliff_months", "company_id", "ended_on", "exercise_price", "expires_on", "granted_on", "id", "kind", "label", "own_dates", "period_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_at_grant", "shares", "total_months", "updated_at", "vest_from") SELECT old_values."client_id", old_values."cliff_months", old_values."company_id", old_values."ended_on", old_values."exercise_price", old_values."expires_on", old_values."granted_on", old_values."id", old_values."kind", old_values."label", old_values."own_dates", old_values."period_months", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price_at_grant", old_values."shares", old_values."total_months", old_values."updated_at", old_values."vest_from" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='17ccf582cd5d5aad246a5328cd384232f8b4ceef', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fcf44', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equitygrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityplan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityplanevent" ("adopted_on", "client_id", "company_id", "id", "insider", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_on", "sell_percent", "updated_at") SELECT new_values."adopted_on", new_values."client_id", new_values."company_id", new_values."id", new_values."insider", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."report_on", new_values."sell_percent", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='14f36e4b1cd31ec7ffe7a83381384605c7e5cbde', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0295d', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equityplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityplan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityplanevent" ("adopted_on", "client_id", "company_id", "id", "insider", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_on", "sell_percent", "updated_at") SELECT new_values."adopted_on", new_values."client_id", new_values."company_id", new_values."id", new_values."insider", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."report_on", new_values."sell_percent", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='44d3358660c45b8ec254e32d4c3e782de99e8ee0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_be2ca', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equityplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityplan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityplanevent" ("adopted_on", "client_id", "company_id", "id", "insider", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_on", "sell_percent", "updated_at") SELECT old_values."adopted_on", old_values."client_id", old_values."company_id", old_values."id", old_values."insider", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."report_on", old_values."sell_percent", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9d19b27bac21bf3d58d73f5199793ab75cc1056e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9a38b', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equityplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityprofile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityprofileevent" ("client_id", "filing", "id", "income", "marginal_rate", "other_supplemental", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regular_tax", "target_percent", "updated_at", "wealth") SELECT new_values."client_id", new_values."filing", new_values."id", new_values."income", new_values."marginal_rate", new_values."other_supplemental", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."regular_tax", new_values."target_percent", new_values."updated_at", new_values."wealth" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='00582aa008ccf2af3820ae417f04be4890764c70', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a5861', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equityprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityprofile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityprofileevent" ("client_id", "filing", "id", "income", "marginal_rate", "other_supplemental", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regular_tax", "target_percent", "updated_at", "wealth") SELECT new_values."client_id", new_values."filing", new_values."id", new_values."income", new_values."marginal_rate", new_values."other_supplemental", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."regular_tax", new_values."target_percent", new_values."updated_at", new_values."wealth" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='01778a45a0bd57eb2638ae4a32e606aa613a4fa8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_88346', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equityprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityprofile',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equityprofileevent" ("client_id", "filing", "id", "income", "marginal_rate", "other_supplemental", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regular_tax", "target_percent", "updated_at", "wealth") SELECT old_values."client_id", old_values."filing", old_values."id", old_values."income", old_values."marginal_rate", old_values."other_supplemental", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."regular_tax", old_values."target_percent", old_values."updated_at", old_values."wealth" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4c6b12210fe67ec198ab9e7123835d95b7d3f34c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_470b6', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equityprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='13417a077f66a2140870da331fe248aa3debf3e4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_fd546', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='fb310f9b644adfd516077ea5f5b9246da155887c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_6222d', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='717a4d43123484385051184f1a155929555b10f9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_9affb', referencing='REFERENCING OLD TABLE AS old_rows ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='fit_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n JOIN personas_equitygrant g ON g.id = n.grant_id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t WHERE t.grant_id = g.id\n        ) moved\n        WHERE moved.exercised > g.shares\n            OR moved.gone > CASE WHEN g.kind IN ('iso', 'nso') THEN moved.exercised ELSE g.shares END\n            OR (moved.exercised > 0 AND g.kind NOT IN ('iso', 'nso'))\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='23f828b70072774e2fe70f6ed36522d20c50d28a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_fit_insert_729fb', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='fit_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n JOIN personas_equitygrant g ON g.id = n.grant_id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t WHERE t.grant_id = g.id\n        ) moved\n        WHERE moved.exercised > g.shares\n            OR moved.gone > CASE WHEN g.kind IN ('iso', 'nso') THEN moved.exercised ELSE g.shares END\n            OR (moved.exercised > 0 AND g.kind NOT IN ('iso', 'nso'))\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='747bc3137c3fbf2083b81c9abaa026334f3dbc3b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_fit_update_7ed64', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytransactionevent" ("client_id", "grant_id", "happened_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "shares") SELECT new_values."client_id", new_values."grant_id", new_values."happened_on", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."price", new_values."shares" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cf1971249de89f58dd32907760d2ca1f0b2c4ec7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_1eb02', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytransactionevent" ("client_id", "grant_id", "happened_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "shares") SELECT new_values."client_id", new_values."grant_id", new_values."happened_on", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."price", new_values."shares" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5ad95dafe5af20dbb76d507d844fbccaa9ceb52b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8d08d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitytransaction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitytransactionevent" ("client_id", "grant_id", "happened_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "shares") SELECT old_values."client_id", old_values."grant_id", old_values."happened_on", old_values."id", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."price", old_values."shares" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d66e0b531ca9c3d403f1d8e82b1c73ee2f3f52f4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2447b', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equitytransaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityvest',
            trigger=pgtrigger.compiler.Trigger(name='fit_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM new_rows n JOIN personas_equitygrant g ON g.id = n.grant_id\n        WHERE g.shares < (SELECT sum(v.shares) FROM personas_equityvest v WHERE v.grant_id = g.id)\n    ) THEN\n        RAISE EXCEPTION 'More shares vest than were granted.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_vests_fit';\n    END IF;\n    RETURN NULL;\n", hash='990968f81233b4dccdf722519d17da33b8c82a9b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_fit_insert_989e6', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equityvest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equityvest',
            trigger=pgtrigger.compiler.Trigger(name='fit_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM new_rows n JOIN personas_equitygrant g ON g.id = n.grant_id\n        WHERE g.shares < (SELECT sum(v.shares) FROM personas_equityvest v WHERE v.grant_id = g.id)\n    ) THEN\n        RAISE EXCEPTION 'More shares vest than were granted.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_vests_fit';\n    END IF;\n    RETURN NULL;\n", hash='ba74bcc839b7b02daea2df3294305942099f9184', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_fit_update_06941', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equityvest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitywindow',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitywindowevent" ("company_id", "first_on", "id", "last_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") SELECT new_values."company_id", new_values."first_on", new_values."id", new_values."last_on", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='981f27def9d26616b386f36c1ebe6db94968761a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8a907', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_equitywindow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitywindow',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitywindowevent" ("company_id", "first_on", "id", "last_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") SELECT new_values."company_id", new_values."first_on", new_values."id", new_values."last_on", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."state" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='00561517c84936689170a2089e03552aa609fd27', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a16f3', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_equitywindow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='equitywindow',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_equitywindowevent" ("company_id", "first_on", "id", "last_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") SELECT old_values."company_id", old_values."first_on", old_values."id", old_values."last_on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ea25aabd60f9a62723e3126d47411aef502be6ce', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_07049', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_equitywindow', when='AFTER')),
        ),
        ]),
        migrations.RunPython(ship_defaults, migrations.RunPython.noop),
    ]
