"""Compose the SELECT of a metric for any grouping, filter and day, and of the rows behind it.

The two are the same tree: the rows are the aggregates' inputs before they are added up, so
they always add up to the number. Aggregates skip rows that lack what the metric needs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.dimension import DIMENSIONS, Dimension, dimensions_of
from wald.facts.doubt import Doubt
from wald.facts.metric import Metric, Side
from wald.facts.question import Question
from wald.facts.reading import PARAMETERS, bucket, columns_of, names_in, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.subject import SUBJECTS, Subject
from wald.kernel.period import Period
from wald.language.parse import Checked, read_condition, read_measure
from wald.language.types import SqlType

AGGREGATES = (exp.Count, exp.Sum, exp.Min, exp.Max, exp.Median)


def subject_of(question: Question) -> Subject:
    """Return the subject that has every name of the question: the metric's own or its finer."""
    metric = question.metric
    own = SUBJECTS[metric.reads]
    if not metric.finer:
        return own
    have = {*dimensions_of(own, dated=bool(metric.on)), *columns_of(own, dated=bool(metric.on))}
    return own if {*question.by, *names_in(question.where)} <= have else SUBJECTS[metric.finer]


def compose(question: Question) -> exp.Select:
    """Return the SELECT with one row per group.

    Columns: one per dimension (periods as their first day), `numerator`, `denominator`,
    `records` (rows the metric is about), `missing` (of these, rows that lack something) and
    `void` (true where the value would mislead).
    """
    metric = question.metric
    if metric.over is None:
        return _side(question, _main_side(metric), denominator=metric.denominator, main=True)
    above = _side(question, _main_side(metric), denominator="", main=True)
    below = _side(question, metric.over, denominator="", main=False)
    return _added(question.by, above, below)


def compose_rows(question: Question) -> exp.Select:
    """Return the SELECT of the rows behind the number.

    Columns: the subject's key and shown columns, the dimensions, `numerator` and
    `denominator`: what the row adds to each, null where it adds nothing.
    """
    metric = question.metric
    subject = subject_of(question)
    side = _main_side(metric)
    trees = [_measure(subject, text, question) for text in (side.total, metric.denominator) if text]
    names = [*dict.fromkeys([*subject.row_key, *subject.shown])]
    rows, lacking = _filtered(question, subject, side, trees, names)
    shown = [exp.column(name) for name in names if name not in question.by]
    keyed = [_key(question, side, name) for name in question.by]
    columns = [exp.alias_(_adding(tree, lacking), f"part_{i}") for i, tree in enumerate(trees)]
    inner = rows.select(*keyed, *shown, *columns, append=False, copy=False)
    counted = [exp.column(f"part_{i}").is_(exp.null()).not_() for i in range(len(trees))]
    outer = exp.select(*[exp.column(name) for name in [*question.by, *[c.name for c in shown]]])
    outer = outer.select(exp.alias_(exp.column("part_0"), "numerator"))
    if len(trees) > 1:
        outer = outer.select(exp.alias_(exp.column("part_1"), "denominator"))
    return outer.from_(inner.subquery("behind", copy=False), copy=False).where(exp.or_(*counted))


def compose_doubt(question: Question, doubt: Doubt) -> exp.Select:
    """Return the SELECT of one row with what `doubt` looks at, under the question's filter.

    A doubt that voids the number is about what the source records at all, so it sees everything,
    whoever asks; its sentence has no figures.
    """
    subject = SUBJECTS[doubt.reads]
    side = Side(doubt.reads, "", doubt.on)
    question = replace(question, by=())
    if doubt.voids:
        question = replace(question, where=None, snapshot=question.snapshot.whole)
    trees = {name: _measure(subject, text, question) for name, text in doubt.measures.items()}
    rows, _ = _filtered(question, subject, side, list(trees.values()), ())
    return rows.select(*[exp.alias_(t, name) for name, t in trees.items()], append=False)


def dimensions_for(metric: Metric) -> Mapping[str, Dimension]:
    """Return what `metric` can be broken down by: what all its sides share, and its finer ones."""
    have = dict(dimensions_of(SUBJECTS[metric.reads], dated=bool(metric.on)))
    if metric.finer:
        have |= dimensions_of(SUBJECTS[metric.finer], dated=bool(metric.on))
    if metric.over is not None:
        other = dimensions_of(SUBJECTS[metric.over.reads], dated=bool(metric.over.on))
        have = {key: d for key, d in have.items() if key in other}
    return MappingProxyType({key: d for key, d in DIMENSIONS.items() if key in have})


