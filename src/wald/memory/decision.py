"""What we chose, what we expect of it, and how that will be measured: said before it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from wald.kernel.period import Calendar, Period, before, grain_of, period_of
from wald.kernel.unit import Unit
from wald.memory.change import Change
from wald.memory.design import Design, Measured, verdict

# What a decision changes; calibration is told for each.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "data": "Data and hygiene",
        "territory": "Territories",
        "quota": "Quotas and capacity",
        "pay": "Pay",
        "price": "Prices and discounts",
        "approval": "Approvals",
        "pipeline": "Pipeline and process",
        "forecast": "Forecast",
        "leads": "Leads",
        "enablement": "Enablement",
        "tools": "Tools and methods",
        "other": "Other",
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A checked decision. `period` and `baseline` are None for a level, which has none.

    `population` is a condition in the language over the metric's rows, "" for all of them.
    `design` None: the metric is read twice, and its change is what came of it.
    """

    question: str
    options: tuple[str, ...]
    choice: str
    why: str
    kind: str
    metric: str
    unit: Unit
    population: str
    period: Period | None
    baseline: Period | None
    expected: Change
    confidence: Decimal  # that the effect comes
    review_on: date
    insight_id: int | None = None
    supersedes: int | None = None
    links: tuple[str, ...] = ()
    person_id: str = ""
    design: Design | None = None

    @property
    def measured_on(self) -> date:
        """Return the day whose end is asked about on the review date: the one before it."""
        return self.review_on - timedelta(days=1)

    @property
    def needed_to(self) -> date:
        """Return the last day that the data must reach for the effect to be seen."""
        return self.period.last_day if self.period else self.measured_on


@dataclass(frozen=True, slots=True)
class Rights:
    """Through whose eyes it is measured, then and on the review date alike; role "": everybody's
    rows."""

    role: str = ""
    person_id: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric read once: its value, the two sums, the rows, and what the figure rests on."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    records: int
    currency: str | None
    as_of: date
    known: datetime
    loaded_at: datetime | None  # of the last load it rests on
    reaches: date | None
    loads: tuple[int, ...]
    signature: str  # of every part read: equal signatures, equal figures
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The metric as of the day of the decision, frozen; `outside` is the same metric for
    everybody else, None where the population is everybody."""

    reading: Reading
    outside: Reading | None
    rights: Rights


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision. `has_come` null: it cannot be told, and `reason` says why.

    `outside_change` is how the same metric moved for everybody else: a comparison, no proof.
    `measured` is what the decision's design said, None where it has none.
    """

    measured_at: datetime
    reading: Reading
    change: Decimal | None
    has_come: bool | None
    reason: str
    waits: bool  # may later data still tell?
    outside: Reading | None
    outside_change: Decimal | None
    earlier: tuple[str, ...] = ()  # why it could not be told before, each with its day
    measured: Measured | None = None


def has_come(change: Decimal, expected: Change) -> bool:
    """Did the metric move as expected: at least as far the right way, or within the interval?

    Who expects a rise of 2 to 5 points is right with 6; who expects it to stay is not.
    """
    if expected.low >= 0 and expected.high > 0:
        return change >= expected.low
    if expected.high <= 0 and expected.low < 0:
        return change <= expected.high
    return expected.low <= change <= expected.high


def state_of(outcome: Outcome) -> str:
    """Return what has come of a decision that was measured, in words."""
    if outcome.has_come is None:
        return "cannot tell yet" if outcome.waits else "cannot tell"
    return "the effect came" if outcome.has_come else "the effect did not come"


def usual_baseline(period: Period, calendar: Calendar, day: date) -> Period:
    """Return what a period is compared with: the last one as long that was over on `day`."""
    end = day + timedelta(days=1)
    grain = grain_of(period.label)
    if grain is None:
        start = end - timedelta(days=period.days)
        return Period(start, end, f"{start}..{day}")
    found = period_of(calendar, grain, day)
    return found if found.end <= end else before(calendar, grain, found)


def outcome_of(
    decision: Decision,
    snapshot: Snapshot,
    reading: Reading,
    outside: Reading | None,
    *,
    at: datetime,
    earlier: tuple[str, ...] = (),
    measured: Measured | None = None,
) -> Outcome:
    """Judge what was read on the review date against what was frozen and expected: by what its
    design says, where the decision has one."""
    reason, waits = _why_not(decision, snapshot.reading, reading)
    change = None if reason else _moved(snapshot.reading, reading)
    came = None if change is None else has_come(change, decision.expected)
    if measured is not None and not reason:
        came, reason = verdict(measured, decision.expected)
        waits = measured.waits
    elsewhere = None
    if outside is not None and snapshot.outside is not None:
        elsewhere = _moved(snapshot.outside, outside)
    return Outcome(
        measured_at=at,
        reading=reading,
        change=change,
        has_come=came,
        reason=reason,
        waits=waits,
        outside=outside,
        outside_change=elsewhere,
        earlier=earlier,
        measured=measured,
    )


_QUIET = timedelta(days=7)  # a week in which nothing happens is quiet, a longer one is missing


def _why_not(decision: Decision, then: Reading, now: Reading) -> tuple[str, bool]:
    """Return why it cannot be told, "" if it can, and whether later data may still tell."""
    if not _reaches(decision.needed_to, now):
        reach = f"reach to {now.reaches}" if now.reaches else "hold nothing"
        return f"The data {reach}; they are needed to {decision.needed_to}.", True
    if now.value is None:
        return " ".join(("The metric cannot be had for this population.", *now.notes)), False
    if then.value is None:
        return "There was no value on the day of the decision to compare with.", False
    if then.currency != now.currency:
        was, becomes = then.currency or "none", now.currency or "none"
        return f"The reporting currency has changed from {was} to {becomes}.", False
    return "", False


def _reaches(day: date, reading: Reading) -> bool:
    """Do the data reach `day`? Few things happen on a Sunday: a quiet week before it will do,
    as long as Wald was told of it after the day was over."""
    if reading.reaches is None:
        return False
    if reading.reaches >= day:
        return True
    told_after = reading.loaded_at is not None and reading.loaded_at.date() > day
    return told_after and reading.reaches >= day - _QUIET


def _moved(then: Reading, now: Reading) -> Decimal | None:
    if then.value is None or now.value is None or then.currency != now.currency:
        return None
    return now.value - then.value
