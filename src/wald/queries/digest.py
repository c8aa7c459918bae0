"""The digest of one person: what changed since the last one, and what waits for them.

Everything is asked as that person, so it holds nothing that they may not see.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wald.facts.question import Value
from wald.kernel.actor import Actor
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.cases import CasesAsk, case_lines
from wald.queries.pulse import Figure, Pulse, pulse
from wald.records.stores import notices as store
from wald.records.stores.case_lists import CaseLine
from wald.records.stores.loads import last_loaded_at
from wald.records.stores.notices import Notice

_MOST = 12  # lines of one section


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure of the pulse that is another one than it was known to be."""

    metric: str
    title: str
    period: str
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Digest:
    moved: tuple[Moved, ...]
    cases: tuple[CaseLine, ...]
    notices: tuple[Notice, ...]  # unread, newest first

    @property
    def is_empty(self) -> bool:
        return not (self.moved or self.cases or self.notices)


def digest(*, actor: Actor, workspace: Workspace, at: datetime, since: datetime) -> Digest:
    """Return what changed since an instant, and what waits for the actor now."""
    actor.must("notices.keep")
    unread = store.list_notices(
        actor.name, database=workspace.database, unread_only=True, limit=_MOST
    )
    return Digest(
        moved=_moved(actor, workspace, since) if actor.may("facts.read") else (),
        cases=_waiting(actor, workspace, at) if actor.may("cases.read") else (),
        notices=tuple(one for one in unread if one.at >= since),
    )


def _waiting(actor: Actor, workspace: Workspace, at: datetime) -> tuple[CaseLine, ...]:
    ask = CasesAsk(whose="mine")
    return case_lines(actor=actor, workspace=workspace, ask=ask, at=at, limit=_MOST)


def _moved(actor: Actor, workspace: Workspace, since: datetime) -> tuple[Moved, ...]:
    last = last_loaded_at(database=workspace.database)
    if last is None or last < since:
        return ()
    now = pulse(actor=actor, workspace=workspace)
    then = pulse(actor=actor, workspace=workspace, known=since)
    if now is None:
        return ()
    known = {} if then is None or then.period != now.period else _figures(then)
    moved = (
        Moved(
            metric=key,
            title=figure.title,
            period=now.period.label,
            now=words(figure.value, figure.unit, figure.currency),
            before=_before(known.get(key)),
        )
        for key, figure in _figures(now).items()
        if figure.value is not None and (key not in known or known[key].value != figure.value)
    )
    return tuple(moved)[:_MOST]


def words(value: Value, unit: Unit, currency: str | None) -> str:
    """Return a figure as a letter tells it: 12.3 %, 1,204, 3.5 days, 1,200,000 EUR."""
    if value is None:
        return "nothing"
    number = Decimal(str(value))
    if unit is Unit.RATIO:
        return f"{number * 100:,.1f} %"
    if unit is Unit.MONEY:
        return f"{number:,.0f} {currency or ''}".strip()
    if unit is Unit.COUNT:
        return f"{number:,.0f}"
    return f"{number:,.1f} {unit.value}"


def _before(figure: Figure | None) -> str:
    return "" if figure is None else words(figure.value, figure.unit, figure.currency)


def _figures(found: Pulse) -> dict[str, Figure]:
    return {figure.metric: figure for _, group in found.groups for figure in group}
