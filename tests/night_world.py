"""Rows of sums as a night would hand them to a detector, small enough to work out by eye."""

from collections.abc import Mapping, Sequence
from datetime import date

from wald.brain.agreed import Agreed
from wald.brain.detector import Night, Row
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAY = date(2026, 6, 26)


def night_on(snapshot: Snapshot, day: date = DAY, slots: int = 10) -> Night:
    """Return a night over some facts; judging needs its day and its slots alone."""
    terms = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
    return Night(Scene(snapshot, AsOf(day), terms), Agreed(), slots)


def rows_of(
    places: Mapping[str, Sequence[Mapping[str, float]]], dimension: str = "region"
) -> list[Row]:
    """Return the rows of places by name, each with its sums by slot, and of everybody."""
    rows: list[Row] = []
    everybody: dict[int, dict[str, float]] = {}
    for value, slots in places.items():
        for slot, sums in enumerate(slots):
            rows.append({dimension: value, "slot": slot, **sums})
            whole = everybody.setdefault(slot, {})
            for name, amount in sums.items():
                whole[name] = whole.get(name, 0.0) + amount
    rows += [{dimension: None, "slot": slot, **sums} for slot, sums in everybody.items()]
    return rows
