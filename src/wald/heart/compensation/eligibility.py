"""Who is paid by which version of which plan, on which days; who is in none, and who in two.

People change: a row of theirs holds for a window of days, and they are in a plan on the days on
which a row meets it, from hire until they leave, while a version of the plan is in force. Those
days are cut at payment periods. Source: docs/compensation/credits.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from wald.heart.compensation.fold import Stretch
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.plan_check import PEOPLE
from wald.kernel.period import Calendar, Grain, Period, period_of
from wald.kernel.problem import BadInput, Problem
from wald.language.parse import read_condition
from wald.language.rule import predicate

Row = Mapping[str, object]  # the columns of people, valid_from, valid_to


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """A version of a plan and the days on which it holds.

    `unit`: for whom, "" for everybody; who is in one of the units `but` has a version of their own.
    """

    plan: Plan
    days: Period
    unit: str = ""
    but: frozenset[str] = frozenset()

    def is_for(self, row: Row) -> bool:
        """Is this the version for somebody in the team and region of a row?"""
        if not self.unit and not self.but:
            return True
        units = units_of(row)
        return self.unit in units and not self.but.intersection(units)


def units_of(row: Row) -> tuple[str, ...]:
    """Return the units whose overrides hold for somebody: "", the region, the team within it."""
    parts = [str(one) for one in (row.get("region"), row.get("team")) if one]
    return ("", *("/".join(parts[:count]) for count in range(1, len(parts) + 1)))


@dataclass(frozen=True, slots=True)
class _Segment:
    """Days on which one version of a plan holds for one person without a break."""

    dated: DatedPlan
    start: date
    end: date


def stretches_of(
    rows: Iterable[Row],
    plans: tuple[DatedPlan, ...],
    calendar: Calendar,
    days: Period,
) -> tuple[dict[str, tuple[tuple[Stretch, ...], ...]], tuple[Problem, ...]]:
    """Return each payee's stretches, one chain and one more for each plan beside others.

    Stretches reach from the first of the days to the end of the last payment period within them.
    Whoever is in two plans at once is left out, and a Problem says so.
    """
    segments: dict[str, list[_Segment]] = {}
    for row in rows:
        for dated in plans:
            segment = _segment(row, dated, days)
            if segment is not None:
                _join(segments.setdefault(str(row["person_id"]), []), segment)
    chains: dict[str, tuple[tuple[Stretch, ...], ...]] = {}
    problems = []
    for person, found in segments.items():
        clash = _clash(found)
        if clash is not None:
            problems.append(_two_plans(person, *clash))
            continue
        by_chain: dict[str, list[_Segment]] = {}
        for one in sorted(found, key=lambda one: one.start):
            plan = one.dated.plan
            by_chain.setdefault(plan.key if plan.beside_others else "", []).append(one)
        made = (tuple(_stretches(own, calendar, days)) for own in by_chain.values())
        kept = tuple(chain for chain in made if chain)
        if kept:
            chains[person] = kept
    return chains, tuple(problems)


def _segment(row: Row, dated: DatedPlan, days: Period) -> _Segment | None:
    starts = [days.start, row["valid_from"], row["hired_on"], dated.days.start]
    ends = [row["valid_to"], row["left_on"], dated.days.end]
    start = max(one for one in starts if isinstance(one, date))
    end = min(one for one in ends if isinstance(one, date))
    if start >= end or not dated.is_for(row) or not _is_in(dated.plan, row):
        return None
    return _Segment(dated, start, end)


def _is_in(plan: Plan, row: Row) -> bool:
    who = plan.eligible
    if who.roles and row["role"] not in who.roles:
        return False
    if who.people and row["person_id"] not in who.people:
        return False
    return not who.where or _condition(who.where)(row) is True


@cache
def _condition(text: str) -> Callable[[Mapping[str, object]], bool | None]:
    checked = read_condition(text, PEOPLE)
    if checked.tree is None:
        raise BadInput(f"{text!r} cannot be read.", checked.problems)
    return predicate(checked.tree, PEOPLE)


def _join(found: list[_Segment], new: _Segment) -> None:
    """Add a segment, to the one before where nothing lies between."""
    for place, one in enumerate(found):
        if one.end == new.start and one.dated.plan == new.dated.plan:
            found[place] = _Segment(one.dated, one.start, new.end)
            return
    found.append(new)


def _clash(found: Iterable[_Segment]) -> tuple[_Segment, _Segment] | None:
    alone = sorted(
        (one for one in found if not one.dated.plan.beside_others), key=lambda one: one.start
    )
    return next((pair for pair in pairwise(alone) if pair[1].start < pair[0].end), None)


def _two_plans(person: str, first: _Segment, second: _Segment) -> Problem:
    what = (
        f"two plans at once from {second.start} on: {first.dated.plan.version} and "
        f"{second.dated.plan.version}"
    )
    fix = "let one end, change who is eligible, or declare one to stand beside others"
    return Problem(f"person {person}", what, fix)


def _stretches(segments: list[_Segment], calendar: Calendar, days: Period) -> Iterator[Stretch]:
    for one in segments:
        plan = one.dated.plan
        grain = plan.pays.grain or Grain.MONTH
        day = one.start
        while day < one.end:
            paid_in = period_of(calendar, grain, day)
            if paid_in.end > days.end:
                return
            end = min(paid_in.end, one.end)
            label = paid_in.label
            yield Stretch(Period(day, end, label), paid_in, plan, closes=end == one.end)
            day = end


def without_plan(
    rows: Sequence[Row], plans: Sequence[DatedPlan], days: Period
) -> tuple[Problem, ...]:
    """Find those in a role that plans are for who are in no plan on their last day of work.

    Who was left out for being in two plans is not named again; days before count for nothing here:
    a plan that begins later than somebody was hired is no fault.
    """
    last = {str(row["person_id"]): row for row in rows if _at_work(row, days) is not None}
    found = []
    for person, row in sorted(last.items()):
        day = _at_work(row, days)
        held = [
            one.plan for one in plans if day is not None and day in one.days and one.is_for(row)
        ]
        roles = {role for plan in held for role in plan.eligible.roles}
        if row["role"] in roles and not any(_is_in(plan, row) for plan in held):
            what = f"{row['role']}, and in no plan on {day}"
            fix = "let a plan name them, or their role, team or region; or correct their row"
            found.append(Problem(f"plan of {person}", what, fix))
    return tuple(found)


def _at_work(row: Row, days: Period) -> date | None:
    """Return the last of the days on which a row holds and its person is at work."""
    ends = [one for one in (row["valid_to"], row["left_on"], days.end) if isinstance(one, date)]
    starts = [one for one in (row["valid_from"], row["hired_on"]) if isinstance(one, date)]
    first, end = max([days.start, *starts]), min(ends)
    return end - timedelta(days=1) if first < end else None


def rings(rows: Sequence[Row], days: Period) -> tuple[Problem, ...]:
    """Find people who report to themselves over others; credits go up to where a ring would close.

    Each ring is named once, at the first of the days on which it is there.
    """
    begins: dict[date, list[Row]] = {}
    for row in rows:
        first, until = row["valid_from"], row["valid_to"]
        held = until is None or (isinstance(until, date) and until > days.start)
        if isinstance(first, date) and first < days.end and held:
            begins.setdefault(max(first, days.start), []).append(row)
    bosses: dict[str, str] = {}
    told: set[frozenset[str]] = set()
    found = []
    for day in sorted(begins):
        changed = {str(row["person_id"]): str(row["manager_id"] or "") for row in begins[day]}
        bosses |= changed
        for person in sorted(changed):
            ring = _ring(person, bosses)
            if ring and frozenset(ring) not in told:
                told.add(frozenset(ring))
                chain = " reports to ".join([*ring, ring[0]])
                fix = "correct the manager of one of them; until then credits go round it once"
                found.append(Problem(f"manager of {person}", f"a ring from {day}: {chain}", fix))
    return tuple(found)


def _ring(person: str, bosses: Mapping[str, str]) -> list[str]:
    """Return who stands in the ring that somebody is part of; nobody where there is none."""
    met, at = [person], bosses.get(person, "")
    while at and at not in met:
        met.append(at)
        at = bosses.get(at, "")
    return met if at == person else []
