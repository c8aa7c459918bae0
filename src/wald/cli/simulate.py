"""Invent a company: deals and all their history from a seed, as files that load."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wald.cli.door import person
from wald.cli.options import AsJson, read_day_option
from wald.cli.output import console, put_json, table
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.actions.simulate import SimulatedFolder

SIMULATE_EXAMPLES = """\b
Examples:
  wald simulate --out var/acme                       30 reps, three years
  wald simulate --seed 11 --scale 10 --out var/big   300 reps
  wald simulate --company quiet --out var/quiet      no problem is planted
  wald simulate --plant deals_stall --out var/stall  this problem and no other
  wald simulate --until 2025-06-30 --out var/half    the same history, cut short

\b
The same seed gives the same files. answers.json says what was planted and by
when it should be found; everything is invented.
"""


def simulate(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new or empty folder.")],
    company: Annotated[str, typer.Option(metavar="KEY", help="Which company.")] = "acme",
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed, other deals.")] = 7,
    years: Annotated[int, typer.Option(metavar="N", help="How long a history.")] = 3,
    scale: Annotated[float, typer.Option(metavar="X", help="1 is 30 reps.")] = 1.0,
    until: Annotated[str, typer.Option(metavar="DAY", help="Tell it up to this day.")] = "",
    plant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Plant this problem, and no other; repeatable."),
    ] = None,
    form: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", help="Of the files.")
    ] = "parquet",
    as_json: AsJson = False,
) -> None:
    """Invent a company and write it as files that `wald load` takes."""
    from wald.actions.simulate import simulate_to

    day = read_day_option(until, "--until")
    with progress(quiet=as_json) as told:
        made = simulate_to(
            actor=person(),
            company=company,
            seed=seed,
            years=years,
            scale=scale,
            planted=tuple(plant) if plant else None,
            until=day,
            out=out,
            form=form,
            progress=lambda name, rows: told(f"{name}, {rows:,} rows", rows, None),
        )
    if as_json:
        put_json(
            {
                "folder": str(made.folder),
                "first": made.first.isoformat(),
                "last": made.last.isoformat(),
                "rows": dict(made.rows),
                "problems": list(made.problems),
            }
        )
        return
    _put_folder(made)


def _put_folder(made: "SimulatedFolder") -> None:
    shown = table("Table", "Rows", right=("Rows",))
    for name, rows in made.rows.items():
        shown.add_row(name, f"{rows:,}")
    out = console()
    out.print(shown)
    planted = ", ".join(made.problems) or "nothing"
    out.print(f"\nInvented, from {made.first} to {made.last}; planted: {planted}.")
    out.print(f"Load it with: wald load {made.folder}")
