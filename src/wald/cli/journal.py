"""The journal: read it, verify it, export it, keep its newest hash."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import wald_verify
from wald.cli.door import moment, opened, person
from wald.cli.ending import Code
from wald.cli.options import DEFAULT_HOME, AsJson, Home, read_day_option
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.queries.journal import Line

JOURNAL_EXAMPLES = """\b
Examples:
  wald journal list                             newest first
  wald journal list --about case:17
  wald journal list --who ana --since 2026-03-01
  wald journal list --action settings.          all that begin so
  wald journal show 1204                        from what to what
  wald journal verify
  wald journal verify --head 1204:9f3c...       against a head kept elsewhere
  wald journal export journal.jsonl             to be verified without Wald
  wald journal head --keep                      write it into heads.jsonl too

\b
Without Wald: python -m wald_verify journal.jsonl
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Of the entry.", min=1)]


@app.command("list", epilog=JOURNAL_EXAMPLES)
def list_entries(
    about: Annotated[
        str, typer.Option(metavar="KIND:KEY", help="What it is about; KIND: alone for all.")
    ] = "",
    who: Annotated[str, typer.Option(metavar="NAME", help="Who did it.")] = "",
    action: Annotated[str, typer.Option(metavar="NAME", help="What was done.")] = "",
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Up to this day, with it.")] = "",
    before: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="Only older ones.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first."""
    first, last = read_day_option(since, "--since"), read_day_option(until, "--until")
    workspace = opened(home)
    from wald.queries.journal import entries
    from wald.queries.plain_journal import line_json, midnight

    found = entries(
        actor=person(),
        workspace=workspace,
        about=about,
        who=who,
        action=action,
        since=None if first is None else midnight(first),
        until=None if last is None else midnight(last) + timedelta(days=1),
        before=before or None,
        limit=limit,
    )
    if as_json:
        put_json([line_json(one) for one in found])
    elif not found:
        say("No entry fits.")
    else:
        put_records([_shown(one) for one in found], numbers=("entry",))


@app.command("show", epilog=JOURNAL_EXAMPLES)
def show(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show one entry: who, when, why, and from what to what."""
    workspace = opened(home)
    from wald.queries.journal import entry
    from wald.queries.plain_journal import line_json

    found = entry(actor=person(), workspace=workspace, seq=number)
    if found is None:
        raise Refusal(f"There is no entry {number}; `wald journal list` shows the newest.")
    if as_json:
        put_json(line_json(found))
        return
    for name, value in (*_shown(found).items(), ("why", found.why), ("hash", found.hash)):
        if value != "":
            console().print(f"{name}: {value}", soft_wrap=True)
    if found.is_erased:
        console().print("What it said is sealed for ever: the person was erased.")
    if found.is_withheld:
        console().print("It tells pay that you may not see.")
    for change in found.changes:
        old, new = change.before or "nothing", change.after or "nothing"
        console().print(f"  {change.field}: {old} -> {new}", soft_wrap=True)


@app.command("verify", epilog=JOURNAL_EXAMPLES)
def verify(
    head: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER:HASH", help="Kept elsewhere; repeatable.")
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Check every entry against the one before it, and against the heads that were kept.

    Exit code 3 says that a fault was found, and which entry is the first.
    """
    known = [_head(text) for text in head or ()]
    workspace = opened(home)
    from wald.queries.journal import verified

    try:
        verdict = verified(actor=person(), workspace=workspace, known=known)
    except wald_verify.Unreadable as error:
        raise Refusal(str(error)) from error
    if as_json:
        put_json(verdict.as_json())
    else:
        console().print(str(verdict), soft_wrap=True)
    if not verdict.is_sound:
        raise typer.Exit(Code.QUALITY)


@app.command("export", epilog=JOURNAL_EXAMPLES)
def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help='A new file, or "-".')] = "-",
    home: Home = DEFAULT_HOME,
) -> None:
    """Write the journal as JSON lines, which python -m wald_verify reads. No name is in them."""
    workspace = opened(home)
    from wald.queries.journal import exported

    lines = exported(actor=person(), workspace=workspace)
    if file == "-":
        sys.stdout.writelines(lines)
        return
    try:
        with Path(file).open("x", encoding="utf-8", newline="\n") as written:
            written.writelines(lines)
    except FileExistsError as error:
        raise Refusal(f"There is a file {file} already; name a new one.") from error
    say(f"Written to {file}; check it with: python -m wald_verify {file}")


@app.command("head", epilog=JOURNAL_EXAMPLES)
def head(
    keep: Annotated[
        bool, typer.Option("--keep", help="Write it into heads.jsonl of the workspace too.")
    ] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Print number and hash of the newest entry: kept elsewhere, it proves all before it."""
    workspace = opened(home)
    from wald.actions.journal import keep_head
    from wald.queries import journal

    if keep:
        found = keep_head(actor=person(), workspace=workspace, at=moment())
    else:
        found = journal.head(actor=person(), workspace=workspace)
    if as_json:
        put_json({"seq": found.seq, "hash": found.hash})
    else:
        typer.echo(str(found))


def _head(text: str) -> tuple[int, str]:
    try:
        return wald_verify.read_head(text)
    except ValueError as error:
        problem = Problem("--head", f"{text[:90]!r} is no head", "write NUMBER:HASH")
        raise BadInput("The journal was not read.", [problem]) from error


def _shown(line: "Line") -> dict[str, object]:
    return {
        "entry": line.seq,
        "when": _minute(line.at),
        "who": line.who,
        "door": line.door,
        "action": line.action,
        "about": line.about,
    }


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
