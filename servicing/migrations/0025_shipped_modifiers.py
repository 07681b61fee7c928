"""What each tag changes in tasks in a new installation. All of it is the firm's to edit."""

from django.db import migrations

from servicing.migrations._shipped import ship_modifiers


class Migration(migrations.Migration):
    dependencies = [
        ("servicing", "0024_what_tags_change_in_tasks"),
        ("clients", "0002_shipped_defaults"),
    ]
    operations = [migrations.RunPython(ship_modifiers, migrations.RunPython.noop, elidable=False)]
