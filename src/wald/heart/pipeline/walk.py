"""Every deal that was open on one of two days or closed between, with what it adds to each bar.

One SELECT: the deals of both days (`facts/two_days.py`), the people, accounts and products that
the filter names, the amounts at the rates of both days, whether the deal was in the filter at each
point of its path (`steps.py`), and from these its part of each bar: null where it has none.
Everybody's deals are read; a deal counts where its owner is seen, as of each day.
Source: docs/pipeline/changes.md
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from wald.facts.as_of import day_literal, holds_on
from wald.facts.reading import (
    in_window,
    named_accounts,
    named_products,
    names_in,
    people_windows,
)
from wald.facts.relations import Scene, at_rate, rates_known, template
from wald.facts.seen import among
from wald.facts.table import STORAGE, Type
from wald.facts.terms import RateRule, Terms
from wald.facts.two_days import TwoDays, two_days
from wald.heart.pipeline.parts import parts
from wald.heart.pipeline.steps import PEOPLE, PLANNED, POINTS, at_point
from wald.kernel.period import Period

_ACCOUNT = ("account", "segment", "industry", "country")
_PRODUCT = ("product", "product_family")
_PLAIN = ("name", "account_id", "product_id", "type", "lead_source", "currency")
_TRACKED = ("stage", "outcome", "amount", "close_on", "closed_on", "owner_id", "forecast_category")
_BETWEEN = ("later_moves", "earlier_moves")
_KEPT = (
    *("opportunity_id", "currency", "was_there", "value_11", "value_22", "forecast_category_t"),
    *_BETWEEN,
)
SIDES = ("stage", "outcome", "forecast_category", "close_on", "owner_id", "amount")
_MONEY = STORAGE[Type.MONEY]


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: two days, and which deals count. `conditions` are over the deals."""

    days: TwoDays
    terms: Terms
    period: Period | None = None  # of the expected closing day
    conditions: tuple[exp.Expr, ...] = ()
    seen: tuple[frozenset[str] | None, frozenset[str] | None] = (None, None)
    org: date | None = None  # the day whose hierarchy counts; None: that of each day
    is_planned: bool = True  # a closed deal counts in the period it was planned for, else closed in

    @property
    def valid(self) -> tuple[date, date]:
        return self.days.first.valid, self.days.second.valid

    @property
    def scenes(self) -> tuple[Scene, Scene]:
        whole = self.days.snapshot.whole
        first, second = (
            Scene(replace(whole, known=when.known), when, self.terms, org=self.org)
            for when in (self.days.first, self.days.second)
        )
        return first, second

    @property
    def columns(self) -> set[str]:
        """The columns that do not change and are needed beside the key."""
        keys = {
            key
            for key, names in (("account_id", _ACCOUNT), ("product_id", _PRODUCT))
            if self.names & {*names}
        }
        return {"currency", *keys, *self.names}

    @property
    def names(self) -> set[str]:
        return names_in(*self.conditions)


def compose_walk(asked: Compared) -> exp.Select:
    """Return the SELECT, one row per deal that was in the filter at either end."""
    placed = _placed(asked)
    sides = [exp.column(f"{name}_{side}") for side in (1, 2) for name in SIDES]
    rows = exp.select(*_KEPT, *sides, *parts(), copy=False)
    rows = rows.from_(placed.subquery("placed", copy=False), copy=False)
    ends = exp.or_(
        exp.and_(exp.column("is_open_1"), exp.column("in_0")),
        exp.and_(exp.or_(exp.column("is_open_2"), exp.column("has_ended")), exp.column("in_5")),
    )
    return rows.where(ends, copy=False)


