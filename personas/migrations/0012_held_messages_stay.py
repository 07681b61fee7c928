"""What was said to a client under a legal hold stays."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_retention_and_holds'),
        ('personas', '0011_addresses_that_are_refused'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IN ('sending', 'sent', 'unclear'))", func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='24791933906caaa4e5309feb01cbe1568a4f19ca', operation='DELETE', pgid='pgtrigger_held_rows_stay_54518', table='personas_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scriptuse',
            trigger=pgtrigger.compiler.Trigger(name='held_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM clients_legalhold h WHERE h.released_at IS NULL AND (h.client_id = OLD.client_id OR h.client_id IS NULL)) THEN \n    RAISE EXCEPTION 'A legal hold keeps what is recorded about this client.'\n        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_on_hold';\n END IF; RETURN OLD;", hash='fec3037a1e8762d88a8a378995d92bc103ec5b85', operation='DELETE', pgid='pgtrigger_held_rows_stay_1f53a', table='personas_scriptuse', when='BEFORE')),
        ),
    ]
