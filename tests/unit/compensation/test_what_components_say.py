"""What components say of themselves: plan checks, the linter and the fold go by it."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from tests.golden.test_compensation import CASES
from wald.heart.compensation.bands import Bounds
from wald.heart.compensation.component import components
from wald.heart.compensation.components.accelerator import Accelerator, Step
from wald.heart.compensation.components.cap import Cap
from wald.heart.compensation.components.cap import Per as CapPer
from wald.heart.compensation.components.floor import Floor
from wald.heart.compensation.components.gate import By, Gate
from wald.heart.compensation.components.goal_bonus import GoalBonus
from wald.heart.compensation.components.manager_override import ManagerOverride
from wald.heart.compensation.components.margin_rate import Band, MarginRate
from wald.heart.compensation.components.margin_rate import Per as MarginPer
from wald.heart.compensation.components.matrix import Matrix, PaysOn, Row
from wald.heart.compensation.components.payout_curve import PayoutCurve, Point
from wald.heart.compensation.components.spiff import Per, Spiff
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate

_ON_OTHERS = "cap clawback draw floor gate guarantee hold multiplier".split()
_WITHOUT_MEASURE = "cap draw floor guarantee objectives scorecard".split()
_NEED_QUOTA = "accelerator gate goal_bonus matrix multiplier payout_curve tiered_rate".split()
_PAY_ON_NOTHING = ["draw", "guarantee"]
_FOR_NO_CONTRACT = "contest draw goal_bonus guarantee objectives scorecard".split()
_LOOK_AT_DEALS = ["clawback", "hold", "margin_rate"]


def _steps(*times: str) -> Accelerator:
    return Accelerator(D("0.1"), tuple(Step(D(i), D(one)) for i, one in enumerate(times, start=1)))


_ALL_BANDS = MarginRate("m", (Band(D(0), D("0.1")),), per=MarginPer.ALL)
EDGES = {
    "accelerator": [1],
    "gate": [D("0.8")],
    "goal_bonus": [1],
    "matrix": [1],
    "multiplier": [1],
    "payout_curve": [D("0.5"), 1, D("1.5")],
    "scorecard": [D("0.5"), D("1.5")],
    "tiered_rate": [1],
}


@pytest.mark.parametrize("key", components())
def test_of_its_example(key: str) -> None:
    one, terms = components()[key], components()[key].example
    assert one.works_on_others == (key in _ON_OTHERS)
    assert one.needs_measure(terms) == (key not in _WITHOUT_MEASURE)
    assert one.needs_quota(terms) == (key in _NEED_QUOTA)
    assert one.pays_on_nothing(terms) == (key in _PAY_ON_NOTHING)
    assert one.reads_credits(terms) == (key in _LOOK_AT_DEALS)
    assert one.reads_everyone == (key == "contest")
    assert one.is_for_no_contract == (key in _FOR_NO_CONTRACT)
    assert one.may_lower(terms) == (key == "margin_rate")
    assert list(one.edges(terms)) == EDGES.get(key, [])


@pytest.mark.parametrize(
    ("key", "terms", "says", "found"),
    [
        ("cap", Cap(D(1), per=CapPer.DEAL), "needs_measure", True),
        ("cap", Cap(D(1), per=CapPer.DEAL), "reads_credits", True),
        ("spiff", Spiff(D(1), Per.DEAL), "reads_credits", True),
        ("margin_rate", _ALL_BANDS, "reads_credits", False),
        ("margin_rate", _ALL_BANDS, "may_lower", True),
        ("floor", Floor(D("0.01")), "pays_on_nothing", True),
        ("gate", Gate(D(1), By.EARNED, "bonus"), "needs_measure", False),
        ("gate", Gate(D(1), By.EARNED, "bonus"), "needs_quota", False),
        ("gate", Gate(D(1), By.AMOUNT), "needs_quota", False),
        ("goal_bonus", GoalBonus(D(1), D(5), Bounds.AMOUNT), "needs_quota", False),
        ("manager_override", ManagerOverride(D(1), D("0.01")), "needs_quota", True),
        ("matrix", Matrix("m", (D(0),), (Row(D(0), (D("0.5"),)),)), "pays_on_nothing", True),
        (
            "matrix",
            Matrix("m", (D(0),), (Row(D(0), (D("0.5"),)),), PaysOn.CREDIT),
            "pays_on_nothing",
            False,
        ),
        ("matrix", Matrix("m", (D(0),), ()), "pays_on_nothing", False),
        ("matrix", Matrix("m", (D(0), D(1)), (Row(D(0), (D(0), D(1))),)), "pays_on_nothing", False),
        ("payout_curve", PayoutCurve((Point(D(0), D("0.1")),)), "pays_on_nothing", True),
        ("accelerator", _steps("1.5", "1.2"), "may_lower", True),
        ("accelerator", _steps("0.9", "1.2"), "may_lower", True),
        ("accelerator", _steps("1.5", "1.5"), "may_lower", False),
        ("accelerator", _steps("1", "1"), "may_lower", False),
    ],
)
def test_of_other_terms(key: str, terms: object, says: str, found: bool) -> None:
    assert getattr(components()[key], says)(terms) == found


@pytest.mark.parametrize(
    ("key", "terms", "found"),
    [
        ("gate", Gate(D(5), By.AMOUNT), []),
        ("goal_bonus", GoalBonus(D(1), D(5), Bounds.AMOUNT), []),
        ("manager_override", ManagerOverride(D(1), D("0.8")), [D("0.8")]),
    ],
)
def test_where_pay_bends(key: str, terms: object, found: list[D]) -> None:
    assert list(components()[key].edges(terms)) == found


def test_from_which_amounts_on_pay_bends() -> None:
    tiers = (Tier(D(0), D("0.1")), Tier(D(10_000), D("0.2")), Tier(D(20_000), D("0.3")))
    tiered = components()["tiered_rate"]
    assert list(tiered.amounts(TieredRate(tiers, bounds=Bounds.AMOUNT))) == [10_000, 20_000]
    assert list(tiered.edges(TieredRate(tiers, bounds=Bounds.AMOUNT))) == []
    assert list(tiered.amounts(TieredRate(tiers))) == []
    assert list(tiered.edges(TieredRate(tiers))) == [10_000, 20_000]


def test_the_whole_reason_of_a_line() -> None:
    """Worked cases look for a part of it."""
    cases = {str(case): case for case in CASES}

    def told(name: str) -> set[str]:
        return {line.reason for pay in cases[name].folded() for line in pay.lines}

    assert told("contest: whoever leaves on the last day is in") == {"place 1 of 2"}
    assert told("draw: a new window may forgive what is owed") >= {"no longer owed"}
    assert told("draw: an advance is owed within its payout periods only") >= {
        "advance of 2026-01-01 is no longer owed"
    }


def test_which_components_and_measures_are_named() -> None:
    gate = Gate(D(1), By.EARNED, "bonus", of=("commission",))
    assert set(components()["gate"].names(gate)) == {"commission", "bonus"}
    assert list(components()["gate"].names(Gate(D(1)))) == []
    for key in ("cap", "clawback", "draw", "floor", "guarantee", "hold", "multiplier"):
        named = replace(components()[key].example, of=("a", "b"))  # type: ignore[type-var]  # a dataclass
        assert tuple(components()[key].names(named)) == ("a", "b")
    reads = {key: tuple(one.reads(one.example)) for key, one in components().items()}
    assert {key: found for key, found in reads.items() if found} == {
        "clawback": ("cancelled",),
        "hold": ("cash",),
        "margin_rate": ("margin",),
        "matrix": ("margin",),
        "scorecard": ("revenue", "margin"),
    }
