from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('personas', '0014_held_tools_stay'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkmessage',
            name='key',
            field=models.UUIDField(help_text='Of the page that it was sent from, which sends once.', null=True, unique=True),
        ),
    ]
