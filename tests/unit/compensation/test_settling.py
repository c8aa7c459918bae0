"""What one person is paid in one run, row by row: pay, deltas, adjustments, what is withheld."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from tests.paying import CALENDAR, credit, stretches
from wald.facts.settings import Settings
from wald.heart.compensation.components.draw import Draw
from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.deltas import Slot, Step, deltas, earned_in
from wald.heart.compensation.figure import number
from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.inputs import Known, Quota
from wald.heart.compensation.layers import COMPONENT, LAYERS, PAYMENT, PAYOUT
from wald.heart.compensation.paying import (
    Days,
    Outcome,
    Owed,
    Payee,
    Piece,
    differs,
    past_of,
    pasts,
    pays_of,
    settle,
)
from wald.heart.compensation.plan import Entry, MeasureRule, Plan
from wald.heart.compensation.result import Adjustment, Cause, Delta, PersonPay
from wald.heart.compensation.settling import Settled, columns_of, is_paid_in, rows_of
from wald.kernel.period import Period

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
SETTINGS = Settings(calendar="months")
RATE = Entry("commission", "flat_rate", FlatRate(D("0.1")), "revenue")
DRAW = Entry("draw", "draw", Draw(D(100)))
TIERS = Entry("tiers", "tiered_rate", TieredRate((Tier(D(0), D("0.1")),)), "goal")
MEASURES = (MeasureRule("revenue"), MeasureRule("goal", quota="bookings"))
PLAN = Plan("reps", "EUR", (RATE,), MEASURES, version="reps, version 2")
# 100 in January, 200 in February, 300 in March.
CREDITS = [credit(1, JAN, "1000"), credit(2, FEB, "2000"), credit(3, MAR, "3000")]
JANUARY, FEBRUARY, MARCH = stretches(PLAN, JAN, APR)
IN_FEBRUARY = Days(FEB, MAR, JAN)
IN_JANUARY = Days(JAN, FEB, JAN)


def payee(plan: Plan = PLAN, **known: object) -> Payee:
    given = Known(**{"all_credits": CREDITS, **known})  # type: ignore[arg-type]  # by name
    return Payee("max", "EUR", (tuple(stretches(plan, JAN, APR)),), given)


def slot(of: Period, component: str = "commission", currency: str = "EUR") -> Slot:
    return Slot(of, "reps", component, currency)


def settled(owed: Owed, days: Days = IN_FEBRUARY, who: Payee | None = None) -> Outcome:
    (found,) = settle(Piece(((who or payee(), owed),), days, SETTINGS))
    return found


def entries(found: Outcome) -> list[tuple[object, ...]]:
    """Tell payments as entry, period, component, cause, amount."""
    return [(one[2], one[4], one[8], one[9], one[12]) for one in found.rows.get("payment", [])]


PAID_JANUARY = {slot(JANUARY.paid_in): D(100)}


def test_pay_is_of_the_run_in_whose_days_its_period_ends() -> None:
    pays = pays_of(payee(), CALENDAR)
    assert [is_paid_in(pay, FEB, MAR) for pay in pays] == [False, True, False]
    assert [is_paid_in(pay, JAN, APR) for pay in pays] == [True, True, True]
    assert [is_paid_in(pay, FEB, date(2026, 3, 31)) for pay in pays] == [False, True, False]
    assert [is_paid_in(pay, date(2026, 1, 31), FEB) for pay in pays] == [True, False, False]


def test_the_past_is_what_earlier_runs_paid() -> None:
    pays = pays_of(payee(), CALENDAR)
    assert past_of(pays, IN_JANUARY) == {}
    assert past_of(pays, IN_FEBRUARY) == PAID_JANUARY
    assert past_of(pays, Days(APR, APR, FEB)) == {
        slot(FEBRUARY.paid_in): 200,
        slot(MARCH.paid_in): 300,
    }
    piece = Piece(((payee(), Owed()),), IN_FEBRUARY, SETTINGS)
    assert pasts(piece) == {"max": PAID_JANUARY}


def test_slots_of_one_period_are_added_up() -> None:
    pays = pays_of(payee(), CALENDAR)
    assert earned_in([*pays[:1], *pays]) == {
        slot(JANUARY.paid_in): 200,
        slot(FEBRUARY.paid_in): 200,
        slot(MARCH.paid_in): 300,
    }


def test_what_is_worth_the_same_is_no_difference() -> None:
    one, other = slot(JANUARY.paid_in), slot(FEBRUARY.paid_in)
    assert not differs({one: D(5)}, {one: D("5.00")})
    assert not differs({}, {one: D(0)})
    assert not differs({other: D(0)}, {})
    assert differs({one: D(5)}, {one: D(6)})
    assert differs({one: D(5)}, {})
    assert differs({one: D(5)}, {one: D(5), other: D(1)})


def test_the_first_run_pays_its_period() -> None:
    found = settled(Owed(), IN_JANUARY)
    assert (found.past, found.problem) == (None, None)
    assert entries(found) == [("pay", "2026-01", "commission", "", "100")]


def test_a_past_worth_what_was_released_is_settled_at_once() -> None:
    found = settled(Owed(released=PAID_JANUARY))
    assert found.past is None
    assert entries(found) == [("pay", "2026-02", "commission", "", "200")]


def test_a_past_worth_something_else_comes_back() -> None:
    found = settled(Owed(released={slot(JANUARY.paid_in): D(90)}))
    assert (found.past, dict(found.rows), found.problem) == (PAID_JANUARY, {}, None)


def delta(old: str = "90", new: str = "100", **more: object) -> Delta:
    given = {"plan": "reps", "currency": "EUR", **more}
    return Delta(JANUARY.paid_in, "commission", Cause.DATA, D(old), D(new), "late", **given)  # type: ignore[arg-type]  # by name


def test_with_their_deltas_it_is_settled() -> None:
    found = settled(Owed(released={slot(JANUARY.paid_in): D(90)}, deltas=(delta(),)))
    assert entries(found) == [
        ("pay", "2026-02", "commission", "", "200"),
        ("delta", "2026-01", "commission", "data", "10"),
    ]


def adjustment(amount: str = "-5", currency: str = "EUR") -> Adjustment:
    return Adjustment(7, "max", D(amount), currency, "a prize", "ana", "fin", date(2026, 2, 3))


def rows(found: Outcome, layer: str) -> list[tuple[object, ...]]:
    return [tuple(one) for one in found.rows[layer]]


def test_each_entry_of_a_payment_by_its_columns() -> None:
    owed = Owed(PAID_JANUARY, {"EUR": D(3), "USD": D(0)}, (adjustment(),), False, (delta(),))
    found = settled(owed)
    january, february = (JANUARY.paid_in, FEBRUARY.paid_in)
    assert rows(found, "payment") == [
        (
            "max", 0, "pay", "EUR", "2026-02", february.start, february.end, "reps",
            "commission", "", None, None, "200", "",
        ),
        (
            "max", 1, "delta", "EUR", "2026-01", january.start, january.end, "reps",
            "commission", "data", "90", "100", "10", "late",
        ),
        (
            "max", 2, "adjustment", "EUR", "7", date(2026, 2, 3), None, "", "", "", None, None,
            "-5", "",
        ),
        (
            "max", 3, "carried", "EUR", "", None, None, "", "", "", None, None, "3",
            "withheld before",
        ),
    ]  # fmt: skip
    assert len(PAYMENT.columns) == len(rows(found, "payment")[0])


def test_what_is_on_hold_adds_up_to_nothing_and_is_paid_afterwards() -> None:
    owed = Owed(PAID_JANUARY, {"EUR": D(3)}, (adjustment(),), True)
    assert entries(settled(owed)) == [
        ("pay", "2026-02", "commission", "", "200"),
        ("adjustment", "7", "", "", "-5"),
        ("withheld", "", "", "", "-195"),
    ]
    nothing = settled(
        Owed(PAID_JANUARY, {}, (adjustment("-200"),), True), IN_FEBRUARY
    )  # 200 - 200: nothing to withhold
    assert [one[0] for one in entries(nothing)] == ["pay", "adjustment"]
    assert [one[0] for one in entries(settled(Owed(PAID_JANUARY, {"EUR": D(0)})))] == ["pay"]


def settled_by_hand(**more: object) -> Settled:
    pays = tuple(pays_of(payee(), CALENDAR)[1:2])
    given = {"deltas": (delta(),), "adjustments": (adjustment(),), "carried": D(3), **more}
    return Settled("max", "EUR", pays, **given)  # type: ignore[arg-type]  # by name


def test_what_is_due_and_what_is_paid() -> None:
    assert (settled_by_hand().due, settled_by_hand().paid) == (205, 208)
    held = settled_by_hand(is_withheld=True)
    assert (held.due, held.paid) == (205, 0)
    assert sum(D(str(row[12])) for row in rows_of([held])["payment"]) == 0
    assert sum(D(str(row[12])) for row in rows_of([settled_by_hand()])["payment"]) == 208


def test_the_layers_of_components_and_lines() -> None:
    """2,000 at 10 % in February, and a draw of 300 advances the 100 that are missing."""
    plan = replace(PLAN, components=(RATE, replace(DRAW, terms=Draw(D(300)))))
    found = rows_of([Settled("max", "EUR", _pays(plan)[1:2])]).values()
    component, payout, payment = found
    days = (FEB, MAR)
    assert component == [
        (
            "max", "reps, version 2", "2026-02", *days, 0, "commission", "flat_rate", "2000",
            "3000", None, "200", "",
        ),
        ("max", "reps, version 2", "2026-02", *days, 1, "draw", "draw", None, None, None, "100",
         '{"owed": "300"}'),
    ]  # fmt: skip
    assert [(*one[:8], *one[9:]) for one in payout] == [
        ("max", "reps, version 2", *days, 0, "commission", 0, "", "2000", "0.1", "200"),
        ("max", "reps, version 2", *days, 1, "draw", 0, "advance", "100", "1", "100"),
    ]
    assert [(one[1], one[8], one[12]) for one in payment] == [
        (0, "commission", "200"),
        (1, "draw", "100"),
    ]
    assert len(COMPONENT.columns) == len(component[0])
    assert len(PAYOUT.columns) == len(payout[0])


def _pays(plan: Plan, **known: object) -> tuple[PeriodPay, ...]:
    return pays_of(payee(plan, **known), CALENDAR)


def test_a_plan_without_a_version_is_told_by_its_key_and_a_quota_stands_beside() -> None:
    plan = replace(PLAN, components=(TIERS,), version="")
    quotas = (Quota("q", Period(JAN, date(2027, 1, 1), "2026"), D(12_000)),)
    found = rows_of([Settled("max", "EUR", _pays(plan, quotas=quotas)[:1])])
    assert [(row[1], row[10], row[11]) for row in found["component"]] == [("reps", "12000", "100")]
    assert [row[1] for row in found["payout"]] == ["reps"]


def test_columns_have_the_names_of_the_layer() -> None:
    found = columns_of("payment", rows_of([settled_by_hand()])["payment"])
    assert list(found) == list(LAYERS["payment"].columns)
    assert found["amount"] == ["200", "10", "-5", "3"]
    assert columns_of("payment", []) == {name: [] for name in LAYERS["payment"].columns}


# Who cannot be paid on attainment, because there is no quota from February on.
ON_QUOTA = replace(PLAN, components=(replace(TIERS, resets=RATE.every),))
ONLY_JANUARY = (Quota("q", JANUARY.days, D(1000)),)


def test_what_cannot_be_computed_is_told_and_the_rest_of_the_pay_stands() -> None:
    who = payee(ON_QUOTA, quotas=ONLY_JANUARY)
    released = {slot(JANUARY.paid_in, "tiers"): D(100)}
    owed = Owed(released, {}, (adjustment(),))
    found = settled(owed, Days(FEB, APR, JAN), who)
    assert found.problem is not None
    assert found.problem.where == "person max"
    assert "no quota above zero for goal from 2026-02-01 to 2026-02-28" in found.problem.what
    assert not found.problem.what.endswith(".")
    assert entries(found) == [("adjustment", "7", "", "", "-5")]
    for nothing in (Owed(released), Owed(released, is_withheld=True)):
        assert not settled(nothing, Days(FEB, APR, JAN), who).rows
    carried = settled(Owed(released, {"EUR": D(3)}), Days(FEB, APR, JAN), who)
    assert entries(carried) == [("carried", "", "", "", "3")]
    with_delta = settled(Owed(released, deltas=(delta(),)), Days(FEB, APR, JAN), who)
    assert [one[0] for one in entries(with_delta)] == ["delta"]
    whole = settled(Owed(), Days(JAN, APR, JAN), who)
    assert entries(whole) == [("pay", "2026-01", "tiers", "", "100")]


def test_who_was_paid_and_cannot_be_computed_any_more_is_left_out() -> None:
    who = payee(ON_QUOTA)
    found = settled(Owed({slot(JANUARY.paid_in, "tiers"): D(100)}), IN_FEBRUARY, who)
    assert found.problem is not None
    assert found.problem.what.startswith("what was paid for 2026-01 cannot be computed any more: ")
    assert not found.rows
    zero = settled(Owed({slot(JANUARY.paid_in, "tiers"): D(0)}), IN_FEBRUARY, who)
    assert zero.problem is not None
    assert "any more" not in zero.problem.what


def by_currency(found: Outcome) -> list[tuple[object, ...]]:
    """Tell payments as place, currency, entry, component, amount."""
    return [(one[1], one[3], one[2], one[8], one[12]) for one in found.rows.get("payment", [])]


def in_currencies(found: Outcome) -> list[tuple[object, ...]]:
    """Tell payments as place, entry, currency, amount."""
    assert found.problem is None
    return [(one[1], one[2], one[3], one[12]) for one in found.rows["payment"]]


def test_what_is_owed_in_another_currency_is_a_payment_of_its_own() -> None:
    found = settled(Owed(PAID_JANUARY, {}, (adjustment("9", "USD"), adjustment())))
    assert in_currencies(found) == [
        (0, "pay", "EUR", "200"),
        (1, "adjustment", "EUR", "-5"),
        (2, "adjustment", "USD", "9"),
    ]


def test_each_part_of_a_delta_is_paid_in_its_own_currency() -> None:
    taken = delta("90", "0")
    given = replace(delta("0", "99"), currency="USD")
    unknown = replace(delta("5", "6"), component="old", currency="")
    assert in_currencies(settled(Owed(deltas=(given, taken, unknown)))) == [
        (0, "pay", "EUR", "200"),
        (1, "delta", "EUR", "-90"),
        (2, "delta", "EUR", "1"),
        (3, "delta", "USD", "99"),
    ]


def test_pay_of_another_currency_and_what_was_withheld_in_it() -> None:
    dollars = replace(PLAN, currency="USD")
    assert in_currencies(settled(Owed(), IN_JANUARY, payee(dollars))) == [(0, "pay", "USD", "100")]
    owed = Owed(PAID_JANUARY, {"USD": D(3), "CHF": D(1), "GBP": D(0)})
    assert in_currencies(settled(owed)) == [
        (0, "pay", "EUR", "200"),
        (1, "carried", "CHF", "1"),
        (2, "carried", "USD", "3"),
    ]
    held = Owed(PAID_JANUARY, {"USD": D(3)}, (adjustment("9", "USD"),), True)
    assert in_currencies(settled(held)) == [
        (0, "pay", "EUR", "200"),
        (1, "withheld", "EUR", "-200"),
        (2, "adjustment", "USD", "9"),
        (3, "withheld", "USD", "-9"),
    ]


def test_who_is_owed_nothing_has_rows_without_payments() -> None:
    beyond = Days(date(2027, 1, 1), date(2027, 2, 1), date(2027, 1, 1))
    found = settled(Owed(), beyond)
    assert (found.problem, found.past) == (None, None)
    assert found.rows == {"component": [], "payout": [], "payment": []}


def test_deltas_go_slot_by_slot_and_cause_by_cause() -> None:
    """100 were released: 130 with new data, still with splits, 120 with the plan. A new slot: 5."""
    one, new = slot(JANUARY.paid_in), slot(FEBRUARY.paid_in)
    steps = [
        Step(Cause.DATA, {one: D(130)}, lambda slot: "data"),
        Step(Cause.SPLIT, {one: D(130), new: D(0)}, lambda slot: "splits"),
        Step(Cause.PLAN, {one: D(120), new: D(5)}, lambda slot: f"plan of {slot.component}"),
    ]
    found = deltas({one: D(100)}, steps)
    told = [(d.period.label, d.cause, d.old, d.new, d.amount, d.why) for d in found]
    assert told == [
        ("2026-01", Cause.DATA, 100, 130, 30, "data"),
        ("2026-01", Cause.PLAN, 130, 120, -10, "plan of commission"),
        ("2026-02", Cause.PLAN, 0, 5, 5, "plan of commission"),
    ]
    assert {(d.component, d.plan, d.currency) for d in found} == {("commission", "reps", "EUR")}
    gone = deltas({one: D(100)}, [Step(Cause.HIERARCHY, {}, lambda slot: "moved")])
    assert [(d.old, d.new, d.amount) for d in gone] == [(100, 0, -100)]


def test_a_balance_is_told_in_the_order_of_its_names() -> None:
    (pay,) = pays_of(payee(), CALENDAR)[:1]
    held = {"second": number("2.50"), "first": number(0)}
    told = replace(pay, components=(replace(pay.components[0], balance=held),))
    rows = rows_of([Settled("max", "EUR", (told,))])["component"]
    assert rows[0][12] == '{"first": "0", "second": "2.5"}'


def test_pay_that_says_nothing_else_was_never_paid_before_nor_withheld() -> None:
    pay = PersonPay("max", "Max", 0, JANUARY.days, "EUR", (), ())
    assert (pay.paid_before, pay.carried, pay.is_withheld, pay.paid) == (0, 0, False, None)


def test_a_payment_in_another_currency_than_the_first_stands_beside_it() -> None:
    pay = PersonPay("max", "Max", 0, JANUARY.days, "EUR", (), ())
    assert not pay.is_beside
    assert not replace(pay, currencies=("EUR",)).is_beside
    assert not replace(pay, currencies=("EUR", "USD")).is_beside
    assert replace(pay, currency="USD", currencies=("EUR", "USD")).is_beside
