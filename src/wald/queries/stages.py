"""The order of the sales process, in which people expect to read its stages."""

from collections.abc import Mapping
from types import MappingProxyType

from wald.engine.connect import run
from wald.facts.as_of import as_of
from wald.kernel.bitemporal import AsOf
from wald.queries.kept import kept
from wald.queries.measure import View


def stage_positions(seen: View) -> Mapping[str, int]:
    """Return the position of each stage, from 1; empty where the data name none."""
    return kept((seen.signature, "stages"), lambda: _positions(seen))


def _positions(seen: View) -> Mapping[str, int]:
    day = seen.snapshot.reaches
    if day is None or not seen.snapshot.has("stage"):
        return MappingProxyType({})
    when = AsOf(day, seen.snapshot.known)
    rows = run(seen.engine, as_of("stage", when, seen.snapshot, ["stage", "position"])).to_pylist()
    return MappingProxyType({row["stage"]: row["position"] for row in rows})
