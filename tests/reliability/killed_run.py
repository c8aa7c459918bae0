"""Pay runs killed with SIGKILL at each step and in between: no line is lost or doubled.

A quarter with an adjustment is run and released by a child, which is killed up to 25 times and
then left to end. After each kill whatever counts has all its layers, byte for byte those of a run
that nobody disturbed; at the end one run is released, the adjustment is paid once, every run that
was made and the release have one entry each, nothing else lies about, and the journal is whole.
Half of the kills come at a moment drawn from the whole time of a run, half shortly after one of its
steps. Only a child that the signal ended before it was done counts as killed.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import SIGKILL
from sqlite3 import connect
from tempfile import TemporaryDirectory
from typing import IO

import wald_verify
from tests.reliability.result import Result

_STEPS = 6  # that a child tells
_SHORTLY = 0.02  # seconds
_LANES = 6  # nests at once; most of the time they wait
_MOST_KILLS = 25  # of one workspace
_PATIENCE = 600.0  # seconds
_LAYERS = ("credit", "measure", "component", "payout", "payment")


@dataclass
class _Nest:
    process: "subprocess.Popen[str]"
    usual: float = 1.0  # seconds that a child needs
    struck: Counter[str] = field(default_factory=Counter)  # kills by the step that was begun

    def begin(self, home: Path) -> int:
        """Fork a child for a home; return its process."""
        _stream(self.process.stdin).write(f"{home}\n")
        _stream(self.process.stdin).flush()
        return int(self.heard().removeprefix("child "))

    def learn(self, seconds: float) -> None:
        """Take note of how long an undisturbed run took: others use the machine too."""
        if seconds > _SHORTLY:  # else it was released before
            self.usual += (seconds - self.usual) / 5

    def heard(self) -> str:
        return _stream(self.process.stdout).readline().strip()

    def until_ended(self) -> tuple[str, int]:
        """Read on until the child is gone; return the last that it said, and its signal."""
        last = ""
        while (line := self.heard()) and not line.startswith("ended "):
            last = line
        return last, int(line.removeprefix("ended ") or 0)


@dataclass(frozen=True)
class _Wanted:
    """What is there after a run that nobody disturbed."""

    layers: dict[str, object]
    files: dict[str, bytes]


@dataclass(frozen=True)
class _Lane:
    """What one nest did; several run at once, each with workspaces of its own."""

    kills: int
    broken: list[str]
    struck: Counter[str]


def run(count: int, seed: int) -> Result:
    """Kill runs `count` times. `failed` counts what was wrong afterwards."""
    started = time.monotonic()
    lanes = min(_LANES, count)
    counts = [count // lanes + (lane < count % lanes) for lane in range(lanes)]
    with TemporaryDirectory(prefix="wald-runs-", dir=_memory()) as root:
        template = Path(root) / "template"
        _prepare(template)
        with ThreadPoolExecutor(lanes) as threads:
            told = list(threads.map(partial(_lane, template, seed), range(lanes), counts))
    broken = [one for lane in told for one in lane.broken]
    struck = sum((lane.struck for lane in told), Counter[str]())
    words = ", ".join(f"{step} {times:,}" for step, times in struck.most_common())
    words = "\n".join([f"killed while or after: {words}", *broken[:5]])
    kills = sum(lane.kills for lane in told)
    return Result(kills, len(broken), words, time.monotonic() - started)


def _lane(template: Path, seed: int, number: int, count: int) -> _Lane:
    draw = random.Random(f"{seed}/{number}")  # noqa: S311  # a campaign, not a secret
    root = template.with_name(f"lane-{number}")
    shutil.copytree(template, root / "template")
    broken: list[str] = []
    kills = done = 0
    with _nested(root / "template") as nest:
        wanted = _undisturbed(nest, template, root / "wanted")
        while kills < count:
            home = root / f"home-{done}"
            shutil.copytree(template, home)
            for _ in range(draw.randint(1, min(_MOST_KILLS, count - kills))):
                kills += _killed(nest, home, draw)
                broken += [f"after kill {kills}: {one}" for one in _half_done(home, wanted)]
            began = time.monotonic()
            nest.begin(home)
            said, _ = nest.until_ended()
            nest.learn(time.monotonic() - began)
            broken += [f"after kill {kills}: {one}" for one in _faults(home, wanted, said)]
            shutil.rmtree(home)
            done += 1
    return _Lane(kills, broken, nest.struck)


def _memory() -> str | None:
    """Return a folder in memory, where there is one: a kill leaves the system's memory as it is."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a fresh one in it


