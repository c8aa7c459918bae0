from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "records_searchentry"
INDEX = "records_searchentry_fts"

# An index of its own tables, which triggers keep in step with the rows, in the same transaction.
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, body, content='{TABLE}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')",
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}(rowid, title, body) VALUES (new.id, new.title, new.body); END",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, title, body) "
    "VALUES ('delete', old.id, old.title, old.body); END",
    f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, title, body) "
    "VALUES ('delete', old.id, old.title, old.body); "
    f"INSERT INTO {INDEX}(rowid, title, body) VALUES (new.id, new.title, new.body); END",
)
SQLITE_BACK = (
    f"DROP TRIGGER {INDEX}_changed",
    f"DROP TRIGGER {INDEX}_gone",
    f"DROP TRIGGER {INDEX}_added",
    f"DROP TABLE {INDEX}",
)
POSTGRES = (
    f"ALTER TABLE {TABLE} ADD COLUMN found tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B')"
    ") STORED",
    f"CREATE INDEX {INDEX} ON {TABLE} USING gin(found)",
)
POSTGRES_BACK = (f"DROP INDEX {INDEX}", f"ALTER TABLE {TABLE} DROP COLUMN found")


def add_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRES:
        schema_editor.execute(statement)


def drop_index(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if is_sqlite else POSTGRES_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_roles")]
    operations = [
        migrations.AddField("decision", "kind", models.CharField(default="other", max_length=50)),
        migrations.AddField(
            "decision", "baseline", models.CharField(blank=True, default="", max_length=100)
        ),
        migrations.AddField(
            "decision", "person_id", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField("insight", "details", models.JSONField(default=dict)),
        migrations.AddField("insight", "size", models.BigIntegerField(db_index=True, null=True)),
        migrations.AddField(
            "insight", "person_id", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddIndex(
            "decision",
            models.Index(fields=["metric", "decided_at"], name="decisions_of_a_metric"),
        ),
        migrations.AddIndex(
            "insight",
            models.Index(fields=["metric", "last_seen_at"], name="insights_of_a_metric"),
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("number", models.BigIntegerField()),
                ("person_id", models.CharField(blank=True, default="", max_length=200)),
                ("title", models.TextField()),
                ("body", models.TextField()),
            ],
        ),
        migrations.AddConstraint(
            "searchentry",
            models.UniqueConstraint(fields=("kind", "number"), name="one_search_entry_each"),
        ),
        migrations.RunPython(add_index, drop_index),
    ]
