"""Bring data in: load a folder, list the loads, see what was rejected, take a load back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.ending import Code
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say, table
from wald.cli.progress import progress
from wald.kernel.problem import Refusal

if TYPE_CHECKING:
    from wald.facts.load_report import LoadOptions, LoadReport
    from wald.kernel.workspace import Workspace

LOAD_EXAMPLES = """\b
Examples:
  wald load exports/2024-06                    take in what is new and changed
  wald load exports/2024-06 --dry-run          only say what would be
  wald load exports --decimal comma --dates dmy
  wald load exports --without-repair product_names --json

\b
Exit code 3 says that rows were rejected or something is to be looked at;
the good rows are loaded all the same. Files: CSV, CSV.gz, Parquet, XLSX.
"""
LOADS_EXAMPLES = """\b
Examples:
  wald loads              every load, newest first
  wald rejects 3          the rows that load 3 rejected, each with its reason
  wald undo 3             take load 3 back; only the newest that counts can be
  wald loads --json
"""

LoadNumber = Annotated[int, typer.Argument(metavar="LOAD", help="Its number in `wald loads`.")]


def load(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of an export.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be, store nothing.")
    ] = False,
    connector: Annotated[
        str, typer.Option(metavar="KEY", help="How to read it. [default: recognised by headers]")
    ] = "",
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Of text files, such as cp1252. [default: found]")
    ] = "",
    delimiter: Annotated[
        str, typer.Option(metavar="CHAR", help="Between fields. [default: found]")
    ] = "",
    decimal: Annotated[
        str, typer.Option(metavar="point|comma", help="Before decimals. [default: found]")
    ] = "",
    dates: Annotated[
        str, typer.Option(metavar="iso|dmy|mdy", help="Order in dates. [default: found]")
    ] = "",
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Of amounts that name none, such as EUR.")
    ] = "",
    without_repair: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Switch a repair off; repeatable.")
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Load a folder: all its good rows, or nothing.

    Loading the same folder again changes nothing; a changed export becomes new
    knowledge, and what was known before can still be asked for with --known.
    """
    from wald.facts.load_report import LoadOptions

    options = LoadOptions(
        connector=connector or None,
        encoding=encoding or None,
        delimiter=delimiter or None,
        decimal=decimal or None,
        dates=dates or None,
        currency=currency or None,
        without_repairs=frozenset(without_repair or ()),
    )
    report = loaded(opened(home), folder, options, dry_run=dry_run, quiet=as_json)
    show(report, home, as_json=as_json)
    if not report.is_clean:
        raise typer.Exit(Code.QUALITY)


def loaded(
    workspace: "Workspace", folder: Path, options: "LoadOptions", *, dry_run: bool, quiet: bool
) -> "LoadReport":
    """Load `folder`, or plan to, with a progress bar unless `quiet`."""
    from wald.actions import ingest

    action = ingest.plan_load if dry_run else ingest.load
    with progress(quiet=quiet) as told:
        return action(
            actor=person(),
            workspace=workspace,
            folder=folder,
            options=options,
            at=moment(),
            progress=told,
        )


def show(report: "LoadReport", home: Path, *, as_json: bool) -> None:
    from wald.cli.report import put_report
    from wald.facts.load_report import as_json as plain

    if as_json:
        put_json(plain(report))
    else:
        put_report(report, home)


def undo(load_number: LoadNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Take the newest load back.

    Its rows are no longer known; asked as known before the undo, they still are.
    """
    workspace = opened(home)
    from wald.actions import ingest
    from wald.queries.plain import undo_json

    report = ingest.undo(actor=person(), workspace=workspace, load_id=load_number, at=moment())
    if as_json:
        put_json(undo_json(report))
        return
    tables = ", ".join(report.tables)
    console().print(f"Load {report.load_id} is undone: {report.rows:,} rows of {tables}.")


def loads(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List the loads, newest first."""
    workspace = opened(home)
    from rich.text import Text

    from wald.queries.loads import all_loads
    from wald.queries.plain import load_json

    found = all_loads(actor=person(), workspace=workspace)
    if as_json:
        put_json([load_json(one) for one in found])
        return
    if not found:
        say("Nothing is loaded yet; `wald load FOLDER` loads an export.")
        return
    shown = table("Load", "When (UTC)", "What", "State", "Rows", "From", right=("Load", "Rows"))
    for one in found:
        state = f"undone {one.undone_at:%Y-%m-%d %H:%M}" if one.undone_at else one.state
        when = f"{one.loaded_at:%Y-%m-%d %H:%M}"
        cells = (str(one.load_id), when, one.connector, state, f"{one.rows:,}", one.source)
        shown.add_row(*[Text(cell) for cell in cells])
    console().print(shown)


def rejects(
    load_number: LoadNumber,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Rows to show.")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the rows that a load rejected, each with its reason."""
    workspace = opened(home)
    from wald.queries.loads import rejected_rows
    from wald.queries.plain import rejected_json

    found = rejected_rows(actor=person(), workspace=workspace, load_id=load_number, limit=limit)
    if found is None:
        raise Refusal(f"There is no load {load_number}; `wald loads` lists them.")
    if as_json:
        put_json([rejected_json(one) for one in found])
        return
    if not found:
        say(f"Load {load_number} rejected nothing.")
    for one in found:
        say(f"{one.file.rows:,} rows of {one.file.file}, all in {workspace.home / one.file.path}")
        put_records(one.rows)
