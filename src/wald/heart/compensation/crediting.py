"""Everybody's credits of a plan in one portable SELECT: who is credited for which event, and why.

The events of deals (`deal_events`) meet the rules of the plan: the owner, those who share a deal,
those beside them, those above them on the day of the credit (`credited_people`). Its columns are
those that measures may name; whoever asks for few pays for few.
Source: docs/compensation/credits.md
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from wald.facts.reading import names_in
from wald.facts.relations import WIDE_MONEY, Scene
from wald.facts.seen import among
from wald.heart.compensation.credited_people import credited, near
from wald.heart.compensation.deal_events import PARTS, deal_events
from wald.heart.compensation.measuring import (
    COLUMNS,
    PART,
    read_credit_condition,
    read_measure_value,
)
from wald.heart.compensation.plan import CreditRule, Plan
from wald.heart.compensation.plan_currency import Days, union
from wald.kernel.problem import BadInput
from wald.language.parse import Checked

HELD = "is_held"  # does the credit wait: a hold on the deal, or shares that do not come to 100 %?
_ALWAYS = frozenset(
    {"person_id", "deal_id", "credited_on", "deal_amount", "share", "amount", "rule"}
)
_ACCOUNT = ("segment", "industry", "country")
_STORED = {"DECIMAL": "DECIMAL({},{})", "INTEGER": "BIGINT"}


@dataclass(frozen=True, slots=True)
class Only:
    """What of all credits is wanted; None: everything. `columns` are of measuring.COLUMNS."""

    persons: frozenset[str] | None = None
    columns: frozenset[str] | None = None
    held_deals: frozenset[str] = frozenset()


EVERYTHING = Only()


def credit_rows(
    plan: Plan, scene: Scene, start: date, end: date, only: Only = EVERYTHING
) -> exp.Select:
    """Return every credit from `start` up to, not including, `end`, as known in `scene`.

    Columns: those of measuring.COLUMNS that are wanted, and `is_held`. An amount of which no
    rate is known gives no credit. Everybody's rows are read: ask for rights first. Raises BadInput
    for a condition that cannot be read.
    """
    wanted = [name for name in COLUMNS if only.columns is None or name in only.columns | _ALWAYS]
    ruled = [_of_rule(plan, rule, scene, Days(start, end), wanted, only) for rule in plan.credits]
    if not ruled:
        nothing = [exp.alias_(exp.cast(exp.null(), _type(name)), name) for name in wanted]
        return exp.select(*nothing, exp.alias_(exp.false(), HELD)).where(exp.false())
    rows = union(iter(ruled)).subquery("credit", copy=False)
    return exp.select(*wanted, HELD).from_(rows, copy=False)


def columns_read(plan: Plan) -> frozenset[str]:
    """Return the columns of credits that the measures of a plan name."""
    trees = [_tree(read_measure_value(one), one.value) for one in plan.measures]
    trees += [_condition(one.where) for one in plan.measures if one.where]
    return frozenset(names_in(*trees))


def _of_rule(
    plan: Plan, rule: CreditRule, scene: Scene, days: Days, wanted: Collection[str], only: Only
) -> exp.Select:
    """Return the credits of one rule: its events with people, then what describes them."""
    where = _condition(rule.where) if rule.where else None
    named = {*wanted, *names_in(where)}
    events = deal_events(plan, rule, scene, days, named, near(rule, scene, only.persons))
    people = credited(rule, scene, events, only.persons)
    rows = _described(scene, people, named)
    shown = [exp.alias_(_column(name, rule), name) for name in COLUMNS if name in named]
    rows = rows.select(*shown, exp.alias_(_held(only), HELD), copy=False)
    rows = rows.where(exp.column("net_amount", "own").is_(exp.null()).not_(), copy=False)
    made = exp.select(*wanted, HELD).from_(rows.subquery("made", copy=False), copy=False)
    return made if where is None else made.where(where, copy=False)


def _described(scene: Scene, people: exp.Select, named: Collection[str]) -> exp.Select:
    """Join what is said of the account, the product and the person, as far as it is named."""
    rows = exp.select().from_(people.subquery("own", copy=False), copy=False)
    joins: list[tuple[str, list[str]]] = [
        ("account", [name for name in (*_ACCOUNT, "territory") if name in named]),
        ("product", [name for name in ("name", "family") if name in _of_product(named)]),
    ]
    for table, columns in joins:
        if columns:
            key = f"{table}_id"
            found = scene.labels(table, [key, *columns]).subquery(table, copy=False)
            same = exp.column(key, "own").eq(exp.column(key, table))
            rows = rows.join(found, on=same, join_type="left", copy=False)
    place = [name for name in ("team", "region") if name in named]
    if place:
        day = exp.column("credited_on", "own")
        until = exp.func("COALESCE", exp.column("valid_to", "person"), _END_OF_TIME.copy())
        on = exp.and_(
            exp.column("person_id", "own").eq(exp.column("person_id", "person")),
            exp.column("valid_from", "person") <= day,
            day.copy() < until,
        )
        found = scene.labels("person", ["person_id", *place]).subquery("person", copy=False)
        rows = rows.join(found, on=on, join_type="left", copy=False)
    return rows


_END_OF_TIME = exp.cast(exp.Literal.string("9999-12-31"), "DATE")


def _of_product(named: Collection[str]) -> set[str]:
    return ({"name"} if "product" in named else set()) | ({"family"} & set(named))


def _column(name: str, rule: CreditRule) -> exp.Expr:
    """Return a column of credits over the event and its person (`own`) and what was joined."""
    if name in _MADE:
        return _MADE[name].copy()
    if name in ("deal_amount", "amount"):
        deal = _deal_amount(rule)
        return deal if name == "deal_amount" else _part(deal)
    if name in (*PARTS, "tax"):
        return _part(exp.column(name, "own"))
    if name == "margin":
        return _part(exp.column("net_amount", "own") - exp.column("cost", "own"))
    if name == "rule":
        return exp.cast(exp.Literal.string(rule.name), "TEXT")
    if name == "credit_id":
        return _credit_id(rule)
    return exp.column(name, "own")


def _deal_amount(rule: CreditRule) -> exp.Expr:
    net = exp.column("net_amount", "own")
    if not rule.includes_tax:
        return net
    tax = exp.func("COALESCE", exp.column("tax", "own"), exp.Literal.number(0))
    return exp.cast(exp.paren(net + tax), "DECIMAL(18,4)")


def _part(amount: exp.Expr) -> exp.Expr:
    """Return a person's part of an amount of the deal, exact."""
    whole = exp.cast(exp.paren(amount), WIDE_MONEY)
    return exp.cast(whole * exp.column("share", "own"), f"DECIMAL({PART.precision},{PART.scale})")


