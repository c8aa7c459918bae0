"""What people are to reach and what they reached of objectives, as the facts have it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.relations import Scene, converted, template
from wald.facts.seen import among
from wald.facts.terms import Terms
from wald.heart.compensation.inputs import Quota, Score
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period

BOOKINGS = "bookings"  # what a quota is of that names no measure


def quotas_of(
    engine: Engine,
    scene: Scene,
    currencies: Mapping[str, Sequence[str]],
    last_day: date,
    persons: frozenset[str] | None,
) -> dict[str, tuple[Quota, ...]]:
    """Return the quotas of each payee in the currency of each of their plans, by day.

    `currencies` are by person, that of the last plan last; `last_day` is of the year that is paid
    in: the quota of a window counts from its beginning, also where its later parts begin later.
    """
    found: dict[str, list[Quota]] = {}
    columns = ["quota_id", "person_id", "starts_on", "ends_on", "amount", "currency", "measure"]
    for currency in sorted({one for own in currencies.values() for one in own}):
        terms = Terms(currency, scene.terms.rate_rule, scene.terms.calendar)
        then = Scene(scene.snapshot, AsOf(last_day), terms)
        rows = template("SELECT * FROM quota", quota=then.table("quota", columns))
        tree = converted(_rows(rows, columns), ["amount"], exp.column("starts_on"), "quota", then)
        if persons is not None:
            tree = exp.select("*").from_(tree.subquery("quota", copy=False))
            tree = tree.where(among(exp.column("person_id"), persons))
        for row in run(engine, tree).to_pylist():
            own = currencies.get(row["person_id"], ())
            if currency not in own or row["amount"] is None:
                continue
            days = Period(row["starts_on"], row["ends_on"], f"from {row['starts_on']}")
            name = row["quota_id"] if currency == own[-1] else f"{row['quota_id']} in {currency}"
            only = currency if len(own) > 1 else ""
            measure = row["measure"] or BOOKINGS
            quota = Quota(name, days, row["amount"], measure, currency=only)
            found.setdefault(row["person_id"], []).append(quota)
    return {
        person: tuple(sorted(kept, key=lambda one: (one.days.start, one.quota_id)))
        for person, kept in found.items()
    }


def scores_of(engine: Engine, scene: Scene) -> dict[str, tuple[Score, ...]]:
    """Return the scores of objectives of each person, by day."""
    found: dict[str, list[Score]] = {}
    columns = ["person_id", "objective", "starts_on", "ends_on", "reached"]
    rows = scene.table("objective_score", columns)
    for row in run(engine, _rows(rows, columns)).to_pylist():
        days = Period(row["starts_on"], row["ends_on"], f"from {row['starts_on']}")
        score = Score(row["objective"], days, row["reached"])
        found.setdefault(row["person_id"], []).append(score)
    return {
        person: tuple(sorted(own, key=lambda one: (one.days.start, one.objective)))
        for person, own in found.items()
    }


def _rows(rows: exp.Select, columns: Iterable[str]) -> exp.Select:
    return exp.select(*columns).from_(rows.subquery("given", copy=False))