def columns_for(metric: Metric) -> Mapping[str, SqlType]:
    """Return what a filter on `metric` may name: the columns that all its sides share."""
    columns = columns_of(SUBJECTS[metric.reads], dated=bool(metric.on))
    if metric.finer:
        columns = columns_of(SUBJECTS[metric.finer], dated=bool(metric.on)) | columns
    if metric.over is None:
        return MappingProxyType(columns)
    other = columns_of(SUBJECTS[metric.over.reads], dated=bool(metric.over.on))
    return MappingProxyType({name: t for name, t in columns.items() if name in other})


def scene_of(question: Question) -> Scene:
    return Scene(question.snapshot, question.when, question.terms, question.period, question.stage)


def _main_side(metric: Metric) -> Side:
    return Side(metric.reads, metric.numerator, metric.on, metric.among, metric.needs)


def _side(question: Question, side: Side, *, denominator: str, main: bool) -> exp.Select:
    subject = subject_of(question) if main else SUBJECTS[side.reads]
    trees = [_measure(subject, text, question) for text in (side.total, denominator) if text]
    void = _measure_void(subject, question) if main else None
    rows, lacking = _filtered(question, subject, side, [*trees, *([void] if void else [])], ())
    keys = [_key(question, side, name) for name in question.by]
    selected = rows.select(
        *keys,
        exp.alias_(_complete(trees[0], lacking), "numerator"),
        exp.alias_(_complete(trees[1], lacking) if len(trees) > 1 else exp.null(), "denominator"),
        exp.alias_(exp.Count(this=exp.Star()), "records"),
        exp.alias_(_count_of(lacking), "missing"),
        exp.alias_(void if void is not None else exp.false(), "void"),
        append=False,
        copy=False,
    )
    return selected.group_by(*[key.this.copy() for key in keys], copy=False) if keys else selected


def _added(by: tuple[str, ...], above: exp.Select, below: exp.Select) -> exp.Select:
    """Put two sides of the same dimensions together; what one side lacks is null there.

    Where a row of the lower side lacks something, what to divide by is not known: void.
    """
    keys = [exp.column(name) for name in by]
    upper = exp.select(*keys, "numerator", "records", "missing").select(
        exp.alias_(exp.null(), "denominator"), exp.alias_(exp.Literal.number(0), "unknown")
    )
    lower = exp.select(*[k.copy() for k in keys]).select(
        exp.alias_(exp.null(), "numerator"),
        exp.alias_(exp.Literal.number(0), "records"),
        exp.alias_(exp.Literal.number(0), "missing"),
        exp.alias_(exp.column("numerator"), "denominator"),
        exp.alias_(exp.column("missing"), "unknown"),
    )
    both = exp.union(
        upper.from_(above.subquery("above", copy=False)),
        lower.from_(below.subquery("below", copy=False)),
        distinct=False,
    )
    added = exp.select(*[k.copy() for k in keys])
    for name in ("numerator", "denominator", "records", "missing"):
        added = added.select(exp.alias_(exp.Sum(this=exp.column(name)), name))
    unknown = exp.Sum(this=exp.column("unknown")) > exp.Literal.number(0)
    added = added.select(exp.alias_(unknown, "void")).from_(both.subquery("side", copy=False))
    return added.group_by(*[k.copy() for k in keys]) if keys else added


def _filtered(
    question: Question,
    subject: Subject,
    side: Side,
    trees: list[exp.Expr],
    names: Iterable[str],
) -> tuple[exp.Select, exp.Expr | None]:
    """Return the rows the side is about, and the condition under which a row lacks something."""
    scene = scene_of(question)
    dated = bool(side.on)
    conditions = []
    if side.among:
        conditions.append(_condition(subject, side.among, question, dated))
    if side.on and question.period is not None:
        conditions.append(_within(side.on, question.period))
    if question.where is not None and names_in(question.where) <= {
        *columns_of(subject, dated=dated)
    }:
        conditions.append(with_day(question.where, scene))
    needed = {*names, *(n.column for n in side.needs), *names_in(*trees, *conditions)}
    if side.on:
        needed.add(side.on)
    dimensions = {name for name in question.by if DIMENSIONS[name].via != "calendar"}
    rows = subject_rows(subject, scene, needed | dimensions)
    # What is composed here is new and nobody else's, so builders need not copy it: they would
    # copy the whole tree at each step.
    filtered = exp.select().from_(rows.subquery(subject.key, copy=False), copy=False)
    filtered = filtered.where(*conditions, copy=False)
    lacking = [exp.column(need.column).is_(exp.null()) for need in side.needs]
    return filtered, exp.or_(*lacking) if lacking else None


