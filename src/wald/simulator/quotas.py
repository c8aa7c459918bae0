"""What each rep is to book in each fiscal quarter: by territory, season, growth and ramp."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wald.simulator.columns import dates, keys, money, table, words
from wald.simulator.company import REGIONS, Company
from wald.simulator.days import BOOKING_SEASON, month_starts, months
from wald.simulator.deals import growth, potential
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.problems import Further
from wald.simulator.streams import Flags, Ints, Streams

# EUR a ramped rep in an average territory books in an average quarter of the last year,
# measured once over many territories with nothing planted.
_A_QUARTER = 130_000.0
_RAMP = (0.2, 0.52, 0.75, 0.95)  # of the full quota in the first quarters after hiring
_KNOWS_TERRITORY = 0.8  # how far the quota follows what a territory is worth


@dataclass(frozen=True, slots=True)
class Quotas:
    person: Ints
    seat: Ints
    starts_on: Ints
    ends_on: Ints
    cents: Ints


def quotas(
    streams: Streams, company: Company, staff: Staff, first: int, last: int, planted: Further
) -> Quotas:
    """Return a quota for each rep and fiscal quarter in which the rep holds a seat at its start.

    Whoever takes a seat within a quarter gets a quota from the next one on.
    """
    span = months(np.array([first, last], dtype=np.int64)) // 3 * 3
    calendar = np.arange(span[0], span[1] + 1, 3)
    starts = month_starts(calendar)
    rows = [
        (staff.first_number + stint.person, stint.seat, quarter, _age(staff, stint.person, month))
        for stint in staff.life.stints
        for quarter, month in enumerate(calendar.tolist())
        if stint.holds(int(max(starts[quarter], first)))
    ]
    person, seat, quarter, age = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    ramp = np.array([*_RAMP, 1.0])[np.clip(age, 0, len(_RAMP))]
    rate = _A_QUARTER * company.quota_factor * growth(company, calendar, int(span[1]))
    rate = (rate * BOOKING_SEASON[calendar // 3 % 4])[quarter] * ramp
    worth = potential(streams, len(staff.seat_teams))[seat] ** _KNOWS_TERRITORY
    prices = np.array([region.prices for region in REGIONS])[staff.regions[seat]]
    raised = is_raised(staff, seat, starts[quarter], streams.block, planted)
    factor = 1.0 if planted.quota_out_of_reach is None else planted.quota_out_of_reach.factor
    cents = np.round(rate * worth * prices * np.where(raised, factor, 1.0), -3)
    cents = cents.astype(np.int64) * 100
    return Quotas(person, seat, starts[quarter], month_starts(calendar + 3)[quarter], cents)


def is_raised(staff: Staff, seats: Ints, days: Ints, block: int, planted: Further) -> Flags:
    """Return which quotas, by seat and first day, a planted problem raises."""
    problem = planted.quota_out_of_reach
    if problem is None:
        return np.zeros(len(seats), dtype=bool)
    return problem.spot.of_team(staff, seats, days, block)


def _age(staff: Staff, person: int, month: int) -> int:
    """Return how many fiscal quarters ago the person was hired, at least 0."""
    hired = int(months(np.array([staff.life.hired[person]]))[0])
    return max(0, (month // 3) - (hired // 3))


def quota_table(all_quotas: Quotas, staff: Staff, cut: int) -> pa.Table:
    """Return the quotas whose window had begun by the end of the day `cut`."""
    kept = np.flatnonzero(all_quotas.starts_on <= cut)
    person, starts_on = all_quotas.person[kept], all_quotas.starts_on[kept]
    regions = staff.regions[all_quotas.seat[kept]]
    return table(
        "quota",
        {
            "quota_id": keys("Q", (person, 6), (months(starts_on), 4)),
            "person_id": person_keys(person),
            "starts_on": dates(starts_on),
            "ends_on": dates(all_quotas.ends_on[kept]),
            "amount": money(all_quotas.cents[kept]),
            "currency": words([region.currency for region in REGIONS], regions),
            "measure": pa.nulls(len(kept), pa.string()),  # bookings
        },
    )
