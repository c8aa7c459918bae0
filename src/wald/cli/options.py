"""The options that several commands share, so that they read alike everywhere."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from wald.cli.door import moment
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem

DEFAULT_HOME = Path("var/wald")

Home = Annotated[
    Path,
    typer.Option("--home", envvar="WALD_HOME", metavar="DIR", help="The workspace's folder."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask; fail instead.")]
PeriodText = Annotated[
    str,
    typer.Option("--period", metavar="P", help="2017, 2017-Q3, 2017-07, a day, or first..last."),
]
AsOfText = Annotated[
    str,
    typer.Option("--as-of", metavar="DAY", help="The day asked about. [default: last in the data]"),
]
KnownText = Annotated[
    str,
    typer.Option("--known", metavar="INSTANT", help="As Wald knew it then. [default: now]"),
]
EngineUrl = Annotated[
    str,
    typer.Option(
        "--engine",
        envvar="WALD_ENGINE",
        metavar="URL",
        help="Where to compute: postgresql://…, spark://…, sc://…, local[2]. [default: here]",
    ),
]

T = TypeVar("T")


def read_day_option(text: str, where: str) -> date | None:
    """Read the day that the option `where` gives, None where it is left out. Raises BadInput."""
    return _read(text, where, read_day)


def read_on(text: str) -> date:
    """Read the day that --on gives, today where it is left out. Raises BadInput."""
    return read_day_option(text, "--on") or moment().date()


def read_as_of(text: str) -> date | None:
    return read_day_option(text, "--as-of")


def read_instant_option(text: str, where: str) -> datetime | None:
    """Read the instant of the option `where`, None where it is left out. Raises BadInput."""
    return _read(text, where, read_instant)


def read_known(text: str) -> datetime | None:
    return read_instant_option(text, "--known")


def _read(text: str, where: str, reader: Callable[[str, str], T | Problem]) -> T | None:
    if not text:
        return None
    found = reader(text, where)
    if isinstance(found, Problem):
        raise BadInput(f"{where} cannot be read.", [found])
    return found
