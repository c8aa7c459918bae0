"""`wald causes --table`: one file, many cases in one call, and files that are not as they should
be."""

import csv
from pathlib import Path

import pytest

from tests.terminal import wald

_RATE = ("--value", "won", "--count", "closed", "--time", "quarter")
_BY = ("--dimensions", "region,segment")


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _deals(case: str = "", fallen: str = "North") -> list[dict[str, object]]:
    """Return five quarters of 500 deals a leaf; half as many are won in one region in the last."""
    return [
        {
            "case": case,
            "quarter": f"2026-Q{quarter}",
            "region": region,
            "segment": segment,
            "territory": "",
            "size": 100 + 100 * (segment == "Large"),
            "closed": 500,
            "won": 60 if quarter == 5 and region == fallen else 120 + quarter % 2,
        }
        for quarter in range(1, 6)
        for region in ("North", "South", "West")
        for segment in ("Large", "Small")
    ]


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    return _write(tmp_path / "deals.csv", _deals())


def test_names_the_region_whose_rate_fell(deals: Path) -> None:
    told = wald("causes", "--table", str(deals), *_RATE, "--at", "2026-Q5", *_BY, "--json").json
    assert told["verdict"] == "found"
    best = told["causes"][0]
    assert best["where"] == {"region": "North"}
    assert best["asserted"] is True
    assert best["share"] == pytest.approx(1.0, abs=0.05)
    assert best["stability"] >= 0.8
    assert 0 < best["score"] <= 1
    assert len(told["causes"]) == 3


def test_earlier_quarters_say_nothing_is_there(deals: Path) -> None:
    told = wald("causes", "--table", str(deals), *_RATE, "--at", "2026-Q4", *_BY, "--json").json
    assert told["verdict"] == "nothing_there"
    assert not any(cause["asserted"] for cause in told["causes"])


def test_many_cases_in_one_call(tmp_path: Path) -> None:
    table = _write(tmp_path / "all.csv", _deals("one") + _deals("two", fallen="West"))
    moments = _write(
        tmp_path / "moments.csv",
        [{"case": "two", "at": "2026-Q5"}, {"case": "one", "at": "2026-Q4"}],
    )
    given = ("--each", "case", "--moments", str(moments), "--json")
    told = wald("causes", "--table", str(table), *_RATE, *_BY, *given).json
    assert [one["case"] for one in told["cases"]] == ["one", "two"]
    assert [one["verdict"] for one in told["cases"]] == ["nothing_there", "found"]
    assert told["cases"][1]["causes"][0]["where"] == {"region": "West"}


def test_a_dimension_that_is_empty_throughout_is_left_out(deals: Path) -> None:
    by = ("--dimensions", "region,territory,segment")
    told = wald("causes", "--table", str(deals), *_RATE, *by, "--json").json
    assert told["causes"][0]["where"] == {"region": "North"}
    assert [note["where"] for note in told["notes"]] == ["territory"]


def test_whole_numbers_stay_numbers(deals: Path) -> None:
    by = ("--dimensions", "region,size")
    told = wald("causes", "--table", str(deals), *_RATE, *by, "--top", "9", "--json").json
    sizes = {cause["where"].get("size") for cause in told["causes"]}
    assert sizes - {None} <= {100, 200}


def test_a_sum_against_its_expectation(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"region": f"R{i}", "product": f"P{j}", "got": 50 if i == 2 else 100 + j, "plan": 101 + j}
        for i in range(4)
        for j in range(5)
    ]
    table = _write(tmp_path / "sums.csv", rows)
    given = ("--value", "got", "--expected", "plan", "--dimensions", "region,product", "--json")
    told = wald("causes", "--table", str(table), *given).json
    assert told["verdict"] == "found"
    assert [one["where"] for one in told["causes"] if one["asserted"]] == [{"region": "R2"}]


def test_a_sum_alone_is_judged_against_earlier_moments(deals: Path) -> None:
    given = ("--value", "won", "--time", "quarter", "--dimensions", "region,segment", "--json")
    told = wald("causes", "--table", str(deals), *given)
    assert told.json["verdict"] in ("found", "too_little_data")


def test_shows_it_in_words(deals: Path) -> None:
    shown = wald("causes", "--table", str(deals), *_RATE, *_BY)
    assert shown.code == 0
    assert "These places explain it" in shown.out
    assert "region=North" in shown.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--value", "won"), "--dimensions"),
        (("--value", "won", *_BY), "--time"),
        (("--value", "won", "--count", "closed", "--expected", "won", *_BY), "a rate or a sum"),
        ((*_RATE, "--dimensions", "region,colour"), "has no column colour"),
        ((*_RATE, *_BY, "--at", "2030-Q1"), "moments run from 2026-Q1 to 2026-Q5"),
        ((*_RATE, *_BY, "--moments", "missing.csv"), "--each"),
        (("--value", "region", "--count", "closed", "--time", "quarter", *_BY), "no number"),
        (("--dimensions", "region"), "--value"),
    ],
)
def test_says_what_is_wrong(deals: Path, given: tuple[str, ...], said: str) -> None:
    shown = wald("causes", "--table", str(deals), *given)
    assert shown.code == 2
    assert said in shown.err
    assert "Traceback" not in shown.err


def test_the_first_moment_is_too_little_data_and_says_why(deals: Path) -> None:
    told = wald("causes", "--table", str(deals), *_RATE, "--at", "2026-Q1", *_BY, "--json").json
    assert told["verdict"] == "too_little_data"
    assert "no earlier moment" in told["notes"][-1]["what"]


def test_odd_leaves_are_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    rows = _deals()
    odd: list[dict[str, object]] = [
        {**rows[-1], "region": "East", "closed": 0, "won": 3},
        {**rows[-1], "region": "Isle", "closed": 1, "won": 1},
    ]
    table = _write(tmp_path / "odd.csv", rows + odd)
    told = wald("causes", "--table", str(table), *_RATE, *_BY, "--json").json
    said = " ".join(note["what"] for note in told["notes"])
    assert told["causes"][0]["where"] == {"region": "North"}
    assert "1 leaves have a value and a count of 0" in said
    assert "have a count of 1" in said
    assert "Isle was never seen before" in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    shown = wald("causes", "--table", str(tmp_path / "none.csv"), *_RATE, *_BY)
    assert shown.code == 2
    assert "none.csv" in shown.err
