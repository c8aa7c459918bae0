"""Workspaces of their own for tests that load."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.ingesting import Desk, Desks


@pytest.fixture(scope="module")
def desks(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Desks]:
    with django_db_blocker.unblock():
        yield Desks(tmp_path_factory.mktemp("desks"))


@pytest.fixture
def desk(desks: Desks) -> Iterator[Desk]:
    """Give an empty workspace, and a folder to fill and load."""
    made = desks.new()
    yield made
    desks.drop(made)
