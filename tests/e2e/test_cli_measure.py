"""Ana asks for numbers in the terminal: JSON for scripts, a table for eyes, the rows behind."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.exports import write_export
from tests.terminal import wald


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory, records: None) -> Iterator[None]:
    """One workspace for all: nothing here changes it."""
    place = tmp_path_factory.mktemp("measure")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WALD_HOME", str(place / "home"))
        wald("load", str(write_export(place / "export")))
        yield


def test_json_holds_the_number_and_what_it_is() -> None:
    answer = wald("measure", "bookings", "--json").json
    known_at = answer.pop("known_at")
    assert known_at.endswith("Z")
    assert answer == {
        "metric": "bookings",
        "unit": "money",
        "currency": "EUR",
        "as_of": "2024-03-01",
        "period": None,
        "notes": [],
        "rows": [{"value": "150.50"}],
    }


def test_each_dimension_is_a_key_of_its_rows() -> None:
    rows = wald("measure", "win_rate", "--by", "region", "--json").json["rows"]
    assert rows == [
        {"region": "North", "value": "0.500000"},
        {"region": "South", "value": "1.000000"},
    ]


def test_counts_are_integers_and_what_cannot_be_had_is_null() -> None:
    won = wald("measure", "won_deals", "--period", "2024-Q1", "--json").json
    assert won["rows"] == [{"value": 2}]
    assert won["period"] == "2024-Q1"
    attained = wald("measure", "quota_attainment", "--json").json
    assert attained["rows"] == [{"value": None}]
    assert "nothing is loaded for quota" in attained["notes"][0]


def test_a_condition_narrows_the_rows() -> None:
    words = ["measure", "won_deals", "--where", "segment = 'SMB' AND amount > 60", "--json"]
    assert wald(*words).json["rows"] == [{"value": 1}]


def test_as_of_an_earlier_day_the_later_deals_are_still_open() -> None:
    words = ["measure", "won_deals", "--as-of", "2024-02-15", "--json"]
    assert wald(*words).json["rows"] == [{"value": 1}]


def test_known_before_the_load_there_is_nothing() -> None:
    answer = wald("measure", "won_deals", "--known", "2001-01-01", "--json").json
    assert answer["rows"] == [{"value": None}]
    assert answer["known_at"] is None


def test_the_rows_behind_add_up_to_the_number() -> None:
    answer = wald("measure", "bookings", "--rows", "--json").json
    assert answer["total_rows"] == 2
    assert sum(Decimal(row["numerator"]) for row in answer["rows_behind"]) == Decimal("150.50")
    assert Decimal(answer["sums"]["numerator"]) == Decimal("150.50")


def test_rows_can_be_limited() -> None:
    answer = wald("measure", "win_rate", "--rows", "--limit", "1", "--json").json
    assert (len(answer["rows_behind"]), answer["total_rows"]) == (1, 3)
    assert answer["sums"] == {"numerator": "2", "denominator": "3"}


def test_csv_is_for_spreadsheets() -> None:
    ended = wald("measure", "bookings", "--by", "rep", "--csv")
    assert list(csv.reader(io.StringIO(ended.out))) == [
        ["rep", "value"],
        ["Ana", "100.00"],
        ["Ben", "50.50"],
    ]


def test_a_table_says_unit_dates_and_notes() -> None:
    ended = wald("measure", "pipeline_coverage")
    assert "Pipeline coverage, as of 2024-03-01" in ended.out
    assert "Note: " in ended.out
    assert "150.50 EUR" in wald("measure", "bookings").out


def test_every_problem_is_said_at_once_and_nothing_is_printed() -> None:
    ended = wald("measure", "win_rate", "--by", "regoin", "--period", "2024-Q9")
    assert (ended.code, ended.out) == (2, "")
    assert "regoin" in ended.err
    assert "2024-Q9" in ended.err


def test_an_unknown_metric_is_told_with_the_nearest_one() -> None:
    ended = wald("measure", "winrate")
    assert ended.code == 2
    assert "did you mean win_rate?" in ended.err


@pytest.mark.parametrize(
    ("option", "text"), [("--as-of", "31/12/2024"), ("--known", "yesterday"), ("--period", "soon")]
)
def test_a_date_that_cannot_be_read_is_said_with_how_to_write_it(option: str, text: str) -> None:
    ended = wald("measure", "win_rate", option, text)
    assert ended.code == 2
    assert text in ended.err
    assert "write" in ended.err


@pytest.mark.parametrize(
    "where",
    [
        "amount > (SELECT 1)",
        "1 = 1; DROP TABLE fact_booking",
        "amount >",
        "(" * 10_000,
        "read_text('/etc/passwd') = ''",
    ],
)
def test_hostile_conditions_are_refused_with_their_place(where: str) -> None:
    ended = wald("measure", "bookings", "--where", where)
    assert ended.code == 2
    assert "where" in ended.err
    assert len(ended.err) < 2000


def test_two_forms_at_once_are_refused() -> None:
    assert wald("measure", "bookings", "--json", "--csv").code == 2


def test_an_engine_that_nobody_knows_is_refused() -> None:
    ended = wald("measure", "bookings", "--engine", "oracle://there")
    assert ended.code == 2
    assert "oracle://there" in ended.err


def test_metrics_are_listed_with_their_definitions() -> None:
    assert "win_rate" in wald("metrics").out
    listed = {metric["key"]: metric for metric in wald("metrics", "--json").json}
    assert listed["win_rate"]["unit"] == "ratio"
    assert "region" in listed["win_rate"]["dimensions"]


def test_one_metric_is_told_in_full() -> None:
    assert "the share that we won" in wald("metrics", "win_rate").out
    assert wald("metrics", "win_rate", "--json").json["key"] == "win_rate"
    assert "did you mean win_rate?" in wald("metrics", "winrate").err


def test_the_pulse_says_figures_and_what_cannot_be_had() -> None:
    ended = wald("pulse")
    assert ended.code == 0
    assert "Win rate" in ended.out
    assert "150.50 EUR" in ended.out
    assert "Nothing is loaded for quota" in ended.out


def test_the_pulse_as_json_has_every_group() -> None:
    found = wald("pulse", "--json").json
    assert found["as_of"] == "2024-03-01"
    figures = {f["metric"]: f for group in found["groups"] for f in group["figures"]}
    assert figures["bookings"]["value"] == "150.50"
    assert figures["quota_attainment"]["value"] is None
    assert {f["metric"] for f in found["hygiene"]} >= {"stale_deals", "deals_without_account"}


def test_the_pulse_of_a_wrong_period_is_refused() -> None:
    assert wald("pulse", "--period", "2024-13").code == 2


def test_the_pulse_of_nothing_says_how_to_begin(tmp_path: Path) -> None:
    ended = wald("pulse", "--home", str(tmp_path / "empty"))
    assert ended.code == 0
    assert "wald load FOLDER" in ended.err
