"""By when a fair detector should have found a planted problem: arithmetic of sample sizes.

A problem shifts some figure of the things it touches by so many standard deviations of one such
thing. Things are deals, seen when they close; where no deal changes, they are weeks or quarters of
a territory. To tell two groups of n apart with a power of 0.9 takes n = 2 ((4.42 + 1.28) / d)^2
things; half of that where a person is held against everybody else (Cohen, Statistical Power
Analysis, 1988, chapter 2, two means and one). The level, 0.00001, lets one night in a hundred tell
of what is not there in a thousand places. The window ends a quarter after the n-th touched thing
could be seen, and no sooner than two quarters after the problem began: leaders compare quarters.

The shifts `d` are worked out from the strengths of the switches and the spreads of `company`, not
from what any detector can do. A window that ends after the history is none.
"""

from collections.abc import Mapping
from math import ceil

import numpy as np

from wald.simulator.streams import Ints

_LEVEL, _POWER = 4.42, 1.28  # normal quantiles of 1 - 0.00001/2 and of 0.9
_QUARTER = 91

SHIFTS: Mapping[str, float] = {
    "process_broke": 1.1,  # log 2.6 over 0.65, beside the accounts' own spread
    "sandbagger": 1.6,  # log 0.35 over what quarters of one rep err
    "segment_slipped": 0.45,  # won 0.46 of those that reach Discovery, 0.21 then: arcsines
    "discount_creep": 0.5,  # a quarter to two of 0.018 steps over 0.08
    "plan_pays_margin_away": 1.0,  # 0.11 over 0.08, and a heap of deals in a place
    "weak_rep": 0.35,  # won 0.25, then 0.12: arcsines
    "product_mix_shifted": 1.0,  # one in six about hardware, then six in ten
    "quarter_end_discounts": 0.9,  # 0.08 over 0.08, part of it lost in roundings
    "discounts_under_limit": 0.9,  # few lie just under a limit by chance
    "deals_split": 1.0,  # two alike on one day are rare by chance
    "deals_stall": 1.2,  # one in forty asleep, then three in ten: arcsines
    "deals_pushed": 0.35,  # of open deals half put off in a quarter, then two thirds: arcsines
    "pipeline_dries_up": 0.6,  # 170 missing of 450 that should be there, by Poisson
    "leads_wait": 1.0,  # log 4 over 1.35
    "leads_convert_less": 0.9,  # of those that would have become deals, half
    "activity_without_result": 0.7,  # nine more for ten
    "slow_ramp": 0.5,  # half the deals, in many small stretches
    "stage_chances_off": 0.3,  # agreed 0.7 and 0.85, done about 0.5 and 0.65
    "quota_out_of_reach": 1.4,  # attainment of a half, beside a spread of a third
    "entry_habit_changed": 1.0,  # six in ten without an amount, one in ten before
    "step_unused": 1.5,  # none where there was one in nine
    "deals_pulled_forward": 0.7,  # a quarter's wins of 35 days, seven in ten of them sooner
    "team_overcommits": 1.4,  # log 1.9 over what quarters of one rep err
}
_ALONE = ("sandbagger", "weak_rep")  # against everybody else


def wanted(problem: str) -> int:
    """Return how many touched things it takes to tell a problem from chance."""
    groups = 1 if problem in _ALONE else 2
    return ceil(groups * ((_LEVEL + _POWER) / SHIFTS[problem]) ** 2)


def found_by(problem: str, starts: int, seen_on: Ints, cut: int) -> int | None:
    """Return the last day of the window; None: it ends after the day `cut`.

    `seen_on` are the days on which what the problem touched could be seen.
    """
    count = wanted(problem)
    seen = np.sort(seen_on[seen_on >= starts])
    if len(seen) < count:
        return None
    day = max(int(seen[count - 1]) + _QUARTER, starts + 2 * _QUARTER)
    return day if day <= cut else None
