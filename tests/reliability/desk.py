"""A service of a campaign's own: empty records in a folder, or in a PostgreSQL, behind the API."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_QUICK = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
}


def prepared() -> None:
    """Let Django know its settings where no test has told it yet; no person's home is touched."""
    from django.apps import apps

    if not apps.ready:
        import django

        os.environ["WALD_HOME"] = tempfile.mkdtemp(prefix="wald-campaign-")
        os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
        django.setup()


@contextmanager
def served(address: str = "", *, is_durable: bool = True) -> Iterator[Path]:
    """Let pages and API show an empty workspace; `address` names an empty PostgreSQL.

    A file that is not durable is quicker: its writes do not wait for the disk.
    """
    prepared()
    from django.db import connections
    from django.test import override_settings

    from wald.records.stores.workspace import bring_up_to_date
    from wald.site.databases import records_database

    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    before = connections.databases["default"]
    with tempfile.TemporaryDirectory(prefix="wald-campaign-") as folder:
        home = Path(folder)
        wanted = records_database(home, address)
        _take(wanted if address or is_durable else wanted | {"OPTIONS": _QUICK})
        try:
            with override_settings(
                HOME=home, PASSWORD_HASHERS=quick, ALLOWED_HOSTS=["testserver", "localhost"]
            ):
                bring_up_to_date("default")
                yield home
        finally:
            _take(before)


def _take(database: dict[str, object]) -> None:
    """Let this process know another record database by the usual name."""
    from django.db import connections

    from wald.records.stores.workspace import register

    connections["default"].close()
    del connections["default"]
    register("default", database)
