"""A load killed at any moment leaves either the old or the new state."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingesting import Desk, Desks, write

KILLS = 20
DEALS = 400
_DOUBLINGS = 6  # of the time that a load took at first


@pytest.fixture
def desk(tmp_path: Path, records: None) -> Desk:
    return Desks(tmp_path).new()


@pytest.fixture
def loader(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Start the process whose children load; it holds the modules, so that a load is quick."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.loader", str(desk.workspace.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_a_killed_load_leaves_the_old_or_the_new_state(
    desk: Desk, loader: subprocess.Popen[str]
) -> None:
    exports = [_export(desk.root / f"export {turn}", turn) for turn in range(2)]
    lasts = [_load(desk, loader, folder) for folder in (*exports, exports[0])][-1]
    states = [_state(desk.root / f"alone {turn}", folder) for turn, folder in enumerate(exports)]
    turn, published, kill = 0, 0, 0
    # Up to a bit longer than a load lasts; then, should the machine be slow now, until one is in.
    while kill < KILLS or (not published and kill < KILLS + _DOUBLINGS):
        moment = lasts * (1.2 * kill / KILLS if kill < KILLS else 2 ** (kill - KILLS + 1))
        _load(desk, loader, exports[1 - turn], kill_after=moment)
        found = desk.everything()
        assert found in states, f"kill {kill} left a state of its own"
        published += found == states[1 - turn]
        turn = states.index(found)
        kill += 1
    assert 0 < published < kill, "no kill came before, or none after, the load was published"
    _load(desk, loader, exports[1 - turn])
    assert desk.everything() == states[1 - turn]
    assert _files(desk) == {part.path for load in desk.snapshot().loads for part in load.parts}
    assert list((desk.workspace.cache / "loading").iterdir()) == []


def _export(folder: Path, turn: int) -> Path:
    """Write deals with a change each; the two exports differ in every row."""
    deals = "".join(f"O{n},deal {n},open,{n + turn},EUR\n" for n in range(DEALS))
    changes = "".join(f"C{n},O{n},stage,{turn},later,2024-01-01\n" for n in range(DEALS))
    rejects = "O,,maybe,1,EUR\n"
    return write(
        folder,
        opportunity__csv=f"opportunity_id,name,outcome,amount,currency\n{deals}{rejects}",
        opportunity_change__csv=(f"change_id,opportunity_id,field,old,new,changed_at\n{changes}"),
    )


def _state(root: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what a workspace knows that loaded `folder` alone."""
    alone = Desks(root).new()
    alone.load(folder=folder)
    return alone.everything()


def _load(
    desk: Desk, loader: subprocess.Popen[str], folder: Path, kill_after: float | None = None
) -> float:
    """Load in a child, killed after some seconds if given; return how long it lived."""
    assert loader.stdin is not None
    assert loader.stdout is not None
    moment = "never" if kill_after is None else str(kill_after)
    loader.stdin.write(f"{desk.tick().isoformat()} {moment} {folder}\n")
    loader.stdin.flush()
    return float(loader.stdout.readline())


def _files(desk: Desk) -> set[str]:
    facts = desk.workspace.facts
    return {str(path.relative_to(facts)) for path in facts.glob("*/*")}
