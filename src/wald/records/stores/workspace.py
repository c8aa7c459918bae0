"""The record database of a workspace: known to Django under a name, made and kept up to date."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


def connect(home: Path) -> str:
    """Return the name of the database in `home`, registering it at its first use."""
    path = home / "records.sqlite3"
    default = settings.DATABASES["default"]
    if default["NAME"] == str(path):
        return "default"
    alias = "home-" + hashlib.sha256(str(home).encode()).hexdigest()[:16]
    if alias not in connections.databases:
        connections.databases[alias] = {**connections.databases["default"], "NAME": str(path)}
    return alias


def disconnect(database: str) -> None:
    """Close this thread's connection, and forget a database that `connect` registered."""
    connections[database].close()
    if database != "default":
        del connections[database]
        connections.databases.pop(database, None)


def is_up_to_date(database: str) -> bool:
    executor = MigrationExecutor(connections[database])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def bring_up_to_date(database: str) -> None:
    call_command("migrate", database=database, verbosity=0, interactive=False)