def _placed(asked: Compared) -> exp.Select:
    """Deals with `in_0` to `in_5`: whether each was in the filter at each point of its path."""
    rows = exp.select("*").from_(_valued(asked).subquery("valued", copy=False), copy=False)
    trees = _conditions(asked)
    for point in POINTS:
        conditions = [at_point(tree, point, asked.valid) for tree in trees]
        seen = asked.seen[0 if point < 1 else 1]
        if seen is not None:
            owner = exp.column("owner_id_1" if point < 1 else "owner_id_2")
            conditions.append(among(owner, seen))
        known = exp.func("COALESCE", exp.and_(*conditions), exp.false()) if conditions else None
        rows = rows.select(exp.alias_(known or exp.true(), f"in_{point}"), copy=False)
    return rows


def _conditions(asked: Compared) -> list[exp.Expr]:
    trees = list(asked.conditions)
    if asked.period is not None:
        closes = exp.column("close_on")
        trees.append(
            exp.and_(
                closes >= day_literal(asked.period.start),
                closes.copy() < day_literal(asked.period.end),
            )
        )
    return trees


def _valued(asked: Compared) -> exp.Select:
    """Deals with their amounts in the reporting currency: `value_<amount of><rate of>`."""
    rows = _stated(asked)
    shown = [exp.column(name, "given") for name in rows.named_selects]
    first, second = asked.scenes
    wanted = exp.Literal.string(asked.terms.currency)
    is_one = set(first.snapshot.currencies("opportunity")) <= {asked.terms.currency}
    valued = exp.select(*shown).from_(rows.subquery("given", copy=False), copy=False)
    currency = exp.column("currency", "given")
    ours = exp.or_(currency.is_(exp.null()), currency.copy().eq(wanted))
    for amount, rate in ((1, 1), (2, 1), (2, 2)):
        own = exp.column(f"amount_{amount}", "given")
        value: exp.Expr = own
        if not is_one:
            converted = at_rate(own.copy(), exp.column("rate", f"rates_{rate}"), first)
            value = exp.Case().when(ours.copy(), own.copy()).else_(converted)
        valued = valued.select(
            exp.alias_(exp.cast(value, _MONEY), f"value_{amount}{rate}"), copy=False
        )
    if is_one:
        return valued
    for place, scene in ((1, first), (2, second)):
        valued = _with_rates(valued, scene, place, asked)
    return valued


def _with_rates(rows: exp.Select, scene: Scene, place: int, asked: Compared) -> exp.Select:
    name = f"rates_{place}"
    day = day_literal(scene.when.valid)
    if place == 2 and asked.terms.rate_rule is RateRule.ON_THE_DAY:
        day = exp.func("COALESCE", exp.column("closed_on_2", "given"), day)
    on = exp.and_(
        exp.column("currency", "given").eq(exp.column("from_currency", name)),
        exp.column("valid_from", name) <= day,
        holds_on(day, exp.column("valid_to", name)),
    )
    return rows.join(
        rates_known(scene).subquery(name, copy=False), on=on, join_type="left", copy=False
    )


def _stated(asked: Compared) -> exp.Select:
    """Deals with every name the filter uses, on both sides."""
    rows = _between(asked)
    stated = exp.select(*[exp.column(name, "own") for name in rows.named_selects])
    stated = stated.from_(rows.subquery("own", copy=False), copy=False)
    stated = _with_people(stated, asked)
    stated = _with_chance(stated, asked)
    second = asked.scenes[1]
    for names, key, made in (
        (_ACCOUNT, "account", named_accounts),
        (_PRODUCT, "product", lambda scene, _: named_products(scene)),
    ):
        wanted = [name for name in names if name in asked.names]
        if not wanted:
            continue
        stated = stated.select(*[exp.column(name, key) for name in wanted], copy=False)
        on = exp.column(f"{key}_id", "own").eq(exp.column(f"{key}_key", key))
        joined = made(second, wanted).subquery(key, copy=False)
        stated = stated.join(joined, on=on, join_type="left", copy=False)
    return stated


