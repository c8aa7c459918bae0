"""A metric read for a decision, now and on its review date, through the same eyes."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from wald.facts.question import Answer, Value
from wald.kernel.actor import Actor
from wald.kernel.period import Period
from wald.kernel.policy import Role
from wald.memory.decision import Decision, Reading, Rights
from wald.queries.effect_panels import others
from wald.queries.kept import signature
from wald.queries.measure import Ask, View, measured


def read(
    seen: View, decision: Decision, period: Period | None, as_of: date, at: datetime
) -> tuple[Reading, Reading | None]:
    """Read the metric for the population, and for all others; None where there are no others.

    `seen` is the workspace as it was known at `at`. Raises BadInput if it cannot be asked.
    """
    days = f"{period.start}..{period.last_day}" if period else ""
    ask = Ask(decision.metric, where=decision.population, period=days, as_of=as_of, known=at)
    inside = _reading(seen, measured(seen, ask), at)
    if not decision.population:
        return inside, None
    pool = decision.design.pool if decision.design else ""
    rest = replace(ask, where=others(ask.where, pool))
    return inside, _reading(seen, measured(seen, rest), at)


def rights_of(actor: Actor) -> Rights:
    return Rights(actor.role.value if actor.role else "", actor.person_id, actor.unit)


def eyes_of(name: str, rights: Rights, actor: Actor) -> Actor:
    """Return who reads on the review date: the decider as they were, through today's door."""
    return Actor(
        name,
        frozenset({"facts.read"}),
        Role(rights.role) if rights.role else None,
        rights.person_id,
        rights.unit,
        actor.door,
    )


def _reading(seen: View, found: Answer, at: datetime) -> Reading:
    row = found.rows[0] if found.rows and not found.by else None
    return Reading(
        value=_decimal(found.value),
        numerator=row.numerator if row else None,
        denominator=row.denominator if row else None,
        records=row.records if row else 0,
        currency=found.currency,
        as_of=found.as_of,
        known=at,
        loaded_at=found.known_at,
        reaches=seen.snapshot.reaches,
        loads=tuple(load.load_id for load in seen.snapshot.visible),
        signature=signature(seen.snapshot),
        notes=found.notes,
    )


def _decimal(value: Value) -> Decimal | None:
    return None if value is None else Decimal(value)
