"""Going back through recorded changes shows what going forward through them had made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from tests.small_world import Knowledge, known_at, stored_loads
from wald.engine.connect import Engine, connect, run
from wald.facts.as_of import as_of
from wald.facts.parts import Snapshot
from wald.facts.table import STORAGE
from wald.facts.tables import TABLES, TRACKED
from wald.kernel.bitemporal import AsOf

EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - facts are naive UTC
SHOWN = ("opportunity_id", *TRACKED)
State = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a deal at one instant: every field that changed, with its new value."""

    at: datetime
    news: State


@dataclass(frozen=True, slots=True)
class History:
    """One deal: how it began, and its steps in the order of time."""

    key: str
    created_at: datetime
    first: State
    steps: tuple[Step, ...]

    def state(self, until: datetime) -> dict[str, str | None]:
        """Play the steps before `until` forward."""
        state = dict(self.first)
        for step in self.steps:
            if step.at < until:
                state |= step.news
        return state

    def changes(self, since: datetime, until: datetime) -> Iterator[dict[str, object]]:
        """Yield the rows that a source would have recorded."""
        for number, step in enumerate(self.steps):
            old = self.state(step.at)
            for field, new in step.news.items():
                if since <= step.at < until and new != old[field]:
                    yield {
                        "change_id": f"{self.key}-{number}-{field}",
                        "opportunity_id": self.key,
                        "field": field,
                        "old": old[field],
                        "new": new,
                        "changed_at": str(step.at),
                    }


_OPEN = {"outcome": "open", "closed_on": None}
# A closing tells all of these, so what one was before must come from a change (ADR 0014).
_TOLD_BY_CLOSING = {
    "won": {"stage": "Won", "probability": "1", "forecast_category": "closed"},
    "lost": {"stage": "Lost", "probability": "0", "forecast_category": "omitted"},
}
_own = {
    "stage": st.sampled_from(["Talk", "Demo", "Offer"]),
    "amount": st.none() | st.decimals(0, 10**6, places=2).map(str),
    "close_on": st.none() | st.dates(date(2024, 1, 1), date(2025, 12, 31)).map(str),
    "owner_id": st.sampled_from(["ana", "bo", "cy"]),
    "probability": st.none() | st.sampled_from(["0.1", "0.25", "0.5"]),
    "forecast_category": st.sampled_from(["pipeline", "best_case", "commit"]),
}
_edits = st.dictionaries(st.sampled_from(sorted(_own)), st.none(), min_size=1, max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries({field: _own[field] for field in chosen})
)


@st.composite
def histories(draw: st.DrawFn, key: str) -> History:
    """A deal that is edited, closed and opened again, never twice in one second."""
    at = EPOCH + timedelta(seconds=draw(st.integers(0, 40 * 86400)))
    first = {**draw(st.fixed_dictionaries(_own)), **_OPEN}
    created, state, steps = at, dict(first), []
    for _ in range(draw(st.integers(0, 6))):
        at += timedelta(seconds=draw(st.integers(1, 30 * 86400)))
        kind = draw(st.sampled_from(["edit", "edit", "won", "lost"]))
        if kind == "edit":
            news = draw(_edits)
        elif state["outcome"] == "open":
            news = {"outcome": kind, "closed_on": str(at.date()), **_TOLD_BY_CLOSING[kind]}
        else:
            news = {**_OPEN, "stage": "Talk", "probability": "0.1", "forecast_category": "pipeline"}
        steps.append(Step(at, news))
        state |= news
    return History(key, created, first, tuple(steps))


deals = st.integers(1, 4).flatmap(
    lambda count: st.tuples(*[histories(f"d{number}") for number in range(count)])
)
days = st.dates(date(2023, 12, 30), date(2024, 9, 1))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = connect("", Path())
    yield made
    made.close()


def after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time())


def export(history: tuple[History, ...], since: datetime, until: datetime) -> Knowledge:
    """What a full export made just before `until` brings beside one made before `since`."""
    rows = [
        {"opportunity_id": deal.key, "created_at": str(deal.created_at), **deal.state(until)}
        for deal in history
        if deal.created_at < until
    ]
    changes = [row for deal in history for row in deal.changes(since, until)]
    loaded_at = until.replace(tzinfo=UTC)
    return Knowledge(loaded_at, {"opportunity": rows, "opportunity_change": changes})


def wanted(history: tuple[History, ...], day: date) -> dict[str, dict[str, object]]:
    """What each deal was at the end of `day`, by playing forward."""
    return {
        deal.key: {name: _typed(name, value) for name, value in deal.state(after(day)).items()}
        for deal in history
        if deal.created_at < after(day)
    }


def told(engine: Engine, snapshot: Snapshot, day: date) -> dict[str, dict[str, object]]:
    """What each deal was at the end of `day`, as facts tell it."""
    engine.attach(snapshot)
    deals = as_of("opportunity", AsOf(day, snapshot.known), snapshot, SHOWN)
    rows = run(engine, exp.select(*SHOWN).from_(deals.subquery("deal"))).to_pylist()
    return {str(row.pop("opportunity_id")): row for row in rows}


def _typed(name: str, value: str | None) -> object:
    column = TABLES["opportunity"].column(name)
    assert column is not None
    if value is None or STORAGE[column.type] == "TEXT":
        return value
    return date.fromisoformat(value) if STORAGE[column.type] == "DATE" else Decimal(value)


_RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_RELAXED
@given(history=deals, day=days)
def test_a_day_of_the_past_is_as_it_was(
    history: tuple[History, ...],
    day: date,
    engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    end = EPOCH + timedelta(days=400)
    snapshot = stored_loads(tmp_path_factory.mktemp("facts"), [export(history, EPOCH, end)])
    assert told(engine, snapshot, day) == wanted(history, day)


@_RELAXED
@given(history=deals, day=days, cut=days)
def test_an_older_export_knows_only_its_own_days(
    history: tuple[History, ...],
    day: date,
    cut: date,
    engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Asked with the knowledge of the first of two exports, the second does not exist."""
    end = EPOCH + timedelta(days=400)
    loads = [export(history, EPOCH, after(cut)), export(history, after(cut), end)]
    snapshot = stored_loads(tmp_path_factory.mktemp("facts"), loads)
    for known, last in ((after(cut).replace(tzinfo=UTC), min(day, cut)), (None, day)):
        seen = known_at(snapshot, known) if known else snapshot
        assert told(engine, seen, day) == wanted(history, last)
