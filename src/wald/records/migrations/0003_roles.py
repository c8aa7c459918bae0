from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Carry over what users could do: superusers administer, staff is sales operations."""
    database = schema_editor.connection.alias
    profiles = apps.get_model("records", "Profile").objects.using(database)
    for user in apps.get_model("auth", "User").objects.using(database).all():
        usual = "sales_operations" if user.is_staff else "read_only"
        profiles.create(user=user, role="administrator" if user.is_superuser else usual)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_spine")]
    operations = [migrations.RunPython(give_roles, migrations.RunPython.noop)]
