"""Worked cases as people write them: facts and answers as small tables inside TOML.

    [worlds.two_reps]
    opportunity = '''
    opportunity_id | owner_id | outcome | amount | closed_on
    d1             | ana      | won     | 1000   | 2024-02-15
    '''

    [cases.share_of_deals_that_closed]
    world = "two_reps"
    ask = { period = "2024-Q1", as_of = 2024-03-31 }
    gives = "1 / 1 = 1.000000"
    why = "One deal closed and it was won."

An empty cell of a fact is null. A world is one load, or `[[worlds.x.loads]]`, each with `at` and
perhaps `undone_at`. `ask` takes `by`, `where`, `period`, `as_of`, `known` as the command does, and
`currency`, `rates`, `calendar`, `year_starts`. `gives` is a value, with the two sums of a ratio
before it, or a table with one line per group; `none` is what cannot be had or has no name.
`notes`, where given, are all the sentences beside the number; `rows` are the keys of the rows
behind it.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from tests.small_world import FIRST, Knowledge
from wald.facts.settings import Settings
from wald.facts.tables import TABLES
from wald.facts.terms import RateRule
from wald.queries.measure import Ask

NONE = "none"


@dataclass(frozen=True, slots=True)
class Given:
    """What one group, or the whole, is to be: its value as it is shown, and the two sums."""

    value: str | None
    sums: tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class WorkedCase:
    name: str
    why: str
    world: str
    loads: tuple[Knowledge, ...]
    ask: Ask
    settings: Settings
    gives: Mapping[tuple[str | None, ...], Given]
    notes: tuple[str, ...] | None
    rows: tuple[str, ...] | None

    def __str__(self) -> str:
        return f"{self.ask.metric}: {self.name.replace('_', ' ')}"


def cases(path: Path) -> Iterator[WorkedCase]:
    """Yield the cases of the file of one metric; its name is the metric's key."""
    text = tomllib.loads(path.read_text())
    worlds = {name: tuple(_loads(world)) for name, world in text["worlds"].items()}
    unknown = set(text) - {"worlds", "cases"}
    assert not unknown, f"{path.name}: a file has worlds and cases, not {unknown}"
    for name, case in text["cases"].items():
        unknown = set(case) - {"why", "world", "ask", "gives", "notes", "rows"}
        assert not unknown, f"{path.name}, {name}: a case has no {unknown}"
        asked = dict(case["ask"])
        settings = _settings(asked)
        yield WorkedCase(
            name,
            case["why"],
            f"{path.stem} {case['world']}",
            worlds[case["world"]],
            _ask(path.stem, asked),
            settings,
            _gives(case["gives"], tuple(asked.get("by", ()))),
            tuple(case["notes"]) if "notes" in case else None,
            tuple(case["rows"]) if "rows" in case else None,
        )


def _loads(world: Mapping[str, object]) -> Iterator[Knowledge]:
    loads = world.get("loads", [{"at": FIRST, **world}])
    assert isinstance(loads, list)
    for number, load in enumerate(loads, start=1):
        rows = {
            name: list(_keyed(name, number, read_table(text)))
            for name, text in load.items()
            if name not in ("at", "undone_at")
        }
        yield Knowledge(load["at"], rows, load.get("undone_at"))


def _keyed(
    table: str, load: int, rows: Sequence[Mapping[str, str]]
) -> Iterator[Mapping[str, object]]:
    """Give rows without a key one of their own, so that cases need not number their changes."""
    key = TABLES[table].key
    for number, row in enumerate(rows, start=1):
        missing = {key[0]: f"{load}-{number}"} if len(key) == 1 and key[0] not in row else {}
        yield missing | dict(row)


def read_table(text: str) -> list[dict[str, str]]:
    """Read lines of cells parted by `|` under a header; a row has no entry for an empty cell."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    if not lines:
        return []
    header, *rows = lines
    odd = [row for row in rows if len(row) != len(header)]
    assert not odd, f"{len(header)} columns, but {odd}"
    return [{n: c for n, c in zip(header, row, strict=True) if c} for row in rows]


def _ask(metric: str, asked: Mapping[str, object]) -> Ask:
    known = asked.get("known")
    assert known is None or isinstance(known, datetime)
    words = {**asked, "by": tuple(asked.get("by", ())), "known": known}  # type: ignore[arg-type]
    return Ask(metric, **words)  # type: ignore[arg-type]


def _settings(asked: dict[str, object]) -> Settings:
    """Take the terms out of what is asked."""
    rule, starts = asked.pop("rates", RateRule.ON_THE_DAY.value), asked.pop("year_starts", 1)
    assert isinstance(starts, int)
    return Settings(
        currency=str(asked.pop("currency", "EUR")),
        rate_rule=RateRule(rule),
        calendar=str(asked.pop("calendar", "months")),
        fiscal_year_starts=starts,
    )


def _gives(text: str, by: tuple[str, ...]) -> Mapping[tuple[str | None, ...], Given]:
    if not by and "|" not in text:
        return {(): _given(text)}
    found = {}
    for row in read_table(text):
        value = row.pop("value")
        found[tuple(None if cell == NONE else cell for cell in row.values())] = _given(value)
    return found


def _given(text: str) -> Given:
    """Read `0.75`, `3 / 4 = 0.750000` or `none`."""
    sums, _, value = text.rpartition("=")
    shown = None if value.strip() == NONE else value.strip()
    if not sums:
        return Given(shown, None)
    above, below = (Decimal(part.strip().replace(",", "")) for part in sums.split("/"))
    return Given(shown, (above, below))
