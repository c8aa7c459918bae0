"""Reproduce the figures of the science page: `make science`.

python -m tests.science                        every experiment in full; hours
python -m tests.science --only rca --share 0.1 a tenth of the trials of one
python -m tests.science --only rca --write     keep its figures and write the page anew

Every module of this folder that defines EXPERIMENT is one. Figures are kept in results.json and
shown on docs/reference/science.md; only what was run in full (share 1) is kept.
"""

import argparse
import json
import pkgutil
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.science.experiment import Experiment, Figure

HERE = Path(__file__).parent
KEPT = HERE / "results.json"
PAGE = HERE.parents[1] / "docs" / "reference" / "science.md"
DATA = HERE.parents[2] / "shared" / "data"
_HEADINGS = "| what | measured | target | met | published |"
START, END = "<!-- figures start here -->", "<!-- figures end here -->"


def main() -> None:
    found = experiments()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=found, action="append")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    for key in given.only or found:
        one = found[key]
        if one.needs and not (DATA / one.needs).exists():
            print(f"{key}: needs the data set {one.needs}")
            continue
        print(f"\n{one.title}", flush=True)
        started = time.perf_counter()
        figures = [_printed(figure) for figure in one.figures(given.share)]
        if given.write and given.share == 1.0:
            _keep(one, figures, time.perf_counter() - started)


def experiments() -> Mapping[str, Experiment]:
    """Return every experiment by key, in the order of the alphabet."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(HERE)]))
    modules = [import_module(f"tests.science.{name}") for name in names if name != "__main__"]
    found = [one.EXPERIMENT for one in modules if hasattr(one, "EXPERIMENT")]
    return {one.key: one for one in found}


def figures_text() -> str:
    """Return the tables of the science page, from what is kept."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    lines: list[str] = []
    for one in kept.values():
        lines += [f"## {one['title']}", "", one["what"], ""]
        lines += [f"Run on {one['on']}, {one['minutes']} minutes.", ""]
        lines += [
            "| what | measured | target | met | published |",
            "| --- | --- | --- | --- | --- |",
        ]
        for figure in one["figures"]:
            met = {True: "yes", False: "**no**", None: ""}[figure["is_met"]]
            name = f"{figure['name']}; {figure['note']}" if figure["note"] else figure["name"]
            cells = (name, figure["measured"], figure["target"], met, figure["published"])
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def write_page() -> None:
    """Put the figures that are kept into the science page."""
    head, _, rest = PAGE.read_text().partition(START)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{START}\n\n{figures_text()}\n{END}{tail}")


def _printed(figure: Figure) -> Figure:
    verdict = {True: "met", False: "MISSED", None: ""}[figure.is_met]
    print(f"  {figure.name:60} {figure.measured:28} {verdict} {figure.target}", flush=True)
    return figure


def _keep(one: Experiment, figures: list[Figure], seconds: float) -> None:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept[one.key] = {
        "title": one.title,
        "what": one.what,
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "minutes": round(seconds / 60, 1),
        "figures": [asdict(figure) for figure in figures],
    }
    KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")
    write_page()


if __name__ == "__main__":
    main()
