"""Somebody keeps views by command, for everybody to find."""

import pytest

from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")

WON = "/deals/?outcome=won"


def test_a_view_is_saved_listed_and_deleted() -> None:
    made = wald("views", "save", "Won", WON, "--shared", "--json").json
    assert (made["name"], made["address"], made["is_shared"]) == ("Won", WON, True)
    assert wald("views", "list", "--json").json == [made]
    assert WON in wald("views", "list").out
    assert wald("views", "delete", str(made["view_id"])).code == 0
    assert wald("views", "list", "--json").json == []


def test_a_name_that_is_taken_is_a_conflict() -> None:
    wald("views", "save", "Won", WON)
    ended = wald("views", "save", "Won", "/metrics/")
    assert ended.code == 4
    assert "another name" in ended.err


@pytest.mark.parametrize("address", ["//example.org/", "https://example.org/", "/api/v1/loads"])
def test_an_address_elsewhere_is_refused(address: str) -> None:
    ended = wald("views", "save", "Strange", address)
    assert ended.code == 2
    assert "address" in ended.err


def test_a_view_that_is_not_there_is_said_to_be_missing() -> None:
    ended = wald("views", "delete", "7")
    assert ended.code == 2
    assert "You keep no view 7." in ended.err
