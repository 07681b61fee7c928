"""Figures of the operations dashboard, and the firm's goals of a year."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_squashed_0015_opt_outs_tell_planning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
        ("servicing", "0033_ratings"),
    ]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="BookRollup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[("firm", "firm"), ("team", "team"), ("lead", "lead")], max_length=4
                            ),
                        ),
                        ("clients", models.PositiveIntegerField(default=0)),
                        ("untagged", models.PositiveIntegerField(default=0)),
                        ("not_asked", models.PositiveIntegerField(default=0)),
                        ("unscored", models.PositiveIntegerField(default=0)),
                        ("without_lead", models.PositiveIntegerField(default=0)),
                        ("without_team", models.PositiveIntegerField(default=0)),
                        (
                            "costly_12m",
                            models.PositiveIntegerField(
                                default=0, help_text="Clients who cost more than they bring."
                            ),
                        ),
                        ("costly_year", models.PositiveIntegerField(default=0)),
                        ("costly_quarter", models.PositiveIntegerField(default=0)),
                        ("overdue", models.PositiveIntegerField(default=0)),
                        ("unassigned", models.PositiveIntegerField(default=0)),
                        ("done_week", models.PositiveIntegerField(default=0)),
                        (
                            "done_before",
                            models.PositiveIntegerField(
                                default=0, help_text="In the seven days before those."
                            ),
                        ),
                        ("late_week", models.PositiveIntegerField(default=0)),
                        ("late_before", models.PositiveIntegerField(default=0)),
                        ("missed_week", models.PositiveIntegerField(default=0)),
                        ("missed_before", models.PositiveIntegerField(default=0)),
                        ("joined_week", models.PositiveIntegerField(default=0)),
                        ("joined_before", models.PositiveIntegerField(default=0)),
                        (
                            "up_week",
                            models.PositiveIntegerField(
                                default=0, help_text="Clients who moved to more service."
                            ),
                        ),
                        ("up_before", models.PositiveIntegerField(default=0)),
                        ("down_week", models.PositiveIntegerField(default=0)),
                        ("down_before", models.PositiveIntegerField(default=0)),
                        (
                            "person",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="clients.tier",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "figures of a book",
                        "verbose_name_plural": "figures of books",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scope", "person", "tier"),
                                name="servicing_book_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonthRollup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[("firm", "firm"), ("team", "team"), ("lead", "lead")], max_length=4
                            ),
                        ),
                        ("month", models.DateField()),
                        ("revenue", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                        (
                            "minutes",
                            models.PositiveBigIntegerField(
                                default=0, help_text="Logged on touches and beside them."
                            ),
                        ),
                        ("cost", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                        ("planned", models.PositiveIntegerField(default=0)),
                        ("planned_minutes", models.PositiveBigIntegerField(default=0)),
                        (
                            "answered",
                            models.PositiveIntegerField(
                                default=0, help_text="Clients asked for their confidence."
                            ),
                        ),
                        (
                            "confidence",
                            models.PositiveIntegerField(
                                default=0, help_text="Sum of each client's newest answer."
                            ),
                        ),
                        (
                            "low",
                            models.PositiveIntegerField(
                                default=0, help_text="Clients who answered four or lower."
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="clients.tier",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "figures of a month",
                        "verbose_name_plural": "figures of months",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scope", "person", "month", "tier"),
                                name="servicing_month_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("period", models.CharField(max_length=7)),
                        ("revenue", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("minutes", models.PositiveIntegerField()),
                        ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("margin", models.DecimalField(decimal_places=2, max_digits=16)),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="clients.tier",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "result of a client",
                        "verbose_name_plural": "results of clients",
                        "indexes": [
                            models.Index(
                                fields=["period", "margin", "client"], name="servicing_result_by_margin"
                            ),
                            models.Index(fields=["lead", "period"], name="servicing_result_by_lead"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "period"), name="servicing_result_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DashboardRefresh",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("as_of", models.DateField()),
                        ("first_month", models.DateField()),
                        ("refreshed_at", models.DateTimeField()),
                        ("took_ms", models.PositiveIntegerField()),
                        ("pareto", models.JSONField(default=dict)),
                    ],
                    options={
                        "verbose_name": "refresh of the dashboard",
                        "verbose_name_plural": "refreshes of the dashboard",
                    },
                ),
                migrations.CreateModel(
                    name="MovementRollup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("first_on", models.DateField()),
                        ("last_on", models.DateField()),
                        ("cells", models.JSONField(default=list)),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "movement between two days",
                        "verbose_name_plural": "movements between two days",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("first_on", "last_on"), name="servicing_movement_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FirmGoal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "year",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(2000),
                                    django.core.validators.MaxValueValidator(2199),
                                ],
                                verbose_name="year",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("revenue", "Growth: revenue of the year"),
                                    ("an_hour", "Revenue an hour of service"),
                                    ("load", "Capacity: load of the team at most"),
                                    ("on_time", "Service: delivered on time"),
                                ],
                                max_length=8,
                                verbose_name="goal",
                            ),
                        ),
                        (
                            "target",
                            models.DecimalField(decimal_places=2, max_digits=14, verbose_name="target"),
                        ),
                        (
                            "changed_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, verbose_name="changed"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "goal of the firm",
                        "verbose_name_plural": "goals of the firm",
                        "ordering": ["year", "kind"],
                        "constraints": [
                            models.UniqueConstraint(fields=("year", "kind"), name="servicing_goal_once"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["revenue", "an_hour", "load", "on_time"])),
                                name="servicing_goal_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("target__gt", 0)), name="servicing_goal_above_nothing"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "on_time"), _negated=True),
                                    ("target__lte", 100),
                                    _connector="OR",
                                ),
                                name="servicing_goal_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "load"), _negated=True),
                                    ("target__lte", 200),
                                    _connector="OR",
                                ),
                                name="servicing_goal_load",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("year__range", (2000, 2199))), name="servicing_goal_year"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FirmGoalEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "year",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(2000),
                                    django.core.validators.MaxValueValidator(2199),
                                ],
                                verbose_name="year",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("revenue", "Growth: revenue of the year"),
                                    ("an_hour", "Revenue an hour of service"),
                                    ("load", "Capacity: load of the team at most"),
                                    ("on_time", "Service: delivered on time"),
                                ],
                                max_length=8,
                                verbose_name="goal",
                            ),
                        ),
                        (
                            "target",
                            models.DecimalField(decimal_places=2, max_digits=14, verbose_name="target"),
                        ),
                        (
                            "changed_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, editable=False, verbose_name="changed"
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="servicing.firmgoal",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="firmgoal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_firmgoalevent" ("changed_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "year") SELECT new_values."changed_at", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."target", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="257dc1b846ee1a7abf5c6c97d5d74785e1da0bdc",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c87c8",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="servicing_firmgoal",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="firmgoal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_firmgoalevent" ("changed_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "year") SELECT new_values."changed_at", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."target", new_values."year" FROM ( SELECT new_values.* FROM old_values FULL JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="77a31f286cb4fd72481ff556c41b5ccc3de585da",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2fae1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="servicing_firmgoal",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="firmgoal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "servicing_firmgoalevent" ("changed_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "year") SELECT old_values."changed_at", old_values."id", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."target", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="37459a4bf85af17b384be42f943d36227cbf53f4",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_d3dcc",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="servicing_firmgoal",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        )
    ]
