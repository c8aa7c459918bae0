"""A simulated folder appears whole or not at all, and its files hold the simulated rows."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from wald.actions.simulate import Form, SimulatedFolder, simulate_to
from wald.facts.tables import TABLES
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Refusal
from wald.simulator.columns import schema
from wald.simulator.simulate import simulate

ANA = Actor("Ana", frozenset({"facts.load"}))
RAE = Actor("Rae", frozenset())


def made(
    out: Path,
    *,
    actor: Actor = ANA,
    company: str = "acme",
    years: int = 1,
    scale: float = 0.1,
    planted: tuple[str, ...] | None = None,
    until: date | None = None,
    form: Form = "parquet",
) -> SimulatedFolder:
    return simulate_to(
        actor=actor,
        company=company,
        seed=3,
        years=years,
        scale=scale,
        planted=planted,
        until=until,
        out=out,
        form=form,
    )


def test_parquet_files_hold_the_simulated_rows(tmp_path: Path) -> None:
    folder = made(tmp_path / "acme").folder
    told = simulate(company="acme", seed=3, years=1, scale=0.1)
    for name in TABLES:
        assert pq.read_table(folder / f"{name}.parquet").equals(told.tables[name]), name


def test_csv_files_hold_the_same_values(tmp_path: Path) -> None:
    folder = made(tmp_path / "acme", form="csv").folder
    told = simulate(company="acme", seed=3, years=1, scale=0.1)
    for name in TABLES:
        options = csv.ConvertOptions(
            column_types=schema(name), strings_can_be_null=True, null_values=[""]
        )
        rows = csv.read_csv(folder / f"{name}.csv", convert_options=options)
        assert rows.equals(told.tables[name]), name


def test_answers_plans_and_a_label_lie_beside_the_tables(tmp_path: Path) -> None:
    folder = made(tmp_path / "acme").folder
    answers = json.loads((folder / "answers.json").read_text())
    assert {problem["problem"] for problem in answers["problems"]} >= {"weak_rep", "sandbagger"}
    assert json.loads((folder / "plans.json").read_text())[0]["role"] == "rep"
    assert "invented" in (folder / "README.md").read_text()
    files = {path.name for path in folder.iterdir()}
    tables = {f"{name}.parquet" for name in TABLES}
    assert files == tables | {"answers.json", "plans.json", "README.md"}


def test_says_what_was_written(tmp_path: Path) -> None:
    heard: dict[str, int] = {}
    told = simulate_to(
        actor=ANA,
        company="quiet",
        seed=3,
        years=1,
        scale=0.1,
        planted=None,
        until=date(2026, 3, 1),
        out=tmp_path / "quiet",
        form="parquet",
        progress=heard.__setitem__,
    )
    assert told.rows == heard
    assert told.problems == ()
    assert (told.first, told.last) == (date(2025, 10, 1), date(2026, 3, 1))


def test_an_empty_folder_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    assert made(tmp_path / "acme").folder.is_dir()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_nothing_is_overwritten(tmp_path: Path, what: str) -> None:
    out = tmp_path / "acme"
    if what == "folder":
        out.mkdir()
    mine = out / "mine.txt" if what == "folder" else out
    mine.write_text("mine")
    with pytest.raises(BadInput, match="name a new or an empty folder"):
        made(out)
    assert mine.read_text() == "mine"


def test_an_unknown_company_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="did you mean 'acme'"):
        made(tmp_path / "out", company="acne")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_problem_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="did you mean 'weak_rep'"):
        made(tmp_path / "out", planted=("week_rep",))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        made(tmp_path / "out", company="umbrella", years=0, scale=-1)
    assert [problem.where for problem in refusal.value.problems] == ["company", "years", "scale"]


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2026, 10, 1)])
def test_a_day_outside_the_history_is_refused(tmp_path: Path, day: date) -> None:
    with pytest.raises(BadInput, match="from 2025-10-01 to 2026-09-30"):
        made(tmp_path / "out", until=day)


def test_who_may_not_load_may_not_simulate(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="needs the permission"):
        made(tmp_path / "out", actor=RAE)


def test_a_stop_half_way_leaves_nothing(tmp_path: Path) -> None:
    def stop(table: str, rows: int) -> None:
        if table == "opportunity":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_to(
            actor=ANA,
            company="acme",
            seed=3,
            years=1,
            scale=0.1,
            planted=None,
            until=None,
            out=tmp_path / "acme",
            form="csv",
            progress=stop,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_table_in_many_chunks_becomes_one_file(tmp_path: Path) -> None:
    rows = pq.read_table(made(tmp_path / "acme", scale=9).folder / "person.parquet")
    keys = pa.table([rows["person_id"], rows["valid_from"]], names=["person", "day"])
    assert keys.group_by(["person", "day"]).aggregate([]).num_rows == rows.num_rows
    assert len(rows["territory"].unique()) > 270
