"""The design of a decision: chosen and drawn before it is made, and read on its review date."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.random import Generator
from sqlglot import exp

from wald.brain.effects import randomised
from wald.brain.effects.comparing import FEW
from wald.brain.effects.designs import foreseen, proposed
from wald.brain.effects.panel import Panel
from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics
from wald.kernel.period import Calendar, Grain, Period, periods
from wald.kernel.problem import Problem
from wald.kernel.unit import Unit
from wald.memory.decision import Decision
from wald.memory.design import (
    BEFORE_AFTER,
    DIFFERENCES,
    PROPOSED,
    RANDOMISED,
    READING,
    SYNTHETIC,
    Design,
)
from wald.memory.draft import Draft, person_in
from wald.queries.effect_panels import (
    MONTHS,
    MONTHS_OF_STATE,
    Reach,
    has_panel,
    months_before,
    months_in,
    panel_of,
    total_of,
    units_for,
)
from wald.queries.measure import View

_DIGITS = Decimal("0.000001")
_HUNDREDTHS = Decimal("0.01")  # of whatever is no ratio


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a design is chosen from: the decision as checked, the months, the day."""

    seen: View
    decision: Decision
    metric: Metric
    before: tuple[Period, ...]
    after: tuple[Period, ...]
    day: date
    at: datetime

    def panel(self, unit: str, population: str, pool: str = "") -> Panel | None:
        reach = Reach(self.decision.metric, population, pool, unit)
        return panel_of(self.seen, reach, self.before, (), as_of=self.day, at=self.at)


def designed(
    seen: View, decision: Decision, draft: Draft, *, day: date, at: datetime
) -> tuple[Decision, tuple[Problem, ...]]:
    """Return the decision with its design, and whom it reaches where a lot was drawn, or what is
    wrong. `day` is the last one of which the data tell all."""
    if draft.design in ("", READING):
        return decision, ()
    metric = metrics()[decision.metric]
    problems = tuple(_unit_problems(metric, draft))
    if problems:
        return decision, problems
    calendar = seen.terms.calendar
    after = months_after(decision, calendar, day) if has_panel(metric) else ()
    if not after:
        return _unread(decision, draft)
    most = MONTHS if metric.on else MONTHS_OF_STATE
    asked = _Asked(seen, decision, metric, months_before(calendar, day, most), after, day, at)
    if draft.design == RANDOMISED:
        return _drawn(asked, draft)
    return _chosen(asked, draft)


def told_until(reaches: date | None, learned_at: datetime | None, today: date) -> date:
    """Return the last day of which the data may be taken to tell all: as far as they reach, and a
    quiet week beyond it where they were loaded after that week began."""
    reached = min(reaches or today, today)
    if learned_at is None:
        return reached
    before = learned_at.astimezone(UTC).date() - timedelta(days=1)
    return max(reached, min(before, reached + _QUIET, today))


def months_after(decision: Decision, calendar: Calendar, day: date) -> tuple[Period, ...]:
    """Return the months over which it is measured; () where these are not whole ones."""
    if decision.period is not None:
        return months_in(calendar, decision.period) or ()
    until = decision.measured_on
    if until <= day:
        return ()
    found = periods(calendar, Grain.MONTH, day, until)
    return tuple(month for month in found if day < month.last_day <= until)


def seed_of(decision: Decision, unit: str) -> int:
    """Return a number that follows from what is asked: the same question draws the same lot, and
    nobody draws again until they like it."""
    words = "\n".join((decision.question, decision.metric, unit))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")


def chance_of(decision: Decision, unit: str) -> Generator:
    return np.random.Generator(np.random.PCG64(seed_of(decision, unit)))


def _chosen(asked: _Asked, draft: Draft) -> tuple[Decision, tuple[Problem, ...]]:
    """Choose the unit that tells most, and the design where nobody named one."""
    unit, panel = _best(asked, draft.unit, draft.design)
    proposal = proposed(panel)
    key = proposal.design if draft.design == PROPOSED else draft.design
    why = proposal.why if draft.design == PROPOSED else "It was chosen by hand."
    if key == READING:
        return replace(asked.decision, design=Design(READING, why, "", (), 0, 0)), ()
    if panel is None:
        return asked.decision, (_no_rows("design"),)
    return replace(asked.decision, design=_kept(asked, key, why, unit, panel)), ()