def _with_people(rows: exp.Select, asked: Compared) -> exp.Select:
    """Join the owner of each side, as they stood on its day; a closed deal's on its closing day."""
    wanted = [name for name in PEOPLE if name in asked.names]
    if not wanted:
        return rows
    for place, scene in enumerate(asked.scenes, start=1):
        name = f"person_{place}"
        rows = rows.select(
            *[exp.alias_(exp.column(key, name), f"{key}_{place}") for key in wanted], copy=False
        )
        day = day_literal(scene.when.valid)
        if place == 2:
            day = exp.func("COALESCE", exp.column("closed_on_2", "own"), day)
        on = [exp.column(f"owner_id_{place}", "own").eq(exp.column("rep_id", name))]
        people = people_windows(scene, wanted).subquery(name, copy=False)
        rows = rows.join(
            people, on=exp.and_(*on, *in_window(scene, day, name)), join_type="left", copy=False
        )
    return rows


def _with_chance(rows: exp.Select, asked: Compared) -> exp.Select:
    """Join the chance of each side's stage, where the filter asks for the chance to win."""
    if "chance" not in asked.names:
        return rows
    for side in ("1", "t"):
        name = f"stage_of_{side}"
        stages = asked.scenes[1].table("stage", ["stage", "probability"])
        own, stage = exp.column(f"probability_{side}", "own"), exp.column("probability", name)
        rows = rows.select(exp.alias_(exp.func("COALESCE", own, stage), f"chance_{side}"))
        on = exp.column(f"stage_{side}", "own").eq(exp.column("stage", name))
        rows = rows.join(stages.subquery(name, copy=False), on=on, join_type="left", copy=False)
    return rows


_STATES = """
SELECT COALESCE(there_1 AND outcome_1 = 'open', FALSE) AS is_open_1,
       COALESCE(there_2 AND outcome_2 = 'open', FALSE) AS is_open_2,
       COALESCE(there_2 AND outcome_2 IN ('won', 'lost')
                AND (NOT COALESCE(there_1, FALSE) OR COALESCE(outcome_1, 'open') <> outcome_2
                     OR closings > 0), FALSE) AS has_ended,
       COALESCE(there_1, FALSE) AS was_there
  FROM pair
"""


def _between(asked: Compared) -> exp.Select:
    """Deals open on a day or closed between: their two states, and `_t`, where their path ends."""
    chance = bool({"chance", "probability"} & asked.names)
    plain = [name for name in _PLAIN if name in asked.columns]
    columns = [*plain, *_TRACKED, *(["probability"] if chance else [])]
    pairs = two_days(asked.days, columns)
    states = template(_STATES, pair=pairs)
    planned = [name for name in (*PLANNED, "close_on") if f"{name}_1" in pairs.named_selects]
    sides = [f"{name}_{side}" for name in _tracked(pairs.named_selects) for side in (1, 2)]
    kept = ["opportunity_id", "created_at", *plain, *sides, *_BETWEEN]
    states = states.select(*[exp.column(name, "pair") for name in kept], copy=False)
    states = states.select(*[exp.column(f"{name}_c", "pair") for name in planned], copy=False)
    rows = exp.select(*[exp.column(name, "states") for name in (*_FLAGS, *kept)])
    for name in planned:
        ended: exp.Expr = exp.column(f"{name}_c", "states")
        if name == "close_on" and not asked.is_planned:
            ended = exp.func("COALESCE", exp.column("closed_on_2", "states"), ended)
        end = exp.Case().when(exp.column("has_ended", "states"), ended)
        end = end.else_(exp.column(f"{name}_2", "states"))
        rows = rows.select(exp.alias_(end, f"{name}_t"), copy=False)
    rows = rows.from_(states.subquery("states", copy=False), copy=False)
    flags = [exp.column(name, "states") for name in _FLAGS[:3]]
    return rows.where(exp.or_(*flags), copy=False)


_FLAGS = ("is_open_1", "is_open_2", "has_ended", "was_there")


def _tracked(names: Sequence[str]) -> list[str]:
    return [name.removesuffix("_1") for name in names if name.endswith("_1") and name != "there_1"]
