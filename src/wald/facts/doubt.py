"""What to say beside a number so that nobody is misled: doubts, measured where they can be.

A doubt is a small SELECT over the subject's rows plus a pure function from its one row to
a sentence, or to nothing where there is no reason to doubt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wald.kernel.period import Period

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Doubt:
    """`measures` names aggregates in the language over the rows of `reads`."""

    key: str
    reads: str
    measures: Mapping[str, str]
    judge: Callable[[Row, Period | None, date], str | None]
    voids: bool = False  # does the sentence mean that the number cannot be had?
    on: str = ""  # date column by which the period bounds the rows looked at; "": all of them


def _censored(row: Row, period: Period | None, as_of: date) -> str | None:
    """Deals that closed early in the records can only be the quick ones.

    Abraham Wald (1943), A Method of Estimating Plane Vulnerability: what is not in
    the sample is not there by chance.
    """
    first, typical = row["first_opened_on"], row["typical_days"]
    if not isinstance(first, date) or not isinstance(typical, float | int):
        return None
    fair_from = first + timedelta(days=round(2 * float(typical)))
    if period is None:
        # Over the whole record the early part matters only where it is a large part.
        is_short = (as_of - first) < 4 * (fair_from - first)
    else:
        is_short = period.start < fair_from
    if not is_short:
        return None
    return (
        f"Censored: the records begin with deals opened on {first}, and half of all closed deals "
        f"took more than {float(typical):.0f} days, so before {fair_from} mostly quick deals "
        "can have closed; compare with a later period."
    )


CENSORED = Doubt(
    key="censored",
    reads="deals",
    measures={"first_opened_on": "MIN(opened_on)", "typical_days": "MEDIAN(cycle_days)"},
    judge=_censored,
)


def _ripening(row: Row, period: Period | None, as_of: date) -> str | None:
    """Leads of the last days have not had the time that the others had."""
    typical = row["typical_days"]
    end = min(period.last_day, as_of) if period else as_of
    if not isinstance(typical, float | int) or (as_of - end).days >= 2 * float(typical):
        return None
    return (
        f"Still ripening: half of the leads that convert take more than {float(typical):.0f} days; "
        f"leads that came in shortly before {as_of} have not had that time, so the share can rise."
    )


RIPENING = Doubt(
    key="ripening",
    reads="leads",
    measures={"typical_days": "MEDIAN(DATE_DIFF('day', created_on, converted_on))"},
    judge=_ripening,
)


def _still_there(row: Row, period: Period | None, as_of: date) -> str | None:
    waiting = row["waiting"]
    if not isinstance(waiting, int) or not waiting:
        return None
    return (
        f"{waiting:,} of {row['entries']:,} entries are still in their stage as of {as_of} "
        "and not counted: their fate is not known."
    )


STILL_THERE = Doubt(
    key="still_there",
    reads="stage_entries",
    measures={
        "waiting": "COUNT(*) FILTER (WHERE next_stage IS NULL AND stage_outcome = 'open')",
        "entries": "COUNT(*) FILTER (WHERE stage_outcome = 'open')",
    },
    judge=_still_there,
    on="entered_on",
)


def _no_pushes(row: Row, period: Period | None, as_of: date) -> str | None:
    if row["moves"]:
        return None
    return "No change of a closing day is recorded in these data, so pushes cannot be seen."


NO_PUSHES = Doubt(
    key="no_pushes",
    reads="changes",
    measures={"moves": "COUNT(pushed_days)"},
    judge=_no_pushes,
    voids=True,
)


def _running(row: Row, period: Period | None, as_of: date) -> str | None:
    running = row["running"]
    if not isinstance(running, int) or not running:
        return None
    return (
        f"{running:,} of {row['windows']:,} quota windows are still running on {as_of}; "
        "they count with what was booked so far."
    )


STILL_RUNNING = Doubt(
    key="still_running",
    reads="quotas",
    measures={
        "running": "COUNT(*) FILTER (WHERE DATE_DIFF('day', :as_of, ends_on) > 1)",
        "windows": "COUNT(*)",
    },
    judge=_running,
    on="middle_on",
)
