from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("servicing", "0010_procedures_become_steps")]
    operations = [migrations.RemoveField(model_name="serviceitem", name="procedure")]
