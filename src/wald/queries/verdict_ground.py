"""The sums that a verdict is judged from: by attributes and month, by person, by place.

Rows are those behind the metric, so every sum is of what `wald measure --rows` lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
from sqlglot import exp

from wald.brain.apart import Tallies
from wald.brain.case_mix import CaseMix, Cells
from wald.brain.deal_weeks import Flags, Floats, Ints
from wald.brain.shift import Against, Series
from wald.brain.variance_shares import Crossed
from wald.facts.as_of import day_literal
from wald.facts.measure import compose_rows, dimensions_for, subject_of
from wald.facts.question import Question
from wald.facts.relations import template
from wald.kernel.period import Period
from wald.queries.kept import kept_rows
from wald.queries.measure import View

MIX = ("segment", "product_family", "lead_source", "type", "stage")
PLACES = ("team", "region")  # beside those of the mix
FACTORS = ("manager", "territory")
MONTHS = 36
_MOST_PLACES = 40  # of one dimension, the largest
_LEAST_A_MONTH = 3.0  # rows a place must have, on average, to be looked at

_VALUES = """
SELECT CAST(COALESCE(numerator, 0) AS DOUBLE) AS x,
       CAST(COALESCE(denominator, 0) AS DOUBLE) AS w
  FROM behind
"""
_CELLS = """
SELECT COUNT(*) AS n, SUM(x) AS x, SUM(w) AS w,
       SUM(x * x) AS xx, SUM(x * w) AS xw, SUM(w * w) AS ww
  FROM counted
"""
_RESIDUALS = "SELECT x, w, x - w * :expected AS r FROM counted"
_CLUSTERS = """
SELECT COUNT(*) AS n, SUM(x) AS x, SUM(w) AS w, SUM(r) AS r,
       SUM(r * r) AS rr, SUM(r * r * r) AS rrr, SUM(r * w) AS rw, SUM(w * w) AS ww
  FROM residual
"""
_PEOPLE = """
SELECT SUM(n) AS n, SUM(x) AS x, SUM(w) AS w, SUM(r) AS r,
       SUM(rr) AS rr, SUM(rrr) AS rrr, SUM(rw) AS rw, SUM(ww) AS ww,
       SUM(r * r) AS crr, SUM(r * w) AS crw, SUM(w * w) AS cww
  FROM clustered
