"""What is owed for work done and not earned yet, at the end of a period, and how far off it was.

On facts as they are known now, with the credits up to the period's last day; what was to come is
told from each person's own twelve months before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest

from wald.facts.settings import calendar_of
from wald.heart.compensation.accrual import Accrued, accrued, shifted
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.fold import Stretch
from wald.heart.compensation.inputs import Known
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units, rounded
from wald.kernel.period import Calendar, Grain, Period, grain_of, period_of, periods
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.queries.accounting import booked_period
from wald.queries.pay_basis import basis_now
from wald.queries.pay_deeds import rates_of
from wald.queries.pay_reading import Reading, Span, read
from wald.records.stores.settings import load_settings

Told = Callable[[str, int, int | None], None]
_PAST_MONTHS = 12
_EARLIER = 4  # periods whose accruals are compared with what came
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PersonAccrual:
    """One component of one person, in the currency of their plan; amounts are rounded.

    `booked`: what is accrued, in the currency of the books.
    """

    person_id: str
    component: str
    window: Period
    currency: str
    expected: Decimal
    recognised: Decimal
    earned: Decimal
    accrued: Decimal
    low: Decimal
    high: Decimal
    booked: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class Track:
    """An earlier period: what was accrued at its end, what would have been right, knowing what
    came; and the same of the pay of the whole windows that were open. `lines`: by person and
    component what was accrued."""

    period: Period
    accrued: Decimal
    right: Decimal
    expected: Decimal
    came: Decimal
    lines: tuple[tuple[str, str, Decimal], ...] = ()

    @property
    def error(self) -> Decimal:
        return self.accrued - self.right

    @property
    def share(self) -> Decimal | None:
        """The error over the pay of the windows; None of nothing."""
        return self.error / self.came if self.came else None


@dataclass(frozen=True, slots=True)
class Accruals:
    """`low` and `high` of the total: the sums of people's, so wider than luck alone would be."""

    period: Period
    currency: str
    people: tuple[PersonAccrual, ...]
    names: Mapping[str, str]
    accrued: Decimal
    low: Decimal
    high: Decimal
    by_component: tuple[tuple[str, Decimal], ...]
    earlier: tuple[Track, ...]
    left_out: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _One:
    """A chain of a person, with everything that is known of them."""

    person_id: str
    currency: str
    chain: tuple[Stretch, ...]
    known: Known


def accruals(
    *,
    actor: Actor,
    workspace: Workspace,
    period: str,
    at: datetime,
    currency: str = "",
    told: Told = lambda step, done, total: None,
) -> Accruals:
    """Return accruals at the end of a period, in `currency` ("": the reporting one).

    Raises BadInput for a period that is none.
    """
    actor.must("pay.read_all")
    days = booked_period(workspace, period)
    settings = load_settings(database=workspace.database)
    calendar = calendar_of(settings)
    wanted = currency or settings.currency or ""
    before = _before(calendar, days, period)
    told("Reading plans, people and credits", 0, None)
    reading = _reading(workspace, calendar, [*before, days], at)
    ones = list(_ones(reading))
    wanted = wanted or next((one.currency for one in ones), "EUR")
    rate = _rates(workspace, wanted)
    found: list[PersonAccrual] = []
    for done, one in enumerate(ones):
        told("Computing accruals", done, len(ones))
        found += _of(one, days.end, calendar)
    foreign = sorted({one.currency for one in ones if rate(one.currency, days.last_day) is None})
    people = tuple(
        replace(one, booked=_converted(one.accrued, rate(one.currency, days.last_day), wanted))
        for one in found
        if one.currency not in foreign
    )

    def whole(amount: Callable[[PersonAccrual], Decimal]) -> Decimal:
        parts = (
            _converted(amount(one), rate(one.currency, days.last_day), wanted) for one in people
        )
        return sum(parts, _ZERO)

    keys = dict.fromkeys(one.component for one in people)
    told("Comparing with what came", 0, None)
    return Accruals(
        period=days,
        currency=wanted,
        people=people,
        names=reading.names,
        accrued=sum((one.booked for one in people), _ZERO),
        low=whole(lambda one: one.low),
        high=whole(lambda one: one.high),
        by_component=tuple(
            (key, sum((one.booked for one in people if one.component == key), _ZERO))
            for key in keys
        ),
        earlier=tuple(_track(one, ones, calendar, rate, wanted) for one in before),
        left_out=tuple(_left_out(reading, foreign, wanted, days.last_day)),
    )


def _before(calendar: Calendar, days: Period, text: str) -> list[Period]:
    """Return the periods of the same kind before one, oldest first."""
    grain = grain_of(text) or Grain.MONTH
    start = days.start - timedelta(days=days.days * (_EARLIER + 1))
    return list(periods(calendar, grain, start, days.start))[-_EARLIER:]


def _reading(
    workspace: Workspace, calendar: Calendar, ends: Sequence[Period], at: datetime
) -> Reading:
    """Read from a year before the first of the periods to the end of the year of the last."""
    first = _year(calendar, ends[0].start - timedelta(days=366)).start
    year = _year(calendar, ends[-1].last_day)
    basis = basis_now(workspace, last_day=ends[-1].last_day, at=at)
    return read(workspace, basis, Span(year, first, first), with_credits=True)


