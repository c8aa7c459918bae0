"""What payroll is given of a run: a line for each person and wage type, which add up to the run.

A mapping says which columns the file has, what they are called, and under which wage type each
component, delta or adjustment is paid. What a mapping does not name goes under its rest, so that
nothing is lost: lines of a file always add up to what the run pays.
Source: docs/compensation/runs.md
"""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from decimal import Decimal

from wald.kernel.problem import Problem

COLUMNS = ("person_id", "name", "run", "period", "wage_type", "amount", "currency", "pays_for")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns` by their name in Wald, in order, with what payroll calls them; `wage_types` by
    `component`, `plan.component`, "delta", "adjustment", "carried"; `rest` is for all others."""

    columns: Values[str, str] = field(
        default_factory=lambda: dict(zip(COLUMNS, COLUMNS, strict=True))
    )
    wage_types: Values[str, str] = field(default_factory=dict)
    rest: str = "variable"
    per_entry: bool = False  # a line for each entry; else one for each wage type


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the payment layer."""

    person_id: str
    name: str
    entry: str
    plan: str
    component: str
    period: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PayrollLine:
    person_id: str
    name: str
    wage_type: str
    amount: Decimal
    currency: str
    pays_for: str


def check(mapping: Mapping) -> Iterator[Problem]:
    """Find what keeps a mapping from being used."""
    for name in mapping.columns:
        if name not in COLUMNS:
            fix = f"choose among {', '.join(COLUMNS)}"
            yield Problem(f"columns.{name}", "there is no such column", fix)
    titles = list(mapping.columns.values())
    if len(set(titles)) != len(titles):
        yield Problem("columns", "two columns have one name", "name each otherwise")
    for needed in ("person_id", "amount"):
        if needed not in mapping.columns:
            yield Problem("columns", f"{needed} is missing", "payroll cannot pay without it")
    for text in (*titles, *mapping.wage_types.values(), mapping.rest):
        if not text.strip() or len(text) > _LONGEST or "\0" in text:
            fix = f"write 1 to {_LONGEST} characters"
            yield Problem("names", f"{text[:20]!r} is no name", fix)


def mapping_json(mapping: Mapping) -> dict[str, object]:
    """Return a mapping as JSON; columns as pairs, because their order counts."""
    return {
        "columns": [list(pair) for pair in mapping.columns.items()],
        "wage_types": dict(mapping.wage_types),
        "rest": mapping.rest,
        "per_entry": mapping.per_entry,
    }


def mapping_of(content: Values[str, object] | None) -> Mapping:
    """Read a mapping that was kept; the usual one where there is none."""
    if content is None:
        return Mapping()
    columns, types = content["columns"], content["wage_types"]
    pairs = columns if isinstance(columns, list) else []
    named = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    return Mapping(
        columns={str(name): str(title) for name, title in named},
        wage_types={str(k): str(v) for k, v in types.items()} if isinstance(types, dict) else {},
        rest=str(content["rest"]),
        per_entry=content["per_entry"] is True,
    )


def lines_of(entries: Iterable[Entry], mapping: Mapping) -> tuple[PayrollLine, ...]:
    """Return the lines of a file, by person and wage type; those of nothing are left out."""
    sums: dict[tuple[str, ...], Decimal] = {}
    names: dict[str, str] = {}
    for number, one in enumerate(entries):
        names[one.person_id] = one.name
        period = one.period if mapping.per_entry else ""
        place = f"{number:09}" if mapping.per_entry else ""
        key = (one.person_id, one.currency, _wage_type(one, mapping), period, place)
        sums[key] = sums.get(key, Decimal(0)) + one.amount
    return tuple(
        PayrollLine(person, names[person], wage_type, amount, currency, period)
        for (person, currency, wage_type, period, _), amount in sorted(sums.items())
        if amount
    )


def _wage_type(one: Entry, mapping: Mapping) -> str:
    if one.entry in ("withheld", "carried"):
        return mapping.wage_types.get("carried", mapping.rest)
    if one.entry != "pay" and one.entry in mapping.wage_types:
        return mapping.wage_types[one.entry]
    full = f"{one.plan}.{one.component}"
    return mapping.wage_types.get(full, mapping.wage_types.get(one.component, mapping.rest))
