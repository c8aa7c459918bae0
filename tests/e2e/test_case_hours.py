"""A case is due by the working hours that were agreed for its unit on the day it is opened."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoDbBlocker

from tests.agreeing import agreeing, approved, somebody
from tests.serving import workspace
from wald.actions.cases import open_case
from wald.records.stores import cases as store

HOURS = """\
document: working_hours
name: office
starts_on: 2026-01-01
owner: ana
reason: As we work
content:
  time_zone: Europe/Berlin
  weekdays:
    - {day: monday, opens: "09:00", closes: "17:00"}
    - {day: tuesday, opens: "09:00", closes: "12:00"}
    - {day: thursday, opens: "09:00", closes: "17:00"}
  holidays: [2026-06-02]
  due:
    - {kind: task, hours: 9}
"""


@pytest.fixture(autouse=True)
def service(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def _due(kind: str, at: datetime) -> datetime | None:
    case_id = open_case(
        actor=somebody("oli"), workspace=workspace(), kind=kind, title="Acme", at=at
    )
    case = store.load(case_id, database="default")
    return None if case is None else case.due_at


def test_is_due_by_the_agreed_hours() -> None:
    """Monday 1 June has 8 hours, Tuesday is a holiday: the ninth ends on Thursday at 10."""
    approved(HOURS, "2026-01-01")
    monday = datetime(2026, 6, 1, 5, tzinfo=UTC)
    assert _due("task", monday) == datetime(2026, 6, 4, 8, tzinfo=UTC)


def test_a_kind_that_is_not_among_them_has_its_own_hours() -> None:
    approved(HOURS, "2026-01-01")
    monday = datetime(2026, 6, 8, 7, tzinfo=UTC)
    assert _due("alert", monday) == datetime(2026, 6, 8, 15, tzinfo=UTC)


def test_where_nothing_is_agreed_the_usual_hours_hold() -> None:
    monday = datetime(2026, 6, 1, 5, tzinfo=UTC)
    assert _due("alert", monday) == datetime(2026, 6, 1, 17, tzinfo=UTC)
