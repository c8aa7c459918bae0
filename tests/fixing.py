"""A desk with the deals of two teams, and fixes of them by people of different rights."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.ingesting import Desk, Desks
from tests.two_teams import FILES
from wald.actions.hygiene_fixes import Fixed, fix_deals, undo_fix
from wald.actions.workspace import close_workspace, open_workspace
from wald.engine.connect import run
from wald.facts.as_of import as_of
from wald.facts.tables import TABLES
from wald.heart.deal_fix import Wanted
from wald.kernel.actor import Actor, everything
from wald.kernel.bitemporal import AsOf
from wald.kernel.policy import GRANTS, Role
from wald.queries.hygiene_fixes import SeenFix, one_fix
from wald.queries.measure import view

NEEDED = ("person.csv", "stage.csv", "opportunity.csv", "opportunity_change.csv", "payment.csv")
ANA = everything("ana")
MAX_DEAL, MOE_DEAL, BEN_DEAL = "MAXMARK-1", "ALPHAMARK-2", "BETAMARK-2"
LATER = Wanted(MAX_DEAL, "close_on", "2024-06-30", seen="2024-05-01")
MORE = Wanted(MOE_DEAL, "amount", "5000")


def person(name: str, role: Role, person_id: str = "", unit: str = "") -> Actor:
    return Actor(name, GRANTS[role], role, person_id, unit)


MAX = person("max", Role.REP, "R1")
MIA = person("mia", Role.MANAGER, "M1")
RAE = person("rae", Role.READ_ONLY)
FAY = person("fay", Role.FINANCE)


def teams_at(desk: Desk, **files: str) -> Desk:
    """Load the deals of two teams, with some files otherwise: `opportunity__csv`."""
    told = {name.replace(".", "__"): FILES[name] for name in NEEDED}
    desk.write(**{**told, **files})
    desk.load()
    return desk


class Teams:
    """Makes desks on which the deals of two teams are loaded: once, then copied."""

    def __init__(self, root: Path, **files: str) -> None:
        self.root = root
        first = teams_at(Desks(root / "first").new(), **files)
        self.first = first
        self.made = 0
        close_workspace(first.workspace)

    def new(self) -> Desk:
        self.made += 1
        root = self.root / str(self.made)
        shutil.copytree(self.first.workspace.home, root / "home")
        return Desk(root, open_workspace(root / "home"), self.first.at, list(self.first.times))

    def drop(self, desk: Desk) -> None:
        close_workspace(desk.workspace)
        shutil.rmtree(desk.root)


def fix(
    desk: Desk, *wanted: Wanted, actor: Actor = ANA, why: str = "agreed", only_free: bool = False
) -> Fixed:
    return fix_deals(
        actor=actor,
        workspace=desk.workspace,
        wanted=wanted,
        why=why,
        at=desk.tick(),
        only_free=only_free,
    )


def undo(desk: Desk, fix_id: int, actor: Actor = ANA, deals: Sequence[str] = ()) -> int:
    return undo_fix(
        actor=actor, workspace=desk.workspace, fix_id=fix_id, at=desk.tick(), deals=deals
    )


def shown(desk: Desk, fix_id: int, actor: Actor = ANA) -> SeenFix:
    found = one_fix(actor=actor, workspace=desk.workspace, fix_id=fix_id)
    assert found is not None
    return found


def became(desk: Desk, fix_id: int) -> list[str]:
    """Return what became of each line of a fix."""
    return [one.fate.became.name for one in shown(desk, fix_id).lines]


def standing(desk: Desk, table: str, on: date) -> list[dict[str, object]]:
    """Return a table as it stood on a day, every column, every row."""
    seen = view(actor=ANA, workspace=desk.workspace)
    columns = [column.name for column in TABLES[table].columns]
    rows = run(seen.engine, as_of(table, AsOf(on), seen.snapshot, columns)).to_pylist()
    return sorted(rows, key=str)


def value(desk: Desk, deal: str, column: str, known: object = None) -> object:
    at = known if known is None else desk.times[0]
    return dict(desk.rows("opportunity", f"opportunity_id, {column}", at))[deal]
