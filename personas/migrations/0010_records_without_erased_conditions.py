"""Records of what was said lose what tells of an erased trigger; shares, vests and payments fit each other."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


# Of clients whose permission ended before: the sweep of what was erased goes through their records again.
SWEEP_AGAIN = """
    UPDATE clients_erasure e SET swept_at = NULL
    FROM clients_client c
    WHERE c.id = e.client_id AND c.permission <> 'granted' AND (
        EXISTS (
            SELECT FROM personas_scriptuse u JOIN personas_scriptversion v ON v.id = u.version_id
            WHERE u.client_id = c.id AND v.behavioral_trigger_id IS NOT NULL
        ) OR EXISTS (
            SELECT FROM personas_message m LEFT JOIN personas_scriptversion v ON v.id = m.version_id
            WHERE m.client_id = c.id AND (v.behavioral_trigger_id IS NOT NULL OR m.bulk_id IS NOT NULL)
        )
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('personas', '0009_equity'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='ForgottenRecipients',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('clients', models.PositiveIntegerField()),
                    ('script', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='personas.script')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('script', 'day'), name='personas_forgotten_once_a_day')],
                    'verbose_name': 'recipients that are only counted',
                    'verbose_name_plural': 'recipients that are only counted',
                },
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='equitytransaction',
                name='fit_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='equitytransaction',
                name='fit_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='message',
                name='message_stays',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='scriptuse',
                name='use_stays',
            ),
            migrations.AlterField(
                model_name='message',
                name='version',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='personas.scriptversion'),
            ),
            migrations.AlterField(
                model_name='scriptuse',
                name='script',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='personas.script'),
            ),
            migrations.AlterField(
                model_name='scriptuse',
                name='version',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='personas.scriptversion'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equitytransaction',
                trigger=pgtrigger.compiler.Trigger(name='fit_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n\n        JOIN personas_equitygrant g ON g.id = n.grant_id\n        JOIN personas_equitytransaction day ON day.grant_id = g.id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t\n            WHERE t.grant_id = g.id AND t.happened_on <= day.happened_on\n        ) moved\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(v.shares), 0) AS shares\n            FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= day.happened_on\n        ) vested\n        WHERE CASE WHEN g.kind IN ('iso', 'nso')\n            THEN moved.exercised > vested.shares OR moved.gone > moved.exercised\n            ELSE moved.exercised > 0 OR moved.gone > vested.shares END\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='876b98fe8ba2fcc5ad9d8f3c82d12bc7feec3c9d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_fit_insert_729fb', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equitytransaction',
                trigger=pgtrigger.compiler.Trigger(name='fit_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n\n        JOIN personas_equitygrant g ON g.id = n.grant_id\n        JOIN personas_equitytransaction day ON day.grant_id = g.id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t\n            WHERE t.grant_id = g.id AND t.happened_on <= day.happened_on\n        ) moved\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(v.shares), 0) AS shares\n            FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= day.happened_on\n        ) vested\n        WHERE CASE WHEN g.kind IN ('iso', 'nso')\n            THEN moved.exercised > vested.shares OR moved.gone > moved.exercised\n            ELSE moved.exercised > 0 OR moved.gone > vested.shares END\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='f454fd0ddca300ec22e24f744e2774b17fec46be', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_fit_update_7ed64', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equitytransaction', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equityvest',
                trigger=pgtrigger.compiler.Trigger(name='moves_fit_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n\n        JOIN personas_equitygrant g ON g.id = n.grant_id\n        JOIN personas_equitytransaction day ON day.grant_id = g.id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t\n            WHERE t.grant_id = g.id AND t.happened_on <= day.happened_on\n        ) moved\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(v.shares), 0) AS shares\n            FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= day.happened_on\n        ) vested\n        WHERE CASE WHEN g.kind IN ('iso', 'nso')\n            THEN moved.exercised > vested.shares OR moved.gone > moved.exercised\n            ELSE moved.exercised > 0 OR moved.gone > vested.shares END\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='b9575390cd847797ca0165b8385e391b1dbc98b8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_moves_fit_insert_de2fc', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equityvest', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='equityvest',
                trigger=pgtrigger.compiler.Trigger(name='moves_fit_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n\n        JOIN personas_equitygrant g ON g.id = n.grant_id\n        JOIN personas_equitytransaction day ON day.grant_id = g.id\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,\n                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone\n            FROM personas_equitytransaction t\n            WHERE t.grant_id = g.id AND t.happened_on <= day.happened_on\n        ) moved\n        CROSS JOIN LATERAL (\n            SELECT coalesce(sum(v.shares), 0) AS shares\n            FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= day.happened_on\n        ) vested\n        WHERE CASE WHEN g.kind IN ('iso', 'nso')\n            THEN moved.exercised > vested.shares OR moved.gone > moved.exercised\n            ELSE moved.exercised > 0 OR moved.gone > vested.shares END\n    ) THEN\n        RAISE EXCEPTION 'More shares are exercised or sold than there are.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';\n    END IF;\n    RETURN NULL;\n", hash='432d6d04586b92f672d02a2666a701999a3fe300', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_moves_fit_update_10d19', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_equityvest', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='loan',
                trigger=pgtrigger.compiler.Trigger(name='payments_count_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM new_rows loan\n        WHERE loan.payments_made > (\n            SELECT max(terms.payments_required) FROM personas_forgivenessterms terms\n            WHERE terms.plan_id = loan.plan_id\n        )\n    ) THEN\n        RAISE EXCEPTION 'More qualifying payments were made than the plan needs.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_loan_payments_count';\n    END IF;\n    RETURN NULL;\n", hash='3631d3134f1917123d7b85941d968b6b007f364c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_payments_count_insert_9b8a7', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_loan', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='loan',
                trigger=pgtrigger.compiler.Trigger(name='payments_count_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM new_rows loan\n        WHERE loan.payments_made > (\n            SELECT max(terms.payments_required) FROM personas_forgivenessterms terms\n            WHERE terms.plan_id = loan.plan_id\n        )\n    ) THEN\n        RAISE EXCEPTION 'More qualifying payments were made than the plan needs.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_loan_payments_count';\n    END IF;\n    RETURN NULL;\n", hash='52e3952556c35d1bb186ac11b9f3ce7aff11fb4a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_payments_count_update_85b37', referencing='REFERENCING NEW TABLE AS new_rows ', table='personas_loan', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='message',
                trigger=pgtrigger.compiler.Trigger(name='message_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - ARRAY['client_id', 'served'] = to_jsonb(OLD) - ARRAY['client_id', 'served']\n                        OR OLD.state <> 'sent' AND to_jsonb(NEW) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'decided_by_id', 'decided_at'] = to_jsonb(OLD) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'decided_by_id', 'decided_at']\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.version_id IS NULL OR NEW.version_id = OLD.version_id)\n                        AND (NEW.bulk_id IS NULL OR NEW.bulk_id = OLD.bulk_id)\n                        AND to_jsonb(NEW) - ARRAY['version_id', 'bulk_id', 'once'] = to_jsonb(OLD) - ARRAY['version_id', 'bulk_id', 'once'] AND EXISTS (SELECT FROM clients_erasure e WHERE e.client_id = OLD.client_id)\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'A message stays as it was made.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_message_stays';\n                ", hash='3471878474c9044c1ff4a2d4d5fb0a8caf4dc52b', operation='UPDATE', pgid='pgtrigger_message_stays_96151', table='personas_message', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scriptuse',
                trigger=pgtrigger.compiler.Trigger(name='use_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - 'client_id' = to_jsonb(OLD) - 'client_id' THEN RETURN NEW; END IF;\n                    IF NEW.version_id IS NULL AND to_jsonb(NEW) - ARRAY['script_id', 'version_id'] = to_jsonb(OLD) - ARRAY['script_id', 'version_id']\n                        AND EXISTS (SELECT FROM clients_erasure e WHERE e.client_id = OLD.client_id)\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'What was said to a client is not changed afterwards.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_use_stays';\n                ", hash='72e1f194f5945b44753edf5cf2a5ff46a14e12c7', operation='UPDATE', pgid='pgtrigger_use_stays_8a8fc', table='personas_scriptuse', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='scriptuse',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('script__isnull', True), ('version__isnull', True)), models.Q(('script__isnull', False), ('version__isnull', False)), _connector='OR'), name='personas_use_of_a_version'),
            ),
        ]),
        migrations.RunSQL(SWEEP_AGAIN, migrations.RunSQL.noop),
    ]
