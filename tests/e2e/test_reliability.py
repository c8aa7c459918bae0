"""The campaigns on crashes and tampering, small; `make campaign` runs all of them in full."""

import importlib
import inspect
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest
from pytest_django import DjangoDbBlocker

from tests.reliability import __main__ as campaign
from tests.reliability import kills, tampering

FOLDER = Path(campaign.__file__).parent
_NONE = {"__init__", "__main__", "api_records", "desk", "hands", "result", "writer"}
_NONE |= {"run_nest", "worker_nest"}


def test_killed_at_any_point_nothing_acknowledged_is_lost() -> None:
    found = kills.run(10, seed=5)
    assert (found.tried, found.failed) == (10, 0), found.words


@pytest.fixture(scope="module")
def home_of_kills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kills.prepared_home(tmp_path_factory.mktemp("kills") / "home")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM records_journalentry WHERE seq = 3", "Entry 3: is missing"),
        ("DELETE FROM records_caseevent", "a case without its opening"),
        ("DELETE FROM records_searchentry", "a decision that is not found"),
        ("UPDATE records_case SET version = 9", "not the fold of its events"),
    ],
)
def test_what_the_kills_look_for_would_be_seen(
    home_of_kills: Path, tmp_path: Path, sql: str, said: str
) -> None:
    home = copytree(home_of_kills, tmp_path / "home")
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        records.execute("PRAGMA foreign_keys = OFF")
        records.execute(sql)
        records.commit()
    assert any(said in fault for fault in kills.faults_of(home))


def test_altered_bytes_are_found(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        found = tampering.run(2000, seed=5)
    assert (found.tried, found.failed) == (2000, 0), found.words


def test_every_campaign_is_run_by_make_campaign() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")} - _NONE
    assert names == set(campaign.CAMPAIGNS)
    for name in names:
        run = importlib.import_module(f"tests.reliability.{name}").run
        assert [*inspect.signature(run).parameters][:2] == ["count", "seed"]


def test_the_page_holds_the_figures_that_were_kept() -> None:
    assert campaign.figures() in campaign.PAGE.read_text()


@pytest.mark.parametrize(
    ("tried", "failed", "bound"), [(10_000, 0, "0.0300%"), (300, 0, "1.0000%"), (10, 1, "–")]
)
def test_no_failure_in_n_is_three_in_n_at_most(tried: int, failed: int, bound: str) -> None:
    assert campaign._bound(tried, failed) == bound
