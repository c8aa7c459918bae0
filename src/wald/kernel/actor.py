"""Who is asking, and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wald.kernel.problem import NotAllowed

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "facts.read": "read numbers and the rows behind them",
        "facts.load": "load folders",
        "facts.undo": "take loads back",
        "settings.change": "change currency, rate rule and fiscal calendar",
        "users.change": "add people and set their passwords",
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    name: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Raise NotAllowed, naming the permission, if this actor does not hold it."""
        if not self.may(permission):
            raise NotAllowed(
                f"{self.name} needs the permission {permission!r} for this; "
                "an administrator can grant it."
            )


def everything(name: str) -> Actor:
    """Return an actor who may do all: who sits at the machine can read the files anyway."""
    return Actor(name, frozenset(PERMISSIONS))
