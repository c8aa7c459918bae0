"""Every metric gives what was worked out by hand, its rows add up, and so do its groups."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest

from tests.asking import rows_behind
from tests.golden.worked_case import Given, WorkedCase, cases
from tests.small_world import stored_loads
from wald.engine.connect import Engine, connect, run
from wald.facts.answer import answer, missing_tables
from wald.facts.dimension import DIMENSIONS
from wald.facts.measure import compose, dimensions_for, subject_of
from wald.facts.metric import Metric, metrics
from wald.facts.parts import Snapshot
from wald.facts.question import Answer, AnswerRow, Question
from wald.facts.settings import terms_of
from wald.kernel.money import minor_units
from wald.kernel.period import period_of
from wald.kernel.unit import Unit
from wald.queries.measure import View, measured, read_ask

FOLDER = Path(__file__).parent / "metrics"
CASES = [case for path in sorted(FOLDER.glob("*.toml")) for case in cases(path)]
Key = tuple[str | None, ...]
See = Callable[[WorkedCase], View]


@pytest.fixture(scope="module")
def snapshot_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[WorkedCase], Snapshot]:
    """Return what stores the facts of a case, once for all cases of its world."""
    made: dict[str, Snapshot] = {}

    def store(case: WorkedCase) -> Snapshot:
        if case.world not in made:
            root = tmp_path_factory.mktemp("world") / "facts"
            made[case.world] = stored_loads(root, case.loads)
        return replace(made[case.world], known=case.ask.known)

    return store


@pytest.fixture(scope="module")
def see(snapshot_of: Callable[[WorkedCase], Snapshot]) -> Iterator[See]:
    duckdb = connect("", Path())
    yield lambda case: _view(duckdb, snapshot_of(case), case)
    duckdb.close()


@pytest.fixture(scope="module")
def see_on_postgres(
    snapshot_of: Callable[[WorkedCase], Snapshot], postgres_address: str
) -> Iterator[See]:
    opened: dict[Path, Engine] = {}

    def close() -> None:
        for engine in opened.values():
            engine.close()
        opened.clear()

    def view(case: WorkedCase) -> View:
        snapshot = snapshot_of(case)
        if snapshot.root not in opened:
            close()  # a server has few connections, and the cases of a world follow each other
            opened[snapshot.root] = connect(postgres_address, snapshot.root)
        return _view(opened[snapshot.root], snapshot, case)

    yield view
    close()


def _view(engine: Engine, snapshot: Snapshot, case: WorkedCase) -> View:
    engine.attach(snapshot)
    return View(snapshot, engine, terms_of(case.settings), case.settings)


def test_every_metric_has_its_cases() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(metrics())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_duckdb_gives_what_was_worked_out(case: WorkedCase, see: See) -> None:
    _agree(case, measured(see(case), case.ask))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_postgres_gives_what_was_worked_out(case: WorkedCase, see_on_postgres: See) -> None:
    _agree(case, measured(see_on_postgres(case), case.ask))


def _agree(case: WorkedCase, found: Answer) -> None:
    assert {row.key: _shown(row, case.gives.get(row.key)) for row in found.rows} == case.gives
    assert case.notes is None or found.notes == case.notes


def _shown(row: AnswerRow, wanted: Given | None) -> Given:
    """Return a row in the form of what is wanted: with the two sums only if they are given."""
    value = None if row.value is None else str(row.value)
    if wanted is None or wanted.sums is None:
        return Given(value, None)
    return Given(value, (row.numerator or Decimal(0), row.denominator or Decimal(0)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rows_behind_add_up_to_the_number(case: WorkedCase, see: See) -> None:
    seen = see(case)
    found, question = measured(seen, case.ask), read_ask(seen, case.ask)
    if found.lacks:
        return
    rows = rows_behind(seen.engine, question)
    key = subject_of(question).row_key[0]
    assert case.rows is None or sorted(case.rows) == sorted(str(row[key]) for row in rows)
    behind: dict[Key, list[Mapping[str, object]]] = defaultdict(list)
    for row in rows:
        behind[_key(seen, question.by, row)].append(row)
    assert set(behind) <= {row.key for row in found.rows}
    for row in found.rows:
        assert _total(question.metric, behind[row.key], "numerator") == (row.numerator or 0)
        if question.metric.denominator:
            assert _total(question.metric, behind[row.key], "denominator") == (row.denominator or 0)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_groups_add_up_to_the_whole(case: WorkedCase, see: See) -> None:
    """The whole is the sum of the sums of its groups, and its value never a mean of theirs."""
    seen = see(case)
    question = read_ask(seen, case.ask)
    metric, by = question.metric, question.by or tuple(dimensions_for(question.metric))[:1]
    split, asked = replace(question, by=by), replace(question, by=())
    if subject_of(split) is not subject_of(asked):
        return  # the groups are told by lines and the whole by orders: other rows
    found = measured(seen, case.ask)
    parts = found.rows if question.by else _bare(seen, split).rows
    (whole,) = _bare(seen, asked).rows if question.by else found.rows
    assert sum(row.records for row in parts) == whole.records
    assert sum(row.missing for row in parts) == whole.missing
    if metric.numerator.startswith("MEDIAN"):
        behind = rows_behind(seen.engine, asked)
        assert _total(metric, behind, "numerator") == (whole.numerator or 0)
        return
    above, below = (sum((s or 0 for s in side), Decimal(0)) for side in _sides(parts))
    assert above == (whole.numerator or 0)
    assert below == (whole.denominator or 0)
    if metric.is_ratio and whole.value is not None:
        assert abs(above / below - whole.value) <= Decimal("0.5") / _steps(seen, metric)


def _bare(seen: View, question: Question) -> Answer:
    """Return the answer without looking for doubts."""
    if missing_tables(question):
        return answer(question, [])
    return answer(question, run(seen.engine, compose(question)).to_pylist())


def _sides(parts: Sequence[AnswerRow]) -> tuple[list[Decimal | None], list[Decimal | None]]:
    return [row.numerator for row in parts], [row.denominator for row in parts]


def _steps(seen: View, metric: Metric) -> int:
    """Return in how many steps one whole of the metric's unit is shown."""
    digits = {Unit.RATIO: 6, Unit.MONEY: minor_units(seen.terms.currency)}.get(metric.unit, 2)
    return int(10**digits)


def _total(metric: Metric, rows: list[Mapping[str, object]], side: str) -> Decimal:
    parts = [Decimal(str(row[side])) for row in rows if row[side] is not None]
    if metric.numerator.startswith("MEDIAN"):
        return Decimal(str(median(parts))) if parts else Decimal(0)
    return sum(parts, Decimal(0))


def _key(seen: View, by: tuple[str, ...], row: Mapping[str, object]) -> Key:
    def shown(name: str) -> str | None:
        value, grain = row[name], DIMENSIONS[name].grain
        if isinstance(value, date) and grain is not None:
            return period_of(seen.terms.calendar, grain, value).label
        return None if value is None else str(value)

    return tuple(shown(name) for name in by)
