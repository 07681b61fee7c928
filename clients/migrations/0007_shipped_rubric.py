from django.db import migrations

from clients.migrations._shipped import ship_rubric

# What 5 to 1 mean, with an example each. Administrators put their firm's own words in their place.


class Migration(migrations.Migration):
    dependencies = [("clients", "0006_jobs_rubric_and_more_facts")]

    operations = [migrations.RunPython(ship_rubric, migrations.RunPython.noop)]
