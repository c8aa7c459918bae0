from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0020_knowledge_search")]

    operations = [
        migrations.AddField(
            model_name="documentversion",
            name="editors",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="answer",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
