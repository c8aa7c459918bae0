"""A night at the terminal: let every detector look, and say what was found and what was not."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, EngineUrl, Home, read_day_option
from wald.cli.output import console, put_json, put_records, say
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.queries.night import NightFound

NOTICE_EXAMPLES = """\b
Examples:
  wald notice                             look as of the last day, and keep what is found
  wald notice --dry-run                   look, and keep nothing
  wald notice --day 2026-06-26 --json
  wald notice --only win_rate_shift --only discount_creep
"""


def notice(
    day: Annotated[
        str,
        typer.Option("--day", metavar="DAY", help="As of this day. [default: last in the data]"),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, and keep nothing.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="KEY", help="This detector; repeatable.")
    ] = None,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Let every detector look at the facts, judge all looks together, and keep what is found."""
    on = read_day_option(day, "--day")
    workspace = opened(home)
    from wald.queries.plain_night import night_json

    keys = tuple(only or ())
    with progress(quiet=as_json) as told:
        if dry_run:
            from wald.queries.agreed import agreed_view
            from wald.queries.night import looked

            seen = agreed_view(actor=person(), workspace=workspace, engine=engine)
            found, kept = looked(seen, day=on, only=keys, told=told), None
        else:
            from wald.actions.notice import notice as keep

            kept = keep(
                actor=person(), workspace=workspace, at=moment(), day=on, only=keys, engine=engine,
                told=told,
            )  # fmt: skip
            found = kept.found if kept else None
    gone = kept.gone if kept else ()
    if found is None:
        say("Nothing is loaded yet: wald load path/to/your/export")
    elif as_json:
        numbers = dict(kept.insights) if kept else {}
        put_json({**night_json(found, numbers), "kept": not dry_run, "gone": list(gone)})
    else:
        _show(found)
        if gone:
            say(f"Gone since the night before: insights {', '.join(map(str, gone))}.")


def _show(found: "NightFound") -> None:
    out, judged = console(), found.judged
    out.print(
        f"As of {found.day}: {judged.all_looks:,} places looked at by {len(judged.looks)} "
        f"detectors, {_counted(len(judged.findings))}\n"
    )
    from wald.queries.plain_night import finding_json

    for one in judged.findings:
        told = finding_json(one)
        out.print(f"{told['title']}: {told['claim']}")
        out.print(f"  {one.detector.cure.advice}\n")
    if judged.suppressed:
        rows = [
            {"Not told": str(finding_json(one.finding)["claim"]), "Why": one.why}
            for one in judged.suppressed
        ]
        put_records(rows)
    for silent in judged.silent:
        out.print(f"Silent: {silent.key}: {silent.why}")


def _counted(findings: int) -> str:
    return f"{findings} finding{'' if findings == 1 else 's'}"
