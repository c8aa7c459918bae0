"""Bad terms are found on the day the plan is written: where, what, and what cures it."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from wald.heart.compensation.component import components
from wald.heart.compensation.components.cap import Cap, Excess
from wald.heart.compensation.components.cap import Per as CapPer
from wald.heart.compensation.components.clawback import Clawback, Method
from wald.heart.compensation.components.contest import Contest
from wald.heart.compensation.components.draw import Draw
from wald.heart.compensation.components.floor import Floor
from wald.heart.compensation.components.gate import By, Gate
from wald.heart.compensation.components.guarantee import Guarantee
from wald.heart.compensation.components.hold import Hold
from wald.heart.compensation.components.manager_override import ManagerOverride
from wald.heart.compensation.components.margin_rate import Band, MarginRate, ShareOf
from wald.heart.compensation.components.spiff import Per, Spiff, Split

_BAND = Band(D(0), D("0.1"))
BAD = [
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
    ("manager_override", ManagerOverride(D("-0.01")), ["rate"]),
    ("manager_override", ManagerOverride(D("0.01"), D("-0.1")), ["starts_at"]),
    ("manager_override", ManagerOverride(D("0.01"), D("10.01")), ["starts_at"]),
    ("manager_override", ManagerOverride(D("0.01"), reaches_back=True), ["reaches_back"]),
]
AT_THE_EDGE = [
    ("spiff", Spiff(D("0.01"), Per.DEAL, D(0), Split.IN_FULL)),
    ("contest", Contest((D(2), D(2)), at_least=D(0))),
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
