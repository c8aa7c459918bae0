"""The forecast calendar and what follows from it: deadlines, locks, values for units."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.said_world import CALENDAR, agreed, at, forecasting, somebody
from tests.serving import workspace
from wald.actions import documents
from wald.agreements.forecast_calendar import DOCUMENT, ForecastCalendar, cadence_of, check
from wald.heart.cadence import Cadence, Category, Gate, deadlines, round_began, standing
from wald.kernel.period import Period
from wald.kernel.weekday import Weekday
from wald.queries.forecast_calendars import calendars

QUARTER = Period(date(2026, 7, 1), date(2026, 10, 1), "2026-Q3")  # begins on a Wednesday
BERLIN = Cadence(time_zone="Europe/Berlin", deadline_time=time(17), lock_weeks=(3,))


def test_the_worked_case_of_the_page() -> None:
    first, _, third = deadlines(QUARTER, BERLIN)[:3]
    assert (first.week, first.at) == (1, at("2026-07-06 15:00"))
    assert (third.week, third.at, third.is_lock) == (3, at("2026-07-20 15:00"), True)
    assert third.until == at("2026-07-21 22:00")  # midnight in Berlin


@pytest.mark.parametrize(
    ("moment", "gate"),
    [
        ("2026-05-30 12:00", Gate.EARLY),
        ("2026-06-02 12:00", Gate.OPEN),
        ("2026-07-20 14:00", Gate.OPEN),
        ("2026-07-20 15:00", Gate.LOCKED),
        ("2026-07-21 21:00", Gate.LOCKED),
        ("2026-07-21 22:00", Gate.OPEN),
        ("2026-09-30 21:00", Gate.OPEN),
        ("2026-09-30 22:00", Gate.OVER),
    ],
)
def test_gates_are_half_open(moment: str, gate: Gate) -> None:
    assert standing(QUARTER, BERLIN, at(moment)).gate is gate


def test_every_other_week_has_a_deadline_and_each_lock_week() -> None:
    weeks = [
        one.week for one in deadlines(QUARTER, replace(BERLIN, every_weeks=2, lock_weeks=(4,)))
    ]
    assert weeks == [1, 3, 4, 5, 7, 9, 11, 13]


def test_a_round_begins_with_the_deadline_before_it_or_the_opening() -> None:
    first, second = deadlines(QUARTER, BERLIN)[:2]
    assert round_began(QUARTER, BERLIN, second) == first.at
    assert round_began(QUARTER, BERLIN, first) == at("2026-05-30 22:00")


def test_deadlines_keep_their_time_of_day_when_the_clock_changes() -> None:
    autumn = Period(date(2026, 10, 1), date(2027, 1, 1), "2026-Q4")
    hours = {one.at.hour for one in deadlines(autumn, BERLIN)}
    assert hours == {15, 16}  # 17:00 in Berlin, in summer and in winter


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"stale_after_days": 0}, "stale_after_days"),
        ({"lock_weeks": (15,)}, "lock_weeks[0]"),
        ({"lock_weeks": (3, 3)}, "lock_weeks[1]"),
        ({"categories": (Category.PIPELINE,)}, "categories"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_named(change: dict[str, object], where: str) -> None:
    example = DOCUMENT.example
    assert isinstance(example, ForecastCalendar)
    wrong = example.model_copy(update=change)
    assert [problem.where for problem in check(wrong)] == [where]


def test_categories_stand_from_the_surest_to_the_widest() -> None:
    calendar = ForecastCalendar(
        time_zone="UTC",
        deadline_day=Weekday.MONDAY,
        deadline_time=time(12),
        categories=(Category.PIPELINE, Category.COMMIT),
    )
    assert cadence_of(calendar).categories == (Category.COMMIT, Category.PIPELINE)


@pytest.fixture
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with (
        forecasting(tmp_path_factory.mktemp("company"), django_db_blocker),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


def test_a_region_has_its_own_values_where_the_organization_lets_it(company: None) -> None:
    agreed()
    local = CALENDAR.partition("local:")[0].replace(
        "name: company", "name: company\nunit: South\nexpires_on: 2024-12-31"
    )
    text = f'{local}content:\n  deadline_time: "15:00"\n'
    moment = at("2024-01-03")
    made = documents.draft(
        actor=somebody("ana"), workspace=workspace(), text=text, at=moment
    ).version
    number, revision = made.version_id, made.revision
    documents.submit(
        actor=somebody("ana"),
        workspace=workspace(),
        at=moment,
        version_id=number,
        revision=revision,
    )
    documents.approve(
        actor=somebody("fin"),
        workspace=workspace(),
        at=moment,
        version_id=number,
        revision=revision,
    )
    found = calendars(
        actor=somebody("max"), workspace=workspace(), units=["South/Beta", "North/Alpha"],
        on=date(2024, 2, 21),
    )  # fmt: skip
    assert found.of("South/Beta").deadline_time == time(15)
    assert found.of("North/Alpha").deadline_time == time(12)
    assert found.company.lock_weeks == (8,)
