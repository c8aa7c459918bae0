"""Pay that is followed exactly is what the fold pays, at every attainment and beyond the last bend;
what is said of deals that are moved or split holds against tries."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_lint_curve import plan_with
from wald.heart.compensation.component import components
from wald.heart.compensation.components.cap import Cap, Excess
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.lint.bench import Bench, Margins, Sale, bench_for
from wald.heart.compensation.lint.finding import Finding, Verdict
from wald.heart.compensation.lint.form import Form, NotFollowed, at, fixed, rising
from wald.heart.compensation.lint.parts import highest, less, lowest, value_at
from wald.heart.compensation.lint.run import MARGIN, lint
from wald.heart.compensation.lint.tested import Tested as Looked
from wald.heart.compensation.plan import Entry, Every, MeasureRule, Plan

D = Decimal
UNFOLLOWED = {"contest"}  # what others sell is no number of one's own
attained = st.decimals(0, 9, places=4)


def looked_at(plan: Plan) -> Looked:
    return Looked(bench_for(plan, quota=None, margins=Margins(MARGIN)))


ALL = {key: looked_at(plan_with(key)) for key in components() if key not in UNFOLLOWED}


@pytest.mark.parametrize("key", ALL)
@settings(max_examples=8, deadline=None)
@given(x=attained)
def test_what_is_followed_is_what_the_fold_pays(key: str, x: D) -> None:
    followed = value_at(ALL[key].parts().parts, Fraction(x))
    paid = ALL[key].bench.at(x)
    near = {ALL[key].bench.at(max(x + d, D(0))) for d in (D("-0.0001"), D("0.0001"))}
    # Sales of a month are cut to a millionth: exactly on a bound the fold may be just below it.
    assert any(abs(followed - Fraction(one)) < Fraction(100) for one in {paid, *near})
    if value_is_smooth(ALL[key], Fraction(x)):
        assert abs(followed - Fraction(paid)) < Fraction(1, 100)


def value_is_smooth(one: Looked, x: Fraction) -> bool:
    return all(abs(part.start - x) > Fraction(1, 1000) for part in one.parts().parts)


def test_a_contest_is_tried_and_says_at_how_many_points() -> None:
    found = lint(plan_with("contest"))
    (falling,) = [one for one in found if one.rule == "falling"]
    assert falling.verdict is Verdict.TRIED
    assert falling.points > 10
    assert falling.certainty == f"tried at {falling.points} points"
    with pytest.raises(NotFollowed):
        looked_at(plan_with("contest")).parts()


def capped(excess: Excess) -> Plan:
    tiers = TieredRate((Tier(D(0), D("0.05")), Tier(D(5), D("0.10"))))
    return Plan(
        "x", "EUR",
        (Entry("one", "tiered_rate", tiers, "revenue"),
         Entry("most", "cap", Cap(D(70_000), excess=excess), every=Every.YEAR)),
        (MeasureRule("revenue", yearly_quota=D(100_000)),),
    )  # fmt: skip


def test_a_cap_far_above_is_found_where_it_is() -> None:
    """5 x 5,000 = 25,000 up to 500 %, then 10,000 a quota: 70,000 is reached at 950 %."""
    parts = looked_at(capped(Excess.LOST)).parts().parts
    assert [part.start for part in parts] == [0, 5, Fraction(19, 2)]
    assert [part.slope(part.start) for part in parts] == [5000, 10_000, 0]
    assert parts[-1].end is None


def verdict(plan: Plan, rule: str) -> Finding:
    return next(one for one in lint(plan) if one.rule == rule)


def test_what_is_carried_over_the_end_is_only_tried() -> None:
    assert verdict(capped(Excess.CARRIED), "timing").certainty.startswith("tried at ")
    assert verdict(capped(Excess.LOST), "timing").certainty != verdict(
        capped(Excess.CARRIED), "timing"
    ).certainty  # fmt: skip


TIERS = replace(plan_with("tiered_rate"), components=plan_with("tiered_rate").components[1:])
MOST = D(verdict(TIERS, "timing").numbers["gain"].replace(",", ""))


@settings(max_examples=8, deadline=None)
@given(before=st.decimals(0, 3, places=2), after=st.decimals(0, 3, places=2))
def test_no_deal_moved_gains_more_than_is_said(before: D, after: D) -> None:
    """5 % below the quota and 8 % above: 3 % of a deal of 120,000 is 3,600."""
    most, bench = MOST, looked_at(TIERS).bench
    size = bench.quota / 10
    assert most == size * D("0.03")
    steady = (*bench.steady(before), *bench.steady(after, year=2027))
    now, later = (
        bench.total((*steady, Sale(day, size, deal="it")), years=2)
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    )
    assert abs(now - later) <= most + D("0.01")


def rates(below: str, above: str) -> Plan:
    """A rate up to a quota of 1,000,000 and another beyond it; at the quota the target is paid."""
    tiers = TieredRate((Tier(D(0), D(below)), Tier(D(1), D(above))))
    entry = Entry("one", "tiered_rate", tiers, "revenue")
    measure = MeasureRule("revenue", quota="bookings")
    return Plan("x", "EUR", (entry,), (measure,), target_incentive=D(below) * 1_000_000)


def test_timing_says_for_deals_of_which_sizes_it_is_proved() -> None:
    """A tenth of the quota, and the whole of it, which leads from nothing to the bend. A deal of
    100,000 pays 3 % of it more beyond the quota."""
    found = verdict(rates("0.05", "0.08"), "timing")
    assert found.certainty == "proved"
    assert not found.is_warning
    assert "the most, for deals of 100,000.00 and 1,000,000.00, whatever was sold" in found.sentence
    assert found.numbers["gain"] == "3,000.00"
    assert found.numbers["gain_allowed"] == "5,000.00"


def test_timing_refutes_with_the_smallest_deal() -> None:
    """2 % below and 20 % above: 18 % of a deal come to a tenth of the target of 20,000, which is
    2,000, from 11,111.11 on. A hundred thousand is halved six times: to 1,562.50."""
    found = verdict(rates("0.02", "0.20"), "timing")
    assert found.verdict is Verdict.REFUTED
    deal = D(found.numbers["deal"].replace(",", ""))
    assert D("11111.11") < deal < D("11111.11") + 1563
    assert D(found.numbers["gain"].replace(",", "")) == pytest.approx(deal * D("0.18"), abs=1)


SILENT = looked_at(rates("0.05", "0.08"))


@settings(max_examples=8, deadline=None)
@given(
    before=st.decimals(0, 3, places=2),
    after=st.decimals(0, 3, places=2),
    size=st.integers(1_000, 3_000_000),
)
def test_no_deal_of_any_size_gains_what_is_warned_of_where_timing_is_silent(
    before: D, after: D, size: int
) -> None:
    """A tenth of the target of 50,000; of a deal above 100,000 the 5 % that it pays on target."""
    bench = SILENT.bench
    steady = (*bench.steady(before), *bench.steady(after, year=2027))
    now, later = (
        bench.total((*steady, Sale(day, D(size), deal="it")), years=2)
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    )
    assert abs(now - later) <= max(D(5_000), D(size) * D("0.05")) + D("0.01")


def brute(bench: Bench, size: D, parts: int) -> D:
    one = bench.total((Sale(date(2026, 6, 20), size, deal="one"),))
    many = bench.total(
        tuple(Sale(date(2026, 6, 20), size / parts, deal=f"{i}") for i in range(parts))
    )
    return many - one


def test_splitting_is_refuted_for_a_cap_per_deal_and_proved_for_a_rate_on_margin() -> None:
    assert verdict(plan_with("margin_rate"), "splitting").certainty == "proved"
    bench = looked_at(plan_with("margin_rate")).bench
    assert all(abs(brute(bench, D(size), n)) < 1 for size in (70, 9_000, 900_000) for n in (2, 7))


def form(*coefficients: int) -> Form:
    return Form(tuple(Fraction(one) for one in coefficients))


whole = st.integers(-6, 6)


@given(a=whole, b=whole, c=whole, d=whole, x=st.integers(1, 40))
def test_formulas_compute_as_numbers_do(a: int, b: int, c: int, d: int, x: int) -> None:
    one, other = rising(Fraction(a), Fraction(b)), rising(Fraction(c), Fraction(d))
    at_x, at_other = Fraction(a + b * x), Fraction(c + d * x)
    assert at((one + other).poly, Fraction(x)) == at_x + at_other
    assert at((one - other).poly, Fraction(x)) == at_x - at_other
    assert at((one * other).poly, Fraction(x)) == at_x * at_other
    if other.above:
        assert ((one * other) / other).poly == one.poly


def test_a_comparison_knows_where_it_turns() -> None:
    assert list((form(-6, 3)).turns()) == [2]
    assert set((form(2, -3, 1)).turns()) == {1, 2}
    assert list(fixed(Fraction(4)).turns()) == []
    with pytest.raises(NotFollowed):
        list(form(-2, 0, 1).turns())  # the root of 2 is no fraction
    assert form(-6, 3).sign(Fraction(2), is_beyond=False) == 0
    assert form(-6, 3).sign(Fraction(2), is_beyond=True) == 1


def test_bounds_of_a_difference() -> None:
    parts = looked_at(capped(Excess.LOST)).parts().parts
    top, bottom = highest(parts), lowest(parts)
    assert top is not None
    assert bottom is not None
    assert top.value == 70_000
    assert bottom.value == 0
    assert {part.pay for part in less(parts, parts)} == {()}
    assert highest(ALL["flat_rate"].parts().parts) is None, "it grows without end"
