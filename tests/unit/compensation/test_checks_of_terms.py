"""Bad terms are found on the day the plan is written: where, what, and what cures it."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from wald.heart.compensation.bands import Bounds
from wald.heart.compensation.bands import Method as Paying
from wald.heart.compensation.component import components
from wald.heart.compensation.components.accelerator import Accelerator, Step
from wald.heart.compensation.components.cap import Cap, Excess
from wald.heart.compensation.components.cap import Per as CapPer
from wald.heart.compensation.components.clawback import Clawback, Method
from wald.heart.compensation.components.contest import Contest
from wald.heart.compensation.components.draw import Draw
from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.floor import Floor
from wald.heart.compensation.components.gate import By, Gate
from wald.heart.compensation.components.goal_bonus import GoalBonus
from wald.heart.compensation.components.guarantee import Guarantee
from wald.heart.compensation.components.hold import Hold
from wald.heart.compensation.components.manager_override import ManagerOverride
from wald.heart.compensation.components.margin_rate import Band, MarginRate, ShareOf
from wald.heart.compensation.components.matrix import Matrix, PaysOn, Row
from wald.heart.compensation.components.multiplier import Multiplier
from wald.heart.compensation.components.multiplier import Step as Factor
from wald.heart.compensation.components.objectives import Objective, Objectives
from wald.heart.compensation.components.payout_curve import PayoutCurve, Point
from wald.heart.compensation.components.scorecard import Item, Scorecard
from wald.heart.compensation.components.spiff import Per, Spiff, Split
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate

_BAND = Band(D(0), D("0.1"))
_TIER, _STEP, _FACTOR = Tier(D(0), D(1)), Step(D(1), D(2)), Factor(D(0), D(1))
_POINT, _ROW = Point(D(1), D(1)), Row(D(0), (D(1),))
ON_ATTAINMENT = [
    ("flat_rate", FlatRate(D("-0.01")), ["rate"]),
    ("flat_rate", FlatRate(D("1.01")), ["rate"]),
    ("tiered_rate", TieredRate(()), ["tiers[0]"]),
    ("tiered_rate", TieredRate((Tier(D("0.1"), D(0)),)), ["tiers[0]"]),
    ("tiered_rate", TieredRate((_TIER, _TIER)), ["tiers[1]"]),
    ("tiered_rate", TieredRate((_TIER, Tier(D(2), D(0)), Tier(D(1), D(0)))), ["tiers[2]"]),
    ("tiered_rate", TieredRate((_TIER, Tier(D(1), D("-0.01")))), ["tiers[1].rate"]),
    ("tiered_rate", TieredRate((_TIER, Tier(D(1), D("1.01")))), ["tiers[1].rate"]),
    ("tiered_rate", TieredRate((_TIER, Tier(D("20.01"), D(1)))), ["tiers[1]"]),
    ("accelerator", Accelerator(D("1.01"), (_STEP,)), ["rate"]),
    ("accelerator", Accelerator(D("-0.01"), (_STEP,)), ["rate"]),
    ("accelerator", Accelerator(D(1), ()), ["steps"]),
    ("accelerator", Accelerator(D(1), (Step(D("-0.1"), D(1)),)), ["steps[0]"]),
    ("accelerator", Accelerator(D(1), (Step(D(1), D("20.01")),)), ["steps[0].times"]),
    ("accelerator", Accelerator(D(1), (Step(D(1), D("-0.01")),)), ["steps[0].times"]),
    ("payout_curve", PayoutCurve(()), ["points"]),
    ("payout_curve", PayoutCurve((_POINT, _POINT)), ["points[1]"]),
    ("payout_curve", PayoutCurve((Point(D(1), D("10.01")),)), ["points[0].payout"]),
    ("payout_curve", PayoutCurve((Point(D(1), D("-0.01")),)), ["points[0].payout"]),
    ("payout_curve", PayoutCurve((_POINT,), D(0)), ["weight"]),
    ("payout_curve", PayoutCurve((_POINT,), D("1.01")), ["weight"]),
    ("payout_curve", PayoutCurve((_POINT,), D(1), D("-0.01")), ["slope_beyond"]),
    ("payout_curve", PayoutCurve((_POINT,), D(1), D("10.01")), ["slope_beyond"]),
    ("multiplier", Multiplier((), (_FACTOR,)), ["of"]),
    ("multiplier", Multiplier(("a",), (Factor(D(0), D("20.01")),)), ["steps[0].factor"]),
    ("multiplier", Multiplier(("a",), (Factor(D(0), D("-0.01")),)), ["steps[0].factor"]),
    ("multiplier", Multiplier(("a",), (_FACTOR,), Paying.MARGINAL), ["method"]),
    ("multiplier", Multiplier(("a",), (Factor(D(1), D(1)),)), ["steps[0]"]),
    ("matrix", Matrix("m", (D(1),), (_ROW,)), ["columns[0]"]),
    ("matrix", Matrix("m", (D(0),), (Row(D(1), (D(1),)),)), ["rows[0]"]),
    ("matrix", Matrix("m", (D(0), D(1)), (_ROW,)), ["rows[0].payouts"]),
    ("matrix", Matrix("m", (D(0),), (Row(D(0), (D("10.01"),)),)), ["rows[0].payouts[0]"]),
    ("matrix", Matrix("m", (D(0),), (Row(D(0), (D("-0.01"),)),)), ["rows[0].payouts[0]"]),
    (
        "matrix",
        Matrix("m", (D(0),), (Row(D(0), (D("1.01"),)),), PaysOn.CREDIT),
        ["rows[0].payouts[0]"],
    ),
    ("scorecard", Scorecard(()), ["items"]),
    ("scorecard", Scorecard((Item("a", D("0.9")),)), ["items"]),
    ("scorecard", Scorecard((Item("a", D(1)), Item("b", D(0)))), ["items[1].weight"]),
    ("scorecard", Scorecard((Item("a", D(1), D("10.01")),)), ["items[0].threshold"]),
    ("scorecard", Scorecard((Item("a", D(1), D("-0.1")),)), ["items[0].threshold"]),
    ("scorecard", Scorecard((Item("a", D(1), D(1), D(1)),)), ["items[0].cap"]),
    ("scorecard", Scorecard((Item("a", D(1), D(1), D("10.01")),)), ["items[0].cap"]),
    ("scorecard", Scorecard((Item("a", D(1)),), D(0)), ["weight"]),
    ("scorecard", Scorecard((Item("a", D(1)),), D("1.01")), ["weight"]),
    ("objectives", Objectives((Objective("a", D(1)),), D(0)), ["weight"]),
    ("objectives", Objectives((Objective("a", D(1)),), D("1.01")), ["weight"]),
    ("objectives", Objectives(()), ["objectives"]),
    ("objectives", Objectives((Objective("a", D("1.1")),)), ["objectives"]),
    (
        "objectives",
        Objectives((Objective("a", D(1)), Objective("b", D(0)))),
        ["objectives[1].weight"],
    ),
    ("objectives", Objectives((Objective("a", D(1), D("1.1")),)), ["objectives[0].threshold"]),
    ("objectives", Objectives((Objective("a", D(1), D("-0.1")),)), ["objectives[0].threshold"]),
    ("objectives", Objectives((Objective("a", D(1), D(0), D("10.01")),)), ["objectives[0].cap"]),
    ("objectives", Objectives((Objective("a", D(1), D(0), D(0)),)), ["objectives[0].cap"]),
    ("goal_bonus", GoalBonus(D(0)), ["amount"]),
    ("goal_bonus", GoalBonus(D(1), D(0)), ["reaches"]),
    ("goal_bonus", GoalBonus(D(1), D("10.01")), ["reaches"]),
]
BAD = [
    *ON_ATTAINMENT,
    ("spiff", Spiff(D(0)), ["amount"]),
    ("spiff", Spiff(D("-0.01")), ["amount"]),
    ("spiff", Spiff(D(50), Per.DEAL, D("-0.01")), ["at_least"]),
    ("spiff", Spiff(D(50), at_least=D(1)), ["per"]),
    ("spiff", Spiff(D(50), split=Split.IN_FULL), ["per"]),
    ("contest", Contest(()), ["prizes"]),
    ("contest", Contest((D(3), D(0))), ["prizes[1]"]),
    ("contest", Contest((D(2), D(3))), ["prizes[1]"]),
    ("contest", Contest((D(2),), at_least=D(-1)), ["at_least"]),
    ("draw", Draw(D(0)), ["amount"]),
    ("draw", Draw(D(1), share=D(0)), ["share"]),
    ("draw", Draw(D(1), share=D("1.001")), ["share"]),
    ("draw", Draw(D(1), within=0), ["within"]),
    ("draw", Draw(D(1), lasts=0), ["lasts"]),
    ("draw", Draw(D(1), of=("a", "b", "a")), ["of[2]"]),
    ("draw", Draw(D(1), recoverable=False, within=3), ["recoverable"]),
    ("draw", Draw(D(1), recoverable=False, share=D("0.5")), ["recoverable"]),
    ("draw", Draw(D(1), recoverable=False, forgiven_at_reset=True), ["recoverable"]),
    ("guarantee", Guarantee(D(0)), ["amount"]),
    ("guarantee", Guarantee(D(1), lasts=-1), ["lasts"]),
    ("guarantee", Guarantee(D(1), of=("a", "a")), ["of[1]"]),
    ("cap", Cap(), ["amount"]),
    ("cap", Cap(D(1), D(1)), ["amount"]),
    ("cap", Cap(D(0)), ["amount"]),
    ("cap", Cap(times_target=D(0)), ["times_target"]),
    ("cap", Cap(times_target=D("20.01")), ["times_target"]),
    ("cap", Cap(D(1), of=("a", "a")), ["of[1]"]),
    ("cap", Cap(times_target=D(2), per=CapPer.DEAL), ["times_target"]),
    ("cap", Cap(D(1), per=CapPer.DEAL, excess=Excess.CARRIED), ["excess"]),
    ("cap", Cap(D(1), per=CapPer.DEAL, prorated=True), ["prorated"]),
    ("floor", Floor(D("-0.01")), ["amount"]),
    ("floor", Floor(of=("a", "a")), ["of[1]"]),
    ("gate", Gate(D(0)), ["opens_at"]),
    ("gate", Gate(D(80)), ["opens_at"]),
    ("gate", Gate(D("10.01")), ["opens_at"]),
    ("gate", Gate(D(1), component="bonus"), ["component"]),
    ("gate", Gate(D(1), By.EARNED), ["component"]),
    ("gate", Gate(D(1), By.EARNED, "bonus", of=("bonus",)), ["component"]),
    ("gate", Gate(D(1), of=("a", "a")), ["of[1]"]),
    ("clawback", Clawback(""), ["cancelled"]),
    ("clawback", Clawback("c", within=0), ["within"]),
    ("clawback", Clawback("c", within=-30), ["within"]),
    ("clawback", Clawback("c", within=3661), ["within"]),
    ("clawback", Clawback("c", Method.PRO_RATA), ["within"]),
    ("clawback", Clawback("c", of=("a", "a")), ["of[1]"]),
    ("hold", Hold(""), ["collected"]),
    ("hold", Hold("cash", of=("a", "a")), ["of[1]"]),
    ("margin_rate", MarginRate("", (_BAND,)), ["margin"]),
    ("margin_rate", MarginRate("m", ()), ["bands"]),
    ("margin_rate", MarginRate("m", (Band(D(0), D(8)),)), ["bands[0].rate"]),
    ("margin_rate", MarginRate("m", (Band(D(0), D("-0.1")),)), ["bands[0].rate"]),
    ("margin_rate", MarginRate("m", (_BAND, _BAND)), ["bands[1].starts_at"]),
    ("margin_rate", MarginRate("m", (Band(D("-0.1"), D(0)),)), ["bands[0].starts_at"]),
    ("margin_rate", MarginRate("m", (_BAND, Band(D("1.01"), D(0)))), ["bands[1].starts_at"]),
    ("manager_override", ManagerOverride(D(8)), ["rate"]),
    ("manager_override", ManagerOverride(D("1.01")), ["rate"]),
    ("manager_override", ManagerOverride(D("-0.01")), ["rate"]),
    ("manager_override", ManagerOverride(D("0.01"), D("-0.1")), ["starts_at"]),
    ("manager_override", ManagerOverride(D("0.01"), D("10.01")), ["starts_at"]),
    ("manager_override", ManagerOverride(D("0.01"), reaches_back=True), ["reaches_back"]),
]
AT_THE_EDGE = [
    ("flat_rate", FlatRate(D(0))),
    ("flat_rate", FlatRate(D(1))),
    ("tiered_rate", TieredRate((Tier(D(0), D(0)), Tier(D("0.01"), D(1))))),
    ("accelerator", Accelerator(D(0), (Step(D(0), D(0)), Step(D(1), D(20))))),
    ("accelerator", Accelerator(D(1), (_STEP,))),
    ("payout_curve", PayoutCurve((Point(D(0), D(0)), Point(D(1), D(10))), D(1), D(10))),
    ("multiplier", Multiplier(("a",), (Factor(D(0), D(0)), Factor(D(1), D(20))))),
    ("matrix", Matrix("m", (D(0),), (Row(D(0), (D(0),)), Row(D(1), (D(10),))))),
    ("matrix", Matrix("m", (D(0),), (Row(D(0), (D(1),)),), PaysOn.CREDIT)),
    ("scorecard", Scorecard((Item("a", D("0.5"), D(0), D(10)), Item("b", D("0.5"), D(10))))),
    ("objectives", Objectives((Objective("a", D(1), D(10), D(10)),))),
    ("goal_bonus", GoalBonus(D("0.01"), D(10))),
    ("goal_bonus", GoalBonus(D("0.01"), D(11), Bounds.AMOUNT)),
    ("spiff", Spiff(D("0.01"), Per.DEAL, D(0), Split.IN_FULL)),
    ("contest", Contest((D(2), D(2)), at_least=D(0))),
    ("contest", Contest((D(1), D("0.01")))),
    ("draw", Draw(D("0.01"), share=D("0.001"), within=1, lasts=1, of=("a", "b"))),
    ("draw", Draw(D(1), recoverable=False)),
    ("guarantee", Guarantee(D("0.01"), lasts=1)),
    ("cap", Cap(times_target=D(20))),
    ("cap", Cap(D("0.01"), per=CapPer.DEAL)),
    ("floor", Floor(D(0))),
    ("gate", Gate(D(10))),
    ("gate", Gate(D(5000), By.AMOUNT)),
    ("gate", Gate(D("0.01"), By.EARNED, "bonus", of=("commission",))),
    ("clawback", Clawback("c", Method.PRO_RATA, 1)),
    ("clawback", Clawback("c", within=3660)),
    ("margin_rate", MarginRate("m", (Band(D(0), D(0)), Band(D(1), D(1))))),
    ("margin_rate", MarginRate("m", (Band(D(3), D(1)),), share_of=ShareOf.COST)),
    ("manager_override", ManagerOverride(D(1), D(10), reaches_back=True)),
    ("manager_override", ManagerOverride(D(0))),
]


@pytest.mark.parametrize(("key", "terms", "paths"), BAD, ids=lambda x: str(x)[:60])
def test_bad_terms_are_found_where_they_stand(key: str, terms: object, paths: list[str]) -> None:
    problems = list(components()[key].check(terms))
    assert [one.where for one in problems] == paths
    assert all(one.what and one.fix for one in problems)


@pytest.mark.parametrize(("key", "terms"), AT_THE_EDGE, ids=lambda x: str(x)[:60])
def test_terms_at_the_edge_are_sound(key: str, terms: object) -> None:
    assert list(components()[key].check(terms)) == []


@pytest.mark.parametrize("key", components())
def test_the_example_is_sound(key: str) -> None:
    assert list(components()[key].check(components()[key].example)) == []


def test_every_problem_of_some_terms_is_found_at_once() -> None:
    bad = replace(Draw(D(-1)), share=D(2), within=0, lasts=0)
    found = [one.where for one in components()["draw"].check(bad)]
    assert found == ["amount", "share", "within", "lasts"]
