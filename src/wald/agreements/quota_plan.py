"""Quota plan: what is to be sold in a fiscal year, and how it is divided among units and people.

Holds     total, measure, weights, over-assignment, shares, pins, season, ramp, proration, proposals
In force  the version valid on the first day of a window; each says what holds from then on
Checks    shares add up to 1, amounts lie between 0 and the total, the measure can be added up
Used by   heart.quota.plan.worked_out, `wald quota publish`
Source    docs/agreements/quota_plan.md
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.facts.metric import metrics
from wald.heart.quota import agreed
from wald.heart.quota.season import Season, season_problems
from wald.heart.quota.tree import Hierarchy, Level
from wald.heart.quota.weights import Weighing
from wald.kernel.money import minor_units
from wald.kernel.period import Grain
from wald.kernel.problem import Problem
from wald.kernel.unit import Unit

_LARGEST = Decimal(10) ** 15
_YEARS = range(1990, 2101)


class QuotaPlan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fiscal_year: int
    total: Decimal
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    measure: str = "bookings"
    windows: Grain = Grain.QUARTER
    hierarchy: Hierarchy = Hierarchy.UNITS
    sellers: tuple[str, ...] = Field(default=("rep",), min_length=1, max_length=20)
    weights: Weighing = Weighing.BOOKINGS
    potential_metric: str = ""
    levels: tuple[agreed.Over, ...] = Field((), max_length=10)
    shares: tuple[agreed.Share, ...] = Field((), max_length=5000)
    pins: tuple[agreed.Pin, ...] = Field((), max_length=5000)
    potentials: tuple[agreed.Potential, ...] = Field((), max_length=10_000)
    proposals: tuple[agreed.Proposal, ...] = Field((), max_length=10_000)
    season: Season = Season.EVEN
    season_shares: tuple[agreed.SeasonShare, ...] = Field((), max_length=12)
    season_years: int = 2
    ramp: tuple[agreed.RampMonth, ...] = Field((), max_length=36)
    proration: agreed.Proration = agreed.Proration()


def check(plan: QuotaPlan) -> Iterator[Problem]:
    if plan.fiscal_year not in _YEARS:
        fix = f"write a year from {_YEARS.start} to {_YEARS.stop - 1}"
        yield Problem("fiscal_year", f"{plan.fiscal_year} is no year to plan", fix)
    yield from _amounts(plan)
    problem = agreed.measure_problem(plan.measure, "measure")
    yield from [problem] if problem else _currency(plan)
    if plan.windows is Grain.DAY:
        yield Problem("windows", "a quota for each day", "write month, quarter or year")
    yield from agreed.over_problems(plan.levels)
    yield from agreed.share_problems(plan.shares)
    yield from agreed.twice([one.level.value for one in plan.levels], "levels")
    for name in ("shares", "pins", "proposals"):
        yield from agreed.twice([one.node for one in getattr(plan, name)], name)
    yield from agreed.twice([one.person for one in plan.potentials], "potentials")
    given = {one.period: one.share for one in plan.season_shares}
    if plan.season is Season.GIVEN or given:
        yield from season_problems(given, "season_shares")
    if not 1 <= plan.season_years <= 10:
        yield Problem("season_years", f"{plan.season_years} years", "write 1 to 10")
    needed = plan.weights is Weighing.POTENTIAL
    yield from agreed.potential_problems(plan.potentials, plan.potential_metric, needed)
    yield from agreed.ramp_problems(plan.ramp)


def _amounts(plan: QuotaPlan) -> Iterator[Problem]:
    digits = digits_of(plan)
    if not 0 < plan.total < _LARGEST:
        yield Problem("total", f"{plan.total:f} is no total", "write an amount above 0")
        return
    yield from agreed.amount_problems([("total", plan.total)], plan.total, digits)
    pins = ((f"pins[{i}].amount", one.amount) for i, one in enumerate(plan.pins))
    yield from agreed.amount_problems(pins, plan.total, digits)
    said = ((f"proposals[{i}].amount", one.amount) for i, one in enumerate(plan.proposals))
    yield from agreed.amount_problems(said, _LARGEST, digits)


def _currency(plan: QuotaPlan) -> Iterator[Problem]:
    if (metrics()[plan.measure].unit is Unit.MONEY) != bool(plan.currency):
        what = "money needs a currency, and a count has none"
        yield Problem("currency", what, "write EUR for money; leave it out for a count")


def not_local(path: str, plan: QuotaPlan, unit: str) -> str:
    """Say why a unit may not change a value: what everybody's figures rest on is one for all."""
    if plan.hierarchy is Hierarchy.MANAGERS:
        return "the plan is divided by who reports to whom, and units have no part in that"
    field, _, rest = path.partition(".")
    if field not in agreed.LOCAL:
        return f"{field.replace('_', ' ')} of a quota plan is one for the whole organization"
    entries = getattr(plan, field) if field in agreed.OF_NODES and unit else ()
    node = next((one.node for one in entries if one.name == rest.partition(".")[0]), "")
    return "" if agreed.may_lie_in(node, unit) else f"{node} does not lie within {unit}"


def digits_of(plan: QuotaPlan) -> int:
    """Return the digits after the point of the plan's amounts; a count has none."""
    return minor_units(plan.currency) if plan.currency else 0


def summary(plan: QuotaPlan) -> str:
    amount = f"{plan.total:,f} {plan.currency}".rstrip()
    return f"{amount} of {plan.measure} in {plan.fiscal_year}, by {plan.weights.value}"


DOCUMENT = DocumentType(
    key="quota_plan",
    title="Quota plan",
    shape=QuotaPlan,
    check=check,
    summary=summary,
    tell=agreed.tell,
    tells_of=agreed.persons_in,
    not_local=not_local,
    example=QuotaPlan(
        fiscal_year=2026,
        total=Decimal("12000000"),
        currency="EUR",
        levels=(agreed.Over(Level.REGION, Decimal("1.05")),),
        shares=(agreed.Share("emea", "EMEA", Decimal("0.6")),),
        pins=(agreed.Pin("dach", "EMEA/DACH", Decimal("2500000"), "A new product there"),),
        potentials=(agreed.Potential("max", "P1", Decimal("400000")),),
        proposals=(agreed.Proposal("dach", "EMEA/DACH", Decimal("2400000"), "Mia"),),
        season=Season.GIVEN,
        season_shares=tuple(
            agreed.SeasonShare(place, Decimal(share))
            for place, share in enumerate(("0.2", "0.25", "0.2", "0.35"), start=1)
        ),
        ramp=tuple(
            agreed.RampMonth(month, Decimal(share))
            for month, share in enumerate(("0", "0.25", "0.5", "0.75"), start=1)
        ),
    ),
    source="docs/agreements/quota_plan.md",
)
