from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('servicing', '0026_request_mails'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='servicetask',
            index=models.Index(condition=models.Q(('status__in', ('planned', 'scheduled')), _negated=True), fields=['status', 'due_on', 'id'], name='servicing_task_past'),
        ),
    ]
