"""`wald causes`: which places explain that a number changed, of a plain file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import person
from wald.cli.options import AsJson
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.queries.file_causes import FileCause

CAUSES_EXAMPLES = """\b
Examples:
  wald causes --table deals.csv --value won --count closed --dimensions region,segment \\
      --time quarter --at 2026-Q3          why the win rate changed in that quarter
  wald causes --table sales.csv --value booked --expected planned --dimensions region,product
  wald causes --table incidents.csv --value bad --count all --dimensions a,b,c \\
      --time minute --each case --moments moments.csv --json
"""
_SAYS = {
    "found": "These places explain it:",
    "nothing_there": "Nothing is there: no place moved beyond chance. The best of the rest:",
    "outside_the_data": "Everybody moved alike: the cause is outside these dimensions. Next best:",
    "too_little_data": "There is too little data to tell.",
}


def causes(
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="A .csv, .csv.gz, .parquet or .xlsx file."),
    ] = None,
    value: Annotated[
        str, typer.Option("--value", metavar="COL", help="The column that changed.")
    ] = "",
    count: Annotated[
        str, typer.Option("--count", metavar="COL", help="Tries: the metric is value/count.")
    ] = "",
    expected: Annotated[
        str, typer.Option("--expected", metavar="COL", help="What the value should have been.")
    ] = "",
    dimensions: Annotated[
        str, typer.Option("--dimensions", metavar="A,B,C", help="Where to look, at most 8.")
    ] = "",
    time: Annotated[str, typer.Option("--time", metavar="COL", help="The column of moments.")] = "",
    at: Annotated[
        str, typer.Option("--at", metavar="VALUE", help="The moment asked about. [default: last]")
    ] = "",
    each: Annotated[
        str, typer.Option("--each", metavar="COL", help="Ask for each value of it by itself.")
    ] = "",
    moments: Annotated[
        Path | None,
        typer.Option("--moments", metavar="FILE", help="A CSV: the column of --each, and at."),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=1, help="How many places to show.")
    ] = 3,
    as_json: AsJson = False,
) -> None:
    """Say which combination of values explains that a number of a file changed."""
    from wald.queries.file_causes import FileQuestion, causes_in_file
    from wald.queries.plain_causes import file_causes_json

    if table is None or not value:
        name = "--value" if table else "--table"
        fix = "name the file and its column, as in the examples of `wald causes --help`"
        raise BadInput("Nothing to look at.", [Problem(name, "is missing", fix)])
    question = FileQuestion(
        table=table,
        value=value,
        dimensions=tuple(name.strip() for name in dimensions.split(",") if name.strip()),
        count=count,
        expected=expected,
        time=time,
        at=at,
        each=each,
        moments=moments,
        top=top,
    )
    found = causes_in_file(actor=person(), question=question)
    if as_json:
        put_json(file_causes_json(found, by_case=bool(each)))
    else:
        _show(found)


def _show(found: "Sequence[FileCause]") -> None:
    out = console()
    for one in found:
        told = one.found
        name = " at ".join(part for part in (one.case, one.at) if part)
        out.print(f"{name or 'The whole'}: {told.now:,.4g}, {told.before:,.4g} expected.")
        out.print(_SAYS[told.verdict])
        put_records(
            [
                {
                    "where": ", ".join(f"{name}={value}" for name, value in cause.where),
                    "cause": "yes" if cause.asserted else "no",
                    "share of the change": f"{cause.share:.0%}",
                    "score": f"{cause.score:.2f}",
                    "stands in": f"{cause.stability:.0%}",
                }
                for cause in told.causes
            ],
            numbers=("share of the change", "score", "stands in"),
        )
        if told.notes:
            say("Beside this:")
            say_problems(told.notes)
