"""Fixes of open deals: what is wanted, what it would change, and what has become of it since.

Values are canonical texts, as the history of a deal keeps them: a day as 2024-03-31, an amount
without an end of zeros. Nothing here reads a table or writes one.
Source: docs/hygiene/fixes.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType

from wald.kernel.money import minor_units
from wald.kernel.period import YEARS
from wald.kernel.problem import Problem

MOST = 500  # values in one fix
_MOST_MONEY = Decimal(10) ** 14  # so many digits before the point an amount keeps
_LONGEST = 60  # of what a sentence repeats

# What a fix may write: the column of the deal, and its title.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "close_on": "Expected close",
        "stage": "Stage",
        "amount": "Amount",
        "forecast_category": "Forecast category",
        "owner_id": "Owner",
    }
)
TITLES: Mapping[str, str] = MappingProxyType({**FIELDS, "probability": "Chance"})
CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit")
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value that somebody wants in a deal. `seen`: the value they saw there, "" for none;
    None: they did not say. `rule`: whose finding it cures."""

    opportunity_id: str
    field: str
    value: str
    seen: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What changes in one field of one deal; `follows`: because another one does."""

    opportunity_id: str
    field: str
    old: str | None
    new: str
    rule: str = ""
    follows: bool = False
    change_id: str = ""  # in the deal's history


@dataclass(frozen=True, slots=True)
class DealNow:
    """A deal as it stands; `values` by column as texts, None for what nobody knows."""

    opportunity_id: str
    title: str
    owner: str
    outcome: str
    currency: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class StageSays:
    """What a stage says of the deals in it, as the source states it."""

    title: str
    outcome: str
    probability: str | None
    forecast_category: str | None


@dataclass(frozen=True, slots=True)
class FixGround:
    """What a value is checked against. `persons`: whom deals may be given to, by key; None: who
    fixes may not change the owner. `period`: the name of the period of a day, "" for none."""

    on: date
    currency: str
    stages: Mapping[str, StageSays]
    persons: Mapping[str, str] | None
    period: Callable[[date], str]


@dataclass(frozen=True, slots=True)
class DealPlan:
    """What a fix would do to one deal. With problems or conflicts nothing of it is written."""

    deal: DealNow
    lines: tuple[Line, ...]
    effects: tuple[str, ...]
    conflicts: tuple[str, ...]
    problems: tuple[Problem, ...]


class Became(Enum):
    """What became of a line; the text is how people read it."""

    WAITING = "waiting for the source"
    TAKEN_OVER = "taken over at the source"
    NOT_TAKEN_OVER = "not taken over at the source"
    OVERTAKEN = "changed again since"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a line's field now. `row_load`: the load that brought the deal's row;
    `is_ours`: that load was a fix; `told`: the source's own history says the new value since;
    `was_read`: a load since then read every deal."""

    value: str | None
    row_load: int
    is_ours: bool
    told: bool
    was_read: bool


