"""What a measure makes of credits: an expression and a condition over their columns.

The same text is written into the SELECT that measures everybody at once and computed here for one
person; a property test compares the two. Source: docs/compensation/measures.md
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType

from sqlglot import exp

from wald.facts.reading import names_in
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import EXACT, Bare, Figure, given, total
from wald.heart.compensation.plan import MeasureRule
from wald.kernel.problem import BadInput
from wald.language import types as t
from wald.language.parse import Checked, read_condition, read_value
from wald.language.rule import calculation, predicate
from wald.language.types import NUMBERS, SqlType

# A person's part: money of DECIMAL(18,4) times a share of DECIMAL(9,6), exact.
PART = t.decimal(27, 10)
# What one credit adds to a measure, rounded half away from zero: a product of shares may have more.
ADDED = "DECIMAL(27,10)"
_REMEMBERED = 1000  # answers of a condition
_STEP = Decimal("1E-10")

COLUMNS: Mapping[str, SqlType] = MappingProxyType(
    {
        **dict.fromkeys(("amount", "list_amount", "cost", "margin", "tax", "quantity"), PART),
        "deal_amount": t.decimal(18, 4),
        "share": t.decimal(9, 6),
        **dict.fromkeys(
            "credit_id person_id deal_id rule kind event type channel currency account_id segment"
            " industry country territory team region product_id product family".split(),
            t.TEXT,
        ),
        "credited_on": t.DATE,
        "booked_on": t.DATE,
        "age_days": t.INTEGER,
    }
)


def read_measure_value(rule: MeasureRule) -> Checked:
    """Read what a measure adds up. Problems are at places of the text."""
    return read_value(rule.value, COLUMNS)


def read_credit_condition(text: str) -> Checked:
    return read_condition(text, COLUMNS)


@lru_cache(maxsize=1024)
def _value(text: str) -> Callable[[Mapping[str, object]], object]:
    return calculation(_tree(read_value(text, COLUMNS), text), COLUMNS)


@lru_cache(maxsize=1024)
def _condition(text: str) -> Callable[[Mapping[str, object]], bool | None]:
    return predicate(_tree(read_condition(text, COLUMNS), text), COLUMNS)


@lru_cache(maxsize=1024)
def _reads(text: str) -> tuple[str, ...]:
    """Return the columns that a condition reads."""
    return tuple(sorted(names_in(_tree(read_condition(text, COLUMNS), text))))


@lru_cache(maxsize=1024)
def _read_by_value(text: str) -> tuple[str, ...]:
    return tuple(sorted(names_in(_tree(read_value(text, COLUMNS), text))))


def _tree(checked: Checked, text: str) -> exp.Expr:
    if checked.tree is None or checked.type is None:
        raise BadInput(f"{text!r} cannot be measured.", checked.problems)
    return checked.tree


def counting(rule: MeasureRule, credits: Iterable[Credit]) -> list[Credit]:
    """Return the credits of which `counts` is true, in their order: the condition is asked once
    for those of which it reads the same."""
    rules = frozenset(rule.rules)
    ruled = [one for one in credits if not one.is_held and (not rules or one.rule in rules)]
    if not rule.where:
        return ruled
    names, condition = _reads(rule.where), _condition(rule.where)
    said: dict[object, bool] = {}

    def is_met(values: Sequence[object], key: object) -> bool:
        met = condition(dict(zip(names, values, strict=True))) is True
        if len(said) < _REMEMBERED:
            said[key] = met
        return met

    readers = [_reader(name) for name in names]
    if len(readers) == 1:
        read = readers[0]
        return [
            one
            for one in ruled
            if ((met := said.get(value := read(one))) is None and is_met((value,), value)) or met
        ]
    keys = [tuple([read(one) for read in readers]) for one in ruled]
    return [
        one
        for one, key in zip(ruled, keys, strict=True)
        if ((met := said.get(key)) is None and is_met(key, key)) or met
    ]


def counts(rule: MeasureRule, credit: Credit) -> bool:
    """Does the credit count for the measure? What is held does not count until it is released."""
    if credit.is_held or (rule.rules and credit.rule not in rule.rules):
        return False
    return not rule.where or _condition(rule.where)(columns_of(credit)) is True


def part(rule: MeasureRule, credit: Credit) -> Figure:
    """Return what a credit adds to a measure, as a figure that names it."""
    if rule.value == "amount":
        return credit.figure()
    value = _added(_value(rule.value)(columns_of(credit)))
    source = f"credit:{credit.credit_id}#{rule.value}"
    return given(value, f"{rule.value} of deal {credit.deal_id}", source)


def adding(rule: MeasureRule, *, explained: bool) -> Callable[[Credit], Figure]:
    """Return what `part` says, for many credits; not `explained`: in figures that say nothing of
    themselves."""
    if explained:
        return lambda credit: part(rule, credit)
    if rule.value == "amount":
        return Credit.bare
    value = _value(rule.value)
    readers = [(name, _reader(name)) for name in _read_by_value(rule.value)]
    return lambda credit: Bare(_added(value({name: read(credit) for name, read in readers})))


def measured(rule: MeasureRule, credits: Iterable[Credit]) -> Figure:
    """Add up what credits add to a measure; those that do not count are left out."""
    parts = (part(rule, credit) for credit in credits if counts(rule, credit))
    return total(parts, rule.key)


def is_number(checked: Checked) -> bool:
    return checked.type is not None and checked.type.kind in NUMBERS


def _added(found: object) -> Decimal:
    """Return what a measure makes of a credit, with as many digits as are added up."""
    exact = found if isinstance(found, Decimal) else Decimal(str(found or 0))
    return exact if exact == (cut := exact.quantize(_STEP, ROUND_HALF_UP, EXACT)) else cut


def _reader(name: str) -> Callable[[Credit], object]:
    """Return what reads one column of a credit, as `columns_of` gives it."""
    return _OWN[name] if name in _OWN else lambda credit: credit.row.get(name)


def columns_of(credit: Credit) -> Mapping[str, object]:
    """Return the columns of a credit, None where nobody knows."""
    own = {name: of(credit) for name, of in _OWN.items()}
    return {**dict.fromkeys(COLUMNS), **credit.row, **own}


def _booked(credit: Credit) -> date:
    return credit.booked_on or credit.credited_on


_OWN: Mapping[str, Callable[[Credit], object]] = {
    **{
        name: attrgetter(name)
        for name in "credit_id person_id deal_id amount deal_amount share rule credited_on".split()
    },
    "kind": attrgetter("kind._value_"),  # what `value` gives by way of a call
    "event": attrgetter("event._value_"),
    "booked_on": _booked,
    "age_days": lambda credit: (credit.credited_on - _booked(credit)).days,
}
