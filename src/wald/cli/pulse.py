"""The pulse in a terminal: the state of the sales organization on one screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wald.cli.door import opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsJson,
    AsOfText,
    EngineUrl,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_known,
)
from wald.cli.output import console, put_json, say, table

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console
    from rich.table import Table

    from wald.kernel.workspace import Workspace
    from wald.queries.pulse import Breakdown, Figure, Pulse

PULSE_EXAMPLES = """\b
Examples:
  wald pulse                       the quarter that the data reach into
  wald pulse --period 2017-Q3
  wald pulse --as-of 2017-06-30    as it stood on that day
  wald pulse --json
"""
_TOP = 5  # rows of each breakdown


def pulse(
    period: PeriodText = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show how the sales organization is doing, each figure with its change."""
    day, instant = read_as_of(as_of), read_known(known)
    show_pulse(opened(home), period, day, instant, engine, as_json=as_json)


def show_pulse(
    workspace: "Workspace",
    period: str = "",
    day: "date | None" = None,
    known: "datetime | None" = None,
    engine: str = "",
    *,
    as_json: bool = False,
) -> None:
    from wald.queries.plain import pulse_json
    from wald.queries.pulse import pulse as ask

    found = ask(
        actor=person(), workspace=workspace, period=period, as_of=day, known=known, engine=engine
    )
    if as_json:
        put_json(None if found is None else pulse_json(found))
    elif found is None:
        say("Nothing is loaded yet; `wald load FOLDER` loads an export.")
    else:
        _put_pulse(found)


def _put_pulse(found: "Pulse") -> None:
    from rich.text import Text

    out = console()
    heading = Text(f"{found.period.label}, as of {found.as_of}", style="bold")
    out.print(heading, f"compared with {found.compared_with.label}")
    groups = [(title, _had(figures)) for title, figures in found.groups]
    groups.append(("Broken in the data", _had(found.hygiene)))
    _flow(out, [_group(title, figures) for title, figures in groups if figures])
    _flow(out, [_breakdown(each) for each in found.breakdowns])
    notes = [f"{f.title}: {note}" for _, figures in groups for f in figures for note in f.notes]
    for title, sentences in (
        ("To know beside the numbers", notes),
        ("Cannot be had from these data", list(dict.fromkeys(found.missing))),
    ):
        if sentences:
            out.print(Text(f"\n{title}", style="bold"))
        for sentence in sentences:
            out.print(f"  {sentence}")


def _had(figures: Sequence["Figure"]) -> list["Figure"]:
    return [figure for figure in figures if figure.value is not None]


def _flow(out: "Console", tables: Sequence["Table"]) -> None:
    """Print tables side by side, as many as the terminal is wide; one by one into a pipe."""
    from rich.columns import Columns

    if out.is_terminal:
        out.print()
        out.print(Columns(tables, padding=(1, 4)))
        return
    for each in tables:
        out.print()
        out.print(each)


def _group(title: str, figures: Sequence["Figure"]) -> "Table":
    from rich.text import Text

    from wald.cli.figures import movement, shown

    made = table(title, "Now", "Before", "Change", right=("Now", "Before", "Change"))
    for figure in figures:
        made.add_row(
            Text(figure.title),
            Text(shown(figure.value, figure.unit, figure.currency), style="bold"),
            Text(shown(figure.before, figure.unit, figure.currency)),
            Text(movement(figure.change, figure.unit), style=_colour(figure.is_good)),
        )
    return made


def _breakdown(one: "Breakdown") -> "Table":
    from rich.text import Text

    from wald.cli.figures import UNKNOWN, movement, shown
    from wald.facts.dimension import DIMENSIONS

    title = f"{one.title} by {DIMENSIONS[one.dimension].title.lower()}"
    made = table(title, "Now", "Change", right=("Now", "Change"))
    for row in one.rows[:_TOP]:
        made.add_row(
            Text(UNKNOWN if row.label is None else row.label),
            Text(shown(row.value, one.unit, one.currency)),
            Text(movement(row.change, one.unit)),
        )
    if len(one.rows) > _TOP:
        made.add_row(Text(f"and {len(one.rows) - _TOP} more", style="dim"), "", "")
    return made


def _colour(is_good: bool | None) -> str:
    if is_good is None:
        return ""
    return "green" if is_good else "red"
