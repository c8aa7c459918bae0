"""The night in the terminal: a look that keeps nothing, one that keeps, what cannot be asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.night_world import DAY, write_falling
from tests.terminal import wald


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory, records: None) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("night")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WALD_HOME", str(place / "home"))
        wald("load", str(write_falling(place / "export")))
        yield place


def test_a_dry_run_tells_and_keeps_nothing() -> None:
    told = wald("notice", "--dry-run", "--day", DAY.isoformat(), "--json").json
    assert [one["subject"] for one in told["findings"]] == ["region:North"]
    assert told["kept"] is False
    assert wald("insights", "list", "--json").json == []


def test_shows_findings_advice_and_who_was_silent() -> None:
    shown = wald("notice", "--dry-run", "--day", DAY.isoformat())
    assert shown.code == 0
    assert "1 findings" not in shown.out
    assert "North: 10 % of the deals that closed in 13 weeks were won" in shown.out
    assert "Silent: deal_velocity: no rows of opportunity_change" in shown.out


def test_keeps_what_it_finds_as_insights() -> None:
    told = wald("notice", "--only", "win_rate_shift", "--day", DAY.isoformat(), "--json").json
    (finding,) = told["findings"]
    (kept,) = wald("insights", "list", "--json").json
    assert finding["insight"] == kept["insight_id"]
    assert kept["source"] == "win_rate_shift"


def test_names_what_cannot_be_asked() -> None:
    assert wald("notice", "--only", "moon").code == 2
    assert "there is no such detector" in wald("notice", "--only", "moon").err
    assert wald("notice", "--day", "yesterday").code == 2
