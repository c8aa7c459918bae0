"""What becomes known late: one booking, one corrected split, and a manager who changes mid-month.

Pay has to cope with each; none of them is a problem that anything should find. An export taken at
the end of the history shows everything as it is; one taken before the day shows it as it seemed.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wald.simulator.columns import NOTHING
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, day_of
from wald.simulator.people import Staff, team_at
from wald.simulator.planted import person_id
from wald.simulator.request import Request
from wald.simulator.streams import Ints

LATE = ("late_booking", "corrected_split")
# Days before the last one of the history.
_BOOKED, _BOOKED_TO, _KNOWN = 165, 154, 141
_SPLIT_TO, _CORRECTED = 135, 118


@dataclass(frozen=True, slots=True)
class Late:
    """Deals by their place in the first block; NOTHING: no deal fits."""

    booking: int
    known_on: int
    split: int
    corrected_on: int

    def shown(self, won: Ints, cut: int) -> Ints:
        """Leave out the booking that is not known yet at the end of the day `cut`."""
        return won if cut >= self.known_on else won[won != self.booking]

    def is_wrong(self, cut: int) -> bool:
        return cut < self.corrected_on


NEVER = Late(NOTHING, 0, NOTHING, 0)


def late(request: Request, runs: Courses, won: Ints, uneven: Ints) -> Late:
    """Choose the late booking and the corrected split; `uneven` are deals shared unevenly."""
    closed = runs.closes_at[won] // DAY
    begins = request.last - _BOOKED
    in_time = (closed >= begins) & (closed <= request.last - _BOOKED_TO)
    first = won[in_time & ~np.isin(won, uneven)]
    shared = won[(closed >= begins) & (closed <= request.last - _SPLIT_TO) & np.isin(won, uneven)]
    return Late(
        int(first[0]) if len(first) else NOTHING,
        request.last - _KNOWN,
        int(shared[0]) if len(shared) else NOTHING,
        request.last - _CORRECTED,
    )


def told(deals: pa.Table, house: Staff, request: Request) -> list[dict[str, str]]:
    """Return what became known late by the end of the export, as plain JSON values.

    `deals`: problem and opportunity_id, among others those of LATE.
    """
    days = {LATE[0]: request.last - _KNOWN, LATE[1]: request.last - _CORRECTED}
    found = [
        {"what": row["problem"], "opportunity_id": row["opportunity_id"], "known_on": day}
        for row in deals.to_pylist()
        if row["problem"] in LATE
        for day in [day_of(days[row["problem"]]).isoformat()]
    ]
    return found + _moves(house, request)


def _moves(house: Staff, request: Request) -> list[dict[str, str]]:
    """Return the first change of a manager within a month, not on its first day."""
    changes = sorted(
        (day, team, person)
        for team, reigns in enumerate(house.life.reigns)
        for day, person in reigns[1:]
        if request.first < day <= request.cut and day_of(day).day != 1
    )
    return [
        {
            "what": "hierarchy_move",
            "team": team_at(team).name,
            "manager_id": person_id(house.first_number + person),
            "from": day_of(day).isoformat(),
        }
        for day, team, person in changes[:1]
    ]
