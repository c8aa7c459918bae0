"""What a quota plan says entry by entry, and what can be wrong with it by itself.

Source  docs/agreements/quota_plan.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wald.documents.plain import percent, shown
from wald.facts.metric import Metric, metrics
from wald.heart.quota.plan import Relief
from wald.heart.quota.presence import DayCount
from wald.heart.quota.tree import Level
from wald.kernel.problem import Problem
from wald.kernel.unit import Unit

_MOST_OVER = Decimal(3)
_LEVEL = "open_pipeline"  # the one state that tells a potential
OF_NODES = ("shares", "pins", "proposals")  # entries that say of which node they are
# What a unit may say for itself and those below it.
LOCAL = frozenset({"levels", "season", "season_shares", "ramp", *OF_NODES})


@dataclass(frozen=True, slots=True)
class Over:
    """How much more than it holds a node of a level hands down: 1.1 for ten per cent more."""

    level: Level
    over_assignment: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    name: str
    node: str
    share: Decimal  # of what the node above hands down


@dataclass(frozen=True, slots=True)
class Pin:
    name: str
    node: str
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Potential:
    name: str
    person: str  # key of the person
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody said from below; without an amount nobody has said anything yet."""

    name: str
    node: str
    amount: Decimal | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class SeasonShare:
    period: int  # quarter 1 to 4, or month 1 to 12
    share: Decimal


@dataclass(frozen=True, slots=True)
class RampMonth:
    month: int  # 1: the month of hire
    share: Decimal


@dataclass(frozen=True, slots=True)
class Proration:
    """Which days count. `last_day` says whether the last day of work does."""

    day_count: DayCount = DayCount.ACTUAL
    last_day: bool = True
    hire: bool = True
    leave: bool = True
    transfer: bool = True
    relief: Relief = Relief.TEAM
    people_on: date | None = None


def may_lie_in(node: str, unit: str) -> bool:
    """May a node, as documents name it, lie within a unit? Where a person sits only facts know."""
    return node in ("", unit) or node.startswith(("@", f"{unit}/"))


def persons_in(
    content: Mapping[str, object], agreed: Iterable[Mapping[str, object]]
) -> Iterator[str]:
    """Yield the persons whose figures a plan's content tells, by key; an override's entry is about
    whom the organization's entry of that name is about, in any of the contents `agreed`."""
    everything = list(agreed)
    for kind, field in (*((kind, "node") for kind in OF_NODES), ("potentials", "person")):
        for one in _entries(content, kind):
            same = [e for other in everything for e in _entries(other, kind)
                    if e.get("name") == one.get("name")]  # fmt: skip
            for entry in (one, *same):
                place = str(entry.get(field) or "")
                person = place if field == "person" else place.rpartition("/")[2]
                if field == "person" or person.startswith("@"):
                    yield from [person.removeprefix("@")] if person else []


def _entries(content: Mapping[str, object], kind: str) -> Sequence[Mapping[str, object]]:
    found = content.get(kind)
    return found if isinstance(found, list | tuple) else ()


def measure_problem(key: str, where: str) -> Problem | None:
    """Return what is wrong with a metric that sums are to be set for."""
    found = metrics().get(key)
    if found is None:
        return Problem(where, f"{key!r} is no metric", "see `wald metrics` for the list")
    if sums(found):
        return None
    fix = "choose one that sums money or counts over time, such as bookings or won_deals"
    return Problem(where, f"{found.title} cannot be added up over time", fix)


def sums(metric: Metric) -> bool:
    """Does a metric sum money or counts over a period?"""
    return bool(metric.on) and metric.unit in (Unit.MONEY, Unit.COUNT) and not metric.is_ratio


def amount_problems(
    amounts: Iterable[tuple[str, Decimal | None]], total: Decimal, digits: int
) -> Iterator[Problem]:
    """Yield what is wrong with amounts, given with where each stands."""
    for where, amount in amounts:
        if amount is None:
            continue
        if amount < 0:
            yield Problem(where, f"{amount:f} is below zero", "write 0 or more")
        elif amount > total:
            yield Problem(where, f"{amount:,f} is above the total of {total:,f}", "lower it")
        elif _is_finer(amount, digits):
            fix = f"write at most {digits} digits after the point"
            yield Problem(where, f"{amount:f} is finer than the currency", fix)


def share_problems(shares: Sequence[Share]) -> Iterator[Problem]:
    for i, one in enumerate(shares):
        if not 0 <= one.share <= 1:
            fix = "write a share from 0 to 1: 0.4 for 40 %"
            yield Problem(f"shares[{i}].share", f"{one.share:f} is no share", fix)


def potential_problems(
    potentials: Sequence[Potential], metric: str, needed: bool
) -> Iterator[Problem]:
    """Yield what is wrong with what people could sell: given by amounts, or by a metric."""
    if metric and metric != _LEVEL:
        problem = measure_problem(metric, "potential_metric")
        yield from [problem] if problem else []
    elif needed and not metric and not potentials:
        fix = f"give potentials, or a potential_metric such as {_LEVEL}"
        yield Problem("weights", "nobody's potential is known", fix)
    for i, one in enumerate(potentials):
        if one.amount < 0:
            yield Problem(f"potentials[{i}].amount", "is below zero", "write 0 or more")


def over_problems(levels: Sequence[Over]) -> Iterator[Problem]:
    for i, one in enumerate(levels):
        if one.level is Level.PERSON:
            yield Problem(f"levels[{i}].level", "people hand nothing down", "name another level")
        if not 1 <= one.over_assignment <= _MOST_OVER:
            what = f"{one.over_assignment:f} is no over-assignment"
            fix = f"write 1 to {_MOST_OVER}: 1.1 hands down ten per cent more"
            yield Problem(f"levels[{i}].over_assignment", what, fix)


def ramp_problems(ramp: Sequence[RampMonth]) -> Iterator[Problem]:
    for i, one in enumerate(ramp):
        if one.month != i + 1:
            what = f"month {one.month} stands where month {i + 1} should"
            yield Problem(f"ramp[{i}].month", what, "count the months from 1, the month of hire")
        if not 0 <= one.share <= 1:
            fix = "write a share from 0 to 1"
            yield Problem(f"ramp[{i}].share", f"{one.share:f} is no share of a quota", fix)


def twice(names: Sequence[str], where: str) -> Iterator[Problem]:
    """Yield a Problem for each name that stands in a list already."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield Problem(f"{where}[{i}]", f"{name} stands there already", "remove one")
        seen.add(name)


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("EMEA holds exactly", "1,000,000")."""
    parts = path.split(".")
    name, field = ".".join(parts[1:-1]), parts[-1]
    if field in ("share", "over_assignment"):
        what = {"shares": "of what is above it", "ramp": "of a quota in month", "levels": "over"}
        return f"{name} {what.get(parts[0], 'of the year')}:", percent(value)
    if isinstance(value, Decimal):
        what = {
            "pins": "holds exactly",
            "proposals": "proposed",
            "potentials": "has a potential of",
        }
        return f"{name} {what.get(parts[0], path)}".strip(), f"{value:,f}"
    return f"{path}:", shown(value) or "nothing"


def _is_finer(amount: Decimal, digits: int) -> bool:
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > digits
