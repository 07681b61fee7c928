"""Tells the database how many revenue rows and touches a client has.

What it counts from a sample of a large table is a tenth of the clients that there are; it would then read all
touches of a million clients to find those of a few thousand.
"""

from django.db import migrations

SET = "ALTER TABLE {table} ALTER COLUMN client_id SET (n_distinct = -0.08)"
RESET = "ALTER TABLE {table} ALTER COLUMN client_id RESET (n_distinct)"


class Migration(migrations.Migration):
    dependencies = [("clients", "0013_permission_answers_opt_outs_and_field_register")]

    operations = [
        migrations.RunSQL(SET.format(table=table), RESET.format(table=table))
        for table in ("clients_touch", "clients_revenue")
    ]
