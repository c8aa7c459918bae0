"""A decision: everything checked at once; did the effect come, or can it not be told?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.deciding import DRAFT, drafted
from wald.brain.movement import movement
from wald.facts.measure import columns_for
from wald.facts.metric import metrics
from wald.facts.reading import PARAMETERS
from wald.kernel.period import Period, months_calendar, weeks_calendar
from wald.kernel.unit import Unit
from wald.memory.change import Change
from wald.memory.decision import (
    Decision,
    Outcome,
    Reading,
    Rights,
    Snapshot,
    has_come,
    outcome_of,
    usual_baseline,
)
from wald.memory.draft import SOMEBODY, Draft, Terms, checked

TODAY = date(2024, 3, 2)
TERMS = Terms(
    Unit.RATIO,
    is_level=False,
    columns=columns_for(metrics()["win_rate"]),
    parameters=PARAMETERS,
    calendar=months_calendar(),
    day=date(2024, 3, 1),
    today=TODAY,
)
LEVEL = replace(
    TERMS, unit=Unit.MONEY, is_level=True, columns=columns_for(metrics()["open_pipeline"])
)


def _decision(draft: Draft = DRAFT, terms: Terms = TERMS) -> Decision:
    found, problems = checked(draft, terms)
    assert found is not None, problems
    return found


def _wrong(terms: Terms = TERMS, **changes: object) -> list[str]:
    return [problem.where for problem in checked(drafted(**changes), terms)[1]]


def test_reads_points_and_per_cent_of_a_ratio() -> None:
    found = _decision(drafted(low="-0.02", estimate="1 %", high="3 points"))
    assert found.expected == Change(Decimal("-0.02"), Decimal("0.01"), Decimal("0.03"))
    assert _decision(drafted(confidence="0.70")).confidence == Decimal("0.70")


def test_everything_wrong_is_said_at_once() -> None:
    empty, problems = checked(Draft(), TERMS)
    assert empty is None
    assert [problem.where for problem in problems] == [
        "question", "choice", "why", "options", "period", "low", "estimate", "high",
        "confidence", "review_on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"choice": "Something else"}, "choice"),
        ({"options": ("One",), "choice": "One"}, "options"),
        ({"low": "30 points"}, "estimate"),
        ({"low": "5000"}, "low"),
        ({"low": "1e99"}, "low"),
        ({"low": "NaN"}, "low"),
        ({"confidence": "1"}, "confidence"),
        ({"confidence": "0"}, "confidence"),
        ({"confidence": "120 %"}, "confidence"),
        ({"review_on": "2024-06-30"}, "review_on"),  # the period ends on that day
        ({"review_on": "2024-03-02"}, "review_on"),
        ({"review_on": "soon"}, "review_on"),
        ({"period": "2023-Q4", "baseline": ""}, "period"),
        ({"period": "spring"}, "period"),
        ({"baseline": "2024-Q2"}, "baseline"),
        ({"population": "regio = 'North'"}, "population, character 1"),
        ({"population": "amount"}, "population, character 1"),
        ({"kind": "whim"}, "kind"),
        ({"links": ("O1",)}, "links"),
        ({"why": "a\0b"}, "why"),
        ({"question": "x" * 501}, "question"),
    ],
)
def test_says_where_it_is_wrong(changes: dict[str, object], where: str) -> None:
    assert where in _wrong(**changes)


def test_a_level_has_no_period_and_is_read_on_the_day_before_the_review() -> None:
    money = {"low": "1", "estimate": "2", "high": "3"}
    assert _wrong(LEVEL, **money) == ["period", "baseline"]
    found = _decision(drafted(**money, period="", baseline=""), LEVEL)
    assert (found.period, found.measured_on) == (None, date(2024, 6, 30))
    assert found.needed_to == date(2024, 6, 30)


def test_is_about_one_person_where_the_population_is() -> None:
    assert _decision(drafted(population="rep_id = 'P1'")).person_id == "P1"
    assert _decision(drafted(population="rep = 'Ana' OR amount > 5")).person_id == SOMEBODY
    assert _decision().person_id == ""


@pytest.mark.parametrize(
    ("change", "low", "high", "came"),
    [
        ("0.16", "0.1", "0.2", True),
        ("0.1", "0.1", "0.2", True),
        ("0.0999", "0.1", "0.2", False),
        ("0.9", "0.1", "0.2", True),  # more than was hoped
        ("-5", "-9", "-4", True),
        ("-12", "-9", "-4", True),
        ("-3.9", "-9", "-4", False),
        ("0", "-1", "1", True),
        ("1.5", "-1", "1", False),
        ("0", "0", "0", True),
        ("0.1", "0", "0", False),
        ("0", "0", "2", True),
        ("-0.1", "0", "2", False),
    ],
)
def test_the_effect_came_if_it_went_as_far_as_expected(
    change: str, low: str, high: str, came: bool
) -> None:
    middle = (Decimal(low) + Decimal(high)) / 2
    expected = Change(Decimal(low), middle, Decimal(high))
    assert has_come(Decimal(change), expected) is came


def test_the_usual_baseline_is_the_last_one_as_long_that_was_over() -> None:
    calendar = months_calendar()
    quarter = Period(date(2024, 4, 1), date(2024, 7, 1), "2024-Q2")
    assert usual_baseline(quarter, calendar, date(2024, 3, 1)).label == "2023-Q4"
    assert usual_baseline(quarter, calendar, date(2024, 3, 31)).label == "2024-Q1"
    stretch = Period(date(2024, 4, 1), date(2024, 4, 11), "2024-04-01..2024-04-10")
    found = usual_baseline(stretch, calendar, date(2024, 3, 1))
    assert (found.start, found.end) == (date(2024, 2, 21), date(2024, 3, 2))


def test_the_usual_baseline_follows_a_fiscal_calendar() -> None:
    retail = weeks_calendar("4-4-5")
    period = Period(date(2024, 1, 1), date(2024, 3, 31), "FY2024-Q1")
    assert usual_baseline(period, retail, date(2023, 12, 31)).label == "FY2023-Q4"


def _reading(value: str | None, **changes: object) -> Reading:
    usual = Reading(
        value=None if value is None else Decimal(value),
        numerator=None,
        denominator=None,
        records=10,
        currency=None,
        as_of=date(2024, 6, 30),
        known=datetime(2024, 7, 1, 5, tzinfo=UTC),
        loaded_at=datetime(2024, 7, 1, 1, tzinfo=UTC),
        reaches=date(2024, 6, 30),
        loads=(1,),
        signature="s",
        notes=(),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # fields by name


def _outcome(now: Reading, then: Reading | None = None) -> Outcome:
    snapshot = Snapshot(then or _reading("0.5"), None, Rights())
    return outcome_of(_decision(), snapshot, now, None, at=now.known)


def test_tells_what_came() -> None:
    found = _outcome(_reading("0.65"))
    assert (found.change, found.has_come, found.reason) == (Decimal("0.15"), True, "")


def test_a_share_of_rows_has_the_interval_that_chance_leaves() -> None:
    """Newcombe (1998), table II: 56 of 70 less 48 of 80 lies between 0.0524 and 0.3339."""
    then = _reading("0.6", numerator=Decimal(48), denominator=Decimal(80), records=80)
    now = _reading("0.8", numerator=Decimal(56), denominator=Decimal(70), records=70)
    found = movement(Unit.RATIO, then, now)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_a_ratio_of_amounts_and_other_units_have_none() -> None:
    then = _reading("0.6", numerator=Decimal(48), denominator=Decimal(80), records=80)
    money = replace(then, numerator=Decimal("48.5"))
    assert movement(Unit.RATIO, then, replace(then, records=79)) is None
    assert movement(Unit.RATIO, then, money) is None
    assert movement(Unit.MONEY, then, then) is None
    assert movement(Unit.RATIO, then, _reading(None)) is None


def test_cannot_tell_while_the_data_do_not_reach_the_end_and_waits() -> None:
    found = _outcome(_reading("0.65", reaches=date(2024, 5, 31)))
    assert (found.has_come, found.change, found.waits) == (None, None, True)
    assert found.reason == "The data reach to 2024-05-31; they are needed to 2024-06-30."


def test_a_quiet_last_week_will_do_if_it_was_told_afterwards() -> None:
    quiet = _reading("0.65", reaches=date(2024, 6, 25))
    assert _outcome(quiet).has_come is True
    early = replace(quiet, loaded_at=datetime(2024, 6, 26, tzinfo=UTC))
    assert _outcome(early).waits


def test_cannot_tell_without_a_value_and_says_why() -> None:
    found = _outcome(_reading(None, notes=("No change of a closing day is recorded.",)))
    assert (found.has_come, found.waits) == (None, False)
    assert "No change of a closing day is recorded." in found.reason


def test_cannot_tell_in_another_currency() -> None:
    then = _reading("5", currency="EUR")
    found = _outcome(_reading("6", currency="USD"), then)
    assert found.has_come is None
    assert found.reason == "The reporting currency has changed from EUR to USD."
