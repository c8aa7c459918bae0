"""Win chances at every door, where there are too few deals: said so, to whom it may concern."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.said_world import forecasting


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with forecasting(tmp_path_factory.mktemp("company"), django_db_blocker):
        yield


@pytest.mark.parametrize("name", ["max", "mia"])
def test_too_few_deals_are_told_on_the_page(name: str) -> None:
    answer = visitor(name).get("/forecast/win-chance/")
    assert answer.status_code == 200
    assert "No chances yet" in text_of(answer)


def test_the_interface_tells_the_same() -> None:
    answer = visitor("mia").get("/api/v1/forecast/win-chance")
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert told["deals"] == []
    assert told["judgement"] is None
    assert told["unable"].endswith(".")


def test_an_unknown_question_is_refused() -> None:
    answer = visitor("mia").get("/api/v1/forecast/win-chance?deels=1")
    assert answer.status_code == 422


def test_strangers_are_sent_to_sign_in() -> None:
    assert Client().get("/forecast/win-chance/").status_code == 302
