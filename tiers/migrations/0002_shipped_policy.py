"""The policy that a new installation has, published."""

from django.db import migrations

from tiers.migrations._shipped import ship


class Migration(migrations.Migration):
    dependencies = [("tiers", "0001_initial"), ("clients", "0002_shipped_defaults")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
