"""Four people at once write, submit and approve: what holds was seen by two who are apart."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.reliability.document_eyes import run
from tests.stores import Postgres
from wald.actions import documents


def test_nothing_holds_that_one_person_wrote_and_approved(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        found = run(14, seed=7)
    assert (found.tried, found.failed) == (14, 0), found.words
    assert " 0 approvals" not in found.words


def test_nor_in_postgresql(
    postgres_records: Postgres,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        address = postgres_records.at(postgres_records.new())
        found = run(7, seed=8, address=address)
    assert (found.tried, found.failed) == (7, 0), found.words


def test_the_campaign_sees_what_one_person_approved(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "must_be_another", lambda *_: None)
    with django_db_blocker.unblock():
        assert run(4, seed=7).failed > 0