_MADE = {
    "age_days": exp.cast(
        exp.DateDiff(
            this=exp.column("credited_on", "own"),
            expression=exp.column("booked_on", "own"),
            unit=exp.var("DAY"),
        ),
        "BIGINT",
    ),
    "territory": exp.func(
        "COALESCE", exp.column("territory", "own"), exp.column("territory", "account")
    ),
    "product": exp.column("name", "product"),
    "family": exp.column("family", "product"),
    **{name: exp.column(name, "account") for name in _ACCOUNT},
    **{name: exp.column(name, "person") for name in ("team", "region")},
}


def _credit_id(rule: CreditRule) -> exp.Expr:
    """Name a credit, the same in every run: rule/deal[/line]/event[:key]/person[/via]."""
    parts: list[exp.Expr] = [exp.Literal.string(f"{rule.name}/"), exp.column("deal_id", "own")]
    if rule.by_line:
        parts += [exp.Literal.string("/"), exp.column("line_id", "own")]
    parts += [exp.Literal.string("/"), exp.column("event", "own"), _behind(":", "event_key")]
    parts += [exp.Literal.string("/"), exp.column("person_id", "own"), _behind("/", "via")]
    return exp.func("CONCAT", *parts)


def _behind(mark: str, name: str) -> exp.Expr:
    column = exp.column(name, "own")
    empty = column.eq(exp.Literal.string(""))
    told = exp.func("CONCAT", exp.Literal.string(mark), column.copy())
    return exp.Case().when(empty, exp.Literal.string("")).else_(told)


def _held(only: Only) -> exp.Expr:
    held = exp.column("is_uneven", "own")
    if not only.held_deals:
        return held
    return exp.or_(held, among(exp.column("deal_id", "own"), only.held_deals))


def _type(name: str) -> str:
    kind = COLUMNS[name]
    text = _STORED.get(kind.kind.name, kind.kind.name)
    return text.format(kind.precision, kind.scale)


def _condition(text: str) -> exp.Expr:
    return _tree(read_credit_condition(text), text)


def _tree(checked: Checked, text: str) -> exp.Expr:
    if checked.tree is None:
        raise BadInput(f"{text!r} cannot be read.", checked.problems)
    return checked.tree
