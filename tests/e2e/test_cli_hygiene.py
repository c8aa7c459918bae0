"""Hygiene in the terminal, also of bad input: each kind is named with its number."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hygiene_world import PLANTED, write_hygiene
from tests.terminal import wald

# Bad in every way, beside the deals of the company.
BAD_DEALS = """\
BACK,Back,A1,R1,renewal,Won,won,100,EUR,2026-05-01,2026-06-01 08:00:00,2026-05-01
STRANGE,Strange,A1,R1,renewal,Limbo,open,100,EUR,2026-08-31,2026-06-21 08:00:00,
BELOW,Below,A1,R1,renewal,Qualify,open,-500,EUR,2026-08-31,2026-06-21 08:00:00,
NORATE,No rate,A1,R1,renewal,Qualify,open,700,JPY,2026-08-31,2026-06-21 08:00:00,
NOBODYS,Nobody's,A1,,,,open,100,EUR,,,
"""


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory, records: None) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("hygiene")
    folder = write_hygiene(place / "export")
    with (folder / "opportunity.csv").open("a", encoding="utf-8") as deals:
        deals.write(BAD_DEALS)
    with (folder / "person.csv").open("a", encoding="utf-8") as people:
        people.write("R9,1900-01-01,Hal,GONE,Alpha,North,rep\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WALD_HOME", str(place / "home"))
        wald("load", str(folder))  # which warns of what is bad
        yield place


def test_shows_rules_findings_and_what_cannot_be_told() -> None:
    shown = wald("hygiene", "show", "--on", "2026-06-30", "--limit", "200")
    assert shown.code == 0
    for key, rule in PLANTED.items():
        if rule not in ("no_next_step", "unproved_exit"):  # loaded later; no process is agreed
            assert key in shown.out
    assert "No next step cannot tell of 20 deals" in shown.out
    assert "Exit criterion without evidence cannot tell of 20 deals" in shown.out


def test_bad_input_is_named_with_its_number() -> None:
    told = wald("hygiene", "show", "--on", "2026-06-30", "--json", "--limit", "200").json
    notes = {one["key"]: one["records"] for one in told["notes"]}
    assert notes["closed_early"] == 1
    assert notes["strange_stage"] == 1
    assert notes["no_stage"] == 1
    assert notes["negative"] == 1
    assert notes["no_rate"] == 1
    assert notes["no_owner"] == 1
    assert notes["hierarchy_hole"] == 1
    assert notes["no_history"] > 1
    reasons = {
        (one["key"], why["why"]): why["deals"]
        for one in told["rules"]
        for why in one["cannot_tell"]
    }
    assert reasons["stale_for_stage", "Nobody put 'Limbo' in the order of stages."] == 1
    assert reasons["amount_far_from_peers", "No rate from JPY to EUR is known."] == 1
    assert reasons["close_date_past", "The deal has no expected closing day."] == 1
    below = [one for one in told["findings"] if one["opportunity_id"] == "BELOW"]
    assert [one["rule"] for one in below if one["severity"] == "high"][:1] == [
        "amount_far_from_peers"
    ]


def test_filters_and_files() -> None:
    told = wald("hygiene", "show", "--on", "2026-06-30", "--rule", "no_amount", "--csv")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [(row["opportunity_id"], row["severity"]) for row in rows] == [("NOAMOUNT", "medium")]
    told = wald("hygiene", "show", "--on", "2026-06-30", "--owner", "R3", "--json")
    assert {one["owner_id"] for one in told.json["findings"]} == {"R3"}
    few = wald("hygiene", "show", "--on", "2026-06-30", "--limit", "1")
    assert "--limit N shows more" in few.err
    assert wald("hygiene", "show", "--json", "--csv").code != 0
    wrong = wald("hygiene", "show", "--rule", "nothing")
    assert wrong.code != 0
    assert "choose among" in wrong.err


def test_rules_tell_what_they_measure_and_how_they_fared() -> None:
    shown = wald("hygiene", "rules", "--on", "2026-06-30")
    assert shown.code == 0
    assert "won within 180 days" in shown.out
    told = wald("hygiene", "rules", "--on", "2026-06-30", "--json").json
    assert {one["key"] for one in told["rules"]} == set(PLANTED.values())
    later = wald("hygiene", "rules", "--on", "2099-12-31", "--json").json
    assert later == wald("hygiene", "rules", "--json").json  # nobody knows what was won then
    early = wald("hygiene", "rules", "--on", "2025-03-31")
    assert "do not reach back 180 days" in early.out


def test_where_a_source_has_no_such_thing_nobody_is_flagged(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without activities, changes and stages, most rules cannot tell; none blames everybody."""
    place = tmp_path_factory.mktemp("bare")
    folder = write_hygiene(place / "export")
    for name in ("activity", "opportunity_change", "stage", "contact"):
        (folder / f"{name}.csv").unlink()
    monkeypatch.setenv("WALD_HOME", str(place / "home"))
    wald("load", str(folder))
    told = wald("hygiene", "show", "--on", "2026-06-30", "--json").json
    found = {(one["opportunity_id"], one["rule"]) for one in told["findings"]}
    expected = ("close_date_past", "no_amount", "amount_far_from_peers")
    assert found == {(key, rule) for key, rule in PLANTED.items() if rule in expected}
    blind = {one["key"]: one["cannot_tell"] for one in told["rules"] if one["cannot_tell"]}
    assert set(blind) == set(PLANTED.values()) - set(expected)
    assert all([why["deals"] for why in one] == [16] for one in blind.values())
