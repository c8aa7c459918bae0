"""What deals and bookings say of a period, per person, and what of it changed since a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.heart.rollup import CLOSED, NO_CATEGORY, OMITTED, OPEN_CATEGORIES, Own
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.queries.deals import deals_as_of
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import Ask, View, measured

BOOKINGS = "bookings"
UNDATED, OVERDUE = "undated", "overdue"
_KNOWN = (*OPEN_CATEGORIES, OMITTED, CLOSED)
_MOST_DAYS = 6  # days since which changes are asked for on one page
NOBODY = ""  # whose rows belong to no person

# Deals that count in a period: open ones expected in it, won ones closed in it; and, to be named,
# open ones whose expected day is unknown or has passed.
_COUNTED = """
SELECT deal.opportunity_id, deal.name, COALESCE(deal.owner_id, '') AS owner_id, deal.amount,
       COALESCE(deal.closed_on, deal.close_on) AS counts_on,
       CASE WHEN deal.outcome = 'won' THEN 'closed'
            WHEN deal.close_on IS NULL THEN 'undated'
            WHEN deal.close_on < :starts THEN 'overdue'
            ELSE COALESCE(deal.forecast_category, stage.forecast_category, '') END AS category
  FROM deal LEFT JOIN stage ON stage.stage = deal.stage
 WHERE (deal.outcome = 'open' AND (deal.close_on IS NULL OR (deal.close_on < :ends
        AND (deal.close_on >= :starts OR deal.close_on <= :day))))
    OR (deal.outcome = 'won' AND deal.closed_on >= :starts AND deal.closed_on < :ends)
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """`own` per person, "" for rows that are nobody's. `odd` counts deals by categories nobody
    defined, `aside` open ones that count nowhere: without an expected day, or one that is past."""

    own: Mapping[str, Own]
    from_bookings: bool
    odd: Mapping[str, int]
    aside: Mapping[str, int]
    uncategorised: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Deals whose part in a number changed since it was said, and by how much altogether."""

    deals: frozenset[str]
    amount: Decimal


def facts_of(seen: View, period: Period, day: date) -> Facts:
    """Return quota, what is closed and open deals by category, of everybody who may be seen."""
    key = (seen.signature, "roll-up", period.start, period.end, day)
    return kept(key, lambda: _facts(seen, period, day))


def counted(seen: View, period: Period, day: date) -> exp.Select:
    """Return the SELECT of deals that count in a period: key, owner, amount, category."""
    scene = Scene(
        seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms, None, seen.engine.stage
    )
    columns = (
        "opportunity_id", "name", "owner_id", "amount", "outcome", "close_on", "closed_on", "stage",
        "forecast_category",
    )  # fmt: skip
    return template(
        _COUNTED,
        deal=exp.select(*columns).from_(deals_as_of(seen, scene)),
        stage=scene.table("stage", ["stage", "forecast_category"]),
        starts=day_literal(period.start),
        ends=day_literal(period.end),
        day=day_literal(day),
    )


def _facts(seen: View, period: Period, day: date) -> Facts:
    own: dict[str, Own] = {}
    odd: dict[str, int] = {}
    aside: dict[str, int] = {}
    uncategorised = 0
    from_bookings = seen.snapshot.has("booking")
    rows = _deal_sums(seen, period, day) if seen.snapshot.has("opportunity") else ()
    for owner, category, deals, priced, amount in rows:
        if category in (UNDATED, OVERDUE):
            aside[category] = aside.get(category, 0) + deals
            continue
        if category == CLOSED and from_bookings:
            continue
        if category not in _KNOWN:
            odd[category] = odd.get(category, 0) + deals
            uncategorised += deals
            category = NO_CATEGORY
        one = own.get(owner, Own())
        if category == CLOSED:
            own[owner] = replace(one, closed=amount, unpriced=one.unpriced + deals - priced)
        else:
            parts = {**one.deals, category: one.deals.get(category, Decimal(0)) + amount}
            own[owner] = replace(one, deals=parts, unpriced=one.unpriced + deals - priced)
    odd.pop(NO_CATEGORY, None)
    notes: list[str] = []
    if from_bookings:
        notes += _add_measured(own, seen, BOOKINGS, period, day)
    if seen.snapshot.has("quota"):
        notes += _add_measured(own, seen, "quota_attainment", period, day)
    return Facts(own, from_bookings, odd, aside, uncategorised, tuple(dict.fromkeys(notes)))


def _deal_sums(
    seen: View, period: Period, day: date
) -> Sequence[tuple[str, str, int, int, Decimal]]:
    tree = template(
        """
        SELECT owner_id, category, COUNT(*) AS deals, COUNT(amount) AS priced,
               COALESCE(SUM(amount), 0) AS amount
          FROM counted GROUP BY owner_id, category ORDER BY owner_id, category
        """,
        counted=counted(seen, period, day),
    )
    return [
        (row["owner_id"], row["category"], row["deals"], row["priced"], Decimal(row["amount"]))
        for row in run(seen.engine, tree).to_pylist()
    ]


def _add_measured(
    own: dict[str, Own], seen: View, metric: str, period: Period, day: date
) -> Sequence[str]:
    """Add what a metric says of each person to `own`; return its notes."""
    ask = Ask(metric, ("rep_id",), "", _written(period), day, seen.snapshot.known)
    answer = measured(seen, ask)
    for row in answer.rows:
        person = row.key[0] or NOBODY
        amount = row.numerator if metric == BOOKINGS else row.denominator
        if amount is None:
            continue
        one = own.get(person, Own())
        if metric == BOOKINGS:
            own[person] = replace(one, closed=Decimal(amount))
        else:
            own[person] = replace(one, quota=Decimal(amount))
    return answer.notes


def _written(period: Period) -> str:
    return f"{period.start}..{period.last_day}"


def changed_since(
    seen: View, period: Period, day: date, since: Sequence[date], categories: frozenset[str]
) -> Mapping[date, Mapping[str, Mapping[str, Decimal]]]:
    """Return by day, owner and deal what changed from the end of that day to `day` in what deals
    of some categories, closed ones too, add up to. Only the newest few days are asked."""
    days = sorted({one for one in since if one < day}, reverse=True)[:_MOST_DAYS]
    wanted = tuple(sorted({*categories, CLOSED}))

    def changed(one: date) -> Mapping[str, Mapping[str, Decimal]]:
        key = (seen.signature, "changed since", period.start, period.end, day, one, wanted)
        return kept(key, lambda: _changed(seen, period, day, one, wanted))

    return {one: changed(one) for one in days}


def _changed(
    seen: View, period: Period, day: date, since: date, categories: Sequence[str]
) -> Mapping[str, Mapping[str, Decimal]]:
    among = exp.column("category").isin(*[exp.Literal.string(one) for one in categories])
    parts = ["opportunity_id", "owner_id"]
    tree = template(
        """
        SELECT owner_id, opportunity_id, SUM(amount) AS amount
          FROM (SELECT owner_id, opportunity_id, amount FROM later
                UNION ALL SELECT owner_id, opportunity_id, -amount AS amount FROM earlier) AS both
         GROUP BY owner_id, opportunity_id HAVING SUM(amount) <> 0
        """,
        later=exp.select(*parts, "amount").from_(counted(seen, period, day).subquery("a"))
        .where(among),
        earlier=exp.select(*parts, "amount").from_(counted(seen, period, since).subquery("b"))
        .where(among.copy()),
    )  # fmt: skip
    then, now = seen.snapshot.seen_on(since), seen.snapshot.seen_on(day)
    found: dict[str, dict[str, Decimal]] = {}
    for row in kept_rows(seen.engine, seen.snapshot, tree).to_pylist():
        owner = row["owner_id"]
        if (then is None or owner in then) and (now is None or owner in now):
            found.setdefault(owner, {})[row["opportunity_id"]] = Decimal(row["amount"])
    return found
