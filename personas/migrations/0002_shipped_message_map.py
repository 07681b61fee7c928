"""The message map and the topics that a new installation has. All of it is the firm's to edit."""

from django.db import migrations

from personas.migrations._shipped import ship_map


class Migration(migrations.Migration):
    dependencies = [("personas", "0001_message_map"), ("clients", "0002_shipped_defaults")]
    operations = [migrations.RunPython(ship_map, migrations.RunPython.noop, elidable=False)]
