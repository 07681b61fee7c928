"""The rows that a new installation has: the firm, the groups, the vocabulary, roles and touch kinds."""

from django.db import migrations

from clients.migrations._shipped import ship_words


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(ship_words, migrations.RunPython.noop)]
