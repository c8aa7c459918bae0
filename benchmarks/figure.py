"""What a benchmark finds: a figure beside its target."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    target: str
    measured: str
    met: bool | None  # None: there is no target


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    peak_gb: float  # resident memory of the process, at its highest
    output: str


def median_seconds(work: Callable[[], object], runs: int = 7) -> float:
    """Return the median wall time of `work` over several runs, after one that warms up."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def median_ratio(
    ours: Callable[[], object], theirs: Callable[[], object], runs: int = 7
) -> tuple[float, float, float]:
    """Return median seconds of both and the median of the ratios, the two taken in turn."""
    ours(), theirs()
    pairs = []
    for _ in range(runs):
        pairs.append((_seconds(ours), _seconds(theirs)))
    mine, other = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(mine), statistics.median(other), ratio


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run_process(arguments: Sequence[str]) -> Run:
    """Run a command to its end in a process of its own and account for it alone.

    An exit of 3 is well: rows were loaded and some need attention.
    """
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=sys.stderr)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    status, peak_kb = done.stdout.split()
    if status not in ("0", "3"):
        raise RuntimeError(f"{' '.join(arguments)} ended with {status}:\n{done.stderr[-2000:]}")
    return Run(seconds, int(peak_kb) / 1024**2, done.stderr)


def own_peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
