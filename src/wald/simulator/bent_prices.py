"""What further problems do to offers: other products, and discounts at ends and under limits."""

import numpy as np

from wald.simulator.columns import NOTHING
from wald.simulator.company import PRODUCTS
from wald.simulator.courses import Courses, quoted_at
from wald.simulator.days import DAY, quarter_ends
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.problems import DiscountsUnderLimit, Further, QuarterEndDiscounts
from wald.simulator.streams import Flags, Floats, Ints, Streams, picks


def main_products(
    streams: Streams, staff: Staff, deals: Openings, planted: Further
) -> tuple[Ints, Flags]:
    """Return what each deal is mainly about, and for which a planted shift decided it."""
    count = len(deals.number)
    main = picks(tuple(p.main for p in PRODUCTS), streams.uniform("product", count))
    problem = planted.product_mix_shifted
    if problem is None:
        return main, np.zeros(count, dtype=bool)
    there = problem.spot.holds(staff, deals, deals.created_at // DAY, streams.block)
    shifted = there & (streams.uniform("mix", count) < problem.share) & (main != problem.to)
    return np.where(shifted, problem.to, main), shifted


def bent_discounts(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    runs: Courses,
    discount: Floats,
    planted: Further,
) -> tuple[Floats, dict[str, Flags]]:
    """Return the discounts, and which deals each problem gave another one."""
    ends, under = planted.quarter_end_discounts, planted.discounts_under_limit
    bent: dict[str, Flags] = {}
    if ends is not None:
        more = _at_quarter_ends(streams, staff, deals, runs, ends)
        discount, bent["quarter_end_discounts"] = discount + np.where(more, ends.more, 0.0), more
    if under is not None:
        moved = _under_limit(streams, staff, deals, runs, discount, under)
        just = under.limit - 0.001 * np.floor(1 + 5 * streams.uniform("just under", len(moved)))
        discount, bent["discounts_under_limit"] = np.where(moved, just, discount), moved
    return discount, bent


def _at_quarter_ends(
    streams: Streams, staff: Staff, deals: Openings, runs: Courses, problem: QuarterEndDiscounts
) -> Flags:
    closes, offered = runs.closes_at // DAY, quoted_at(runs)
    late = quarter_ends(closes) - closes <= problem.last_days
    return problem.spot.holds(staff, deals, offered // DAY, streams.block) & late


def _under_limit(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    runs: Courses,
    discount: Floats,
    problem: DiscountsUnderLimit,
) -> Flags:
    offered = quoted_at(runs)
    near = discount >= problem.limit - problem.from_below
    near &= discount <= problem.limit + problem.from_above
    there = problem.spot.holds(staff, deals, np.maximum(offered // DAY, 0), streams.block)
    chance = streams.uniform("under the limit", len(discount))
    return np.asarray(there & near & (offered != NOTHING) & (chance < problem.share))
