"""The record database of a workspace: known to Django under a name, made and kept up to date.

Records stand in `records.sqlite3` of the workspace, or in a PostgreSQL that the settings name.
Then the two are tied by a number that stands in both, the file `records` of the folder and a row
of the database: with another one, what a load left would be taken for a stranger's and removed.
"""

import hashlib
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from wald.kernel.problem import Refusal
from wald.records import models
from wald.records.stores.transaction import together

TIE = "workspace"  # key of the row; no setting of the company


def connect(home: Path) -> str:
    """Return the name of the database of `home`, registering it at its first use.

    Raises Refusal if the folder's records are elsewhere than this process would look.
    """
    if is_apart(home):
        return "default"
    path = home / "records.sqlite3"
    default = settings.DATABASES["default"]
    if tie_of(home):
        raise Refusal(
            f"The records of {home} are kept in a PostgreSQL; name it in WALD_RECORDS, "
            "and the folder in WALD_HOME."
        )
    if default["NAME"] == str(path):
        return "default"
    alias = "home-" + hashlib.sha256(str(home).encode()).hexdigest()[:16]
    if alias not in connections.databases:
        register(alias, {**settings.EMBEDDED_RECORDS, "NAME": str(path)})
    return alias


def is_apart(home: Path) -> bool:
    """Does this process keep the records of `home` in a PostgreSQL?"""
    engine = str(settings.DATABASES["default"]["ENGINE"])
    return home == settings.HOME and engine.endswith("postgresql")


def register(alias: str, database: dict[str, object]) -> None:
    """Make a database known to this process under a name."""
    filled = connections.configure_settings({"default": database})
    connections.databases[alias] = filled["default"]


def disconnect(database: str) -> None:
    """Close this thread's connection, and forget a database that `connect` registered."""
    connections[database].close()
    if database != "default":
        del connections[database]
        connections.databases.pop(database, None)


def is_up_to_date(database: str) -> bool:
    """Say whether every table is there. Raises Refusal if the database cannot be reached."""
    try:
        executor = MigrationExecutor(connections[database])
    except OperationalError as error:
        if is_embedded(database):
            raise
        first = str(error).strip().splitlines()[0]
        raise Refusal(f"The records named by WALD_RECORDS cannot be reached: {first}.") from error
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def bring_up_to_date(database: str) -> None:
    call_command("migrate", database=database, verbosity=0, interactive=False)


def is_embedded(database: str) -> bool:
    """Are the records a file of the workspace?"""
    return connections[database].vendor == "sqlite"


def tie_of(home: Path) -> str:
    """Return the number that ties the folder to a PostgreSQL, "" where it keeps its own."""
    kept = home / "records"
    return kept.read_text().strip() if kept.is_file() else ""


def tie(home: Path, *, database: str) -> None:
    """Tie the folder to its PostgreSQL at the first use; afterwards see that it is the one.

    Raises Refusal where folder and database belong to others.
    """
    if is_embedded(database):
        return
    with together(database=database):
        rows = models.Setting.objects.using(database)
        row = rows.select_for_update().filter(key=TIE).first()
        mine = tie_of(home)
        if row is None:
            _must_be_untied(home, mine)
            made = {"number": secrets.token_hex(16), "home": str(home)}
            row, _ = rows.get_or_create(key=TIE, defaults={"value": made})
        if mine == row.value["number"]:
            return
        if mine or row.value["home"] != str(home):
            raise Refusal(
                f"The database named by WALD_RECORDS keeps the records of {row.value['home']}, "
                f"not of {home}; name that folder, or another database."
            )
    (home / "records").write_text(row.value["number"] + "\n")


def _must_be_untied(home: Path, mine: str) -> None:
    if mine:
        raise Refusal(
            f"The database named by WALD_RECORDS is empty, and the records of {home} are kept "
            "in another one; name that one."
        )
    if (home / "records.sqlite3").exists():
        raise Refusal(
            f"The records of {home} are kept in its records.sqlite3; take a `wald backup` "
            "without WALD_RECORDS and `wald restore` it with, into a new folder."
        )