"""
_BY_PLACE = "SELECT COUNT(*) AS n, SUM(r) AS r, SUM(w) AS w, SUM(ww) AS ww FROM residual"
_SUMS = ("n", "x", "w", "r", "rr", "rrr", "rw", "ww", "crr", "crw", "cww")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is compared: `who` the dimension, `cluster` what rows hang together by."""

    question: Question  # of the whole history
    period: Period | None  # in which people are compared
    who: str
    titles: str  # the dimension that names who, "" where it names itself
    cluster: str
    mix: tuple[str, ...]
    factors: tuple[str, ...]
    first: date | None  # first day of the first month


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by month, and something else: rows, residuals, weights and their squares."""

    rows: Floats
    r: Floats
    w: Floats
    ww: Floats
    month: Ints


@dataclass(frozen=True, slots=True)
class Luck:
    """What chance does to a single row: variance and skew of its residual."""

    ground: Ground
    variance: float
    skew: float


def cells_of(seen: View, ground: Ground) -> Cells:
    """Return the sums by attributes and month of the whole history."""
    keys = [*ground.mix, *(["month"] if ground.first else [])]
    counted = _counted(ground.question, keys, keys)
    rows = _grouped(seen, template(_CELLS, counted=counted), keys)
    codes, labels = {}, {}
    for name in ground.mix:
        codes[name], labels[name] = _coded(rows, name)
    sums = {name: _floats(rows, name) for name in ("x", "w", "xx", "xw", "ww")}
    return Cells(
        _floats(rows, "n"), **sums, codes=codes, labels=labels, month=months_of(rows, ground)
    )


def people_of(
    seen: View, ground: Ground, mix: CaseMix
) -> tuple[tuple[str, ...], tuple[str, ...], Tallies, Crossed]:
    """Return keys, titles and sums of those compared, and the cells of all random factors."""
    dated = ["month"] if ground.first else []
    named = [ground.titles] if ground.titles else []
    question = replace(ground.question, period=ground.period)
    keys = list(dict.fromkeys([ground.who, *named, *ground.factors]))
    rows = _residuals(question, ground, mix, [*keys, *ground.mix, *dated], mix.months, keys)
    clustered = _by(template(_CLUSTERS, residual=rows), [*keys, "cluster"])
    known = exp.column(ground.who).is_(exp.null()).not_()
    found = _grouped(seen, template(_PEOPLE, clustered=clustered).where(known, copy=False), keys)
    return _people(found, ground, mix.row_variance)


def places_of(
    seen: View, ground: Ground, mix: CaseMix, cells: Cells, expectation: Floats, skew: float
) -> tuple[Against, ...]:
    """Return the months of every place against all others: of the mix, of teams and regions."""
    if ground.first is None or not len(cells.w):
        return ()
    luck = Luck(ground, mix.row_variance, skew)
    own = sums_of(cells, expectation)
    found = [
        one for name, code in cells.codes.items()
        for one in _against(name, code, cells.labels[name], own, luck)
    ]  # fmt: skip
    have = dimensions_for(ground.question.metric)
    names = [name for name in PLACES if name in have]
    if not names:
        return tuple(found)
    keys = [*names, *ground.mix, "month"]
    rows = _residuals(ground.question, ground, mix, keys, (), [*names, "month"])
    ww = exp.select("*", exp.alias_(exp.column("w") * exp.column("w"), "ww"))
    squared = ww.from_(rows.subquery("own", copy=False), copy=False)
    table = _grouped(seen, template(_BY_PLACE, residual=squared), [*names, "month"])
    n, r, w, squares = (_floats(table, name) for name in ("n", "r", "w", "ww"))
    sums = Sums(n, r, w, squares, months_of(table, ground))
    for name in names:
        found += _against(name, *_coded(table, name), sums, luck)
    return tuple(found)


def sums_of(cells: Cells, expectation: Floats) -> Sums:
    """Return what each cell adds beyond what its mix lets one expect."""
    return Sums(cells.rows, cells.x - cells.w * expectation, cells.w, cells.ww, cells.month)


def series(sums: Sums, luck: Luck, at: Flags | slice = slice(None), key: str = "") -> Series:
    """Return the months of some rows: residual a unit, and the variance sampling gives it."""
    months, month = _count_of_months(luck.ground), sums.month[at]
    rows, r, w, ww = (
        np.bincount(month, each[at], minlength=months)[:months].astype(np.float64)
        for each in (sums.rows, sums.r, sums.w, sums.ww)
    )
    known = w > 0
    off = np.divide(r, w, out=np.zeros(months), where=known)
    doubt = np.divide(luck.variance * ww, w**2, out=np.full(months, np.inf), where=known)
    start = luck.ground.first.month - 1 if luck.ground.first else 0
    return Series(key, off, doubt, start + np.arange(months), rows, luck.skew)


def months_of(rows: pa.Table, ground: Ground) -> Ints:
    """Return the number of each row's month, 0 is the first."""
    if ground.first is None:
        return np.zeros(rows.num_rows, dtype=np.int64)
    return np.array([_months(one) - _months(ground.first) for one in rows["month"].to_pylist()],
                    dtype=np.int64)  # fmt: skip


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _count_of_months(ground: Ground) -> int:
    period = ground.question.period
    if ground.first is None or period is None:
        return 1
    return _months(period.last_day) - _months(ground.first) + 1


def _counted(question: Question, by: Sequence[str], keys: Sequence[str]) -> exp.Select:
    """Return the rows behind the metric with `keys`, `x` and `w`, numbers that can be squared."""
    behind = compose_rows(replace(question, by=tuple(dict.fromkeys(by))))
    rows = template(_VALUES, behind=behind)
    return rows.select(*[exp.column(name) for name in keys], copy=False)


def _residuals(
    question: Question,
    ground: Ground,
    mix: CaseMix,
    by: Sequence[str],
    months: Sequence[float],
    keys: Sequence[str],
) -> exp.Select:
    """Return rows with `keys`, `cluster`, `x`, `w` and `r`: what they add beyond expectation."""
    own = subject_of(question).row_key[0]
    clusters = list(dict.fromkeys([ground.cluster, own])) if ground.cluster else [own]
    dims = [name for name in [*by, *clusters] if name != own]
    counted = _counted(question, dims, list(dict.fromkeys([*by, *clusters])))
    rows = template(_RESIDUALS, counted=counted, expected=_expectation(ground, mix, months))
    texts = [exp.cast(exp.column(name), "TEXT") for name in clusters]
    cluster = exp.func("COALESCE", *texts) if len(texts) > 1 else texts[0]
    shown = [exp.column(name) for name in dict.fromkeys(keys)]
    return rows.select(*shown, exp.alias_(cluster, "cluster"), copy=False)


