"""Ask a metric, and ask for the rows behind it. Every door asks here, with the same rights."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches

import pyarrow as pa
from sqlglot import exp

from wald.documents.version import Version
from wald.engine.connect import Engine, shared
from wald.facts.answer import answer, missing_tables
from wald.facts.dimension import DIMENSIONS
from wald.facts.doubt import Doubt
from wald.facts.measure import (
    columns_for,
    compose,
    compose_doubt,
    compose_rows,
    dimensions_for,
)
from wald.facts.metric import Metric, Need, metrics
from wald.facts.parts import Snapshot
from wald.facts.question import Answer, Question
from wald.facts.reading import PARAMETERS
from wald.facts.settings import Settings, terms_of
from wald.facts.terms import Terms
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, read_period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.language.parse import read_condition
from wald.queries.kept import kept, kept_rows, signature
from wald.queries.sight import sight_of
from wald.records.stores.loads import snapshot
from wald.records.stores.settings import load_settings

READ = "facts.read"
_PAGE = 100  # rows; more are asked for once


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person asks, as they write it; empty texts mean the sensible default."""

    metric: str
    by: tuple[str, ...] = ()
    where: str = ""
    period: str = ""
    as_of: date | None = None  # None: as far as the data reach
    known: datetime | None = None  # None: all that is known now


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """One page of the rows behind a number; `total` counts them all."""

    answer: Answer
    rows: pa.Table
    total: int


@dataclass(frozen=True, slots=True)
class View:
    """A workspace as one request sees it: one snapshot, one engine, one set of terms.

    The snapshot holds whose rows are seen: whatever is read through it is theirs alone.
    `agreed` are versions of documents that decide what is shown (`queries.sales_process`).
    """

    snapshot: Snapshot
    engine: Engine
    terms: Terms
    settings: Settings
    agreed: tuple[Version, ...] = ()

    @property
    def signature(self) -> tuple[object, ...]:
        """What decides every answer here: equal signatures, equal answers."""
        agreed = tuple((one.version_id, one.state, one.withdrawn_at) for one in self.agreed)
        return (self.engine.name, signature(self.snapshot), self.settings, agreed)

    @property
    def whole(self) -> "View":
        """The same for somebody who sees everybody's rows."""
        return replace(self, snapshot=self.snapshot.whole)

    @property
    def facts(self) -> tuple[object, ...]:
        """What decides answers for which it matters neither who asks nor what was agreed."""
        return replace(self.whole, agreed=()).signature


def view(
    *, actor: Actor, workspace: Workspace, engine: str = "", known: datetime | None = None
) -> View:
    """Return the workspace as of `known`, with its facts attached to the engine."""
    actor.must(READ)
    stored = snapshot(database=workspace.database, root=workspace.facts, known=known)
    opened = shared(engine, workspace.facts)
    opened.attach(stored)
    stored = replace(stored, sight=sight_of(actor, opened, stored))
    settings = load_settings(database=workspace.database)
    return View(stored, opened, terms_of(settings), settings)


def measure(*, actor: Actor, workspace: Workspace, ask: Ask, engine: str = "") -> Answer:
    """Return the answer to `ask`. Raises BadInput with every Problem in what was asked."""
    seen = view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    return measured(seen, ask)


def measured(seen: View, ask: Ask) -> Answer:
    """Return the answer to `ask` in a view already opened: pages ask many metrics at once."""
    return kept((seen.signature, ask), lambda: _measured(seen, read_ask(seen, ask)))


def _measured(seen: View, question: Question) -> Answer:
    if missing_tables(question):
        return answer(question, [])
    rows = _run(seen, compose(question)).to_pylist()
    doubts = _doubts(seen, question)
    void = any(doubt.voids for doubt, _ in doubts)
    return answer(question, rows, [sentence for _, sentence in doubts], void=void)


def quotas_set(seen: View, ask: Ask, measure: str) -> Answer:
    """Return the quotas of a measure, as both sums of the answer to `ask`, a quota attainment."""

    def made() -> Answer:
        question = read_ask(seen, ask)
        metric = replace(
            question.metric,
            among=f"measure = '{measure}'",
            numerator="SUM(amount)",
            needs=(Need("amount", "amount"),),
        )
        return _measured(seen, replace(question, metric=metric))

    return kept((seen.signature, ask, "quotas of", measure), made)


