"""A client, or a touch, that a mass statement deletes takes its clocks and tasks, or its mark on them, along."""

from django.db import migrations

FOLLOW = """
DO $$
DECLARE
    rule record;
    found text;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('servicing_servicetask', 'touch_id', 'clients_touch', '{on_touch}'),
            ('servicing_servicetask', 'client_id', 'clients_client', '{on_client}'),
            ('servicing_serviceclock', 'client_id', 'clients_client', '{on_client}')
        ) AS r(child, key, parent, action)
    LOOP
        SELECT c.conname INTO STRICT found FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid = rule.child::regclass AND a.attname = rule.key;
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', rule.child, found);
        EXECUTE format(
            'ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %I (id) %s DEFERRABLE INITIALLY DEFERRED',
            rule.child, found, rule.key, rule.parent, rule.action
        );
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("servicing", "0003_clocks_know_their_terms")]
    operations = [
        migrations.RunSQL(
            FOLLOW.format(on_touch="ON DELETE SET NULL", on_client="ON DELETE CASCADE"),
            FOLLOW.format(on_touch="", on_client=""),
        )
    ]
