"""Loans with forgiveness plans, and the tools of business owners; their entries in the field register."""

import datetime as dt
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.db import migrations, models

from clients.migrating import AtOnce
from clients.register.shipped import ADVICE, IMPLEMENTATION, ship

PSLF = {"code": "pslf", "label": "Public Service Loan Forgiveness"}
PSLF_TERMS = {
    "applies_from": dt.date(2007, 10, 1),
    "payments_required": 120,
    "source": "34 CFR 685.219",
}
# Small, in the order in which they are easy to say yes to; each can be changed for a client.
STARTER_STEPS = (
    ("Write down what would make an exit feel like a win", "Everything later is measured by it."),
    ("List what the household owns outside the business", "Shows how much hangs on one asset."),
    ("Agree who may speak for the business if you cannot", "Protects what exists, whatever comes later."),
    ("Have the value of the business estimated once", "A number to plan with; it commits you to nothing."),
    ("Name the people without whom the business would stop", "A buyer asks for them first, and so does a bank."),
    ("Put one year of family spending outside the business", "Decisions get calmer with a reserve."),
    ("Compare two or three ways to go, side by side", "On your own criteria, before anybody else's."),
)
REGISTER = (
    (
        "loans",
        ADVICE,
        "What you owe and pay each month, so that we can show when each loan ends and what paying more changes.",
        72,
    ),
    (
        "holdings",
        ADVICE,
        "What the household owns and owes, to see how much of it hangs on one asset before we speak of plans.",
        72,
    ),
    (
        "win_conditions",
        ADVICE,
        "What would make an exit feel like a win to you: options are compared by it, in your own words.",
        72,
    ),
    ("owner_options", ADVICE, "The ways to go that we compare, and how well each meets what you asked for.", 72),
    (
        "owner_steps",
        IMPLEMENTATION,
        "Which small step was agreed, with whom and by when, so that only what you said yes to is done.",
        72,
    ),
)


