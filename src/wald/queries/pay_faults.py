"""What a pay run says of deals that credit nobody, or not as they should: deal, people, cure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.relations import Scene, template
from wald.facts.seen import among
from wald.heart.compensation.credit_faults import FAULTS, Fault
from wald.heart.compensation.plan import Plan
from wald.kernel.period import Period
from wald.kernel.problem import Problem

_MOST_NAMED = 3
_Row = Mapping[str, object]
_Found = list[tuple[Fault, list[_Row]]]


def faults_of(
    engine: Engine, scene: Scene, plans: Iterable[Plan], days: Period, names: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return what keeps deals of these days from being credited by the plans, newest first.

    Of each fault the first few deals, and how many more there are. One SELECT for each fault that
    the facts can have, and one more for the people of the deals found.
    """
    found: _Found = []
    for fault in FAULTS:
        for wanted, some in _groups(fault, plans):
            rows = _rows(engine, fault, some, scene, days)
            found.append((fault, [{**row, "wanted": wanted} for row in rows]))
    deals = {str(row["deal_id"]) for _, rows in found for row in rows}
    people = _people(engine, scene, deals, names)
    return tuple(problem for fault, rows in found for problem in _problems(fault, rows, people))


def _groups(fault: Fault, plans: Iterable[Plan]) -> Iterator[tuple[str, Sequence[Plan]]]:
    """Yield the plans a fault is looked for by at once, with their currency where it counts."""
    by_currency: dict[str, list[Plan]] = {}
    for plan in plans:
        if plan.credits:
            by_currency.setdefault(plan.currency if fault.by_currency else "", []).append(plan)
    yield from sorted(by_currency.items())


def _rows(
    engine: Engine, fault: Fault, plans: Sequence[Plan], scene: Scene, days: Period
) -> list[_Row]:
    rows = fault.rows(plans, scene, days)
    if rows is None:
        return []
    all_of_them = exp.Window(this=exp.Count(this=exp.Star()))
    shown = exp.select("*", exp.alias_(all_of_them, "deals")).from_(rows.subquery("found"))
    order = [exp.Ordered(this=exp.column("happened_on"), desc=True), exp.column("deal_id")]
    found: list[_Row] = run(engine, shown.order_by(*order).limit(fault.shown)).to_pylist()
    return found


def _problems(fault: Fault, rows: Sequence[_Row], people: Mapping[str, str]) -> Iterator[Problem]:
    for row in rows:
        of = people.get(str(row["deal_id"]), "")
        yield Problem(f"booking {row['deal_id']}{of}", fault.what.format(**row), fault.fix)
    more = int(str(rows[0]["deals"])) - len(rows) if rows else 0
    if more:
        yield Problem("bookings", f"{more:,} more {fault.many}", fault.fix)


def _people(
    engine: Engine, scene: Scene, deals: set[str], names: Mapping[str, str]
) -> dict[str, str]:
    """Return whose each of these deals is, in words: who share it, or else its owner."""
    if not deals:
        return {}
    owned = scene.labels("booking", ["booking_id", "owner_id"])
    rows = template(
        """
        SELECT booking.booking_id AS deal_id,
               COALESCE(part.person_id, booking.owner_id) AS person_id
          FROM booking LEFT JOIN part
            ON part.booking_id = booking.booking_id AND part.kind = 'split'
        """,
        booking=exp.select("booking_id", "owner_id")
        .from_(owned.subquery("owned"))
        .where(among(exp.column("booking_id"), deals)),
        part=scene.labels("booking_split", ["booking_id", "person_id", "kind"]),
    )
    persons: dict[str, set[str]] = {}
    for row in run(engine, rows).to_pylist():
        if row["person_id"]:
            persons.setdefault(row["deal_id"], set()).add(row["person_id"])
    return {deal: f" of {_named(sorted(own), names)}" for deal, own in persons.items()}


def _named(persons: Sequence[str], names: Mapping[str, str]) -> str:
    told = [f"{names[one]} ({one})" if one in names else one for one in persons]
    more = len(told) - _MOST_NAMED
    return ", ".join(told[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