def _best(asked: _Asked, unit: str, design: str) -> tuple[str, Panel | None]:
    """Return the dimension whose values tell most, the finest among equals, and its panel."""
    population = asked.decision.population
    if design == BEFORE_AFTER or not population:
        return "", asked.panel("", population)
    best, best_panel, most = "", None, -1
    for name in (unit,) if unit else units_for(asked.metric):
        panel = asked.panel(name, population)
        worth = -1 if panel is None else _worth(panel)
        if worth > most:
            best, best_panel, most = name, panel, worth
    if best_panel is None or (not unit and most == 0):
        return "", asked.panel("", population)
    return best, best_panel


def _worth(panel: Panel) -> int:
    """Return how much a panel can tell: most where both sides have a spread of their own."""
    treated, rest = int(panel.is_treated.sum()), int((~panel.is_treated).sum())
    if min(treated, rest) >= FEW:
        return 3
    design = proposed(panel).design
    return 2 if design == SYNTHETIC else 1 if design == DIFFERENCES else 0


def _kept(
    asked: _Asked, key: str, why: str, unit: str, panel: Panel, pool: str = "",
    drawn: tuple[str, ...] = (),
) -> Design:  # fmt: skip
    """Return the design with what it can find, read off the months before."""
    chance = chance_of(asked.decision, unit)
    found = foreseen(key, panel, len(asked.after), chance)
    least = None
    if found is not None:
        scale = total_of(asked.metric, found.placebo.treated, len(asked.after))
        digits = _DIGITS if asked.metric.unit is Unit.RATIO else _HUNDREDTHS
        least = Decimal(found.least * scale).quantize(digits)
    return Design(
        key, why, unit, asked.before[-panel.before :],
        int(panel.is_treated.sum()), int((~panel.is_treated).sum()), least, pool, drawn,
    )  # fmt: skip


def _drawn(asked: _Asked, draft: Draft) -> tuple[Decision, tuple[Problem, ...]]:
    """Draw half of the units among the population, and let the decision reach those."""
    pool, unit = asked.decision.population, draft.unit
    if not unit:
        fix = f"name what is drawn: {', '.join(units_for(asked.metric))}"
        return asked.decision, (Problem("unit", "it is empty", fix),)
    whole = asked.panel(unit, pool)
    names = () if whole is None else tuple(name for name in whole.units if name)
    if len(names) < 2 * randomised.LEAST:
        what = f"there are {len(names)} to draw among, with rows in the months before"
        fix = f"take a finer one; {2 * randomised.LEAST} are needed"
        return asked.decision, (Problem("unit", what, fix),)
    is_drawn = randomised.drawn_units(len(names), len(names) // 2, chance_of(asked.decision, unit))
    drawn = tuple(name for name, is_in in zip(names, is_drawn, strict=True) if is_in)
    tree = exp.column(unit).isin(*[exp.Literal.string(name) for name in drawn])
    reached = tree.sql(dialect="duckdb")
    population = f"({pool}) AND {reached}" if pool else reached
    panel = asked.panel(unit, population, pool)
    if panel is None:
        return asked.decision, (_no_rows("unit"),)
    why = f"{len(drawn)} of {len(names)} were drawn by lot, each as likely as any other."
    design = _kept(asked, RANDOMISED, why, unit, panel, pool, drawn)
    person = person_in(tree) or asked.decision.person_id
    return replace(asked.decision, population=population, design=design, person_id=person), ()


def _unit_problems(metric: Metric, draft: Draft) -> Iterator[Problem]:
    have = [name for name in dimensions_for(metric) if name not in _TIME]
    if draft.unit and draft.unit not in have:
        yield Problem(
            "unit", f"{draft.unit!r} is no dimension of it", f"choose among {', '.join(have)}"
        )


_QUIET = timedelta(days=7)
_TIME = ("day", "month", "quarter", "year")


def _unread(decision: Decision, draft: Draft) -> tuple[Decision, tuple[Problem, ...]]:
    """Take the plain reading where months cannot be had, or refuse the design that wants them."""
    if draft.design == PROPOSED:
        design = Design(READING, proposed(None).why, "", (), 0, 0)
        return replace(decision, design=design), ()
    fix = "measure over whole months, such as 2027-Q1, or as read"
    return decision, (Problem("design", "it needs whole months after the decision", fix),)


def _no_rows(where: str) -> Problem:
    what = "those it reaches have no rows in the months before"
    return Problem(where, what, "take another population, or measure it as read")