def _expectation(ground: Ground, mix: CaseMix, months: Sequence[float]) -> exp.Expr:
    """Return the SQL of what is expected of a row's ratio: effects of the mix, and of the month."""
    parts = [_number(mix.middle)]
    for name in ground.mix:
        known = exp.func("COALESCE", exp.column(name), exp.Literal.string(""))
        effects = mix.effects.get(name, {})
        parts.append(
            _case([(known.eq(exp.Literal.string(label)), one) for label, one in effects.items()])
        )
    if ground.first is not None and any(months):
        parts.append(
            _case(
                [
                    (exp.column("month").eq(day_literal(day)), one)
                    for day, one in zip(month_days(ground.first, len(months)), months, strict=True)
                ]
            )
        )
    told = parts[0]
    for part in parts[1:]:
        told = exp.Add(this=told, expression=part)
    return exp.Paren(this=told)


def month_days(first: date, count: int) -> list[date]:
    """Return the first days of so many months."""
    numbers = range(_months(first) - 1, _months(first) - 1 + count)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _case(effects: Sequence[tuple[exp.Expr, float]]) -> exp.Expr:
    """Return the CASE of effects; built at once, as every step of a builder copies it."""
    if not any(one for _, one in effects):
        return _number(0.0)
    ifs = [exp.If(this=condition, true=_number(one)) for condition, one in effects]
    return exp.Case(ifs=ifs, default=_number(0.0))


def _number(value: float) -> exp.Expr:
    return exp.cast(exp.Literal.number(f"{value:.12f}"), "DOUBLE")


def _by(rows: exp.Select, keys: Sequence[str]) -> exp.Select:
    """Return the sums of `rows` by `keys`."""
    columns = [exp.column(name) for name in keys]
    grouped = rows.select(*columns, copy=False)
    return grouped.group_by(*[c.copy() for c in columns], copy=False) if columns else grouped


def _grouped(seen: View, rows: exp.Select, keys: Sequence[str]) -> pa.Table:
    ordered = _by(rows, keys).order_by(*[exp.column(name) for name in keys])
    return kept_rows(seen.engine, seen.snapshot, ordered)


def _people(
    rows: pa.Table, ground: Ground, variance: float
) -> tuple[tuple[str, ...], tuple[str, ...], Tallies, Crossed]:
    code, keys = _coded(rows, ground.who)
    sums = {name: _floats(rows, name) for name in _SUMS}
    whole = {name: _added(code, each, len(keys)) for name, each in sums.items()}
    tallies = Tallies(rows=whole.pop("n"), **whole)
    titles = dict(zip(keys, keys, strict=True))
    if ground.titles:
        for key, title in zip(
            rows[ground.who].to_pylist(), rows[ground.titles].to_pylist(), strict=True
        ):
            titles[str(key)] = title or str(key)
    levels = {ground.who: code} | {name: _coded(rows, name)[0] for name in ground.factors}
    crossed = Crossed(
        sums["r"],
        sums["w"],
        variance * sums["ww"],
        {k: v for k, v in levels.items() if len(np.unique(v)) > 1},
    )
    return keys, tuple(titles[key] for key in keys), tallies, crossed


def _against(name: str, code: Ints, labels: Sequence[str], sums: Sums, luck: Luck) -> list[Against]:
    """Return each large enough value of a dimension against all other rows."""
    many = np.bincount(code, sums.rows, minlength=len(labels))
    least = _LEAST_A_MONTH * _count_of_months(luck.ground)
    order = [int(i) for i in np.argsort(-many, kind="stable")[:_MOST_PLACES]]
    found = []
    for level in order:
        if min(many[level], many.sum() - many[level]) < least or not labels[level]:
            continue
        one, rest = series(sums, luck, code == level), series(sums, luck, code != level)
        place = replace(
            one,
            key=f"{name}:{labels[level]}",
            off=one.off - rest.off,
            variance=one.variance + rest.variance,
        )
        found.append(Against(place, rest))
    return found


def _added(code: Ints, each: Floats, size: int) -> Floats:
    return np.bincount(code, each, minlength=size).astype(np.float64)


def _coded(rows: pa.Table, name: str) -> tuple[Ints, tuple[str, ...]]:
    """Return codes and labels of a column; what is not known is ""."""
    values = ["" if one is None else str(one) for one in rows[name].to_pylist()]
    labels, codes = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
    return codes.astype(np.int64).reshape(-1), tuple(str(one) for one in labels)


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.array(rows[name].to_pylist(), dtype=np.float64)
