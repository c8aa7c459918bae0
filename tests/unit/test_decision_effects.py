"""A decision's design: proposed by Wald, drawn by lot, frozen, and read on the review date."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
from pytest_django import DjangoDbBlocker

from tests.effect_world import APRIL, JANUARY, drafted, known_in_april, known_in_january
from tests.serving import ANA
from wald.actions.decisions import check, decide, review_due
from wald.actions.workspace import close_workspace, open_workspace
from wald.kernel.problem import BadInput
from wald.kernel.workspace import Workspace
from wald.memory.change import Change
from wald.memory.decision import Decision, Outcome
from wald.memory.design import Measured, verdict
from wald.queries.decisions import find_decision


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """Return a workspace that knows what is known in January, to be copied."""
    home = tmp_path_factory.mktemp("january") / "home"
    with django_db_blocker.unblock():
        place = open_workspace(home)
        known_in_january(home.parent, place)
        close_workspace(place)
    return home


@pytest.fixture
def place(january: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Workspace]:
    with django_db_blocker.unblock():
        found = open_workspace(copytree(january, tmp_path / "home"))
        yield found
        close_workspace(found)


def _checked(place: Workspace, **changes: object) -> Decision:
    found, _ = check(actor=ANA, workspace=place, draft=drafted(**changes), at=JANUARY)
    return found


def _wrong(place: Workspace, **changes: object) -> list[str]:
    with pytest.raises(BadInput) as refused:
        _checked(place, **changes)
    return [problem.where for problem in refused.value.problems]


def _measured(place: Workspace, tmp_path: Path, **changes: object) -> Outcome:
    decide(actor=ANA, workspace=place, draft=drafted(**changes), at=JANUARY)
    known_in_april(tmp_path, place)
    (found,) = review_due(actor=ANA, workspace=place, at=APRIL)
    return found.outcome


def test_wald_proposes_who_is_compared_with_whom(place: Workspace) -> None:
    """Four reps of North, four of South: too few others to be weighed, enough to be compared."""
    design = _checked(place).design
    assert design is not None
    assert (design.key, design.unit, design.treated, design.others) == (
        "differences", "rep_id", 4, 4
    )  # fmt: skip
    assert design.why == "It reaches 4, and 4 others go on as before."
    assert [slot.label for slot in design.slots][::11] == ["2023-01", "2023-12"]
    assert design.least is not None
    assert 0 < design.least < Decimal("0.2")


def test_the_effect_is_what_the_others_did_not_have(place: Workspace, tmp_path: Path) -> None:
    outcome = _measured(place, tmp_path)
    measured = outcome.measured
    assert measured is not None
    assert measured.effect is not None
    assert measured.effect.low < Decimal("0.3") < measured.effect.high
    assert measured.effect.estimate == pytest.approx(Decimal("0.3"), abs=Decimal("0.06"))
    assert not measured.is_doubted
    assert (outcome.has_come, outcome.reason) == (True, "")
    assert [slot.label for slot in measured.chart if slot.is_after] == [
        "2024-01", "2024-02", "2024-03"
    ]  # fmt: skip


def test_what_it_said_is_kept(place: Workspace, tmp_path: Path) -> None:
    outcome = _measured(place, tmp_path)
    kept = find_decision(actor=ANA, workspace=place, decision_id=1)
    assert kept is not None
    assert kept.outcome == outcome
    assert kept.decision.design == _checked(place).design


def test_where_everybody_is_reached_it_is_measured_against_itself(
    place: Workspace, tmp_path: Path
) -> None:
    """Half of the company wins three more of ten: 15 points."""
    design = _checked(place, population="").design
    assert design is not None
    assert (design.key, design.unit) == ("before_after", "")
    measured = _measured(place, tmp_path, population="").measured
    assert measured is not None
    assert measured.effect is not None
    assert measured.effect.estimate == pytest.approx(Decimal("0.15"), abs=Decimal("0.03"))
    assert measured.low_limit is not None


def test_a_lot_falls_on_half_and_the_same_question_draws_the_same(place: Workspace) -> None:
    asked = {"population": "", "design": "randomised", "unit": "territory"}
    one, two = _checked(place, **asked), _checked(place, **asked)
    assert one.design is not None
    assert len(one.design.drawn) == 4
    assert one == two
    assert one.population == f"territory IN ({', '.join(repr(name) for name in one.design.drawn)})"
    assert (one.design.treated, one.design.others) == (4, 4)
    other = _checked(place, **asked, question="And if we ask again?")
    assert other.design is not None
    assert set(other.design.drawn) != set(one.design.drawn) or other.question != one.question


def test_a_lot_is_drawn_among_those_who_were_meant(place: Workspace) -> None:
    """Four of North are too few to draw among."""
    assert _wrong(place, design="randomised", unit="territory") == ["unit"]
    assert _wrong(place, design="randomised") == ["unit"]


def test_a_design_that_does_not_fit_is_refused(place: Workspace) -> None:
    assert _wrong(place, design="guess") == ["design"]
    assert _wrong(place, unit="colour") == ["unit"]
    days = {"period": "2024-01-05..2024-02-20", "review_on": "2024-04-02"}
    assert _wrong(place, **days, design="differences") == ["design"]


def test_without_whole_months_it_is_read_twice(place: Workspace) -> None:
    found = _checked(place, period="2024-01-05..2024-02-20")
    assert found.design is not None
    assert (found.design.key, found.design.slots) == ("reading", ())
    assert _checked(place, design="").design is None


def _said(low: str, estimate: str, high: str, trend_chance: str = "0.5") -> Measured:
    effect = Change(Decimal(low), Decimal(estimate), Decimal(high))
    return Measured(effect, "", False, trend_chance=Decimal(trend_chance))


@pytest.mark.parametrize(
    ("said", "expected", "came"),
    [
        (("1", "3", "5"), ("2", "3", "4"), True),
        (("-1", "3", "7"), ("2", "3", "4"), None),  # it may be none
        (("-1", "0", "1"), ("2", "3", "4"), False),
        (("0.5", "1", "1.5"), ("2", "3", "4"), False),  # something came, and less than expected
        (("1", "1.8", "2.6"), ("2", "3", "4"), None),
        (("-5", "-3", "-1"), ("-4", "-3", "-2"), True),
        (("-1", "0", "1"), ("-4", "-3", "-2"), False),
        (("-1", "0", "1"), ("-2", "0", "2"), True),  # it was to stay
        (("-3", "0", "3"), ("-2", "0", "2"), None),
        (("3", "4", "5"), ("-2", "0", "2"), False),
    ],
)
def test_came_only_what_the_interval_says(
    said: tuple[str, str, str], expected: tuple[str, str, str], came: bool | None
) -> None:
    wanted = Change(*(Decimal(one) for one in expected))
    assert verdict(_said(*said), wanted)[0] is came


def test_cannot_tell_where_they_moved_apart_before() -> None:
    wanted = Change(Decimal(2), Decimal(3), Decimal(4))
    came, reason = verdict(_said("1", "3", "5", trend_chance="0.01"), wanted)
    assert came is None
    assert "already before" in reason


def test_cannot_tell_says_why() -> None:
    wanted = Change(Decimal(2), Decimal(3), Decimal(4))
    assert verdict(Measured(None, "Too few.", False), wanted) == (None, "Too few.")
