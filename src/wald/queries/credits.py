"""Credits of a plan as they are known: of one person, one by one, and what is wrong with them.

Pay runs read everybody's at once (`pay_reading`); this is for looking at one person's, and for
saying which deals credit nobody. Pay is private: whoever asks is asked for the right to see it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from wald.engine.connect import Engine, run, shared
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.settings import terms_of
from wald.heart.compensation.credit import Credit, Event, Kind
from wald.heart.compensation.credit_faults import FAULTS, Fault
from wald.heart.compensation.crediting import HELD, Only, columns_read, credit_rows
from wald.heart.compensation.measure_rows import measure_rows
from wald.heart.compensation.measuring import COLUMNS
from wald.heart.compensation.plan import Plan
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, periods
from wald.kernel.problem import NotAllowed, Problem
from wald.kernel.workspace import Workspace
from wald.queries.sight import may_see_pay
from wald.records.stores.loads import snapshot
from wald.records.stores.settings import load_settings

_OWN = ("credit_id", "person_id", "deal_id", "credited_on", "deal_amount", "share", "rule")
_TOLD = frozenset({*_OWN, "amount", "kind", "event", "booked_on"})


@dataclass(frozen=True, slots=True)
class _Desk:
    engine: Engine
    scene: Scene


def credits_of(
    *,
    actor: Actor,
    workspace: Workspace,
    plan: Plan,
    person_id: str,
    start: date,
    end: date,
    when: AsOf,
    held_deals: frozenset[str] = frozenset(),
    engine: str = "",
) -> tuple[Credit, ...]:
    """Return what a plan credits one person with from `start` up to `end`, by day and key.

    Raises NotAllowed to whoever may not see their pay, BadInput for a condition of the plan that
    cannot be read.
    """
    actor.must("pay.read")
    known = when.known
    if not may_see_pay(
        actor=actor, workspace=workspace, person_id=person_id, on=when.valid, known=known
    ):
        raise NotAllowed(f"{actor.name} may not see what {person_id} is credited with.")
    desk = _desk(workspace, when, engine)
    only = Only(frozenset({person_id}), held_deals=held_deals)
    rows = _run(desk, credit_rows(plan, desk.scene, start, end, only)).to_pylist()
    found = (credit_of(row) for row in rows)
    return tuple(sorted(found, key=lambda one: (one.credited_on, one.credit_id)))


def measures_of(
    *,
    actor: Actor,
    workspace: Workspace,
    plan: Plan,
    start: date,
    end: date,
    when: AsOf,
    engine: str = "",
) -> pa.Table:
    """Return person_id, measure, counted_on, amount: everybody's measures by month."""
    actor.must("pay.read_all")
    desk = _desk(workspace, when, engine)
    cuts = [one.start for one in periods(desk.scene.terms.calendar, Grain.MONTH, start, end)]
    credits = credit_rows(plan, desk.scene, start, end, Only(columns=columns_read(plan)))
    return _run(desk, measure_rows(plan, credits, cuts))


def credit_problems(
    *,
    actor: Actor,
    workspace: Workspace,
    plan: Plan,
    start: date,
    end: date,
    when: AsOf,
    engine: str = "",
) -> tuple[Problem, ...]:
    """Return what keeps deals of these days from being credited, each with its cure."""
    actor.must("pay.read_all")
    desk = _desk(workspace, when, engine)
    return tuple(
        problem for fault in FAULTS for problem in _problems(desk, plan, fault, start, end)
    )


def credit_of(row: Mapping[str, Any]) -> Credit:
    """Return a row of `crediting.credit_rows` with all columns as a credit."""
    return Credit(
        **{name: row[name] for name in _OWN},
        kind=Kind(row["kind"]),
        event=Event(row["event"]),
        booked_on=row["booked_on"],
        is_held=row[HELD],
        row={name: row[name] for name in COLUMNS if name not in _TOLD},
    )


def _problems(desk: _Desk, plan: Plan, fault: Fault, start: date, end: date) -> Iterator[Problem]:
    """Yield the first deals with a fault, then how many more there are."""
    rows = fault.rows(plan, desk.scene, start, end)
    if rows is None:
        return
    shown = rows.order_by("deal_id").limit(fault.shown)
    for row in _run(desk, shown).to_pylist():
        yield Problem(f"booking {row['deal_id']}", fault.what.format(**row), fault.fix)
    count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "deals"))
    [deals] = _run(desk, count.from_(rows.subquery("found"))).column("deals").to_pylist()
    if deals > fault.shown:
        yield Problem("bookings", f"{deals - fault.shown} more {fault.many}", fault.fix)


def _desk(workspace: Workspace, when: AsOf, engine: str) -> _Desk:
    stored: Snapshot = _stored(workspace, when.known)
    opened = shared(engine, workspace.facts)
    opened.attach(stored)
    terms = terms_of(load_settings(database=workspace.database))
    return _Desk(opened, Scene(stored, when, terms))


def _stored(workspace: Workspace, known: datetime | None) -> Snapshot:
    return snapshot(database=workspace.database, root=workspace.facts, known=known)


def _run(desk: _Desk, tree: exp.Expr) -> pa.Table:
    return run(desk.engine, tree)
