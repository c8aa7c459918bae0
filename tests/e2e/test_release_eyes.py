"""Five people at once compute, release and take back a quarter: two who are apart agreed to it."""

import pytest
from django.db import IntegrityError
from pytest_django import DjangoDbBlocker

from tests.reliability.release_eyes import run
from tests.stores import Postgres
from wald.actions import pay


def test_no_run_counts_that_one_person_made_and_released(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        found = run(12, seed=3)
    assert (found.tried, found.failed) == (12, 0), found.words
    assert ", 0 released" not in found.words


def test_nor_in_postgresql(
    postgres_records: Postgres,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        address = postgres_records.at(postgres_records.new())
        found = run(11, seed=8, address=address)
    assert (found.tried, found.failed) == (11, 0), found.words


def test_the_campaign_sees_what_one_person_released(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay, "must_be_apart", lambda *_: None)
    with django_db_blocker.unblock():
        assert run(6, seed=7).failed > 0


def test_the_records_themselves_let_one_run_of_a_quarter_count(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay, "_must_follow", lambda *_: None)
    with django_db_blocker.unblock(), pytest.raises(IntegrityError, match="starts_on"):
        run(6, seed=7)
