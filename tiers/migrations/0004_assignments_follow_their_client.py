"""A client that a mass statement deletes takes its tiers and overrides along."""

from django.db import migrations

FOLLOW = """
DO $$
DECLARE
    rule record;
    found text;
BEGIN
    FOR rule IN
        SELECT * FROM (VALUES
            ('tiers_tierassignment', 'client_id', 'clients_client', '{on_client}'),
            ('tiers_override', 'client_id', 'clients_client', '{on_client}')
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
    dependencies = [("tiers", "0003_published_policies_stay_and_run_summaries")]
    operations = [
        migrations.RunSQL(FOLLOW.format(on_client="ON DELETE CASCADE"), FOLLOW.format(on_client=""))
    ]
