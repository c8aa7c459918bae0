"""What a fix of deals stands on: the deals somebody sees as they are now, stages, people, periods.

For queries and actions that have asked the policy already.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import known_rows, relation
from wald.facts.relations import Scene
from wald.facts.tables import TABLES
from wald.heart.deal_fix import OPEN, TITLES, DealNow, FixGround, StageSays, text_of
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Calendar, Grain, period_of
from wald.queries.hygiene_deals import hygiene_day
from wald.queries.measure import View

CORRECTIONS = "corrections"  # the connector of loads that fixes write
ASSIGN = "hygiene.assign"
_NEVER = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DealRows:
    """Deals as their rows stand, by key, for those among the wanted ones that are seen."""

    rows: pa.Table  # every column of the table, one row per deal
    deals: Mapping[str, DealNow]


def day_of(seen: View) -> date:
    """Return the day on which deals are looked at, as hygiene does."""
    return hygiene_day(seen) or _NEVER


def deal_rows(seen: View, keys: Collection[str]) -> DealRows:
    """Return the rows of the deals with these keys that are seen."""
    if not keys or not seen.snapshot.has("opportunity"):
        return DealRows(pa.table({}), MappingProxyType({}))
    visible = _visible(seen, keys)
    columns = [column.name for column in TABLES["opportunity"].columns]
    stored = known_rows("opportunity", seen.snapshot.whole, columns)
    rows = run(seen.engine, stored.where(_is_one_of("opportunity_id", visible)))
    people = people_on(seen, day_of(seen), everybody=True)
    deals = {row["opportunity_id"]: _deal(row, people) for row in rows.to_pylist()}
    return DealRows(rows, MappingProxyType(deals))


def seen_deals(seen: View, keys: Collection[str]) -> frozenset[str]:
    """Return the keys of deals, among these, that are seen."""
    if not keys or not seen.snapshot.has("opportunity"):
        return frozenset()
    return frozenset(_visible(seen, keys))


def ground_of(actor: Actor, seen: View) -> FixGround:
    """Return what values are checked against."""
    day = day_of(seen)
    may_assign = actor.may(ASSIGN)
    return FixGround(
        on=day,
        currency=seen.terms.currency,
        stages=_stages(seen),
        persons=people_on(seen, day, everybody=False) if may_assign else None,
        period=lambda one: _quarter(seen.terms.calendar, one),
    )


def people_on(seen: View, day: date, *, everybody: bool) -> Mapping[str, str]:
    """Return the names of those who are here on a day, by key; of everybody also who has left."""
    if not seen.snapshot.has("person"):
        return MappingProxyType({})
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    columns = ["person_id", "name", "left_on", "hired_on", "valid_to"]
    table = scene.labels("person", columns) if everybody else scene.table("person", columns)
    rows = run(seen.engine, exp.select(*columns).from_(table.subquery("person"))).to_pylist()
    return MappingProxyType(
        {
            row["person_id"]: row["name"]
            for row in sorted(rows, key=lambda row: row["name"])
            if everybody or (row["valid_to"] is None and _is_here(row, day))
        }
    )


def change_rows(seen: View, change_ids: Collection[str]) -> pa.Table:
    """Return the known rows of the history with these keys."""
    columns = [column.name for column in TABLES["opportunity_change"].columns]
    stored = known_rows("opportunity_change", seen.snapshot.whole, columns)
    return run(seen.engine, stored.where(_is_one_of("change_id", change_ids)))


def last_changes(seen: View, keys: Collection[str]) -> Mapping[str, datetime]:
    """Return when each of these deals last changed, by its history."""
    if not seen.snapshot.has("opportunity_change"):
        return {}
    stored = known_rows("opportunity_change", seen.snapshot.whole, ["opportunity_id", "changed_at"])
    last = exp.alias_(exp.Max(this=exp.column("changed_at")), "last")
    rows = stored.where(_is_one_of("opportunity_id", keys)).subquery("change")
    tree = exp.select("opportunity_id", last).from_(rows).group_by("opportunity_id")
    return {row["opportunity_id"]: row["last"] for row in run(seen.engine, tree).to_pylist()}


def told_since(seen: View, keys: Collection[str]) -> Mapping[tuple[str, str, str], int]:
    """Return the last load in which the source's history told a value, by deal, field, value."""
    if not keys or not seen.snapshot.has("opportunity_change"):
        return {}
    columns = ["change_id", "opportunity_id", "field", "new", "load_id"]
    stored = known_rows("opportunity_change", seen.snapshot.whole, columns)
    rows = run(seen.engine, stored.where(_is_one_of("opportunity_id", keys))).to_pylist()
    found: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if not is_ours(row["change_id"]) and row["new"] is not None:
            key = (row["opportunity_id"], row["field"], _plain(row["field"], row["new"]))
            found[key] = max(found.get(key, 0), row["load_id"])
    return found


