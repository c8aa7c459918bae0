"""The steps of the sales process, in the order in which people expect to read them."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import as_of
from wald.heart.pipeline.stage_times import OPEN, Step
from wald.kernel.bitemporal import AsOf
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.sales_process import agreed_process


def stage_steps(seen: View, day: date | None = None) -> Mapping[str, Step]:
    """Return the stages in order, as of a day, None for the last in the data: those of the sales
    process in force, else those of the data; none where neither names any.

    A process counts in a view of `staged_view` alone.
    """
    return kept((seen.signature, "stages", day), lambda: _steps(seen, day))


def stage_positions(seen: View, day: date | None = None) -> Mapping[str, int]:
    """Return the position of each stage, from 1; empty where nobody named one."""
    return {step.stage: step.position for step in stage_steps(seen, day).values()}


def stage_titles(seen: View, day: date | None = None) -> Mapping[str, str]:
    """Return what each stage is shown as."""
    return MappingProxyType({step.stage: step.title for step in stage_steps(seen, day).values()})


def stage_rows(steps: Mapping[str, Step]) -> exp.Select:
    """Return stages as the SELECT of stage, position and outcome."""
    listed = [
        exp.select(
            exp.alias_(exp.Literal.string(one.stage), "stage"),
            exp.alias_(exp.Literal.number(one.position), "position"),
            exp.alias_(exp.Literal.string(one.outcome), "outcome"),
        )
        for one in sorted(steps.values(), key=lambda one: (one.position, one.stage))
    ]
    if not listed:
        none = (("stage", "TEXT"), ("position", "INT"), ("outcome", "TEXT"))
        nothing = exp.select(*[exp.alias_(exp.cast(exp.null(), type), name) for name, type in none])
        return nothing.where(exp.false(), copy=False)
    if len(listed) == 1:
        return listed[0]
    return exp.select("*").from_(exp.union(*listed, distinct=False).subquery("listed"))


def _steps(seen: View, day: date | None) -> Mapping[str, Step]:
    day = day or seen.snapshot.reaches
    if day is None:
        return MappingProxyType({})
    process = agreed_process(seen, day) if seen.agreed else None
    if process is not None:
        return MappingProxyType(
            {
                rule.stage: Step(rule.stage, rule.title, position, rule.outcome.value)
                for position, rule in enumerate(process.stages, start=1)
            }
        )
    if not seen.snapshot.has("stage"):
        return MappingProxyType({})
    columns = ["stage", "label", "position", "outcome"]
    rows = run(seen.engine, as_of("stage", AsOf(day, seen.snapshot.known), seen.snapshot, columns))
    return MappingProxyType(
        {
            row["stage"]: Step(
                row["stage"], row["label"] or row["stage"], row["position"], row["outcome"] or OPEN
            )
            for row in rows.to_pylist()
        }
    )
