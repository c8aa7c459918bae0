"""Rows of sums as a night would hand them to a detector, small enough to work out by eye."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from wald.brain.agreed import Agreed
from wald.brain.detector import Night, Row
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAY = date(2026, 6, 26)
REGIONS = ("North", "South", "West")


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


def write_falling(folder: Path) -> Path:
    """Write an export in which North, and nobody else, wins clearly less since three months.

    Three regions of one rep each close 60 deals in each of ten slots that end on DAY, every second
    of them won, 30 days after they were opened; in the last slot North wins every tenth.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deals = [
        "opportunity_id,name,owner_id,stage,outcome,amount,currency,close_on,created_at,closed_on"
    ]
    for slot in range(10):
        for number in range(60):
            for rep, region in enumerate(REGIONS):
                deals.append(_deal(slot, number, rep, slot == 0 and region == "North"))
    people = ["person_id,valid_from,name,team,region,role"]
    people += [f"R{n},1900-01-01,Rep {n},{one} team,{one},rep" for n, one in enumerate(REGIONS)]
    for name, lines in (("opportunity", deals), ("person", people)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _deal(slot: int, number: int, rep: int, falls: bool) -> str:
    closed = DAY - timedelta(days=91 * slot + number + rep)
    is_won = number % (10 if falls else 2) == 0
    outcome = "won" if is_won else "lost"
    key = f"O{slot}-{number}-{rep}"
    return (
        f"{key},Deal {key},R{rep},{outcome.title()},{outcome},1000,EUR,{closed},"
        f"{closed - timedelta(days=30)} 08:00:00,{closed}"
    )
