"""Print: data on standard output, talk on standard error, colour only where a terminal shows it."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from wald.kernel.problem import Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDE = 10_000  # a pipe has no width, so nothing is folded for it


def put_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def put_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a header and rows as CSV (RFC 4180 with plain line ends), as exported files have it:
    null is an empty field, and yes and no are true and false."""
    words = {True: "true", False: "false"}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(
        [words[cell] if isinstance(cell, bool) else cell for cell in row] for row in rows
    )


def say(text: str) -> None:
    """Tell the person something that is not the answer."""
    sys.stderr.write(f"{text}\n")


def say_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        say(f"  {problem}")


def console() -> "Console":
    """Return what prints tables on standard output; without a terminal, plain and unfolded."""
    from rich.console import Console

    shown = sys.stdout.isatty()
    return Console(width=None if shown else _WIDE, highlight=False, emoji=False, markup=False)


def table(*columns: str, right: Iterable[str] = ()) -> "Table":
    """Return an empty table; the columns named in `right` hold numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    numbers = set(right)
    for column in columns:
        made.add_column(Text(column), justify="right" if column in numbers else "left")
    return made


def put_records(records: Sequence[Mapping[str, object]], *, numbers: Iterable[str] = ()) -> None:
    """Print records that share their keys as a table; null is empty."""
    if not records:
        return
    from rich.text import Text

    shown = table(*records[0], right=numbers)
    for record in records:
        shown.add_row(*[Text("" if value is None else str(value)) for value in record.values()])
    console().print(shown)
