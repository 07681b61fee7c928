from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache (settings.CACHES). Unlogged: a crash may forget the attempts."""

    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE segmentation_crm_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX segmentation_crm_cache_expires ON segmentation_crm_cache (expires);
            """,
            "DROP TABLE segmentation_crm_cache",
        )
    ]
