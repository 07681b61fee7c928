"""Messages note that the mail server refused their address for good."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clients.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_squashed_0015_opt_outs_tell_planning'),
        ('personas', '0010_records_without_erased_conditions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.RemoveTrigger(
                model_name='message',
                name='message_stays',
            ),
            migrations.AddField(
                model_name='message',
                name='refused',
                field=models.BooleanField(db_default=False, default=False, help_text='The mail server refused the address itself for good; nothing more is sent to it.', verbose_name='address refused'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('refused', True)), fields=['client'], name='personas_message_refused'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='message',
                trigger=pgtrigger.compiler.Trigger(name='message_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF to_jsonb(NEW) - ARRAY['client_id', 'served'] = to_jsonb(OLD) - ARRAY['client_id', 'served']\n                        OR OLD.state <> 'sent' AND to_jsonb(NEW) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'refused', 'decided_by_id', 'decided_at'] = to_jsonb(OLD) - ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'refused', 'decided_by_id', 'decided_at']\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.version_id IS NULL OR NEW.version_id = OLD.version_id)\n                        AND (NEW.bulk_id IS NULL OR NEW.bulk_id = OLD.bulk_id)\n                        AND to_jsonb(NEW) - ARRAY['version_id', 'bulk_id', 'once'] = to_jsonb(OLD) - ARRAY['version_id', 'bulk_id', 'once'] AND EXISTS (SELECT FROM clients_erasure e WHERE e.client_id = OLD.client_id)\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'A message stays as it was made.'\n                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_message_stays';\n                ", hash='3f10791a7ea51d88a4b41efc975e16cae21669b2', operation='UPDATE', pgid='pgtrigger_message_stays_96151', table='personas_message', when='BEFORE')),
            ),
        ]),
    ]