def _key(question: Question, side: Side, name: str) -> exp.Expr:
    dimension = DIMENSIONS[name]
    if dimension.grain is None or not side.on:
        return exp.alias_(exp.column(name), name)
    return exp.alias_(bucket(dimension.grain, exp.column(side.on), scene_of(question)), name)


def _within(on: str, period: Period) -> exp.Expr:
    return exp.and_(
        exp.column(on) >= day_literal(period.start), exp.column(on) < day_literal(period.end)
    )


def _condition(subject: Subject, text: str, question: Question, dated: bool) -> exp.Expr:
    return with_day(_read(read_condition, subject, text, dated), scene_of(question))


def _measure(subject: Subject, text: str, question: Question) -> exp.Expr:
    return with_day(_read(read_measure, subject, text, False), scene_of(question))


Reader = Callable[[str, Mapping[str, SqlType], Mapping[str, SqlType]], Checked]
_trees: dict[tuple[Reader, str, str, bool], exp.Expr] = {}


def _read(reader: Reader, subject: Subject, text: str, dated: bool) -> exp.Expr:
    """Read one of the metrics' own texts, once each; a wrong one is a bug, so it raises."""
    key = (reader, subject.key, text, dated)
    if key not in _trees:
        checked = reader(text, columns_of(subject, dated=dated), PARAMETERS)
        if checked.tree is None:
            raise ValueError(f"{subject.key}: {text}: {[str(p) for p in checked.problems]}")
        _trees[key] = checked.tree
    return _trees[key].copy()


def _measure_void(subject: Subject, question: Question) -> exp.Expr | None:
    void = question.metric.void
    return _measure(subject, void.when, question) if void else None


def _count_of(condition: exp.Expr | None) -> exp.Expr:
    if condition is None:
        return exp.Literal.number(0)
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition.copy()))


def _complete(tree: exp.Expr, lacking: exp.Expr | None) -> exp.Expr:
    """Let every aggregate of `tree` skip the rows that lack something."""
    if lacking is None:
        return tree.copy()

    def skip(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Filter):
            both = exp.and_(node.expression.this.copy(), exp.not_(lacking.copy()))
            return exp.Filter(this=node.this.copy(), expression=exp.Where(this=both))
        if isinstance(node, AGGREGATES) and not isinstance(node.parent, exp.Filter):
            alone = exp.Where(this=exp.not_(lacking.copy()))
            return exp.Filter(this=node.copy(), expression=alone)
        return node

    return _map_aggregates(tree, skip)


def _adding(tree: exp.Expr, lacking: exp.Expr | None) -> exp.Expr:
    """Return what one row adds to `tree`: each aggregate becomes its input for that row."""

    def own(node: exp.Expr) -> exp.Expr:
        aggregate = node.this if isinstance(node, exp.Filter) else node
        value: exp.Expr = aggregate.this
        if isinstance(aggregate, exp.Count):
            value = _counted(aggregate)
        conditions = [node.expression.this.copy()] if isinstance(node, exp.Filter) else []
        if lacking is not None:
            conditions.append(exp.not_(lacking.copy()))
        if not conditions:
            return value.copy()
        return exp.Case().when(exp.and_(*conditions), value.copy())

    return _map_aggregates(tree, own)


def _counted(count: exp.Count) -> exp.Expr:
    one = exp.Literal.number(1)
    if isinstance(count.this, exp.Star):
        return one
    if isinstance(count.this, exp.Distinct):
        distinct: exp.Expr = count.this.expressions[0]
        return distinct
    return exp.Case().when(count.this.is_(exp.null()).not_(), one)


def _map_aggregates(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Replace each aggregate of `tree`, with its FILTER if it has one, by what `change` returns."""
    if isinstance(tree, (exp.Filter, *AGGREGATES)):
        return change(tree)
    copy = tree.copy()
    for node in list(copy.find_all(*AGGREGATES)):
        whole = node.parent if isinstance(node.parent, exp.Filter) else node
        whole.replace(change(whole))
    return copy
