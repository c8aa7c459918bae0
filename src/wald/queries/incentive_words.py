"""What the incentive microscope measured of a clause, in words; of sums, never of a person."""

from wald.brain.bunching import LEAST, Bunching
from wald.brain.closing_time import Spike, Timing
from wald.brain.stats import Interval
from wald.kernel.period import Grain
from wald.queries.plan_clauses import Clause

_WINDOWS = {Grain.MONTH: "month", Grain.QUARTER: "quarter", Grain.YEAR: "year"}


def bunching_words(found: Bunching, clause: Clause) -> str:
    """Say how many windows ended just above the threshold, and how many would have."""
    at = _percent(clause.threshold)
    if found.p_value is None:
        return f"Only {found.values} windows ended anywhere near {at}: {LEAST} are needed to tell."
    there = found.expected + found.excess.estimate
    return (
        f"{there:.0f} of {found.values:,} windows ended within 5 % above {at}, "
        f"{found.expected:.0f} would have by the shape of all others: {_range(found.excess)} more; "
        f"{_whole(found.missing)} are missing in the 10 % below it."
    )


def timing_words(found: Timing, clause: Clause) -> str:
    """Say how bookings fall on the last two fortnights, of those near to the threshold."""
    at = _percent(clause.threshold)
    if found.p_value is None:
        return f"Too few bookings by people who could still reach {at} four weeks before the end."
    return (
        f"Of the bookings of the last four weeks {found.near * 100:.0f} % fall into the last two "
        f"where {at} is within reach, {found.others * 100:.0f} % elsewhere: "
        f"{_range(found.moved)} deals more than elsewhere."
    )


def spike_words(found: Spike | None, clause: Clause) -> str:
    """Say how much is booked around the end of windows, over the usual between."""
    window = _WINDOWS.get(clause.grain, "window") if clause.grain else "window"
    if found is None:
        return f"Too few {window}s, or too short, to tell what is usual between their ends."
    words = (
        f"The last two weeks of a {window} bring {_times(found.spike)} of what is usual, the two "
        f"after it {_times(found.trough)}"
    )
    if found.repaid is None:
        return f"{words}."
    return f"{words}: {found.repaid * 100:.0f} % of what is too much is missing after."


def _percent(threshold: float) -> str:
    return f"{threshold * 100:g} % of quota"


def _range(one: Interval) -> str:
    return f"{_whole(one.estimate)} (95 %: {_whole(one.low)} to {_whole(one.high)})"


def _whole(value: float) -> str:
    return f"{value:.0f}".replace("-0", "0").replace("-", "\N{MINUS SIGN}")


def _times(one: Interval) -> str:
    return f"{one.estimate:.2f} (95 %: {one.low:.2f} to {one.high:.2f}) times"
