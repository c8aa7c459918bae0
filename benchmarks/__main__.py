"""Measure Wald and print each figure beside its target: `make bench`.

`make bench ARGS=--write` writes docs/reference/benchmarks.md as well. The files take about
1 GB below var/benchmarks, the whole run ten minutes.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.big_world import write_big_world
from benchmarks.figure import Figure
from benchmarks.loading import loading

ROOM = Path("var/benchmarks")
PAGE = Path("docs/reference/benchmarks.md")
HEAD = """# Benchmarks

How fast Wald is and how much memory it takes, against SQL written by hand for the same answer.
`make bench ARGS=--write` measures anew and writes this page. They are no tests: a busy machine
would fail them. Times are medians of several runs; a ratio is the median of the ratios of runs
taken in turn. The SQL by hand reads the same Parquet parts and gives the same columns
(`benchmarks/measuring.py`). A million deals, ten million changes, 100,000 accounts, 2,000 people.
Pages of records: 100,000 cases, 1,000 documents and a million entries in the journal; each of
twenty people opens a page a second, and the server and they share the machine.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE} as well")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure this section")
    options = parser.parse_args()
    world = _world()
    sections = []
    for name in options.only or SECTIONS:
        print(f"\n{name}", flush=True)
        sections.append((name, list(_printed(SECTIONS[name](world)))))
    if options.write:
        PAGE.write_text(_page(sections), "utf-8")
        print(f"\nwritten: {PAGE}")


def _world() -> dict[str, Path]:
    world = {form: ROOM / "world" / form for form in ("parquet", "csv")}
    for form, folder in world.items():
        if not folder.exists():
            print(f"writing a million deals as {form} …", flush=True)
            draft = folder.with_name(f"{form}.draft")
            write_big_world(draft, form=form)
            draft.rename(folder)
    return world


def _load(world: dict[str, Path]) -> Iterable[Figure]:
    return loading(world, ROOM / "homes")


def _measure(world: dict[str, Path]) -> Iterable[Figure]:
    os.environ["WALD_HOME"] = str(_loaded(world))
    from wald.actions.workspace import open_workspace

    workspace = open_workspace(_loaded(world))
    from benchmarks.measuring import measuring
    from wald.records.stores.loads import snapshot

    return measuring(snapshot(database=workspace.database, root=workspace.facts))


def _pipeline(world: dict[str, Path]) -> Iterable[Figure]:
    os.environ["WALD_HOME"] = str(_loaded(world))
    from wald.actions.workspace import open_workspace

    workspace = open_workspace(_loaded(world))
    from benchmarks.pipeline import measuring_pipeline
    from wald.records.stores.loads import snapshot

    facts = snapshot(database=workspace.database, root=workspace.facts)
    return measuring_pipeline(facts, workspace)


def _pages(world: dict[str, Path]) -> Iterable[Figure]:
    from benchmarks.pages import pages

    return pages(_loaded(world))


def _records(world: dict[str, Path]) -> Iterable[Figure]:
    from benchmarks.records import records

    return records(ROOM / "homes" / "records")


def _loaded(world: dict[str, Path]) -> Path:
    home = ROOM / "homes" / "parquet"
    if not home.exists():
        list(loading(world, ROOM / "homes"))
    return home


def _pay(world: dict[str, Path]) -> Iterable[Figure]:
    from benchmarks.pay import paying

    return paying(ROOM / "pay")


def _forecast(world: dict[str, Path]) -> Iterable[Figure]:
    from benchmarks.forecast import forecasting

    return forecasting(ROOM / "forecast")


def _brain(world: dict[str, Path]) -> Iterable[Figure]:
    from benchmarks.brain import big_company, thinking

    home = big_company(ROOM / "brain")
    os.environ["WALD_HOME"] = str(home)
    return thinking(home)


SECTIONS = {
    "Loading": _load,
    "Measuring": _measure,
    "Pipeline": _pipeline,
    "Pages": _pages,
    "Records": _records,
    "Pay": _pay,
    "Forecast": _forecast,
    "Brain": _brain,
}


def _printed(figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        print(f"  {figure.name:55} {figure.measured:38} {_verdict(figure)}", flush=True)
        yield figure


def _verdict(figure: Figure) -> str:
    if figure.met is None:
        return ""
    return f"{'met' if figure.met else 'MISSED'}: {figure.target}"


def _page(sections: list[tuple[str, list[Figure]]]) -> str:
    lines = [HEAD, f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_machine()}.\n"]
    for name, figures in sections:
        lines += [f"## {name}\n", "| what | measured | target | met |", "| --- | --- | --- | --- |"]
        for one in figures:
            met = {True: "yes", False: "**no**", None: ""}[one.met]
            lines.append(f"| {one.name} | {one.measured} | {one.target} | {met} |")
        lines.append("")
    return "\n".join(lines)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {sys.version.split()[0]}"
    )


if __name__ == "__main__":
    main()
