"""Ana loads an export, loads it again, mends what was rejected, and takes a load back."""

from pathlib import Path

import pytest

from tests.exports import FILES, write_export
from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export")


def test_accounts_for_every_row(export: Path) -> None:
    ended = wald("load", str(export), "--json")
    assert ended.code == 0
    assert ended.json["totals"] == {
        "read": 13, "new": 13, "changed": 0, "same": 0, "rejected": 0, "duplicate": 0,
    }  # fmt: skip


def test_says_on_standard_output_what_came_of_each_file(export: Path) -> None:
    ended = wald("load", str(export))
    assert ended.code == 0
    assert "opportunity.csv" in ended.out
    assert ended.err == ""


def test_the_same_folder_again_changes_nothing(export: Path) -> None:
    wald("load", str(export))
    again = wald("load", str(export), "--json")
    assert (again.code, again.json["load_id"], again.json["totals"]["same"]) == (0, None, 13)


def test_a_dry_run_stores_nothing(export: Path) -> None:
    ended = wald("load", str(export), "--dry-run", "--json")
    assert ended.json["totals"]["new"] == 13
    assert wald("loads", "--json").json == []


def test_rejected_rows_end_in_code_3_and_can_be_shown(export: Path) -> None:
    broken = FILES["booking.csv"].replace("100.00", "a hundred")
    write_export(export, booking=broken)
    ended = wald("load", str(export), "--json")
    assert ended.code == 3
    assert ended.json["totals"]["rejected"] == 1
    (rejected,) = wald("rejects", "1", "--json").json
    assert rejected["rows"][0]["booking_id"] == "B1"
    assert "a hundred" in rejected["rows"][0]["reason"]


def test_the_good_rows_of_a_load_with_rejects_count(export: Path) -> None:
    write_export(export, booking=FILES["booking.csv"].replace("100.00", "a hundred"))
    wald("load", str(export))
    assert wald("measure", "bookings", "--json").json["rows"] == [{"value": "50.50"}]


def test_an_undone_load_is_no_longer_known_but_once_was(export: Path) -> None:
    wald("load", str(export))
    write_export(export, booking=FILES["booking.csv"].replace("50.50", "60.50"))
    wald("load", str(export))
    before = wald("measure", "bookings", "--json").json
    assert wald("undo", "2").code == 0
    after = wald("measure", "bookings", "--json").json
    assert (before["rows"], after["rows"]) == ([{"value": "160.50"}], [{"value": "150.50"}])
    then = wald("measure", "bookings", "--known", before["known_at"], "--json").json
    assert then["rows"] == before["rows"]


def test_loads_are_listed_newest_first(export: Path) -> None:
    wald("load", str(export))
    write_export(export, account=FILES["account.csv"].replace("Birch", "Beech"))
    wald("load", str(export))
    assert [one["load_id"] for one in wald("loads", "--json").json] == [2, 1]
    assert "published" in wald("loads").out


@pytest.mark.parametrize("words", [["undo", "9"], ["rejects", "9"]])
def test_a_load_that_is_not_there_is_refused(words: list[str]) -> None:
    ended = wald(*words)
    assert ended.code == 2
    assert "There is no load 9" in ended.err


def test_a_folder_that_is_not_there_is_said_with_its_name(tmp_path: Path) -> None:
    ended = wald("load", str(tmp_path / "nowhere"))
    assert ended.code == 2
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err


def test_another_load_running_is_a_conflict(export: Path, home: Path) -> None:
    from wald.engine.intake.lock import held

    with held(home / "load.lock", "a test"):
        ended = wald("load", str(export))
    assert ended.code == 4
    assert "a test" in ended.err


def test_an_unknown_form_is_refused_with_the_choices(export: Path) -> None:
    ended = wald("load", str(export), "--decimal", "semicolon")
    assert ended.code == 2
    assert "point" in ended.err
    assert "comma" in ended.err
