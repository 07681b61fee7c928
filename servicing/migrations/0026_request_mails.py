import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('servicing', '0025_shipped_modifiers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('soon', 'Nearly over'), ('broken', 'Over')], max_length=6, verbose_name='what it said')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='servicing.clientrequest')),
            ],
            options={
                'verbose_name': 'mail about a request',
                'verbose_name_plural': 'mails about requests',
                'constraints': [models.UniqueConstraint(fields=('request', 'what'), name='servicing_requestmail_once')],
            },
        ),
    ]
