"""Interleavings of five people around approvals: nothing is released by one person."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.reliability import four_eyes
from tests.stores import Postgres
from wald.actions import case_moves
from wald.cases.checks import Standing


def test_nothing_is_released_by_one_person(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        found = four_eyes.run(140, seed=7)
    assert (found.tried, found.failed) == (140, 0), found.words


def test_nor_in_postgresql(
    postgres_records: Postgres,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        address = postgres_records.at(postgres_records.new())
        found = four_eyes.run(60, seed=8, address=address)
    assert (found.tried, found.failed) == (60, 0), found.words


def test_the_campaign_sees_a_release_by_one_person(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_moves, "may_move", lambda *_: Standing(""))
    with django_db_blocker.unblock():
        assert four_eyes.run(20, seed=7).failed > 0
