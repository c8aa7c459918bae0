"""What a trial of a plan may start from: drafts, plans in force, and the last whole year."""

from dataclasses import dataclass
from datetime import date, timedelta

from wald.documents.in_force import in_force
from wald.documents.version import State, Version
from wald.facts.settings import calendar_of
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, period_of, year_of
from wald.kernel.workspace import Workspace
from wald.queries.documents import one_version, versions
from wald.queries.pay_basis import PLANS
from wald.records.stores import documents
from wald.records.stores.settings import load_settings

_OPEN = (State.DRAFT, State.IN_REVIEW, State.SENT_BACK)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Versions by number and what they are called; `over`: the last fiscal year that is whole."""

    drafts: tuple[tuple[int, str], ...]
    in_force: tuple[tuple[int, str], ...]
    over: str


def beginnings(*, actor: Actor, workspace: Workspace, on: date) -> Beginnings:
    """Return what a trial may start from on a day; no plans to whoever may not read documents."""
    actor.must("pay.read")
    calendar = calendar_of(load_settings(database=workspace.database))
    last_year = period_of(calendar, Grain.YEAR, year_of(calendar, on).start - timedelta(days=1))
    if not actor.may("documents.read"):
        return Beginnings((), (), last_year.label)
    known = documents.documents_like(type=PLANS, database=workspace.database)
    drafts: list[tuple[int, str]] = []
    holding: list[tuple[int, str]] = []
    for name, unit in sorted({(name, unit) for _, _, name, unit in known}):
        own = versions(actor=actor, workspace=workspace, type=PLANS, name=name, unit=unit)
        drafts += [
            (one.version_id, f"{_called(one)} ({one.state.value})")
            for one in own
            if one.state in _OPEN
        ]
        held = in_force(own, on)
        if held is not None:
            holding.append((held.version_id, _called(held)))
    return Beginnings(tuple(drafts), tuple(holding), last_year.label)


def text_to_start_from(*, actor: Actor, workspace: Workspace, version_id: int) -> str:
    """Return the text of a version of a plan; "" where there is none the actor may read."""
    actor.must("pay.read")
    if not actor.may("documents.read"):
        return ""
    found = one_version(actor=actor, workspace=workspace, version_id=version_id)
    return found.text if found is not None and found.type == PLANS else ""


def _called(version: Version) -> str:
    whose = f" of {version.unit}" if version.unit else ""
    return f"{version.name}{whose}, version {version.number}"
