"""Whoever sees some persons' rows gets the numbers of a company that has no others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.asking import TERMS, ask, question, rows_behind, total
from tests.small_world import stored
from wald.engine.connect import Engine, connect, run
from wald.facts.measure import dimensions_for
from wald.facts.metric import metrics
from wald.facts.parts import Sight, Snapshot
from wald.facts.relations import Scene
from wald.facts.seen import COMMON, OWNERS, THROUGH
from wald.facts.tables import TABLES
from wald.kernel.bitemporal import AsOf
from wald.simulator.simulate import simulate

PAST = date(2026, 3, 31)
Rows = Mapping[str, Sequence[Mapping[str, object]]]


def _made(until: date | None = None) -> Rows:
    made = simulate(company="acme", seed=7, years=1, scale=0.1, planted=None, until=until)
    return {name: table.to_pylist() for name, table in made.tables.items()}


def _persons(rows: Rows) -> frozenset[str]:
    reps = sorted({str(row["person_id"]) for row in rows["person"] if row["role"] == "rep"})
    return frozenset(reps[::3])


def _of(rows: Rows, persons: frozenset[str], *, whole: tuple[str, ...] = ()) -> Rows:
    """Return what is left of a company without everybody else's rows."""
    kept = {
        name: [row for row in rows[name] if row[owner] in persons]
        for name, owner in OWNERS.items()
        if name in rows and name not in whole and name != "account"
    }
    for name, (parent, key) in (
        ("opportunity_change", ("opportunity", "opportunity_id")),
        ("opportunity_line", ("opportunity", "opportunity_id")),
        ("booking_line", ("booking", "booking_id")),
        ("payment", ("booking", "booking_id")),
    ):
        ids = {row[key] for row in kept[parent]}
        kept[name] = [row for row in rows.get(name, ()) if row[key] in ids]
    return {**rows, **kept}


def _with_sight(snapshot: Snapshot, persons: frozenset[str]) -> Snapshot:
    return replace(snapshot, sight=Sight("some", lambda _: persons))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = connect("", Path())
    yield made
    made.close()


@pytest.fixture(scope="module")
def now() -> Rows:
    return _made()


@pytest.fixture(scope="module")
def then() -> Rows:
    return _made(PAST)


@pytest.fixture(scope="module")
def company(now: Rows, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return stored(tmp_path_factory.mktemp("whole"), now)


@pytest.fixture(scope="module")
def worlds(
    now: Rows, then: Rows, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[tuple[date | None, bool], Snapshot]:
    """Companies without the others' rows: today and at the end of the past."""
    some = _persons(now)
    return {
        (day, moves): stored(
            tmp_path_factory.mktemp("some"),
            _of(rows, some, whole=("activity",) if moves else ()),
        )
        for day, rows in ((None, now), (PAST, then))
        for moves in (False, True)
    }


@pytest.mark.parametrize("as_of", [None, PAST])
@pytest.mark.parametrize("key", metrics())
def test_the_numbers_are_those_of_a_company_without_the_others(
    key: str,
    as_of: date | None,
    now: Rows,
    company: Snapshot,
    worlds: Mapping[tuple[date | None, bool], Snapshot],
    engine: Engine,
) -> None:
    day = as_of or company.reaches
    # Whoever moved a deal moved it, so idle deals are judged by everybody's activities.
    world = worlds[as_of, metrics()[key].reads == "moved_deals"]
    seen = _with_sight(company, _persons(now))
    for by in ((), ("team",), ("rep",)):
        if not set(by) <= set(dimensions_for(metrics()[key])):
            continue
        found = ask(engine, question(seen, key, *by, as_of=day))
        assert found.rows == ask(engine, question(world, key, *by, as_of=day)).rows


@pytest.mark.parametrize("key", metrics())
def test_the_rows_behind_add_up_to_the_number(
    key: str, now: Rows, company: Snapshot, engine: Engine
) -> None:
    if metrics()[key].numerator.startswith("MEDIAN("):
        return
    asked = question(_with_sight(company, _persons(now)), key)
    whole = sum((row.numerator or 0 for row in ask(engine, asked).rows), start=0)
    assert total(rows_behind(engine, asked), "numerator") == whole


def test_who_sees_nobody_sees_no_row(company: Snapshot, engine: Engine) -> None:
    seen = _with_sight(company, frozenset())
    engine.attach(seen)
    for name, table in TABLES.items():
        when = AsOf(PAST)
        rows = Scene(seen, when, TERMS).table(name, [column.name for column in table.columns])
        assert (run(engine, rows).num_rows == 0) == (name not in COMMON), name


def test_every_table_says_whose_its_rows_are() -> None:
    assert {*OWNERS, *THROUGH} | COMMON == set(TABLES)
    assert COMMON.isdisjoint({*OWNERS, *THROUGH})
    for name, owner in OWNERS.items():
        assert TABLES[name].column(owner) is not None
    for name, parents in THROUGH.items():
        for parent, key in parents:
            assert TABLES[name].column(key) is not None
            assert TABLES[parent].column(key) is not None


@pytest.mark.parametrize("person", ["x' OR 1=1 --", "\\' OR TRUE --", '"', "a\nb"])
def test_no_key_of_a_person_says_more_than_itself(
    person: str, company: Snapshot, engine: Engine
) -> None:
    found = ask(engine, question(_with_sight(company, frozenset({person})), "won_deals"))
    assert found.rows[0].records == 0
