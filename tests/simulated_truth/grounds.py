"""Simulated and drawn worlds as the ground of back-tests."""

from itertools import chain

import pyarrow as pa

from tests.drawn_worlds import Drawn
from tests.known_worlds import History
from wald.brain.forecast import grid
from wald.brain.ground import SINCE, UNTIL, VERSIONS, Ground


def ground_of(world: History | Drawn) -> Ground:
    """Return the ground of a world; everybody sits where they sat last."""
    closed = world.closed.sort_by("closed_on")
    versions = closed.append_column(SINCE, closed["closed_on"])
    versions = versions.append_column(UNTIL, pa.nulls(closed.num_rows, pa.date32())).cast(VERSIONS)
    return Ground(
        reaches=world.quarters[-1].last_day,
        currency="EUR",
        periods=world.quarters,
        days=tuple(sorted(set(chain.from_iterable(grid(one) for one in world.quarters)))),
        booked=world.booked.sort_by("booked_on"),
        open=world.open.sort_by("on"),
        closed=versions,
        submitted=world.submitted.sort_by("submitted_on"),
        seats=world.seats,
        targets=(),
        problems=(),
    )
