"""Where records are kept: in a file of the workspace, or in the PostgreSQL of WALD_RECORDS."""

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"

# Write-ahead logging lets readers read while somebody writes; FULL survives a power cut.
# What is deleted is overwritten, so that an erased person leaves no trace in free pages.
EMBEDDED: dict[str, object] = {
    "ENGINE": "django.db.backends.sqlite3",
    "CONN_MAX_AGE": 60,  # seconds; to open the file costs as much as five queries
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
            "PRAGMA cache_size=-8000;"
        ),
    },
}


def records_database(home: Path, address: str) -> dict[str, object]:
    """Return Django's settings of the record database. Raises ImproperlyConfigured."""
    if not address:
        return {**EMBEDDED, "NAME": str(home / "records.sqlite3")}
    if not address.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured(
            f"WALD_RECORDS is no address of a PostgreSQL; write it as {_FORM}, "
            "or leave it out to keep records in the workspace."
        )
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured(
            "WALD_RECORDS names a PostgreSQL, but the driver is not installed; "
            "install it with: pip install 'wald[postgres]'"
        )
    return _postgres(address)


def _postgres(address: str) -> dict[str, object]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except ProgrammingError as error:
        # The driver's own words could repeat the password.
        raise ImproperlyConfigured(f"WALD_RECORDS cannot be read; write it as {_FORM}.") from error
    if not parts.get("port", "0").isdecimal():
        raise ImproperlyConfigured(f"WALD_RECORDS has no number for a port; write it as {_FORM}.")
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"WALD_RECORDS names no database; write it as {_FORM}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }
