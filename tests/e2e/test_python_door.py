"""An engineer opens a workspace in Python and goes on with Arrow, pandas or polars."""

import datetime as dt
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars
import pyarrow as pa
import pytest

import wald
from tests.exports import FILES, write_export
from tests.house.tree import DOCS
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed, Refusal
from wald.records.stores.users import create_user


@pytest.fixture(scope="module")
def w(tmp_path_factory: pytest.TempPathFactory, records: None) -> wald.Wald:
    place = tmp_path_factory.mktemp("python")
    opened = wald.open(place / "home")
    opened.load(write_export(place / "export"))
    return opened


@pytest.fixture
def fresh(tmp_path: Path, records: None) -> wald.Wald:
    return wald.open(tmp_path / "home")


def test_a_number_is_an_arrow_table(w: wald.Wald) -> None:
    rates = w.measure("win_rate", by=["region"])
    assert rates.schema.field("value").type == pa.decimal128(38, 6)
    assert rates.to_pylist() == [
        {"region": "North", "value": Decimal("0.500000")},
        {"region": "South", "value": Decimal("1.000000")},
    ]


def test_money_has_the_digits_of_its_currency_and_counts_are_whole(w: wald.Wald) -> None:
    assert w.measure("bookings").schema.field("value").type == pa.decimal128(38, 2)
    assert w.measure("won_deals").schema.field("value").type == pa.int64()
    assert w.measure("won_deals")["value"].to_pylist() == [2]


def test_what_cannot_be_had_is_null_and_says_why(w: wald.Wald) -> None:
    table = w.measure("quota_attainment")
    assert table["value"].to_pylist() == [None]
    assert "quota" in json.loads(table.schema.metadata[b"notes"])[0]


def test_the_schema_carries_what_the_number_is(w: wald.Wald) -> None:
    told = w.measure("bookings", period="2024-Q1", as_of="2024-03-31").schema.metadata
    assert told[b"metric"] == b"bookings"
    assert told[b"unit"] == b"money"
    assert told[b"currency"] == b"EUR"
    assert told[b"as_of"] == b"2024-03-31"
    assert told[b"period"] == b"2024-Q1"
    assert told[b"known_at"].endswith(b"Z")


def test_polars_and_pandas_take_it(w: wald.Wald) -> None:
    table = w.measure("bookings", by=["rep"])
    assert polars.from_arrow(table)["rep"].to_list() == ["Ana", "Ben"]
    assert polars.DataFrame(table).height == 2
    assert list(table.to_pandas()["value"]) == [Decimal("100.00"), Decimal("50.50")]


def test_a_day_may_be_a_text_or_a_date(w: wald.Wald) -> None:
    early = dt.date(2024, 2, 15)
    assert w.measure("won_deals", as_of=early).equals(w.measure("won_deals", as_of="2024-02-15"))
    assert w.measure("won_deals", as_of=early)["value"].to_pylist() == [1]


def test_the_rows_behind_add_up(w: wald.Wald) -> None:
    rows = w.rows("bookings", where="segment = 'SMB'")
    assert sum(rows["numerator"].to_pylist()) == Decimal("150.50")
    assert w.rows("bookings", limit=1).num_rows == 1


def test_a_table_as_it_stood(w: wald.Wald) -> None:
    now = {row["opportunity_id"]: row["outcome"] for row in w.table("opportunity").to_pylist()}
    assert now == {"O1": "won", "O2": "lost", "O3": "won", "O4": "open"}
    then = w.table("opportunity", as_of="2024-01-07").to_pylist()
    assert [(row["opportunity_id"], row["outcome"]) for row in then] == [
        ("O1", "open"), ("O2", "open"),
    ]  # fmt: skip
    assert w.table("person").num_rows == 2
    assert w.table("lead").num_rows == 0
    assert w.table("booking", known="2001-01-01").num_rows == 0


def test_metrics_are_there_by_key(w: wald.Wald) -> None:
    assert w.metrics()["win_rate"].title == "Win rate"


def test_the_pulse_is_a_value(w: wald.Wald) -> None:
    pulse = w.pulse()
    assert pulse is not None
    assert pulse.as_of == dt.date(2024, 3, 1)
    assert w.pulse("2023-Q4") is not None


def test_nothing_loaded_has_no_pulse(fresh: wald.Wald) -> None:
    assert fresh.pulse() is None


