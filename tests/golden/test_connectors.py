"""Every connector makes of a few rows what was worked out by hand.

    [cases.a_won_deal_is_a_booking]
    why = "It closed, and it has an amount."
    [cases.a_won_deal_is_a_booking.files]
    "Opportunity.csv" = '''
    Id,Name,StageName,...
    '''
    [cases.a_won_deal_is_a_booking.gives]
    booking = '''
    booking_id | amount
    A          | 100
    '''

`gives` lists all rows of a table, in the columns it names; `none` is no value. `rejects` says how
the reasons of rejected rows begin, and `repairs` counts what was repaired.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from tests.connecting import taken, write

FOLDER = Path(__file__).parent / "connectors"


@dataclass(frozen=True)
class Case:
    connector: str
    name: str
    files: Mapping[str, str]
    gives: Mapping[str, str]
    rejects: Mapping[str, list[str]]
    repairs: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.connector}: {self.name.replace('_', ' ')}"


def _cases(path: Path) -> list[Case]:
    found = []
    for name, case in tomllib.loads(path.read_text())["cases"].items():
        unknown = set(case) - {"why", "files", "gives", "rejects", "repairs"}
        assert not unknown, f"{path.name}, {name}: a case has no {unknown}"
        assert case["why"], f"{path.name}, {name}: say why"
        gives, rejects = case.get("gives", {}), case.get("rejects", {})
        found.append(Case(path.stem, name, case["files"], gives, rejects, case.get("repairs", {})))
    return found


CASES = [case for path in sorted(FOLDER.glob("*.toml")) for case in _cases(path)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gives_what_was_worked_out(case: Case, tmp_path: Path) -> None:
    made = taken(write(tmp_path / "export", case.files), tmp_path / "facts")
    assert made.connector == case.connector
    for table, text in case.gives.items():
        columns, wanted = _rows(text)
        shown = ", ".join(f"CAST({column} AS TEXT)" for column in columns)
        got = sorted(tuple(map(_plain, row)) for row in made.rows(table, shown))
        assert got == sorted(wanted), table
    for table, starts in case.rejects.items():
        reasons = made.rejected[table]
        assert len(reasons) == len(starts)
        assert all(one.startswith(start) for one, start in zip(reasons, starts, strict=True))
    assert {**made.repairs, **case.repairs} == made.repairs


def _rows(text: str) -> tuple[list[str], list[tuple[str, ...]]]:
    header, *lines = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()
    ]
    return header, [tuple(map(_plain, line)) for line in lines]


def _plain(cell: object) -> str:
    """Write numbers alike, however many zeros they came with."""
    if cell is None:
        return "none"
    try:
        return f"{Decimal(str(cell)).normalize():f}"
    except InvalidOperation:
        return str(cell)