def rows_behind(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: Ask,
    engine: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> RowsBehind:
    """Return the number and the rows it was made of, `limit` of them from `offset` on.

    `numerator` and `denominator` say what each row adds; their sums are the number's.
    """
    seen = view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if limit is None or limit > _PAGE:
        return _rows_behind(seen, ask, limit, offset)
    key = (seen.signature, "rows behind", ask, limit, offset)
    return kept(key, lambda: _rows_behind(seen, ask, limit, offset))


def _rows_behind(seen: View, ask: Ask, limit: int | None, offset: int) -> RowsBehind:
    question = read_ask(seen, ask)
    found = measured(seen, ask)
    if missing_tables(question):
        return RowsBehind(found, pa.table({}), 0)
    tree = compose_rows(question)
    count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "rows")).from_(tree.subquery("all"))
    total = int(_run(seen, count).column("rows")[0].as_py())
    order = [name for name in tree.named_selects if name not in ("numerator", "denominator")]
    page = tree.order_by(*[exp.column(name) for name in order])
    if limit is not None:
        page = page.limit(limit).offset(offset)
    return RowsBehind(found, _run(seen, page), total)


def read_ask(seen: View, ask: Ask) -> Question:
    """Turn what a person wrote into a checked question. Raises BadInput with every Problem."""
    metric = metrics().get(ask.metric)
    if metric is None:
        raise BadInput(f"There is no metric {ask.metric!r}.", [_unknown_metric(ask.metric)])
    problems: list[Problem] = list(_wrong_dimensions(metric, ask.by))
    period = _period(ask.period, seen.terms, problems)
    where = _where(metric, ask.where, problems)
    if problems:
        raise BadInput(f"{metric.title} cannot be measured like this.", problems)
    day = ask.as_of or seen.snapshot.reaches or date(1970, 1, 1)
    when = AsOf(day, ask.known)
    by = tuple(dict.fromkeys((*metric.inherent, *ask.by)))
    return Question(metric, when, seen.terms, seen.snapshot, by, period, where, seen.engine.stage)


def _unknown_metric(key: str) -> Problem:
    near = get_close_matches(key, metrics(), n=1)
    fix = f"did you mean {near[0]}?" if near else "see `wald metrics` for the list"
    return Problem("metric", f"{key!r} is not one", fix)


def _wrong_dimensions(metric: Metric, by: tuple[str, ...]) -> list[Problem]:
    have = dimensions_for(metric)
    return [
        Problem(
            f"by {key}", f"{metric.key} has no such dimension", f"choose among {', '.join(have)}"
        )
        for key in by
        if key not in have
    ]


def _period(text: str, terms: Terms, problems: list[Problem]) -> Period | None:
    if not text:
        return None
    found = read_period(text, terms.calendar)
    if isinstance(found, Problem):
        problems.append(found)
        return None
    return found


def _where(metric: Metric, text: str, problems: list[Problem]) -> exp.Expr | None:
    if not text.strip():
        return None
    checked = read_condition(text, columns_for(metric), PARAMETERS)
    problems += [replace(p, where=f"where, {p.where}") for p in checked.problems]
    return checked.tree


def _doubts(seen: View, question: Question) -> list[tuple[Doubt, str]]:
    """Return the doubts that apply, each with its sentence."""
    found = []
    period = question.period
    if period is None and any(DIMENSIONS[name].via == "calendar" for name in question.by):
        # Broken down by time, the first periods of the record stand by themselves.
        period = Period(date.min, date.max, "the whole record")
    for doubt in question.metric.doubts:
        row = _run(seen, compose_doubt(question, doubt)).to_pylist()[0]
        sentence = doubt.judge(row, period, question.when.valid)
        if sentence:
            found.append((doubt, sentence))
    return found


def _run(seen: View, tree: exp.Expr) -> pa.Table:
    return kept_rows(seen.engine, seen.snapshot, tree)