def test_a_load_is_taken_in_once_and_can_be_taken_back(fresh: wald.Wald, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export")
    assert fresh.load(export, dry_run=True).load_id is None
    assert fresh.load(export).load_id == 1
    assert fresh.load(str(export)).load_id is None
    assert [load.load_id for load in fresh.loads()] == [1]
    assert fresh.undo(1).rows == 13
    assert fresh.measure("bookings")["value"].to_pylist() == [None]
    with pytest.raises(Refusal, match="no load 7"):
        fresh.undo(7)


def test_options_are_those_of_the_command(fresh: wald.Wald, tmp_path: Path) -> None:
    bookings = FILES["booking.csv"].replace("100.00", '"1.234,56"').replace("50.50", '"50,50"')
    deals = FILES["opportunity.csv"].replace(".00,", ",").replace(".50,", ",")
    export = write_export(tmp_path / "export", booking=bookings, opportunity=deals)
    fresh.load(export, decimal="comma")
    assert fresh.measure("bookings")["value"].to_pylist() == [Decimal("1285.06")]


def test_every_problem_comes_with_the_refusal(w: wald.Wald) -> None:
    with pytest.raises(BadInput) as refused:
        w.measure("win_rate", by=["regoin"], period="2024-Q9")
    assert [problem.where for problem in refused.value.problems] == [
        "by regoin",
        "period '2024-Q9'",
    ]


def test_text_in_place_of_a_list_is_refused(w: wald.Wald) -> None:
    with pytest.raises(BadInput) as refused:
        w.measure("win_rate", by="region")
    assert refused.value.problems[0].fix == "write ['region']"


def test_a_table_that_is_not_there_is_refused_with_the_nearest(w: wald.Wald) -> None:
    with pytest.raises(BadInput) as refused:
        w.table("oportunity")
    assert refused.value.problems[0].fix == "did you mean opportunity?"


def test_two_workspaces_do_not_mix(w: wald.Wald, fresh: wald.Wald) -> None:
    assert w.measure("won_deals")["value"].to_pylist() == [2]
    assert fresh.loads() == ()


_IN_A_NOTEBOOK = """
import asyncio, os, sys, time
import wald
heavy = [name for name in ("django", "duckdb", "pyarrow", "sqlglot") if name in sys.modules]
assert heavy == [], heavy
zone = time.tzname
async def cell():
    w = wald.open(sys.argv[1])
    return w.loads()
assert asyncio.run(cell()) == ()
assert time.tzname == zone and os.environ["TZ"] == "America/New_York", time.tzname
"""


def test_opens_inside_an_event_loop_and_leaves_the_time_zone_alone(tmp_path: Path) -> None:
    known = {k: v for k, v in os.environ.items() if not k.startswith(("WALD_", "DJANGO_"))}
    ended = subprocess.run(
        [sys.executable, "-c", _IN_A_NOTEBOOK, str(tmp_path / "home")],
        env=known | {"TZ": "America/New_York"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_the_page_about_it_runs_as_it_stands(
    tmp_path: Path, records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "reference" / "python.md").read_text()
    lines = [line.removeprefix("    ") for line in page.splitlines() if line.startswith("    ")]
    exec("\n".join(lines), {})  # noqa: S102  # our own page
    assert len(lines) >= 5


def test_a_user_sees_their_rows_in_python_too(fresh: wald.Wald, tmp_path: Path) -> None:
    fresh.load(write_export(tmp_path / "export"))
    database = fresh.workspace.database
    create_user("max", None, Role.REP, database=database)  # nobody of the facts yet
    assert fresh.acting_as("max").measure("won_deals")["value"].to_pylist() == [0]
    assert fresh.measure("won_deals")["value"].to_pylist() == [2]
    with pytest.raises(Refusal, match="no user 'mia'"):
        fresh.acting_as("mia")
    with pytest.raises(NotAllowed):
        fresh.acting_as("max").acting_as("max")


def test_documents_cases_and_decisions_are_at_hand(fresh: wald.Wald, tmp_path: Path) -> None:
    fresh.load(write_export(tmp_path / "export"))
    assert fresh.effective("approval_policy", "discounts") is None
    plan = fresh.plan("document: approval_policy\nname: discounts\n")
    assert {problem.where.split(",")[0] for problem in plan.problems}
    number = fresh.decide(
        question="What now?",
        options=("This", "That"),
        choice="This",
        why="It is worth a try.",
        metric="win_rate",
        period="2099-Q1",
        baseline="2024-Q1",
        low="0.01",
        estimate="0.02",
        high="0.05",
        confidence="0.6",
        review_on="2099-04-10",
    )
    assert [kept.decision_id for kept in fresh.decisions()] == [number]
    assert fresh.insights() == ()
    assert fresh.cases() == ()
    assert fresh.case(1) is None
