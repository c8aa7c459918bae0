"""Random plans, people and credits to try the laws of compensation on.

Every component has a strategy of sound terms here; one without a strategy fails the tests. The
component under trial stands behind a commission of 10 % and a reward of 2 % on renewals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeVar, get_type_hints

from hypothesis import strategies as st

from wald.heart.compensation.bands import Method
from wald.heart.compensation.component import components
from wald.heart.compensation.components import (
    accelerator,
    cap,
    clawback,
    contest,
    draw,
    flat_rate,
    floor,
    gate,
    goal_bonus,
    guarantee,
    hold,
    manager_override,
    margin_rate,
    matrix,
    multiplier,
    objectives,
    payout_curve,
    scorecard,
    spiff,
    tiered_rate,
)
from wald.heart.compensation.credit import Credit, Event
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known, Quota, Score
from wald.heart.compensation.plan import Entry, Every, MeasureRule, Pays, Plan, Rounding, Step
from wald.heart.compensation.spans import payout_period
from wald.kernel.period import Period, months_calendar

T = TypeVar("T")
Of = st.SearchStrategy
CALENDAR = months_calendar()
ME = "max"
START, END = date(2026, 1, 1), date(2026, 7, 1)
FIRST = "2026"

MEASURES = (
    MeasureRule("revenue", where="event <> 'paid'", quota="bookings"),
    MeasureRule("sales", where="event = 'booked'", quota="bookings"),
    MeasureRule("cancelled", where="event = 'cancelled'"),
    MeasureRule("cash", where="event = 'paid'"),
    MeasureRule("renewals", where="type = 'renewal' AND event <> 'paid'", quota="bookings"),
    MeasureRule("units", value="quantity", where="event <> 'paid'"),
    MeasureRule("margin", value="amount - cost", where="event <> 'paid'", quota="bookings"),
)
_OWN_MEASURE = {"clawback": "sales", "hold": "revenue", "spiff": "units"}


def share(low: str = "0", high: str = "1") -> Of[Decimal]:
    return _steps_of(low, high, 3)


def money(low: str = "0.01", high: str = "3000") -> Of[Decimal]:
    return _steps_of(low, high, 2)


def _steps_of(low: str, high: str, places: int) -> Of[Decimal]:
    bounds = [int(Decimal(bound).scaleb(places)) for bound in (low, high)]
    return st.integers(*bounds).map(lambda n: Decimal(n).scaleb(-places))


def terms_of(kind: type[T], **own: Of[object]) -> Of[T]:
    """Build terms from their fields: switches take every value, the rest must be given."""
    hints = get_type_hints(kind)
    assert is_dataclass(kind)
    built: dict[str, Of[object]] = {}
    for one in fields(kind):
        hint = hints[one.name]
        if one.name in own:
            built[one.name] = own[one.name]
        elif isinstance(hint, type) and issubclass(hint, Enum):
            built[one.name] = st.sampled_from(hint)
        else:
            assert hint is bool, f"say what {kind.__name__}.{one.name} may be"
            built[one.name] = st.booleans()
    return st.builds(kind, **built)


def rising(low: str, high: str, *, at_zero: bool, most: int = 3) -> Of[list[Decimal]]:
    """Bounds that rise; the first at zero where bands must cover the first sale."""
    found = st.lists(share("0.001", high), min_size=0 if at_zero else 1, max_size=most, unique=True)
    floor_ = Decimal(low)
    return found.map(lambda xs: ([floor_] if at_zero else []) + sorted(x + floor_ for x in xs))


def steps(
    kind: Callable[..., T], bounds: Of[list[Decimal]], values: Of[Decimal]
) -> Of[tuple[T, ...]]:
    """Pair rising bounds with values that never fall."""
    return bounds.flatmap(
        lambda xs: st.lists(values, min_size=len(xs), max_size=len(xs)).map(
            lambda ys: tuple(kind(x, y) for x, y in zip(xs, sorted(ys), strict=True))
        )
    )


_OF = st.sampled_from([(), ("commission",), ("commission", "reward")])
_COUNT = st.none() | st.integers(1, 4)


def _sound(strategy: Of[T], key: str) -> Of[T]:
    return strategy.filter(lambda terms: not list(components()[key].check(terms)))


def _matrix() -> Of[matrix.Matrix]:
    def rows(columns: list[Decimal]) -> Of[tuple[matrix.Row, ...]]:
        n = len(columns)
        cells = st.lists(share(), min_size=3 * n, max_size=3 * n).map(sorted)
        return st.tuples(rising("0", "2", at_zero=True, most=2), cells).map(
            lambda found: tuple(
                matrix.Row(start, tuple(found[1][i * n + k] for k in range(n)))
                for i, start in enumerate(found[0])
            )
        )

    return rising("0", "2", at_zero=True, most=2).flatmap(
        lambda columns: terms_of(
            matrix.Matrix,
            column_measure=st.just("renewals"),
            columns=st.just(tuple(columns)),
            rows=rows(columns),
        )
    )


def _rising_rows(terms: matrix.Matrix) -> matrix.Matrix:
    """Let payouts rise down each column too, as sound plans have it."""
    best = [Decimal(0)] * len(terms.columns)
    rows = []
    for row in terms.rows:
        best = [max(a, b) for a, b in zip(best, row.payouts, strict=True)]
        rows.append(matrix.Row(row.starts_at, tuple(best)))
    return replace(terms, rows=tuple(rows))


TERMS: Mapping[str, Of[object]] = {
    "flat_rate": terms_of(flat_rate.FlatRate, rate=share()),
    "tiered_rate": terms_of(
        tiered_rate.TieredRate,
        tiers=steps(tiered_rate.Tier, rising("0", "2", at_zero=True), share()),
    ),
    "accelerator": terms_of(
        accelerator.Accelerator,
        rate=share(),
        steps=steps(accelerator.Step, rising("0", "2", at_zero=False), share("1", "3")),
    ),
    "payout_curve": terms_of(
        payout_curve.PayoutCurve,
        points=steps(payout_curve.Point, rising("0", "2", at_zero=False), share("0", "3")),
        weight=share("0.001"),
        slope_beyond=share("0", "3"),
    ),
    "multiplier": terms_of(
        multiplier.Multiplier,
        of=st.sampled_from([("commission",), ("commission", "reward")]),
        steps=steps(multiplier.Step, rising("0", "2", at_zero=True), share("0", "3")),
        method=st.sampled_from([Method.WHOLE, Method.INTERPOLATED]),
    ),
    "matrix": _matrix().map(_rising_rows),
    "scorecard": st.builds(
        lambda a, low, high: scorecard.Scorecard(
            (
                scorecard.Item("revenue", a, low, low + high),
                scorecard.Item("renewals", 1 - a),
            )
        ),
        share("0.001", "0.999"),
        share(),
        share("0.001", "2"),
    ),
    "objectives": st.builds(
        lambda a, low: objectives.Objectives(
            (objectives.Objective("forecast", a, low), objectives.Objective("references", 1 - a))
        ),
        share("0.001", "0.999"),
        share(),
    ),
    "goal_bonus": terms_of(goal_bonus.GoalBonus, amount=money(), reaches=share("0.001", "2")),
    "spiff": _sound(
        terms_of(
            spiff.Spiff, amount=money(), at_least=st.sampled_from([Decimal(0), Decimal("2.5")])
        ),
        "spiff",
    ),
    "contest": terms_of(
        contest.Contest,
        prizes=st.lists(money(), min_size=1, max_size=3).map(
            lambda xs: tuple(sorted(xs, reverse=True))
        ),
        at_least=st.just(Decimal(0)) | money(),
    ),
    "draw": _sound(
        terms_of(
            draw.Draw,
            amount=money(),
            share=st.just(Decimal(1)) | share("0.001"),
            within=_COUNT,
            lasts=_COUNT,
            of=_OF,
        ),
        "draw",
    ),
    "guarantee": terms_of(guarantee.Guarantee, amount=money(), lasts=_COUNT, of=_OF),
    "cap": _sound(
        terms_of(
            cap.Cap,
            amount=st.none() | money(),
            times_target=st.none() | share("0.001", "3"),
            of=st.just(("commission",)) | _OF,
        ),
        "cap",
    ),
    "floor": terms_of(floor.Floor, amount=st.just(Decimal(0)) | money(), of=_OF),
    "gate": _sound(
        terms_of(
            gate.Gate,
            opens_at=share("0.001", "2"),
            component=st.sampled_from(["", "reward"]),
            of=st.sampled_from([(), ("commission",)]),
        ),
        "gate",
    ),
    "clawback": _sound(
        terms_of(
            clawback.Clawback,
            cancelled=st.just("cancelled"),
            within=st.none() | st.integers(1, 120),
            of=st.just(("commission",)),
        ),
        "clawback",
    ),
    "hold": terms_of(hold.Hold, collected=st.just("cash"), of=st.just(("commission",))),
    "margin_rate": terms_of(
        margin_rate.MarginRate,
        margin=st.just("margin"),
        bands=steps(
            margin_rate.Band,
            st.booleans().flatmap(lambda zero: rising("0", "1", at_zero=zero)),
            share(),
        ).filter(lambda bands: all(band.starts_at <= 1 for band in bands)),
    ),
    "manager_override": _sound(
        terms_of(
            manager_override.ManagerOverride,
            rate=share(),
            starts_at=st.just(Decimal(0)) | share("0.001", "2"),
        ),
        "manager_override",
    ),
}
EVERY = [
    (Every.MONTH, Every.MONTH),
    (Every.MONTH, Every.QUARTER),
    (Every.MONTH, Every.YEAR),
    (Every.MONTH, Every.NEVER),
    (Every.QUARTER, Every.QUARTER),
    (Every.QUARTER, Every.YEAR),
]


@dataclass(frozen=True, slots=True)
class Scene:
    entry: Entry
    stretches: tuple[Stretch, ...]
    known: Known

    @property
    def terms(self) -> object:
        return self.entry.terms

    def folded(self) -> list[PeriodPay]:
        return list(fold(ME, self.stretches, self.known, CALENDAR))

    def with_credits(self, credits: Sequence[Credit]) -> "Scene":
        others = {**self.known.field_of, ME: tuple(credits)}
        known = replace(self.known, all_credits=tuple(credits), field_of=others)
        return replace(self, known=known)


@st.composite
def credits(draw: st.DrawFn, *, only_sales: bool = False, most: int = 8) -> tuple[Credit, ...]:
    """Credits of a few deals: booked, cancelled, paid."""
    events = st.sampled_from([Event.BOOKED] * 3 + [Event.PAID] + [Event.CANCELLED] * 2)
    found = []
    for i in range(draw(st.integers(0, most))):
        event = draw(st.just(Event.BOOKED) if only_sales else events)
        found.append(credit(draw, f"c{i}", draw(st.sampled_from("ABCD")), event))
    return tuple(found)


def credit(draw: st.DrawFn, key: str, deal: str, event: Event) -> Credit:
    sign = -1 if event is Event.CANCELLED else 1
    amount = sign * draw(money("0.01", "9999"))
    return Credit(
        key,
        ME,
        deal,
        START + timedelta(days=draw(st.integers(0, (END - START).days - 1))),
        amount,
        draw(st.sampled_from([Decimal(1), Decimal("0.5")])),
        event=event,
        row={
            "quantity": Decimal(sign * draw(st.integers(1, 5))),
            "cost": sign * draw(money("0.01", "9999")),
            "type": draw(st.sampled_from(["new", "renewal"])),
        },
    )


@st.composite
def scenes(
    draw: st.DrawFn, key: str, *, only_sales: bool = False, step: Step | None = None
) -> Scene:
    """One component with random sound terms in a plan, and somebody with random credits."""
    every, resets = draw(st.sampled_from(EVERY))
    component = components()[key]
    terms = draw(TERMS[key])
    measure = _OWN_MEASURE.get(key, "revenue")
    entry = Entry(key, key, terms, measure, "", every, resets, draw(st.sampled_from(Pays)))
    before = "sales" if key == "clawback" else "revenue"
    plan = Plan(
        "trial",
        "EUR",
        (
            Entry("commission", "flat_rate", flat_rate.FlatRate(Decimal("0.1")), before),
            Entry("reward", "flat_rate", flat_rate.FlatRate(Decimal("0.02")), "renewals"),
            entry,
        ),
        MEASURES,
        target_incentive=draw(st.none() | money()),
        rounding=Rounding(step or draw(st.sampled_from(Step)), None, draw(st.booleans())),
    )
    assert list(component.check(terms)) == []
    own = draw(credits(only_sales=only_sales))
    kim = [replace(one, person_id="kim") for one in draw(credits(most=2))]
    year = Period(START, date(2027, 1, 1), FIRST)
    known = Known(
        own,
        (Quota("q1", year, draw(money("100", "50000"))),),
        all_scores=(Score("forecast", Period(START, END, FIRST), draw(share("0", "1.2"))),),
        field_of={ME: own, "kim": tuple(kim)},
    )
    return Scene(entry, tuple(stretches(draw, plan, only_sales=only_sales)), known)


def stretches(draw: st.DrawFn, plan: Plan, *, only_sales: bool) -> list[Stretch]:
    """Cut the half year into months; a person may join, leave, and get a version in between."""
    day, last = START, END
    version = END
    if not only_sales:
        day += timedelta(days=draw(st.sampled_from([0, 0, 16, 45])))
        last -= timedelta(days=draw(st.sampled_from([0, 0, 12])))
        version -= timedelta(days=draw(st.sampled_from([0, 0, 61, 80])))
    found = []
    while day < last:
        month = payout_period(Every.MONTH, day, CALENDAR)
        end = min(month.end, last, version if day < version else END)
        closes = end == version or (end == last and last != END)
        found.append(Stretch(Period(day, end, month.label), month, plan, closes))
        day = end
    return found
