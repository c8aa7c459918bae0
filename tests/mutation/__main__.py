"""How many faults planted into the core of compensation do its worked cases find?

    python -m tests.mutation                   every fault, several minutes
    python -m tests.mutation --share 0.1       every tenth
    python -m tests.mutation cap clawback      of these modules only

Each fault is tried in a process of its own: the module is loaded with the fault, and the worked
cases of `tests/golden/compensation`, the checks of terms and a fixed handful of scenes run until
one of them notices. What nobody notices is printed with its line.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from tests.mutation.faults import Fault, faults

CORE = "adjusting bands component credit deals figure fold inputs measuring spans".split()
PACKAGE = "wald.heart.compensation"
ROOT = Path(__file__).parents[2] / "src"
_SECONDS = 60  # a fault that makes no end is found too


class Planted(MetaPathFinder, Loader):
    """Loads one module from a source with a fault."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.module, "exec"), module.__dict__)  # noqa: S102  # our own


def modules() -> list[str]:
    folder = ROOT / Path(*PACKAGE.split(".")) / "components"
    found = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return [f"{PACKAGE}.{name}" for name in CORE] + [f"{PACKAGE}.components.{n}" for n in found]


def path_of(module: str) -> Path:
    return (ROOT / Path(*module.split("."))).with_suffix(".py")


def is_found(module: str, fault: Fault) -> bool:
    """Try a fault in a child process, which ends without a word once a case notices."""
    child = os.fork()
    if not child:
        signal.alarm(_SECONDS)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # the child ends at once
        os._exit(0 if _all_hold(module, fault) else 1)
    _, status = os.waitpid(child, 0)
    return status != 0


def _all_hold(module: str, fault: Fault) -> bool:
    for name in [name for name in sys.modules if name.startswith((PACKAGE, "tests."))]:
        del sys.modules[name]
    sys.meta_path.insert(0, Planted(module, fault.source))
    try:
        from tests.mutation.trial import try_all

        try_all(module.rpartition(".")[2])
    except BaseException:  # noqa: BLE001  # however a case notices
        return False
    return True


def _planted(chosen: list[str], share: float) -> Iterator[tuple[str, Fault]]:
    found = [(m, f) for m in chosen for f in faults(path_of(m).read_text(encoding="utf-8"))]
    step = max(1, round(1 / share))
    yield from found[::step]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("names", nargs="*", help="modules; without: all")
    parser.add_argument("--share", type=float, default=1.0, help="of the faults that is tried")
    asked = parser.parse_args()
    chosen = [m for m in modules() if not asked.names or m.rpartition(".")[2] in asked.names]
    from tests.mutation.trial import try_all

    try_all("")  # without a fault everything holds; and children start with all imported
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    began = time.monotonic()
    for module, fault in _planted(chosen, asked.share):
        tried[module] += 1
        if is_found(module, fault):
            found[module] += 1
        else:
            _say(f"{path_of(module).relative_to(ROOT.parent)}:{fault.line} {fault.what}")
    for module in chosen:
        _say(f"{module.rpartition('.')[2]:20} {found[module]:4} of {tried[module]:4}")
    share = found.total() / max(1, tried.total())
    seconds = time.monotonic() - began
    _say(f"{found.total()} of {tried.total()} found, {share:.1%}, in {seconds:.0f} s")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


main()
