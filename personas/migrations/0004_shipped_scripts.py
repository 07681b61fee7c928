"""The situations and the starter scripts. Approved by nobody: to be reviewed within 90 days."""

from django.db import migrations

from personas.migrations._shipped import ship_scripts


class Migration(migrations.Migration):
    dependencies = [("personas", "0003_scripts_and_messages"), ("clients", "0007_shipped_rubric")]
    operations = [migrations.RunPython(ship_scripts, migrations.RunPython.noop)]