def row_loads(seen: View, keys: Collection[str]) -> Mapping[str, tuple[int, ...]]:
    """Return the loads that brought a row of each deal and count, oldest first."""
    if not keys or not seen.snapshot.has("opportunity"):
        return {}
    tree = exp.select("opportunity_id", "load_id").from_(relation("opportunity"))
    rows = run(seen.engine, tree.where(_is_one_of("opportunity_id", keys))).to_pylist()
    counting = {load.load_id for load in seen.snapshot.visible}
    found: dict[str, list[int]] = {}
    for row in rows:
        if row["load_id"] in counting:
            found.setdefault(row["opportunity_id"], []).append(row["load_id"])
    return {key: tuple(sorted(loads)) for key, loads in found.items()}


def count_of_deals(seen: View) -> int:
    """Return how many deals were ever stored."""
    count = exp.alias_(
        exp.Count(this=exp.Distinct(expressions=[exp.column("opportunity_id")])), "n"
    )
    rows = run(seen.engine, exp.select(count).from_(relation("opportunity")))
    return int(rows.column("n")[0].as_py())


def connectors_of(seen: View) -> Mapping[int, str]:
    """Return by which connector each load was read."""
    return {load.load_id: load.connector for load in seen.snapshot.loads}


def change_id_of(load_id: int, place: int) -> str:
    """Return the key of a change that a fix writes into the history of a deal."""
    return f"{_MARK}{load_id}:{place}"


def is_ours(change_id: str) -> bool:
    """Is this change one that a fix wrote?"""
    return change_id.startswith(_MARK)


_MARK = "wald:"


def _visible(seen: View, keys: Collection[str]) -> list[str]:
    scene = Scene(seen.snapshot, AsOf(day_of(seen), seen.snapshot.known), seen.terms)
    own = scene.table("opportunity", ["opportunity_id", "owner_id"]).subquery("deal")
    tree = exp.select("opportunity_id").from_(own).where(_is_one_of("opportunity_id", keys))
    return [str(key) for key in run(seen.engine, tree).column("opportunity_id").to_pylist()]


def _is_one_of(column: str, keys: Iterable[str]) -> exp.Expr:
    listed = [exp.Literal.string(key) for key in sorted(set(keys)) if "\0" not in key]
    return exp.In(this=exp.column(column), expressions=listed) if listed else exp.false()


def _deal(row: Mapping[str, Any], people: Mapping[str, str]) -> DealNow:
    owner = row["owner_id"]
    return DealNow(
        opportunity_id=row["opportunity_id"],
        title=row["name"] or row["opportunity_id"],
        owner=people.get(owner, owner) if owner else "",
        outcome=row["outcome"] or OPEN,
        currency=row["currency"] or "",
        values=MappingProxyType({name: text_of(row[name]) for name in TITLES}),
    )


def _stages(seen: View) -> Mapping[str, StageSays]:
    if not seen.snapshot.has("stage"):
        return MappingProxyType({})
    columns = ["stage", "label", "position", "outcome", "probability", "forecast_category"]
    rows = run(seen.engine, known_rows("stage", seen.snapshot.whole, columns)).to_pylist()
    return MappingProxyType(
        {
            row["stage"]: StageSays(
                row["label"] or row["stage"],
                row["outcome"] or OPEN,
                text_of(row["probability"]),
                row["forecast_category"],
            )
            for row in sorted(rows, key=lambda row: (row["position"], row["stage"]))
        }
    )


def _is_here(row: Mapping[str, Any], day: date) -> bool:
    has_come = row["hired_on"] is None or row["hired_on"] <= day
    return has_come and (row["left_on"] is None or day < row["left_on"])


def _quarter(calendar: Calendar, day: date) -> str:
    try:
        return period_of(calendar, Grain.QUARTER, day).label
    except ValueError:
        return ""  # a calendar of the firm's own that does not reach so far


def _plain(field: str, text: str) -> str:
    """Return a value of a history in the one form that fixes have."""
    if field == "amount" and "." in text:
        return text.rstrip("0").rstrip(".")
    return text
