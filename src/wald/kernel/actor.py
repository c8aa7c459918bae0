"""Who is asking, through which door, and what they may do."""

from dataclasses import dataclass
from enum import Enum

from wald.kernel.policy import PERMISSIONS, REACH, Reach, Role
from wald.kernel.problem import NotAllowed


class Door(Enum):
    """Through which door an actor came; the journal keeps it."""

    PAGE = "page"
    COMMAND = "command"
    API = "api"
    PYTHON = "python"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Actor:
    """`person_id` is who of the facts this is, "" for nobody; `unit` what they look
    after, a region or team; without a `role` the permissions reach everybody's rows."""

    name: str
    permissions: frozenset[str]
    role: Role | None = None
    person_id: str = ""
    unit: str = ""
    door: Door = Door.PYTHON

    @property
    def reach(self) -> Reach:
        return Reach.EVERYBODY if self.role is None else REACH[self.role]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Raise NotAllowed, naming the permission, if this actor does not hold it."""
        if not self.may(permission):
            raise NotAllowed(
                f"{self.name} needs the permission {permission!r} for this; "
                "an administrator can grant it."
            )


def everything(name: str, door: Door = Door.PYTHON) -> Actor:
    """Return an actor who may do all: who sits at the machine can read the files anyway."""
    return Actor(name, frozenset(PERMISSIONS), door=door)
