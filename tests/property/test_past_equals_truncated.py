"""What was true on a day, told from the whole history, is what an export of that day tells."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.asking import ask, question
from tests.small_world import simulated
from wald.engine.connect import Engine, connect
from wald.facts.measure import dimensions_for
from wald.facts.metric import metrics
from wald.facts.parts import Snapshot

# Each company is looked at on a day of its own and broken down in a way of its own.
LOOKS = (
    (3, date(2025, 12, 31), ("rep", "stage", "month")),
    (11, date(2026, 2, 14), ("segment", "product_family", "quarter")),
    (12, date(2026, 5, 20), ("team", "type", "lead_source", "kind", "source")),
    (29, date(2026, 9, 29), ("manager", "country", "forecast_category")),
)
Export = Callable[[int, date | None], Snapshot]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    @cache
    def made(seed: int, until: date | None) -> Snapshot:
        root = tmp_path_factory.mktemp("export") / "facts"
        return simulated(root, seed=seed, scale=0.1, until=until)

    return made


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    both = connect("", Path()), connect("", Path())
    yield both
    for engine in both:
        engine.close()


@pytest.mark.parametrize(("seed", "day", "names"), LOOKS)
@pytest.mark.parametrize("key", metrics())
def test_the_past_equals_the_export_of_that_day(
    key: str,
    seed: int,
    day: date,
    names: tuple[str, ...],
    export: Export,
    engines: tuple[Engine, Engine],
) -> None:
    have = dimensions_for(metrics()[key])
    by = [name for name in names if name in have]
    told = [
        ask(engine, question(snapshot, key, *by, as_of=day))
        for engine, snapshot in zip(engines, (export(seed, None), export(seed, day)), strict=True)
    ]
    assert told[0].rows == told[1].rows
    assert told[0].notes == told[1].notes
