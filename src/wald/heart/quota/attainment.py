"""What was reached of quotas, per person and rolled up: a unit is the sum of what lies below it.

Only where there is a quota does what was reached count in the ratio; the rest stands beside it.
Sums are added, ratios never averaged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.quota.tree import Level, Tree, grown, upwards
from wald.heart.quota.tree import Node as TreeNode

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reached:
    """What one person reached in one place, and the quota there; None: they had none."""

    person_id: str
    name: str
    units: tuple[tuple[str, Level], ...]
    reached: Decimal
    quota: Decimal | None


@dataclass(frozen=True, slots=True)
class Attained:
    """A node's sums. `reached` is that of places with a quota, `beside` what others reached."""

    node: TreeNode
    person_id: str
    quota: Decimal
    reached: Decimal
    beside: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """Return reached / quota; None without a quota."""
        return self.reached / self.quota if self.quota else None


def rolled_up(rows: Iterable[Reached], title: str = "Organization") -> tuple[Attained, ...]:
    """Return every person's place and every unit above, parents before children."""
    found, own = {}, {}
    for row in rows:
        above = ""
        for name, level in row.units:
            key = f"{above}/{name.replace('/', '|')}".lstrip("/")
            found[key] = TreeNode(key, name, level, above)
            above = key
        key = f"{above}/@{row.person_id}".lstrip("/")
        found[key] = TreeNode(key, row.name, Level.PERSON, above)
        own[key] = row
    tree = grown(TreeNode("", title, Level.ORGANIZATION, ""), found.values())
    return _summed(tree, own)


def _summed(tree: Tree, own: dict[str, Reached]) -> tuple[Attained, ...]:
    done: dict[str, Attained] = {}
    for node in upwards(tree):
        row = own.get(node.key)
        below = [done[child.key] for child in tree.children.get(node.key, ())]
        if row is not None:
            has_quota = row.quota is not None
            below = [
                Attained(
                    node,
                    row.person_id,
                    row.quota or NOTHING,
                    row.reached if has_quota else NOTHING,
                    NOTHING if has_quota else row.reached,
                )
            ]
        done[node.key] = Attained(
            node,
            row.person_id if row else "",
            sum((one.quota for one in below), NOTHING),
            sum((one.reached for one in below), NOTHING),
            sum((one.beside for one in below), NOTHING),
        )
    return tuple(done[node.key] for node in tree.nodes)
