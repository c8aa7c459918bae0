"""Entries of the journal are found by actor, action or thing, newest first, without sorting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0010_case_indexes")]

    operations = [
        migrations.AlterField("journalentry", "who", models.CharField(max_length=32)),
        migrations.AlterField("journalentry", "action", models.CharField(max_length=100)),
        migrations.AlterField("journalentry", "about", models.CharField(max_length=300)),
        migrations.AddIndex(
            "journalentry", models.Index(fields=["who", "seq"], name="entries_by_actor")
        ),
        migrations.AddIndex(
            "journalentry", models.Index(fields=["action", "seq"], name="entries_by_action")
        ),
        migrations.AddIndex(
            "journalentry", models.Index(fields=["about", "seq"], name="entries_by_thing")
        ),
    ]
