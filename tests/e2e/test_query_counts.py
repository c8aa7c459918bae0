"""Each page of records costs a fixed number of queries, however many records there are."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests.bad_input import World, new_world
from tests.browsing import visitor
from tests.exports import write_export
from tests.serving import served
from wald.records import models

# Session, user and role, what the rail counts, and then what the page is about.
QUERIES = {
    "/cases/": 9,
    "/cases/{case}/": 7,
    "/documents/": 7,  # one more for what of quota plans is private
    "/documents/approval_policy/approved/": 4,
    "/documents/versions/{approved}/": 5,
    "/insights/": 7,
    "/insights/night/": 4,
    "/insights/{insight}/": 12,
    "/decisions/": 6,
    "/journal/": 7,
    "/work/": 9,
    "/work/{waiting}/": 4,
    "/notices/": 5,
    "/channels/": 5,
    "/people/": 6,
    "/people/cy/": 6,
    "/views/": 4,
    "/account/keys/": 4,
}
_MANY = 60  # more than any page shows


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    export = write_export(tmp_path_factory.mktemp("counts") / "first")
    with served(export, django_db_blocker):
        made = new_world()
        models.Case.objects.filter(pk=made.free).update(assignee="ada")
        yield made


def _counted(address: str, world: World) -> tuple[int, str]:
    person = visitor("ada")
    path = address.format(**{name: getattr(world, name) for name in world.__slots__})
    person.get(path)  # what is remembered between requests is remembered now
    with CaptureQueriesContext(connection) as asked:
        assert person.get(path).status_code == 200, path
    told = "\n".join(one["sql"][:160] for one in asked.captured_queries)
    return len(asked), told


@pytest.mark.parametrize("address", QUERIES)
def test_a_page_costs_what_the_table_says(address: str, world: World) -> None:
    count, told = _counted(address, world)
    assert count == QUERIES[address], told


def test_a_page_costs_no_more_when_there_is_more(world: World) -> None:
    before = {address: _counted(address, world)[0] for address in QUERIES}
    _multiply()
    for address in QUERIES:
        count, told = _counted(address, world)
        assert count <= before[address], f"{address}\n{told}"


def _multiply() -> None:
    """Add many of everything: copies of the first row, each with numbers of its own."""
    now = datetime.now(UTC)
    for kind, changes in (
        (models.Case, {"fingerprint": "", "assignee": "ada"}),
        (models.Job, {"key": None}),
        (models.Notice, {"name": "ada"}),
        (models.Insight, {"fingerprint": "{n}"}),
        (models.Document, {"name": "copy-{n}"}),
        (models.Channel, {"name": "copy {n}"}),
        (models.SavedView, {"name": "copy {n}"}),
        (models.ApiKey, {"prefix": "copy{n}", "revoked_at": now}),
    ):
        row = kind.objects.order_by("pk").first()
        for number in range(_MANY if row is not None else 0):
            for name, value in changes.items():
                told = value.format(n=number) if isinstance(value, str) else value
                setattr(row, name, told)
            row.pk = None
            row._state.adding = True
            row.save(force_insert=True)
