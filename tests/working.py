"""People who work on cases, and the moments at which they do.

Max sells and reports to Mia, Zoe manages another team; Ana and Ben are sales operations, Fin is
finance, Lea local operations of "North"; Rae may only read.
"""

from datetime import UTC, datetime, timedelta

from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.workspace import Workspace
from wald.records.stores.users import create_user

OPENED = datetime(2024, 5, 3, 16, tzinfo=UTC)  # a Friday

ROLES = {
    "ana": Role.SALES_OPERATIONS,
    "ben": Role.SALES_OPERATIONS,
    "fin": Role.FINANCE,
    "lea": Role.LOCAL_OPERATIONS,
    "max": Role.REP,
    "meg": Role.REP,
    "mia": Role.MANAGER,
    "rae": Role.READ_ONLY,
    "zoe": Role.MANAGER,
}
PERSONS = {"max": "P1", "mia": "P2", "meg": "P3", "zoe": "P4"}
UNITS = {"lea": "North"}


def people(home: Workspace) -> None:
    """Give everybody an account."""
    for name, role in ROLES.items():
        create_user(
            name,
            None,
            role,
            database=home.database,
            person_id=PERSONS.get(name, ""),
            unit=UNITS.get(name, ""),
        )


def act_as(name: str) -> Actor:
    role = ROLES[name]
    return Actor(name, GRANTS[role], role, PERSONS.get(name, ""), UNITS.get(name, ""))


def at(minutes: int) -> datetime:
    """Return a moment, minutes after the cases of the tests are opened."""
    return OPENED + timedelta(minutes=minutes)
