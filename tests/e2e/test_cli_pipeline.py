"""Ana asks for the pipeline in the terminal: a table for eyes, JSON and CSV for scripts."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.terminal import wald
from tests.two_teams import write_teams

DAYS = ("--from", "2024-02-10", "--to", "2024-03-05")


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory, records: None) -> Iterator[None]:
    place = tmp_path_factory.mktemp("pipeline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WALD_HOME", str(place / "home"))
        wald("load", str(write_teams(place / "export")))
        yield


def test_shows_groups_and_their_total() -> None:
    shown = wald("pipeline", "show", "--as-of", "2024-02-10", "--by", "team")
    assert shown.code == 0
    assert "6 deals, 40,555.54 EUR" in shown.out
    assert "27,111.10 EUR" in shown.out
    rows = list(csv.DictReader(io.StringIO(wald("pipeline", "show", "--csv").out)))
    assert [(row["stage"], row["deals"]) for row in rows] == [("Talks", "4")]


def test_says_what_changed_to_the_cent() -> None:
    told = wald("pipeline", "changes", *DAYS, "--json").json
    added = sum((Decimal(one["amount"]) for one in told["bars"]), Decimal(0))
    assert Decimal(told["start"]["amount"]) + added == Decimal(told["end"]["amount"])
    won = [one for one in told["bars"] if one["bar"] == "won"]
    assert won == [{"bar": "won", "deals": 1, "amount": "-7222.2200"}]
    assert "-7,222.22 EUR" in wald("pipeline", "changes", *DAYS).out


def test_lists_the_deals_of_a_bar() -> None:
    told = wald("pipeline", "changes", *DAYS, "--bar", "lost", "--json").json
    assert [one["opportunity_id"] for one in told["deals"]] == ["BETAMARK-3"]
    assert "BETAMARK-3" in wald("pipeline", "changes", *DAYS, "--bar", "lost").out


def test_a_filter_and_a_period_narrow_it() -> None:
    told = wald("pipeline", "changes", *DAYS, "--where", "team = 'Beta'", "--period", "2024-Q2")
    assert "Owner out" in told.out
    assert wald("pipeline", "changes", *DAYS, "--where", "tame = 1").code == 2
    assert wald("pipeline", "show", "--by", "colour").code == 2
