"""The incentive microscope: what people do around each clause of their plans, and what it costs.

Sums over everybody, clause by clause; no person is told, and no amount of pay to who may not see
everybody's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from wald.brain.bunching import Bunching, bunching
from wald.brain.closing_time import Spike, Timed, Timing, spike, timing
from wald.brain.incentives import FEW, FOUND, SHOWN, Look, judged
from wald.facts.relations import Scene
from wald.heart.compensation.window_attainment import (
    NEAR_STEP,
    STEP,
    compose_attained,
    compose_daily,
    compose_timed,
)
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, Period, period_of
from wald.kernel.workspace import Workspace
from wald.queries.incentive_words import bunching_words, spike_words, timing_words
from wald.queries.kept import kept
from wald.queries.measure import View, view
from wald.queries.pay import entries_of
from wald.queries.pipeline_ground import default_day, fetched
from wald.queries.plan_clauses import Clause, plan_clauses
from wald.records.stores import pay as pay_store

YEARS = 3  # looked back
_PAID = ("pay", "delta")
_DAYS = {Grain.MONTH: 30, Grain.QUARTER: 91, Grain.YEAR: 365}


@dataclass(frozen=True, slots=True)
class ClauseLook:
    """A clause with what was measured of it; None where nothing can be told. `cost` is what its
    component paid in the last year, None where it is not known, or not the asker's to see."""

    clause: Clause
    bunching: Bunching | None
    timing: Timing | None
    spike: Spike | None
    looks: tuple[Look, ...]
    cost: Decimal | None

    @property
    def is_found(self) -> bool:
        return any(one.verdict == FOUND for one in self.looks)


@dataclass(frozen=True, slots=True)
class Incentives:
    """`sees_pay`: may the asker see amounts of pay? `currency` is that of the plans paid."""

    as_of: date
    sees_pay: bool
    currency: str
    clauses: tuple[ClauseLook, ...]

    @property
    def looks(self) -> int:
        return sum(look.p_value is not None for one in self.clauses for look in one.looks)


def incentives(
    *,
    actor: Actor,
    workspace: Workspace,
    as_of: date | None = None,
    is_whole: bool = False,
    engine: str = "",
) -> Incentives | None:
    """Return what people do around the clauses in force, None when no bookings are loaded.

    `is_whole`: the linter asks every rule, which takes seconds a plan.
    """
    seen = view(actor=actor, workspace=workspace, engine=engine)
    if not seen.snapshot.has("booking"):
        return None
    day = as_of or default_day(seen)
    clauses = plan_clauses(actor=actor, workspace=workspace, on=day, is_whole=is_whole)
    named = tuple((one.key, one.label, one.grain, one.roles, one.who, one.why) for one in clauses)
    key = (seen.whole.signature, "incentives", day, named)
    found = kept(key, lambda: _looked(seen.whole, day, clauses))
    sees_pay = actor.may("pay.read_all")
    costs, currency = _costs(workspace, day) if sees_pay else ({}, "")
    told = tuple(
        replace(one, clause=clause, cost=costs.get((clause.plan, clause.component)))
        for one, clause in zip(found, clauses, strict=True)
    )
    return Incentives(day, sees_pay, currency, told)


def windows(seen: View, grain: Grain, day: date) -> tuple[Period, ...]:
    """Return the whole windows of the last years that the bookings know, the first one first."""
    parts = seen.snapshot.parts("booking")
    begins = min((part.first_on for part in parts if part.first_on), default=day)
    earliest = max(begins, day - timedelta(days=365 * YEARS + 1))
    found: list[Period] = []
    one = period_of(seen.terms.calendar, grain, day + timedelta(days=1))
    while one.start > earliest:
        one = period_of(seen.terms.calendar, grain, one.start - timedelta(days=1))
        found.append(one)
    return tuple(one for one in reversed(found) if one.end > earliest)


def _looked(seen: View, day: date, clauses: Sequence[Clause]) -> tuple[ClauseLook, ...]:
    measured = [_of_clause(seen, day, clause) for clause in clauses]
    looks = judged([look for one in measured for look in one.looks])
    found, place = [], 0
    for one in measured:
        found.append(replace(one, looks=looks[place : place + len(one.looks)]))
        place += len(one.looks)
    return tuple(found)


def _of_clause(seen: View, day: date, clause: Clause) -> ClauseLook:
    if clause.why or clause.grain is None:
        return ClauseLook(clause, None, None, None, (), None)
    spans = windows(seen, clause.grain, day) if seen.snapshot.has("quota") else ()
    if not spans:
        early = Look("bunching", None, "No quotas are loaded, or no whole window has ended yet.")
        return ClauseLook(clause, None, None, None, (early,), None)
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    chance = np.random.Generator(np.random.PCG64(0))  # the same answer to the same question
    attained = _of_roles(fetched(seen, compose_attained(spans, scene, clause.who)), clause)
    values = np.array([int(str(row["place"])) * STEP for row in attained])
    weights = np.array([float(str(row["windows"])) for row in attained])
    bunched = bunching(values, weights, clause.threshold, chance)
    timed = _of_roles(fetched(seen, compose_timed(spans, scene, clause.who)), clause)
    time = timing(map(_timed, timed), clause.threshold, _DAYS[clause.grain])
    daily = fetched(seen, compose_daily(spans[0].start, day, scene))
    ended = [one for one in spans if one.end + timedelta(days=14) <= day + timedelta(days=1)]
    after = spike([_daily(row) for row in daily], ended)
    looks = (
        Look("bunching", bunched.p_value, bunching_words(bunched, clause)),
        Look("timing", time.p_value, timing_words(time, clause)),
        Look("pull_forward", None, spike_words(after, clause), SHOWN if after else FEW),
    )
    return ClauseLook(clause, bunched, time, after, looks, None)


Rows = Sequence[Mapping[str, object]]


def _of_roles(rows: Rows, clause: Clause) -> Rows:
    if clause.who == "team" or not clause.roles:
        return rows
    return [row for row in rows if row["role"] in clause.roles]


def _timed(row: Mapping[str, object]) -> Timed:
    names = ("earlier", "later", "later_later", "later_both", "both_both")
    sums = [float(str(row[name])) for name in names]
    return Timed(int(str(row["place"])) * NEAR_STEP, int(str(row["windows"])), *sums)


def _daily(row: Mapping[str, object]) -> tuple[date, float]:
    return date.fromisoformat(str(row["booked_on"])[:10]), float(str(row["deals"]))


def _costs(workspace: Workspace, day: date) -> tuple[Mapping[tuple[str, str], Decimal], str]:
    """Return what each component of each plan was paid in the year up to a day, of released runs;
    in one currency, or nothing where there are several."""
    runs = [
        one
        for one in pay_store.released(database=workspace.database)
        if day - timedelta(days=365) < one.ends_on <= day + timedelta(days=1)
    ]
    key = ("costs of clauses", str(workspace.home), tuple(one.run_id for one in runs))

    def made() -> tuple[Mapping[tuple[str, str], Decimal], str]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        currencies: set[str] = set()
        for run in runs:
            for entry in entries_of(workspace, run):
                if entry["entry"] in _PAID:
                    plan = str(entry["plan"]).partition(",")[0]
                    sums[plan, str(entry["component"])] += Decimal(str(entry["amount"]))
                    currencies.add(str(entry["currency"]))
        return (sums, currencies.pop()) if len(currencies) == 1 else ({}, "")

    return kept(key, made)
