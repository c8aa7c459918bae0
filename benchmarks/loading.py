"""Load a million deals with ten million changes, from Parquet and from CSV."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, Run, run_process

MOST_SECONDS = 180
MOST_GB = 4.0
CSV_FACTOR = 2.0


def loading(world: dict[str, Path], room: Path) -> Iterator[Figure]:
    parquet = _load(world["parquet"], room / "parquet")
    yield Figure(
        "load 1 M deals and 10 M changes, Parquet",
        f"{MOST_SECONDS} s",
        f"{parquet.seconds:.0f} s",
        parquet.seconds <= MOST_SECONDS,
    )
    yield _memory("the same: peak memory", parquet)
    csv = _load(world["csv"], room / "csv")
    yield Figure(
        "the same from CSV",
        f"{CSV_FACTOR * MOST_SECONDS:.0f} s",
        f"{csv.seconds:.0f} s, {csv.seconds / parquet.seconds:.2f} x Parquet",
        csv.seconds <= CSV_FACTOR * MOST_SECONDS,
    )
    yield _memory("the same from CSV: peak memory", csv)
    again = run_process(_command(world["parquet"], room / "parquet"))
    yield Figure("the same Parquet folder again: nothing new", "", f"{again.seconds:.0f} s", None)
    yield _memory("the same again: peak memory", again)


def _memory(name: str, run: Run) -> Figure:
    return Figure(name, f"{MOST_GB:.0f} GB", f"{run.peak_gb:.2f} GB", run.peak_gb <= MOST_GB)


def _load(folder: Path, home: Path) -> Run:
    shutil.rmtree(home, ignore_errors=True)
    return run_process(_command(folder, home))


def _command(folder: Path, home: Path) -> list[str]:
    return [sys.executable, "-m", "wald", "load", str(folder), "--home", str(home)]
