"""How many faults planted into the core of compensation do its worked cases find?

    python -m tests.mutation                   every fault, many minutes
    python -m tests.mutation --share 0.1       every tenth
    python -m tests.mutation cap clawback      of these modules only

Each fault is tried in a process of its own: the module is loaded with the fault, and the worked
cases, the checks of terms and a fixed handful of scenes (`trial.py`) run until one of them notices.
What nobody notices is printed with its line. A fault that changes nothing anybody could see stands
in `equivalent.toml` with the reason, and is counted apart. What came of whole modules is kept in
`results.json` and written into docs/reference/mutation.md.
"""

import argparse
import json
import os
import platform
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from tests.mutation.faults import Fault, faults

PACKAGE = "wald.heart.compensation"
CORE = (
    "accrual adjusting bands component credit deals deltas eligibility figure fold gathered "
    "given_sums inputs measuring paying plan result settling sharing spans"
).split()
QUOTA = ("split", "cascade")
HERE = Path(__file__).parent
ROOT = HERE.parents[1] / "src"
KEPT, EQUIVALENT = HERE / "results.json", HERE / "equivalent.toml"
PAGE = HERE.parents[1] / "docs" / "reference" / "mutation.md"
START, END = "<!-- figures start here -->", "<!-- figures end here -->"
TARGET = 0.9  # of the faults that change something
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


@dataclass(frozen=True)
class Counted:
    """What came of the faults of one module."""

    tried: int
    found: int
    equivalent: int

    @property
    def share(self) -> float:
        """Of the faults that change something, how many were found."""
        return self.found / max(1, self.tried - self.equivalent)


def modules() -> list[str]:
    folder = ROOT / Path(*PACKAGE.split(".")) / "components"
    found = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    core = [f"{PACKAGE}.{name}" for name in CORE]
    return [
        *core,
        *(f"{PACKAGE}.components.{n}" for n in found),
        *map("wald.heart.quota.{}".format, QUOTA),
    ]


def name_of(module: str) -> str:
    """Return how a module is called here: split of quotas is `quota.split`."""
    return (
        module.removeprefix("wald.heart.").removeprefix("compensation.").removeprefix("components.")
    )


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
    for name in [name for name in sys.modules if name.startswith(("wald.heart.", "tests."))]:
        del sys.modules[name]
    sys.meta_path.insert(0, Planted(module, fault.source))
    try:
        from tests.mutation.trial import try_all

        try_all(name_of(module))
    except BaseException:  # noqa: BLE001  # however a case notices
        return False
    return True


def equivalents() -> Counter[tuple[str, str, str]]:
    """Return the faults that change nothing: module, line, what it becomes; and how often."""
    told = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    found: Counter[tuple[str, str, str]] = Counter()
    for module, entries in told.items():
        for one in entries:
            assert one["why"], f"{module}: say why {one['becomes']} changes nothing"
            found[module, one["line"], one["becomes"]] = one.get("times", 1)
    return found


def try_module(module: str, share: float) -> Counted:
    """Plant each fault of a module; print those that nobody notices."""
    name, known = name_of(module), equivalents()
    planted = list(faults(path_of(module).read_text(encoding="utf-8")))
    stands = Counter((name, one.text, one.becomes) for one in planted)
    for key, times in known.items():
        if key[0] == name and stands[key] != times:
            raise SystemExit(f"{EQUIVALENT.name}: {key} stands there {stands[key]} times")
    found = equivalent = 0
    chosen = planted[:: max(1, round(1 / share))]
    for fault in chosen:
        is_equivalent = (name, fault.text, fault.becomes) in known
        if is_found(module, fault):
            found += 1
            if is_equivalent:
                raise SystemExit(f"{EQUIVALENT.name}: {fault.becomes} of {name} is found")
        elif is_equivalent:
            equivalent += 1
        else:
            where = f"{path_of(module).relative_to(ROOT.parent)}:{fault.line}"
            _say(f"{where} {fault.what}\n    {fault.text}\n    {fault.becomes}")
    return Counted(len(chosen), found, equivalent)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("names", nargs="*", help="modules; without: all")
    parser.add_argument("--share", type=float, default=1.0, help="of the faults that is tried")
    asked = parser.parse_args()
    chosen = [m for m in modules() if not asked.names or name_of(m) in asked.names]
    from tests.mutation.trial import try_all

    try_all("")  # without a fault everything holds; and children start with all imported
    for module in chosen:
        began = time.monotonic()
        one = try_module(module, asked.share)
        _say(_told(name_of(module), one))
        if asked.share == 1:
            _keep(name_of(module), one, round(time.monotonic() - began))
    write_page()


def _told(name: str, one: Counted) -> str:
    return (
        f"{name:20} {one.found:4} of {one.tried:4} found, {one.equivalent:3} equivalent, "
        f"{one.share:.1%}"
    )


def _keep(name: str, one: Counted, seconds: int) -> None:
    kept = _kept()
    kept[name] = {
        "tried": one.tried,
        "found": one.found,
        "equivalent": one.equivalent,
        "seconds": seconds,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
    }
    KEPT.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def _kept() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


def write_page() -> None:
    """Put the figures kept into the page, between its two marks."""
    before, _, rest = PAGE.read_text().partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{figures()}\n{END}{after}")


def figures() -> str:
    """Return the table of what was found, module by module."""
    kept = _kept()
    rows = [(name, kept[name]) for name in map(name_of, modules()) if name in kept]
    lines = [
        "| Module | Tried | Found | Equivalent | Found of the others |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(_row(f"`{name}`", _counted([one])) for name, one in rows),
        _row("**all**", _counted(one for _, one in rows)),
    ]
    machines = sorted({f"{one['machine']}, {one['on']}" for _, one in rows})
    minutes = sum(int(str(one["seconds"])) for _, one in rows) / 60
    told = f"Measured on {'; '.join(machines)}; {minutes:.0f} minutes beside other work."
    return "\n".join([*lines, "", told, ""])


def _counted(kept: Iterable[dict[str, object]]) -> Counted:
    rows = [[int(str(one[key])) for key in ("tried", "found", "equivalent")] for one in kept]
    return Counted(*map(sum, zip(*rows, strict=True)))


def _row(name: str, one: Counted) -> str:
    return f"| {name} | {one.tried:,} | {one.found:,} | {one.equivalent:,} | {one.share:.1%} |"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
