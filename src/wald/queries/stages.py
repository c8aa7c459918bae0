"""The steps of the sales process, in the order in which people expect to read them."""

from collections.abc import Mapping
from types import MappingProxyType

from wald.engine.connect import run
from wald.facts.as_of import as_of
from wald.heart.pipeline.stage_times import OPEN, Step
from wald.kernel.bitemporal import AsOf
from wald.queries.kept import kept
from wald.queries.measure import View


def stage_steps(seen: View) -> Mapping[str, Step]:
    """Return the stages that the data put in order; none where they name none."""
    return kept((seen.signature, "stages"), lambda: _steps(seen))


def stage_positions(seen: View) -> Mapping[str, int]:
    """Return the position of each stage, from 1; empty where the data name none."""
    return {step.stage: step.position for step in stage_steps(seen).values()}


def _steps(seen: View) -> Mapping[str, Step]:
    day = seen.snapshot.reaches
    if day is None or not seen.snapshot.has("stage"):
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
