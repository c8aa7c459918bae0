"""Statements are the same from the credits that a run leaves and from the facts; nothing rests on
the file being there, or being sound."""

import logging
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.paying_runs import ANA, FIN, MANAGERS, REPS, Payroll, payroll
from wald.actions import pay
from wald.actions.backup import backup
from wald.engine.by_person import rows_of_person
from wald.heart.compensation.statement_json import canonical, statement_json
from wald.kernel.workspace import Workspace
from wald.queries import pay_at_hand
from wald.queries.pay import pay_of
from wald.queries.pay_statements import statement
from wald.records.stores.pay import KeptRun

# Max and Moe share B7, which came from an opportunity.
CAME = "booking_id,opportunity_id,account_id,owner_id,type,amount,currency,booked_on\n"
MORE = CAME + "B7,O7,A1,R1,new_business,9000.10,EUR,2026-02-17\n"
SPLIT = "booking_split_id,booking_id,person_id,share,kind\nS1,B7,R1,0.7,split\nS2,B7,R2,0.3,split\n"
PEOPLE = ("M1", "R1", "R2")


@pytest.fixture
def desk(tmp_path: Path, record_home: Workspace) -> Payroll:
    made = payroll(tmp_path, record_home, REPS, MANAGERS)
    made.load(booking__csv=MORE, booking_split__csv=SPLIT)
    return made


def files(desk: Payroll) -> list[Path]:
    """Return the files of credits, finished or not; what a run paid is kept beside them."""
    found = (desk.workspace.cache / "runs").glob("*")
    return sorted(one for one in found if one.suffix != ".json")


def texts(desk: Payroll, run: KeptRun) -> list[bytes]:
    """Return the statements of all, read as in a new process."""
    pay_at_hand.forget()
    key = {"actor": FIN, "workspace": desk.workspace, "run_id": run.run_id}
    return [
        canonical(statement_json(statement(person_id=one, **key)))  # type: ignore[arg-type]  # as named
        for one in PEOPLE
    ]


def came(desk: Payroll, run: KeptRun) -> dict[str, str] | None:
    key = {"actor": FIN, "workspace": desk.workspace, "run_id": run.run_id}
    found = pay_of(person_id="R2", **key).opportunities  # type: ignore[arg-type]  # as named
    return None if found is None else dict(found)


def test_the_same_statement_comes_from_the_file_and_from_the_facts(desk: Payroll) -> None:
    desk.paid("2026-01")
    run = desk.paid("2026-02")
    (file,) = (one for one in files(desk) if one.name.startswith(f"{run.run_id}-"))
    target = desk.root / "copy.zip"
    backup(actor=ANA, workspace=desk.workspace, path=target, at=desk.tick())
    with zipfile.ZipFile(target) as copy:
        names = copy.namelist()
    assert f"pay/runs/{run.run_id}/credit.parquet" in names
    assert not [one for one in names if "cache" in one]
    # The file has each credit of each person, of January too, since when counters count.
    kept = pq.read_table(file)
    assert kept.column("person_id").to_pylist() == sorted(kept.column("person_id").to_pylist())
    assert kept.num_rows == 6 + 6  # B1, B2, B4, B5, and B7 twice; all of them also Mia's
    from_file = texts(desk, run)
    assert came(desk, run) == {"B7": "O7"}
    file.unlink()
    assert texts(desk, run) == from_file
    assert came(desk, run) is None
    assert not file.exists()


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def without_a_column(file: Path) -> None:
    pq.write_table(pq.read_table(file, memory_map=False).drop_columns(["segment"]), file)


def unsorted(file: Path) -> None:
    rows = pq.read_table(file, memory_map=False).sort_by([("person_id", "descending")])
    pq.write_table(rows, file, row_group_size=1)


def other_amounts(file: Path) -> None:
    rows = pq.read_table(file, memory_map=False)
    doubled = pa.array([2 * one for one in rows.column("deal_amount").to_pylist()])
    place = rows.column_names.index("deal_amount")
    pq.write_table(rows.set_column(place, "deal_amount", doubled), file)


def of_nobody(file: Path) -> None:
    pq.write_table(pq.read_table(file, memory_map=False).slice(0, 0), file)


def test_a_damaged_file_changes_no_statement_and_is_deleted(
    desk: Payroll, caplog: pytest.LogCaptureFixture
) -> None:
    run = desk.paid("2026-01")
    said = texts(desk, run)
    (file,) = files(desk)
    sound = file.read_bytes()
    for damage in (halved, without_a_column, unsorted, other_amounts, of_nobody):
        file.write_bytes(sound)
        damage(file)
        caplog.clear()
        with caplog.at_level(logging.WARNING, "wald.pay"):
            assert texts(desk, run) == said, damage
        assert file.name in caplog.text, damage
        assert not file.exists(), damage


def test_files_of_runs_that_count_no_more_are_deleted(desk: Payroll) -> None:
    draft = desk.run("2026-01")
    dead = desk.workspace.cache / "runs" / "1-dead.unfinished"
    dead.write_text("what a killed run has left")
    second = desk.run("2026-01")
    assert [one.name.partition("-")[0] for one in files(desk)] == [str(second.run_id)]
    assert draft.results_hash == second.results_hash
    pay.withdraw(
        actor=ANA, workspace=desk.workspace, run_id=second.run_id, why="wrong", at=desk.tick()
    )
    third = desk.run("2026-01")
    assert [one.name.partition("-")[0] for one in files(desk)] == [str(third.run_id)]


def test_a_file_that_cannot_be_written_stops_no_run(
    desk: Payroll, caplog: pytest.LogCaptureFixture
) -> None:
    desk.workspace.cache.mkdir(exist_ok=True)
    (desk.workspace.cache / "runs").write_text("in the way")
    with caplog.at_level(logging.WARNING, "wald.pay"):
        run = desk.paid("2026-01")
    assert f"pay run {run.run_id} was not kept" in caplog.text
    assert len(texts(desk, run)) == len(PEOPLE)


def test_rows_of_a_person_are_found_wherever_groups_end(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    persons = [f"P{number:02}" for number in range(20) for _ in range(number % 4)]
    rows = pa.table({"person_id": persons, "place": list(range(len(persons)))})
    for size in (1, 2, 3, 5, 100):
        pq.write_table(rows, file, row_group_size=size)
        for person in ("", "P", "P00", "P01", "P07", "P12", "P19", "P20"):
            expected = [place for place, one in enumerate(persons) if one == person]
            found = rows_of_person(file, person)
            assert found.column("place").to_pylist() == expected
            assert rows_of_person(file, person, ["place"]).column_names == ["place"]


def test_a_file_that_is_not_sorted_by_person_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"person_id": ["b", "a"]}), file, row_group_size=1)
    with pytest.raises(ValueError, match="not in the order"):
        rows_of_person(file, "a")
