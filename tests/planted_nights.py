"""Nights over simulated companies, for experiments: what a night tells, and whether it is right.

A history is stored as parts and read as of many days, as loads are. What is agreed comes from the
company itself; documents are not needed.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np

from wald.brain.agreed import Agreed, Threshold
from wald.brain.detector import Detector, Night, detectors
from wald.brain.patterns import Finding, Judged, Measured, Silent, night_of
from wald.brain.places import read_sums
from wald.engine.connect import Engine, connect, run
from wald.facts.parts import Load, Part, Snapshot
from wald.facts.relations import Scene
from wald.facts.settings import Settings
from wald.facts.table import STORAGE
from wald.facts.tables import TABLES
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar
from wald.queries import night as asking
from wald.queries.measure import View
from wald.simulator.blocks import TOUCHED
from wald.simulator.simulate import World, world

_LOADED = datetime(2026, 10, 1, tzinfo=UTC)
SETTINGS = Settings(currency="EUR")


@dataclass(frozen=True)
class Asked:
    """Which history: of the quiet company with these problems planted, or Acme with its own."""

    seed: int
    planted: tuple[str, ...] = ()
    company: str = "quiet"
    years: int = 4
    scale: float = 2.0

    @property
    def name(self) -> str:
        problems = "+".join(self.planted) or "none"
        return f"{self.company}-{self.seed}-{problems}-{self.years}-{self.scale:g}"

    def world(self) -> World:
        own = None if self.company == "acme" else self.planted
        return world(
            company=self.company, seed=self.seed, years=self.years, scale=self.scale, planted=own
        )


@dataclass(frozen=True)
class History:
    """A stored history, open to be asked; `answers` as the simulator wrote them."""

    world: World
    answers: Sequence[Mapping[str, object]]
    seen: View


@contextmanager
def history(asked: Asked, room: Path) -> Iterator[History]:
    """Store a history below `room`, open it with one thread, and remove it at the end."""
    root = room / asked.name
    shutil.rmtree(root, ignore_errors=True)
    told = asked.world()
    snapshot, answers = _stored(told, root)
    engine = connect("", root, memory="1GB", threads=1)
    engine.attach(snapshot)
    try:
        yield History(told, answers, View(snapshot, engine, _terms(), SETTINGS))
    finally:
        engine.close()
        shutil.rmtree(root, ignore_errors=True)


def _terms() -> Terms:
    return Terms("EUR", RateRule.ON_THE_DAY, months_calendar())


def _stored(told: World, root: Path) -> tuple[Snapshot, Sequence[Mapping[str, object]]]:
    """Write each chunk as a part; return the snapshot and what is planted."""
    parts: list[Part] = []
    touched = []
    with duckdb.connect() as connection:
        for name, chunk in told.chunks():
            if name == TOUCHED:
                touched.append(chunk)
            elif chunk.num_rows:
                connection.register("chunk", chunk)
                parts.append(_part(connection, name, root, len(parts)))
    answers = told.answers(touched)["problems"]
    assert isinstance(answers, list)
    return Snapshot(root, (Load(1, _LOADED, None, "here", "canonical", tuple(parts)),)), answers


def _part(connection: duckdb.DuckDBPyConnection, name: str, root: Path, number: int) -> Part:
    table = TABLES[name]
    columns = ", ".join(
        f'CAST("{c.name}" AS {STORAGE[c.type]}) AS "{c.name}"' for c in table.columns
    )
    path = Path(name) / f"{number}.parquet"
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    rows = f"SELECT {columns}, CAST(1 AS BIGINT) AS load_id, FALSE AS is_deleted FROM chunk"
    connection.execute(f"COPY ({rows}) TO '{root / path}' (FORMAT parquet, COMPRESSION zstd)")
    days = [f'CAST("{one}" AS DATE)' for one in (table.happened, *table.tells) if one]
    ends = (
        f"MIN({days[0]}), GREATEST({', '.join(f'MAX({d})' for d in days)})"
        if days
        else "NULL, NULL"
    )
    money = "LIST(DISTINCT currency)" if any(c.name == "currency" for c in table.columns) else "[]"
    found = connection.execute(f"SELECT COUNT(*), {ends}, {money} FROM chunk").fetchone()
    assert found is not None
    count, first, last, currencies = found
    named = tuple(sorted(one for one in currencies if one))
    return Part(name, str(path), 1, count, False, named, first, last)


def agreed_in(told: World, day: date) -> Agreed:
    """Return what the company has agreed by a day, as documents would say it."""
    found = told.agreed
    chances = found["stage_chances"] if _is_on(found["raised_on"], day) else found["before"]
    assert isinstance(chances, dict)
    limits = found["discount_limits"]
    assert isinstance(limits, list)
    return Agreed(
        stage_chances={stage: Decimal(chance) for stage, chance in chances.items()},
        discount_limits=tuple(Decimal(limit) for limit in limits),
        amount_limits=(Decimal(str(found["amount_limit"])),),
        thresholds=tuple(_thresholds(told, day)),
    )


def _is_on(since: object, day: date) -> bool:
    return since is not None and str(since) <= day.isoformat()


def _thresholds(told: World, day: date) -> Iterator[Threshold]:
    for plan in told.plans:
        if str(plan["starts_on"]) > day.isoformat():
            continue
        components = plan["components"]
        assert isinstance(components, list)
        for clause in components:
            for one in clause.get("thresholds", ()):
                amount, since = Decimal(one["amount"]), date.fromisoformat(str(plan["starts_on"]))
                yield Threshold(str(plan["key"]), clause["title"], amount, one["currency"], since)


def night(found: History, day: date) -> Judged:
    """Return what a night tells as of a day, by the steps of `queries.night`."""
    seen = found.seen
    whole = Night(
        Scene(seen.snapshot, AsOf(day), seen.terms, stage=seen.engine.stage),
        agreed_in(found.world, day),
        asking.slots_until(seen, day),
    )
    measured: list[Measured] = []
    silent: list[Silent] = []
    for detector in detectors().values():
        why = asking._why_silent(seen, detector, whole)
        if why:
            silent.append(Silent(detector.key, why))
        else:
            measured.append(_measured(seen.engine, detector, whole))
    chance = np.random.Generator(np.random.PCG64(day.toordinal()))
    booked = asking._booked(seen, whole)
    return night_of(
        measured,
        whole,
        booked=booked,
        chance=chance,
        silent=silent,
        drop=lambda one: asking.why_unnamed(seen, one, day),
    )


def _measured(engine: Engine, detector: Detector, whole: Night) -> Measured:
    return Measured(detector, read_sums(run(engine, detector.measure(whole)), detector.sums))


def told_of(finding: Finding) -> dict[str, object]:
    """Return a finding as plain JSON values."""
    look, money = finding.look, finding.look.money
    return {
        "detector": finding.detector.key,
        "where": dict(look.where),
        "person": look.person_id,
        "direction": look.direction,
        "p": look.p_value,
        "money": None if money is None else round(money.estimate),
        "also": [[key, subject] for key, subject in finding.also],
        "claim": look.claim,
    }