def _year(calendar: Calendar, day: date) -> Period:
    return period_of(calendar, Grain.YEAR, day)


def _ones(reading: Reading) -> Iterator[_One]:
    for person, payee in sorted(reading.payees.items()):
        for chain in payee.chains:
            yield _One(person, chain[-1].plan.currency, chain, reading.known[person])


def _of(one: _One, on: date, calendar: Calendar) -> Iterator[PersonAccrual]:
    year = _year(calendar, on - timedelta(days=1))
    chain = _in(one.chain, year)
    if not chain:
        return
    known = _up_to(one.known, on)
    scenarios = _scenarios(one.person_id, known, calendar, year, on)
    digits = minor_units(one.currency)
    for found in accrued(one.person_id, chain, known, scenarios, calendar, on):
        yield _rounded(found, one.currency, digits)


def _rounded(found: Accrued, currency: str, digits: int) -> PersonAccrual:
    return PersonAccrual(
        found.person_id,
        found.component,
        found.window,
        currency,
        _money(found.expected, digits),
        _money(found.recognised, digits),
        _money(found.earned, digits),
        _money(found.accrued, digits),
        _money(found.low, digits),
        _money(found.high, digits),
    )


def _in(chain: Sequence[Stretch], year: Period) -> tuple[Stretch, ...]:
    """Return the stretches of a fiscal year: counters begin with it."""
    return tuple(one for one in chain if one.days.start in year)


def _up_to(known: Known, on: date) -> Known:
    return replace(
        known,
        all_credits=tuple(one for one in known.all_credits if one.credited_on < on),
        of_version={
            version: tuple(one for one in credits if one.credited_on < on)
            for version, credits in known.of_version.items()
        },
    )


def _scenarios(
    person_id: str, known: Known, calendar: Calendar, year: Period, on: date
) -> list[tuple[Credit, ...]]:
    """Return what may come after `on`, rule by rule as the months before were, expected first."""
    ahead = list(periods(calendar, Grain.MONTH, on, year.end)) if on < year.end else []
    past = list(periods(calendar, Grain.MONTH, on - timedelta(days=366), on))[-_PAST_MONTHS:]
    by_rule: dict[str, list[Credit]] = {}
    for credit in known.all_credits:
        by_rule.setdefault(credit.rule, []).append(credit)
    found: list[list[tuple[Credit, ...]]] = []
    for rule, credits in sorted(by_rule.items()):
        first = min(one.credited_on for one in credits)
        months = [
            sum((one.amount for one in credits if one.credited_on in month), _ZERO)
            for month in past
            if first < month.end
        ]
        like = max(credits, key=lambda one: (one.credited_on, one.credit_id))
        found.append(
            [
                tuple(replace(one, rule=rule, kind=like.kind, row=like.row) for one in scenario)
                for scenario in shifted(months, ahead, person_id=person_id)
            ]
        )
    return [
        tuple(one for scenario in together for one in scenario)
        for together in zip_longest(*found, fillvalue=())
    ]


def _track(
    period: Period,
    ones: Sequence[_One],
    calendar: Calendar,
    rate: Callable[[str, date], Decimal | None],
    currency: str,
) -> Track:
    """Compare what an earlier period accrued and expected with what is known now to be right."""
    sums = [_ZERO, _ZERO, _ZERO]
    lines = []
    year = _year(calendar, period.last_day)
    for one in ones:
        chain, factor = _in(one.chain, year), rate(one.currency, period.last_day)
        if not chain or factor is None:
            continue
        known = _up_to(one.known, period.end)
        mean = _scenarios(one.person_id, known, calendar, year, period.end)[:1]
        found = accrued(one.person_id, chain, known, mean, calendar, period.end)
        came = accrued(one.person_id, chain, one.known, (), calendar, period.end)
        for told in found:
            amount = _converted(told.accrued, factor, currency)
            lines.append((one.person_id, told.component, amount))
            sums[0] += _converted(told.expected, factor, currency)
        for told in came:
            sums[1] += _converted(told.accrued, factor, currency)
            sums[2] += _converted(told.expected, factor, currency)
    whole = sum((amount for _, _, amount in lines), _ZERO)
    return Track(period, whole, sums[1], sums[0], sums[2], tuple(lines))


def _converted(amount: Decimal, factor: Decimal | None, currency: str) -> Decimal:
    return _money(amount * (factor or _ZERO), minor_units(currency))


def _money(amount: Decimal, digits: int) -> Decimal:
    """Round an amount; there is no minus before zero."""
    return rounded(amount, digits) + _ZERO


def _rates(workspace: Workspace, currency: str) -> Callable[[str, date], Decimal | None]:
    rate = rates_of(workspace, currency)
    return lambda given, on: Decimal(1) if given == currency else rate(given, on)


def _left_out(
    reading: Reading, foreign: Sequence[str], currency: str, on: date
) -> Iterator[Problem]:
    yield from reading.problems
    for one in foreign:
        what = f"there is no rate from {one} to {currency} on {on}"
        yield Problem(f"people paid in {one}", what, "load exchange rates")