def text_of(value: object) -> str | None:
    """Return a value as a history keeps it."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return value.isoformat() if isinstance(value, date) else str(value)


def value_of(field: str, text: str | None) -> date | Decimal | str | None:
    """Return what the column of a field holds for a text of `text_of`."""
    if text is None:
        return None
    if field == "close_on":
        return date.fromisoformat(text)
    return Decimal(text) if field in ("amount", "probability") else text


def read_value(wanted: Wanted, deal: DealNow, ground: FixGround) -> str | Problem:
    """Return the canonical text of a wanted value, or what is wrong with it."""
    where = f"{deal.opportunity_id[:_LONGEST]} {wanted.field}"
    text = wanted.value.strip()
    if not text:
        return Problem(where, "no value is given", "give one; what is to be emptied, empty there")
    if "\0" in text:
        return Problem(where, "it holds a NUL character", "take it out")
    return _READERS[wanted.field](where, text, deal, ground)


def plan(
    wanted: Iterable[Wanted], deals: Mapping[str, DealNow], ground: FixGround
) -> tuple[DealPlan, ...]:
    """Return what each deal would become, in the order in which deals are named.

    Deals that `deals` lacks are left out: who asks does not see them.
    """
    by_deal: dict[str, list[Wanted]] = {}
    for one in wanted:
        if one.opportunity_id in deals:
            by_deal.setdefault(one.opportunity_id, []).append(one)
    return tuple(_planned(deals[key], asked, ground) for key, asked in by_deal.items())


def became(line: Line, load_id: int, now: Evidence) -> Became:
    """Return what became of a line that was not undone; `load_id` wrote it."""
    if now.row_load < load_id:
        return Became.UNDONE  # that load itself was taken back
    if now.value == line.new:
        by_row = now.row_load > load_id and not now.is_ours
        is_taken = now.told or by_row or now.was_read
        return Became.TAKEN_OVER if is_taken else Became.WAITING
    is_old = now.value == line.old and not now.is_ours
    return Became.NOT_TAKEN_OVER if is_old else Became.OVERTAKEN


def _planned(deal: DealNow, asked: list[Wanted], ground: FixGround) -> DealPlan:
    problems = list(_deal_problems(deal, asked))
    conflicts: list[str] = []
    lines: list[Line] = []
    for one in asked if not problems else ():
        old = deal.values.get(one.field)
        if one.seen is not None and one.seen != (old or ""):
            conflicts.append(
                f"{deal.title}: {TITLES[one.field].lower()} is {old or 'empty'} now, "
                f"not {one.seen or 'empty'}"
            )
            continue
        found = read_value(one, deal, ground)
        if isinstance(found, Problem):
            problems.append(found)
        elif found == old:
            where = f"{deal.opportunity_id[:_LONGEST]} {one.field}"
            problems.append(Problem(where, f"it is {found} already", "leave it out"))
        else:
            lines.append(Line(deal.opportunity_id, one.field, old, found, one.rule))
    lines += _following(deal, lines, ground)
    effects = tuple(_effects(deal, lines, ground))
    return DealPlan(deal, tuple(lines), effects, tuple(conflicts), tuple(problems))


def _deal_problems(deal: DealNow, asked: list[Wanted]) -> Iterator[Problem]:
    where = deal.opportunity_id[:_LONGEST]
    if deal.outcome != OPEN:
        fix = "put what is over right at its source"
        yield Problem(where, f"{deal.title} is {deal.outcome}", fix)
    fields = [one.field for one in asked]
    for field in dict.fromkeys(fields):
        if field not in FIELDS:
            fix = f"choose among {', '.join(FIELDS)}"
            yield Problem(where, f"{field[:_LONGEST]!r} is no field that a fix writes", fix)
        elif fields.count(field) > 1:
            yield Problem(where, f"{field} is given {fields.count(field)} times", "give it once")


def _following(deal: DealNow, lines: list[Line], ground: FixGround) -> Iterator[Line]:
    """Yield what a new stage says of a deal, where nothing else was said."""
    given = {line.field for line in lines}
    moved = next((line for line in lines if line.field == "stage"), None)
    if moved is None:
        return
    says = ground.stages[moved.new]
    for field, new in (
        ("forecast_category", says.forecast_category),
        ("probability", says.probability),
    ):
        old = deal.values.get(field)
        if new is not None and old is not None and new != old and field not in given:
            yield Line(deal.opportunity_id, field, old, new, moved.rule, follows=True)


def _effects(deal: DealNow, lines: list[Line], ground: FixGround) -> Iterator[str]:
    for line in lines:
        if line.field == "close_on":
            was = "" if line.old is None else ground.period(date.fromisoformat(line.old))
            now = ground.period(date.fromisoformat(line.new))
            if was != now:
                yield f"it leaves {was} and counts in {now}" if was else f"it counts in {now}"
        elif line.field == "amount":
            more = Decimal(line.new) - Decimal(line.old or "0")
            yield f"{abs(more):,f} {deal.currency or ground.currency} " + (
                "more" if more > 0 else "less"
            )
        elif line.field == "owner_id" and ground.persons is not None:
            was = deal.owner or "nobody"
            yield f"it counts for {ground.persons[line.new]}, no longer for {was}"
        elif line.field == "forecast_category":
            yield f"forecast category: {_category(line.old)} becomes {_category(line.new)}"


def _category(key: str | None) -> str:
    return "none" if key is None else key.replace("_", " ")


def _close_on(where: str, text: str, deal: DealNow, ground: FixGround) -> str | Problem:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Problem(where, f"{text[:_LONGEST]!r} is no day", "write one such as 2024-03-31")
    if day.year not in YEARS:
        return Problem(where, "it is far from our time", f"give a year up to {YEARS.stop - 1}")
    if day < ground.on:
        what = f"{day} is over: the data reach to {ground.on}"
        return Problem(where, what, "give a day to come")
    return day.isoformat()


def _stage(where: str, text: str, deal: DealNow, ground: FixGround) -> str | Problem:
    by_title = {says.title: key for key, says in ground.stages.items()}
    key = text if text in ground.stages else by_title.get(text, "")
    if not key:
        known = ", ".join(k for k, says in ground.stages.items() if says.outcome == OPEN)
        fix = f"choose among {known}" if known else "the data put no stages in order"
        return Problem(where, f"there is no stage {text[:_LONGEST]!r}", fix)
    if ground.stages[key].outcome != OPEN:
        return Problem(where, f"{key} ends a deal", "win or lose a deal at its source")
    return key


def _amount(where: str, text: str, deal: DealNow, ground: FixGround) -> str | Problem:
    currency = deal.currency or ground.currency
    try:
        amount = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        fix = "write a number such as 120000 or 1250.50"
        return Problem(where, f"{text[:_LONGEST]!r} is no amount", fix)
    if not amount.is_finite() or not 0 <= amount < _MOST_MONEY:
        return Problem(where, f"{text[:_LONGEST]} is out of bounds", "give 0 or more")
    if amount != round(amount, minor_units(currency)):
        return Problem(
            where, f"{text[:_LONGEST]} is finer than {currency or 'money'} is", "round it"
        )
    return text_of(amount) or ""


def _category_of(where: str, text: str, deal: DealNow, ground: FixGround) -> str | Problem:
    key = text.lower().replace(" ", "_")
    if key not in CATEGORIES:
        fix = f"choose among {', '.join(CATEGORIES)}"
        return Problem(where, f"an open deal is not {text[:_LONGEST]!r}", fix)
    return key


def _owner(where: str, text: str, deal: DealNow, ground: FixGround) -> str | Problem:
    if ground.persons is None:
        fix = "ask your manager, or sales operations"
        return Problem(where, "you may not give deals to others", fix)
    if text not in ground.persons:
        fix = "give the key of somebody who is here and whom you see"
        return Problem(where, f"{text[:_LONGEST]!r} is nobody deals can be given to", fix)
    return text


_READERS: Mapping[str, Callable[[str, str, DealNow, FixGround], str | Problem]] = MappingProxyType(
    {
        "close_on": _close_on,
        "stage": _stage,
        "amount": _amount,
        "forecast_category": _category_of,
        "owner_id": _owner,
    }
)