def _prepare(home: Path) -> None:
    """Make the workspace in a process of its own, so that nothing of it is open here."""
    code = (
        "import sys, os, tempfile; from pathlib import Path\n"
        "os.environ['WALD_HOME'] = sys.argv[1]\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'wald.site.settings'\n"
        "Path(sys.argv[1]).mkdir(parents=True)\n"
        "import django; django.setup()\n"
        "from wald.actions.workspace import open_workspace\n"
        "from wald.actions import pay_entries\n"
        "from tests.paying_runs import ANA, FIN, REPS, payroll\n"
        "home = Path(sys.argv[1])\n"
        "desk = payroll(Path(tempfile.mkdtemp(dir=home.parent)), open_workspace(home), REPS)\n"
        "new = pay_entries.NewAdjustment('R2', '10', 'EUR', 'a prize', desk.at.date())\n"
        "key = {'workspace': desk.workspace}\n"
        "number = pay_entries.adjust(actor=ANA, new=new, at=desk.tick(), **key)\n"
        "pay_entries.decide(actor=FIN, adjustment_id=number, is_approved=True, "
        "at=desk.tick(), **key)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], check=True, timeout=_PATIENCE)


@contextmanager
def _nested(home: Path) -> Iterator[_Nest]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.run_nest", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        nest = _Nest(process)
        assert nest.heard() == "ready"
        yield nest
        _stream(process.stdin).close()


def _undisturbed(nest: _Nest, template: Path, home: Path) -> _Wanted:
    """Return what a run leaves that nobody disturbs, and learn how long it takes."""
    shutil.copytree(template, home)
    began = time.monotonic()
    nest.begin(home)
    assert nest.until_ended() == ("done", 0)
    nest.usual = time.monotonic() - began
    ((layers, number),) = [(layers, n) for state, layers, n in _runs(home) if state == "released"]
    assert set(layers) == set(_LAYERS)
    return _Wanted(layers, _files(home, number))


def _killed(nest: _Nest, home: Path, draw: random.Random) -> int:
    """Begin a run and kill it after one of its steps, or after some time; 1 if it was killed."""
    child, last, seconds = nest.begin(home), "step Beginning", draw.uniform(0, nest.usual)
    if draw.random() < 0.5:
        seconds = draw.uniform(0, _SHORTLY)
        for _ in range(draw.randrange(_STEPS + 1)):
            last = nest.heard()
            if not last.startswith("step"):
                break
    if not last.startswith("ended"):
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it was done already; its number is nobody's yet
            os.kill(child, SIGKILL)
        said, signal = nest.until_ended()
        last = said or last
        if signal == SIGKILL and last != "done":
            nest.struck[last.removeprefix("step ")] += 1
            return 1
    return 0


def _runs(home: Path) -> list[tuple[str, dict[str, object], int]]:
    with closing(connect(home / "records.sqlite3")) as records:
        rows = records.execute("SELECT state, layers, id FROM records_payrun").fetchall()
    return [(state, json.loads(layers), number) for state, layers, number in rows]


def _files(home: Path, number: int) -> dict[str, bytes]:
    folder = home / "pay" / "runs" / str(number)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def _half_done(home: Path, wanted: _Wanted) -> Iterator[str]:
    """Yield what counts and is not whole."""
    for state, layers, number in _runs(home):
        if state == "computing":
            continue
        if layers != wanted.layers:
            yield f"run {number} is {state} and has other layers: {sorted(layers)}"
        if _files(home, number) != wanted.files:
            yield f"run {number} is {state} and has other files: {sorted(_files(home, number))}"


def _faults(home: Path, wanted: _Wanted, said: str) -> Iterator[str]:
    """Yield what differs from a run that nobody disturbed."""
    if said != "done":
        yield f"the last child said {said}"
    yield from _half_done(home, wanted)
    found = _runs(home)
    released = [number for state, _, number in found if state == "released"]
    if len(released) != 1:
        yield f"{len(released)} runs are released"
    if {state for state, *_ in found} - {"released", "withdrawn"}:
        yield f"a dead run or a second draft is left: {[state for state, *_ in found]}"
    folders = {path.name for path in (home / "pay" / "runs").iterdir()}
    if folders != {str(number) for _, _, number in found}:
        yield f"folders {sorted(folders)} of runs {[number for *_, number in found]}"
    with closing(connect(home / "records.sqlite3")) as records:
        paid = records.execute("SELECT paid_in_id FROM records_payadjustment").fetchall()
        entries = records.execute(
            "SELECT action, about FROM records_journalentry WHERE action LIKE 'pay.r%' ORDER BY seq"
        ).fetchall()
        (whole,) = records.execute("PRAGMA integrity_check").fetchone()
    if paid != [(number,) for number in released]:
        yield f"the adjustment was paid in {paid}"
    made = [("pay.run", f"pay:{number}") for *_, number in sorted(found, key=lambda one: one[2])]
    if entries != [*made, *(("pay.release", f"pay:{number}") for number in released)]:
        yield f"the journal tells {entries} of runs {found}"
    yield from _rotten(home / "records.sqlite3", whole)


def _rotten(records: Path, whole: str) -> Iterator[str]:
    """Yield what the database and the journal say of themselves."""
    if whole != "ok":
        yield f"the database says: {whole}"
    with wald_verify.opened(str(records)) as (journal, kept):
        verdict = wald_verify.verify(journal, wald_verify.gathered([kept] if kept else []))
    if verdict.fault is not None:
        yield f"the journal is not whole: {verdict.fault}"


def _stream(stream: "IO[str] | None") -> "IO[str]":
    assert stream is not None
    return stream
