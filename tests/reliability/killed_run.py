"""Pay runs killed with SIGKILL at each step and in between: no line is lost or doubled.

A quarter with an adjustment is run and released by a child, which is killed once to three times and
then left to end. After each kill whatever counts has all its layers as they were computed; at the
end one run is released with the hashes of one that nobody disturbed, the adjustment is paid once,
nothing else lies about, and the journal is whole.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from sqlite3 import connect
from tempfile import TemporaryDirectory
from typing import IO

from tests.reliability.result import Result

_STEPS = 6  # that a child tells, about
_PATIENCE = 120.0  # seconds
_LAYERS = ("credit", "measure", "component", "payout", "payment")


@dataclass
class _Nest:
    process: "subprocess.Popen[str]"
    usual: float = 1.0  # seconds that a child needs

    def begin(self, home: Path) -> int:
        """Fork a child for a home; return its process."""
        _stream(self.process.stdin).write(f"{home}\n")
        _stream(self.process.stdin).flush()
        return int(self.heard().removeprefix("child "))

    def heard(self) -> str:
        return _stream(self.process.stdout).readline().strip()

    def until_ended(self) -> str:
        """Read on until the child is gone; return the last that it said."""
        last = ""
        while (line := self.heard()) not in ("ended", ""):
            last = line
        return last


def run(count: int, seed: int) -> Result:
    """Kill runs `count` times. `failed` counts what was wrong afterwards."""
    started = time.monotonic()
    draw = random.Random(seed)  # noqa: S311  # a campaign, not a secret
    broken: list[str] = []
    kills = done = 0
    with TemporaryDirectory(prefix="wald-runs-") as root:
        template = Path(root) / "template"
        _prepare(template)
        with _nested(template) as nest:
            wanted = _undisturbed(nest, template, Path(root) / "wanted")
            while kills < count:
                home = Path(root) / f"home-{done}"
                shutil.copytree(template, home)
                for _ in range(draw.choice((1, 1, 2, 3))):
                    kills += _killed(nest, home, draw)
                    broken += [f"after kill {kills}: {one}" for one in _half_done(home)]
                nest.begin(home)
                said = nest.until_ended()
                broken += [f"after kill {kills}: {one}" for one in _faults(home, wanted, said)]
                shutil.rmtree(home)
                done += 1
    words = f"{kills} runs killed" + "".join(f"; {one}" for one in broken[:5])
    return Result(kills, len(broken), words, time.monotonic() - started)


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
        "from tests.paying_runs import ANA, FIN, payroll\n"
        "home = Path(sys.argv[1])\n"
        "desk = payroll(Path(tempfile.mkdtemp(dir=home.parent)), open_workspace(home))\n"
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


def _undisturbed(nest: _Nest, template: Path, home: Path) -> dict[str, object]:
    """Return the layers of a run that nobody disturbs, and learn how long it takes."""
    shutil.copytree(template, home)
    began = time.monotonic()
    nest.begin(home)
    assert nest.until_ended() == "done"
    nest.usual = time.monotonic() - began
    (found,) = [layers for state, layers, *_ in _runs(home) if state == "released"]
    return found


def _killed(nest: _Nest, home: Path, draw: random.Random) -> int:
    """Begin a run and kill it after one of its steps, or after some time; 1 if it was killed."""
    child = nest.begin(home)
    if draw.random() < 0.5:
        for _ in range(draw.randrange(_STEPS + 1)):
            if not nest.heard().startswith("step"):
                break
    else:
        time.sleep(draw.uniform(0, nest.usual))
    try:
        os.kill(child, SIGKILL)
    except ProcessLookupError:
        nest.until_ended()
        return 0
    said = nest.until_ended()
    return 0 if said == "done" else 1


def _runs(home: Path) -> list[tuple[str, dict[str, object], int]]:
    with closing(connect(home / "records.sqlite3")) as records:
        rows = records.execute("SELECT state, layers, id FROM records_payrun").fetchall()
    return [(state, json.loads(layers), number) for state, layers, number in rows]


def _half_done(home: Path) -> Iterator[str]:
    """Yield what counts and is not whole."""
    for state, layers, number in _runs(home):
        if state == "computing":
            continue
        folder = home / "pay" / "runs" / str(number)
        there = {path.stem for path in folder.glob("*.parquet")}
        if there != set(_LAYERS) or set(layers) != set(_LAYERS):
            yield f"run {number} is {state} and has {sorted(there)}"


def _faults(home: Path, wanted: dict[str, object], said: str) -> Iterator[str]:
    """Yield what differs from a run that nobody disturbed."""
    if said not in ("done", ""):
        yield f"the last child said {said}"
    yield from _half_done(home)
    found = _runs(home)
    released = [(layers, number) for state, layers, number in found if state == "released"]
    if [layers for layers, _ in released] != [wanted]:
        yield f"{len(released)} runs are released, or with other hashes"
    if any(state == "computing" for state, *_ in found):
        yield "a dead run is left"
    folders = {path.name for path in (home / "pay" / "runs").iterdir()}
    if folders != {str(number) for _, _, number in found}:
        yield f"folders {sorted(folders)} of runs {found}"
    with closing(connect(home / "records.sqlite3")) as records:
        paid = records.execute("SELECT paid_in_id FROM records_payadjustment").fetchall()
        entries = records.execute(
            "SELECT count(*) FROM records_journalentry WHERE action = 'pay.release'"
        ).fetchone()
    if paid != [(released[0][1],)] if released else True:
        yield f"the adjustment was paid in {paid}"
    if entries != (1,):
        yield f"{entries[0]} entries of a release"
    done = subprocess.run(
        [sys.executable, "-m", "wald", "journal", "verify", "--home", str(home)],
        capture_output=True, check=False,
    ) if len(found) > 3 else None  # fmt: skip
    if done is not None and done.returncode:
        yield "the journal is not whole"


def _stream(stream: "IO[str] | None") -> "IO[str]":
    assert stream is not None
    return stream