def ship_defaults(apps, schema_editor):
    plan = apps.get_model("personas", "ForgivenessPlan").objects.create(**PSLF)
    apps.get_model("personas", "ForgivenessTerms").objects.create(plan=plan, **PSLF_TERMS)
    starter = apps.get_model("personas", "StarterStep")
    starter.objects.bulk_create(
        starter(position=place, title=title, about=about)
        for place, (title, about) in enumerate(STARTER_STEPS, start=1)
    )
    ship(apps.get_model("clients", "FieldEntry"), REGISTER)


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('personas', '0007_household'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        AtOnce([
        migrations.CreateModel(
            name='ForgivenessPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=80, verbose_name='name')),
                ('retired_on', models.DateField(blank=True, help_text='Offered for no further loan from this day on.', null=True, verbose_name='retired')),
            ],
            options={
                'verbose_name': 'forgiveness plan',
                'verbose_name_plural': 'forgiveness plans',
                'ordering': ['label'],
            },
        ),
        migrations.CreateModel(
            name='ForgivenessTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('applies_from', models.DateField(verbose_name='applies from')),
                ('payments_required', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='qualifying payments needed')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='personas.forgivenessplan', verbose_name='plan')),
            ],
            options={
                'verbose_name': 'terms of a forgiveness plan',
                'verbose_name_plural': 'terms of forgiveness plans',
                'ordering': ['plan', '-applies_from'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'applies_from'), name='personas_terms_once_a_day'), models.CheckConstraint(condition=models.Q(('payments_required__range', (1, 600))), name='personas_terms_ask_for_payments')],
            },
        ),
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('business', 'Business'), ('real_estate', 'Real estate'), ('retirement', 'Retirement account'), ('investments', 'Investments'), ('cash', 'Cash'), ('other_asset', 'Other asset'), ('mortgage', 'Mortgage'), ('business_loan', 'Business loan'), ('other_debt', 'Other debt')], max_length=16, verbose_name='kind')),
                ('value', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='value')),
                ('as_of', models.DateField(verbose_name='value as of')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='holdings', to='clients.client')),
                ('hangs_on', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='hanging', to='personas.holding', verbose_name='hangs on')),
            ],
            options={
                'verbose_name': 'holding',
                'verbose_name_plural': 'holdings',
                'ordering': ['-value', 'id'],
                'indexes': [models.Index(fields=['client'], name='personas_holding_by_client'), models.Index(condition=models.Q(('hangs_on__isnull', False)), fields=['hangs_on'], name='personas_holding_hanging')],
                'constraints': [models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='personas_holding_not_negative'), models.CheckConstraint(condition=models.Q(('hangs_on__isnull', True), models.Q(('hangs_on', models.F('id')), _negated=True), _connector='OR'), name='personas_holding_not_on_itself')],
            },
        ),
        migrations.CreateModel(
            name='OwnerOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D')], max_length=1, verbose_name='letter')),
                ('title', models.CharField(max_length=80, verbose_name='option')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it means')),
                ('leaves_open', models.CharField(blank=True, max_length=300, verbose_name='what it leaves open')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='owner_options', to='clients.client')),
            ],
            options={
                'verbose_name': 'option',
                'verbose_name_plural': 'options',
                'ordering': ['letter'],
                'constraints': [models.UniqueConstraint(fields=('client', 'letter'), name='personas_option_letter_once'), models.CheckConstraint(condition=models.Q(('letter__in', ['A', 'B', 'C', 'D'])), name='personas_option_letter')],
            },
        ),
        migrations.CreateModel(
            name='WinCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='what would make it a win')),
                ('importance', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='importance, 1 to 5')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='win_conditions', to='clients.client')),
            ],
            options={
                'verbose_name': 'win condition',
                'verbose_name_plural': 'win conditions',
                'ordering': ['-importance', 'id'],
                'indexes': [models.Index(fields=['client'], name='personas_win_by_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('importance__range', (1, 5))), name='personas_win_importance')],
            },
        ),
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('federal_student', 'Federal student loan'), ('private_student', 'Private student loan'), ('practice', 'Practice loan'), ('mortgage', 'Mortgage'), ('car', 'Car loan'), ('card', 'Credit card'), ('other', 'Other loan')], max_length=16, verbose_name='kind')),
                ('balance', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='balance')),
                ('as_of', models.DateField(verbose_name='balance as of')),
                ('yearly_rate', models.DecimalField(decimal_places=3, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.'), django.core.validators.MaxValueValidator(40)], verbose_name='rate a year, percent')),
                ('monthly_payment', models.DecimalField(decimal_places=2, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='payment a month')),
                ('payments_made', models.PositiveSmallIntegerField(default=0, help_text='Counted up to the day of the balance.', verbose_name='qualifying payments made')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='loans', to='clients.client')),
                ('plan', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.forgivenessplan', verbose_name='forgiveness plan')),
            ],
            options={
                'verbose_name': 'loan',
                'verbose_name_plural': 'loans',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['client'], name='personas_loan_by_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('balance__gte', 0), ('monthly_payment__gte', 0)), name='personas_loan_amounts_not_negative'), models.CheckConstraint(condition=models.Q(('yearly_rate__range', (0, 40))), name='personas_loan_rate_in_range'), models.CheckConstraint(condition=models.Q(('plan__isnull', False), ('payments_made', 0), _connector='OR'), name='personas_loan_payments_of_a_plan'), models.CheckConstraint(condition=models.Q(('plan__isnull', False), ('balance', 0), ('monthly_payment__gt', django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('balance'), '*', models.F('yearly_rate')), '/', models.Value(1200)), precision=2)), _connector='OR'), name='personas_loan_amortises')],
            },
        ),
        migrations.CreateModel(
            name='OptionRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rating', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating, 1 to 5')),
                ('note', models.CharField(blank=True, max_length=160, verbose_name='note')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('option', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='personas.owneroption')),
                ('condition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='personas.wincondition')),
            ],
            options={
                'verbose_name': 'rating of an option',
                'verbose_name_plural': 'ratings of options',
                'constraints': [models.UniqueConstraint(fields=('option', 'condition'), name='personas_rating_once'), models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='personas_rating_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='StarterStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='place')),
                ('title', models.CharField(max_length=140, verbose_name='step')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
            ],
            options={
                'verbose_name': 'step to begin with',
                'verbose_name_plural': 'steps to begin with',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CommitmentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField(verbose_name='place')),
                ('title', models.CharField(max_length=140, verbose_name='step')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('state', models.CharField(choices=[('proposed', 'Not agreed yet'), ('active', 'Agreed, under way'), ('done', 'Done'), ('stopped', 'Stopped')], default='proposed', max_length=8, verbose_name='state')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='agreed on')),
                ('agreed_by', models.CharField(blank=True, max_length=120, verbose_name='agreed by')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='to be done by')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='done or stopped on')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='clients.client')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('client', 'position'), name='personas_step_place_once'), models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('client',), name='personas_step_one_active'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['active', 'done']), _negated=True), models.Q(('agreed_on__isnull', False), models.Q(('agreed_by', ''), _negated=True)), _connector='OR'), name='personas_step_agreed'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('state__in', ['done', 'stopped'])), models.Q(('closed_on__isnull', True), ('state__in', ['proposed', 'active'])), _connector='OR'), name='personas_step_closed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'stopped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='personas_step_stopped_with_reason'), models.CheckConstraint(condition=models.Q(('due_on__isnull', True), ('agreed_on__isnull', True), ('due_on__gte', models.F('agreed_on')), _connector='OR'), name='personas_step_due_after_agreed')],
            },
        ),
        migrations.CreateModel(
            name='ForgivenessPlanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, verbose_name='code')),
                ('label', models.CharField(max_length=80, verbose_name='name')),
                ('retired_on', models.DateField(blank=True, help_text='Offered for no further loan from this day on.', null=True, verbose_name='retired')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.forgivenessplan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ForgivenessTermsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('applies_from', models.DateField(verbose_name='applies from')),
                ('payments_required', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='qualifying payments needed')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.forgivenessterms')),
                ('plan', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.forgivenessplan', verbose_name='plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HoldingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('business', 'Business'), ('real_estate', 'Real estate'), ('retirement', 'Retirement account'), ('investments', 'Investments'), ('cash', 'Cash'), ('other_asset', 'Other asset'), ('mortgage', 'Mortgage'), ('business_loan', 'Business loan'), ('other_debt', 'Other debt')], max_length=16, verbose_name='kind')),
                ('value', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='value')),
                ('as_of', models.DateField(verbose_name='value as of')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('hangs_on', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.holding', verbose_name='hangs on')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.holding')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_ho_client__4f3a82_idx')],
            },
        ),
        migrations.CreateModel(
            name='LoanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('federal_student', 'Federal student loan'), ('private_student', 'Private student loan'), ('practice', 'Practice loan'), ('mortgage', 'Mortgage'), ('car', 'Car loan'), ('card', 'Credit card'), ('other', 'Other loan')], max_length=16, verbose_name='kind')),
                ('balance', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='balance')),
                ('as_of', models.DateField(verbose_name='balance as of')),
                ('yearly_rate', models.DecimalField(decimal_places=3, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.'), django.core.validators.MaxValueValidator(40)], verbose_name='rate a year, percent')),
                ('monthly_payment', models.DecimalField(decimal_places=2, max_digits=11, validators=[django.core.validators.MinValueValidator(Decimal('0'), 'This cannot be negative.')], verbose_name='payment a month')),
                ('payments_made', models.PositiveSmallIntegerField(default=0, help_text='Counted up to the day of the balance.', verbose_name='qualifying payments made')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.loan')),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.forgivenessplan', verbose_name='forgiveness plan')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_lo_client__5c685f_idx')],
            },
        ),
        migrations.CreateModel(
            name='OptionRatingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('rating', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating, 1 to 5')),
                ('note', models.CharField(blank=True, max_length=160, verbose_name='note')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.optionrating')),
                ('option', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.owneroption')),
                ('condition', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='personas.wincondition')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_op_client__e725cd_idx')],
            },
        ),
        migrations.CreateModel(
            name='OwnerOptionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('letter', models.CharField(choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D')], max_length=1, verbose_name='letter')),
                ('title', models.CharField(max_length=80, verbose_name='option')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it means')),
                ('leaves_open', models.CharField(blank=True, max_length=300, verbose_name='what it leaves open')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.owneroption')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_ow_client__23ab10_idx')],
            },
        ),
        migrations.CreateModel(
            name='StarterStepEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('position', models.PositiveSmallIntegerField(verbose_name='place')),
                ('title', models.CharField(max_length=140, verbose_name='step')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.starterstep')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WinConditionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=160, verbose_name='what would make it a win')),
                ('importance', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='importance, 1 to 5')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.wincondition')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_wi_client__3d9676_idx')],
            },
        ),
        migrations.CreateModel(
            name='CommitmentStepEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('position', models.IntegerField(verbose_name='place')),
                ('title', models.CharField(max_length=140, verbose_name='step')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('state', models.CharField(choices=[('proposed', 'Not agreed yet'), ('active', 'Agreed, under way'), ('done', 'Done'), ('stopped', 'Stopped')], default='proposed', max_length=8, verbose_name='state')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='agreed on')),
                ('agreed_by', models.CharField(blank=True, max_length=120, verbose_name='agreed by')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='to be done by')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='done or stopped on')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='personas.commitmentstep')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['client'], name='personas_co_client__42a5cc_idx')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessplan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenessplanevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on") SELECT new_values."code", new_values."id", new_values."label", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."retired_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fd34a794629ed523e89dd7fff6b36d97a7b6d590', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_17882', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_forgivenessplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessplan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenessplanevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on") SELECT new_values."code", new_values."id", new_values."label", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."retired_on" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='68b16bd3ccde5c62cb8de27823993cc6e1832510', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_88542', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_forgivenessplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessplan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenessplanevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on") SELECT old_values."code", old_values."id", old_values."label", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."retired_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1fb6e930938373ad7156e374c83f32a9dfbe9ee3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_93106', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_forgivenessplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starterstep',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_starterstepevent" ("about", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "title") SELECT new_values."about", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8776be392816d43c2bf3f08e9df6e3539af3c902', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fea8f', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_starterstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starterstep',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_starterstepevent" ("about", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "title") SELECT new_values."about", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."title" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6e0a8d7d7fdfc34f53b2a14d6e07ef58e67d8562', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_76d5d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_starterstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starterstep',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_starterstepevent" ("about", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "title") SELECT old_values."about", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7033a826d097dc0804fa1942b3da6ff456ae8e21', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_443f9', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_starterstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='in_order', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM clients_client WHERE id = NEW.client_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT FROM personas_commitmentstep earlier\n        JOIN personas_commitmentstep later ON later.client_id = earlier.client_id\n            AND later.position > earlier.position\n        WHERE earlier.client_id = NEW.client_id AND earlier.state IN ('proposed', 'active')\n            AND later.state <> 'proposed'\n    ) THEN\n        RAISE EXCEPTION 'A step follows only when those before it are done or stopped.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_step_in_order';\n    END IF;\n    RETURN NULL;\n", hash='51b6c5488a6978004f4f8081722e7b284344f3e5', operation='INSERT OR UPDATE', pgid='pgtrigger_in_order_a374f', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='note_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM new_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='641d93061bb4ab468a2995086bf4b87763410c2b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_note_insert_cd04c', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='note_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM (SELECT n.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n UNION SELECT o.client_id FROM new_rows n FULL JOIN old_rows o USING (id) WHERE o IS DISTINCT FROM n) u) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='8b04ff99a8390125afeccbde49d5f9d83090864e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_note_update_c5b54', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='note_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO clients_change (kind, client_id) SELECT k.kind, r.id FROM (SELECT DISTINCT client_id id FROM old_rows) r, (VALUES ('service')) k(kind); RETURN NULL;", hash='c536e2271bcde18e7728b3bd29d9dee5e69407ad', level='STATEMENT', operation='DELETE', pgid='pgtrigger_note_delete_11462', referencing='REFERENCING OLD TABLE AS old_rows ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_commitmentstepevent" ("about", "agreed_by", "agreed_on", "client_id", "closed_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "state", "title") SELECT new_values."about", new_values."agreed_by", new_values."agreed_on", new_values."client_id", new_values."closed_on", new_values."due_on", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."reason", new_values."state", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='067324c01c90a6dea275eea8802d24eea3068b5d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_461ea', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_commitmentstepevent" ("about", "agreed_by", "agreed_on", "client_id", "closed_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "state", "title") SELECT new_values."about", new_values."agreed_by", new_values."agreed_on", new_values."client_id", new_values."closed_on", new_values."due_on", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."reason", new_values."state", new_values."title" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5ef098775d4b75f1155fef209840e4ca18bf3785', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f3368', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_commitmentstepevent" ("about", "agreed_by", "agreed_on", "client_id", "closed_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "reason", "state", "title") SELECT old_values."about", old_values."agreed_by", old_values."agreed_on", old_values."client_id", old_values."closed_on", old_values."due_on", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."reason", old_values."state", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='ea2ca204e34ca34478ce6fb4b7ef3024951bbc24', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2a98f', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_commitmentstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessterms',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenesstermsevent" ("applies_from", "id", "payments_required", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "source") SELECT new_values."applies_from", new_values."id", new_values."payments_required", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."plan_id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7336afc1f2cdcc0b505c3953e67554463b286c3f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5856f', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_forgivenessterms', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessterms',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenesstermsevent" ("applies_from", "id", "payments_required", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "source") SELECT new_values."applies_from", new_values."id", new_values."payments_required", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."plan_id", new_values."source" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3a4bb9277ee1187795405f2b222e8886ca2624b0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b48c1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_forgivenessterms', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forgivenessterms',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_forgivenesstermsevent" ("applies_from", "id", "payments_required", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "source") SELECT old_values."applies_from", old_values."id", old_values."payments_required", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."plan_id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4a255755e3e5cd6fdaae61e8715c4997a476e2ec', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_11e0f', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_forgivenessterms', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_holdingevent" ("as_of", "client_id", "hangs_on_id", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") SELECT new_values."as_of", new_values."client_id", new_values."hangs_on_id", new_values."id", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='47b1b4929d67f3ba8c30d3a7191a9e59a074897a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d8bd8', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_holding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_holdingevent" ("as_of", "client_id", "hangs_on_id", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") SELECT new_values."as_of", new_values."client_id", new_values."hangs_on_id", new_values."id", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."value" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8b08389ea123f951297dcf2d8f86b913327724b5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f0412', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_holding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_holdingevent" ("as_of", "client_id", "hangs_on_id", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") SELECT old_values."as_of", old_values."client_id", old_values."hangs_on_id", old_values."id", old_values."kind", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."value" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a42e8c56d10b9678306f8f970cea6f4de34d5a59', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b71db', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_holding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loan',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_loanevent" ("as_of", "balance", "client_id", "id", "kind", "monthly_payment", "name", "payments_made", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "yearly_rate") SELECT new_values."as_of", new_values."balance", new_values."client_id", new_values."id", new_values."kind", new_values."monthly_payment", new_values."name", new_values."payments_made", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."plan_id", new_values."yearly_rate" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d963fdc955debe5e142e79e09c90acb092ff81e6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_652b4', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_loan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_loanevent" ("as_of", "balance", "client_id", "id", "kind", "monthly_payment", "name", "payments_made", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "yearly_rate") SELECT new_values."as_of", new_values."balance", new_values."client_id", new_values."id", new_values."kind", new_values."monthly_payment", new_values."name", new_values."payments_made", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."plan_id", new_values."yearly_rate" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b9ddf0a42885850ff58899245bf94ffde8c84021', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9abdd', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_loan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='loan',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_loanevent" ("as_of", "balance", "client_id", "id", "kind", "monthly_payment", "name", "payments_made", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "yearly_rate") SELECT old_values."as_of", old_values."balance", old_values."client_id", old_values."id", old_values."kind", old_values."monthly_payment", old_values."name", old_values."payments_made", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."plan_id", old_values."yearly_rate" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0187c149c5977fe1f91bdef9fa69872d5bdee4c6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4c915', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_loan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='owneroption',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_owneroptionevent" ("about", "client_id", "id", "leaves_open", "letter", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."about", new_values."client_id", new_values."id", new_values."leaves_open", new_values."letter", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='fac182cb35a6130e6a3f0e06cba2900ba01eee25', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_bd80f', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_owneroption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='owneroption',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_owneroptionevent" ("about", "client_id", "id", "leaves_open", "letter", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."about", new_values."client_id", new_values."id", new_values."leaves_open", new_values."letter", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1f875d7ac03fe09300d974320e0c77e32a66d2b2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2bba0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_owneroption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='owneroption',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_owneroptionevent" ("about", "client_id", "id", "leaves_open", "letter", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."about", old_values."client_id", old_values."id", old_values."leaves_open", old_values."letter", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0ec7417468fbb3d5e00a111a1c774a8d2a5886ac', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_27301', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_owneroption', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wincondition',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_winconditionevent" ("client_id", "id", "importance", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."client_id", new_values."id", new_values."importance", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4e1d352fbace5a50e2ab3d8e83c3c0651aa55f20', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_32e48', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_wincondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wincondition',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_winconditionevent" ("client_id", "id", "importance", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."client_id", new_values."id", new_values."importance", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5e554293ca9a924c9e903b056e7a176e4785d7f2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_df4ce', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_wincondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wincondition',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_winconditionevent" ("client_id", "id", "importance", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."client_id", old_values."id", old_values."importance", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7f850626525c55d1f3d23093cbe79e3d003d4453', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_5be1b', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_wincondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionrating',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_optionratingevent" ("client_id", "condition_id", "id", "note", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating") SELECT new_values."client_id", new_values."condition_id", new_values."id", new_values."note", new_values."option_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rating" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='60daf00a4b128623863f7a1dbd421e93b84afa68', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f4e16', referencing='REFERENCING NEW TABLE AS new_values ', table='personas_optionrating', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionrating',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_optionratingevent" ("client_id", "condition_id", "id", "note", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating") SELECT new_values."client_id", new_values."condition_id", new_values."id", new_values."note", new_values."option_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rating" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2e3b175451e57f9c8429b986904707d80cb1c3ea', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_22a88', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='personas_optionrating', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='optionrating',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "personas_optionratingevent" ("client_id", "condition_id", "id", "note", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating") SELECT old_values."client_id", old_values."condition_id", old_values."id", old_values."note", old_values."option_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rating" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b8703fad50e83154b672a6afe6da657ddc94784b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2bbe3', referencing='REFERENCING OLD TABLE AS old_values ', table='personas_optionrating', when='AFTER')),
        ),
        ]),
        migrations.RunPython(ship_defaults, migrations.RunPython.noop),
    ]
