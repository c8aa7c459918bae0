"""Who is asking, and what they may do."""

from dataclasses import dataclass

from wald.kernel.problem import Refusal


@dataclass(frozen=True, slots=True)
class Actor:
    name: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Raise Refusal, naming the permission, if this actor does not hold it."""
        if not self.may(permission):
            raise Refusal(
                f"{self.name} needs the permission {permission!r} for this; "
                "an administrator can grant it."
            )
