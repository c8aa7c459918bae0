"""Quotas: a plan down its tree, how a figure arose, published as facts, and what was reached."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsCsv,
    AsJson,
    AsOfText,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_known,
    read_on,
)
from wald.cli.output import console, put_csv, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    import pyarrow as pa

    from wald.queries.attainment import AttainmentPage
    from wald.queries.quotas import Line, PlanPage

QUOTA_EXAMPLES = """\b
Examples:
  wald quota plan company                        who holds what, by the plan in force today
  wald quota plan company --on 2027-01-01 --csv > quotas.csv
  wald quota plan company --version 12           a draft, before anybody approves it
  wald quota show company @P-0007                how this figure arose, step by step
  wald quota show company EMEA/DACH --json
  wald quota publish company --on 2027-01-01     make quota facts of it; wald undo takes it back
  wald quota attainment --period 2026-Q3
  wald quota attainment --plan company --period 2026 --csv

\b
A plan is a document of the type quota_plan: `wald documents schema quota_plan`.
"""

Name = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's name.")]
OnText = Annotated[
    str, typer.Option("--on", metavar="DAY", help="The plan that holds then. [default: today]")
]
VersionOption = Annotated[
    int | None, typer.Option("--version", metavar="ID", min=1, help="This version of it.")
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("plan", epilog=QUOTA_EXAMPLES)
def plan(
    name: Name,
    on: OnText = "",
    version: VersionOption = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the outlook's draws.")] = 0,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what every region, team and person holds, bottom-up beside it."""
    _one_form(as_json, as_csv)
    day = read_on(on)
    workspace = opened(home)
    from wald.queries.plain_quotas import plan_json, plan_table
    from wald.queries.quotas import plan_page

    found = plan_page(
        actor=person(), workspace=workspace, name=name, on=day, version_id=version, seed=seed
    )
    if as_json:
        put_json(plan_json(found))
    elif as_csv:
        _put_table(plan_table(found))
    else:
        _show_plan(found)


@app.command("show", epilog=QUOTA_EXAMPLES)
def show(
    name: Name,
    node: Annotated[
        str, typer.Argument(metavar="NODE", help="EMEA, EMEA/DACH, @ and a person, organization.")
    ],
    on: OnText = "",
    version: VersionOption = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say how one figure arose, step by step from the total down."""
    day = read_on(on)
    workspace = opened(home)
    from wald.queries.plain_quotas import arising_json
    from wald.queries.quotas import arising

    found = arising(
        actor=person(), workspace=workspace, name=name, node=node, on=day, version_id=version
    )
    if as_json:
        put_json(arising_json(found))
        return
    page = found.page
    console().print(f"{found.line.title}: {_money(found.line.held, page)} in {page.fiscal_year}")
    steps = [
        {
            "step": number,
            "why": step.sentence,
            "figure": ""
            if step.figure is None
            else _money(Decimal(step.figure).scaleb(-page.digits), page),
        }
        for number, step in enumerate(found.steps, start=1)
    ]
    put_records(steps, numbers=("step", "figure"))


@app.command("publish", epilog=QUOTA_EXAMPLES)
def publish(
    name: Name, on: OnText = "", home: Home = DEFAULT_HOME, as_json: AsJson = False
) -> None:
    """Make quota facts of the plan in force, as one load; the same version again is nothing new."""
    day = read_on(on)
    workspace = opened(home)
    from wald.actions import quotas
    from wald.queries.plain_quotas import published_json

    made = quotas.publish(actor=person(), workspace=workspace, name=name, on=day, at=moment())
    if as_json:
        put_json(published_json(made))
    elif made.load_id is None:
        say(f"Version {made.number} of {name} is published already: nothing is new.")
    else:
        total = f"{made.total:,f} {made.currency or made.measure}"
        say(f"Load {made.load_id}: {made.rows:,} quotas of {made.persons:,} people, {total}.")
        if made.gone:
            say(f"{made.gone:,} quotas of an earlier version are taken back.")
        say(f"`wald undo {made.load_id}` takes it back.")


@app.command("attainment", epilog=QUOTA_EXAMPLES)
def attainment(
    period: PeriodText = "",
    measure: Annotated[
        str, typer.Option(metavar="METRIC", help="What counts. [default: bookings]")
    ] = "",
    plan: Annotated[
        str, typer.Option(metavar="PLAN", help="Its quotas. [default: those in the data]")
    ] = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Say what was reached of quotas, per person and unit."""
    _one_form(as_json, as_csv)
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries import attainment as desk
    from wald.queries.plain_quotas import attainment_json, attainment_table

    ask = desk.AskedAttainment(period, measure, plan, day, instant)
    found = desk.attainment(actor=person(), workspace=workspace, ask=ask)
    if found is None:
        put_json(None) if as_json else say("Nothing is loaded yet.")
    elif as_json:
        put_json(attainment_json(found))
    elif as_csv:
        _put_table(attainment_table(found))
    else:
        _show_attainment(found)


def _show_plan(page: "PlanPage") -> None:
    out = console()
    out.print(
        f"Quota plan {page.name}, version {page.number} ({page.state}): "
        f"{_money(page.total, page)} of {page.measure} in {page.fiscal_year}"
    )
    put_records([_plan_row(line, page) for line in page.lines], numbers=_plan_numbers(page))
    for note in page.notes:
        out.print(f"Note: {note}")
    if page.evenness is not None:
        even = page.evenness
        out.print(
            f"Quota over {page.against}: varies by {even.variation:.1%} (coefficient), from "
            f"{even.lowest} to {even.highest}, Gini {even.gini}, {even.people} people."
        )
    if page.outlook is not None:
        seen = page.outlook
        out.print(
            f"If the year is made of past quarters: {seen.plan.mean:.0%} of the plan, 90 % of "
            f"draws between {seen.plan.low:.0%} and {seen.plan.high:.0%}; the plan is met in "
            f"{seen.chance:.0%} of them ({seen.draws:,} draws, {seen.past_windows} quarters)."
        )


def _plan_row(line: "Line", page: "PlanPage") -> dict[str, object]:
    money = [f"{one:,f}" for one in line.assigned] or [""] * len(page.windows)
    return {
        "node": "  " * line.depth + line.title + (" (pinned)" if line.is_pinned else ""),
        "holds": f"{line.held:,f}",
        "hands down": "" if line.hands_down is None else f"{line.hands_down:,f}",
        **dict(zip(page.windows, money, strict=True)),
        "proposed": "" if line.proposed is None else f"{line.proposed:,f}",
        "difference": "" if line.difference is None else f"{line.difference:+,f}",
    }


def _plan_numbers(page: "PlanPage") -> tuple[str, ...]:
    return ("holds", "hands down", *page.windows, "proposed", "difference")


def _show_attainment(page: "AttainmentPage") -> None:
    from wald.cli.figures import shown
    from wald.kernel.unit import Unit

    out = console()
    of = f" of plan {page.plan}" if page.plan else ""
    out.print(f"Attainment{of}: {page.title}, {page.period.label}, as of {page.as_of}")
    depths = {"": 0}
    records = []
    for line in page.lines:
        node = line.node
        depths[node.key] = depths[node.parent] + 1 if node.key else 0
        records.append(
            {
                "node": "  " * depths[node.key] + node.title,
                "reached": shown(line.reached, page.unit, page.currency),
                "quota": shown(line.quota, page.unit, page.currency),
                "attainment": shown(line.ratio, Unit.RATIO),
                "without quota": shown(line.beside, page.unit, page.currency),
            }
        )
    put_records(records, numbers=("reached", "quota", "attainment", "without quota"))
    for note in page.notes:
        out.print(f"Note: {note}")


def _put_table(table: "pa.Table") -> None:
    from wald.queries.plain import plain as cell

    rows: Sequence[dict[str, object]] = table.to_pylist()
    put_csv(table.column_names, [[cell(value) for value in row.values()] for row in rows])


def _money(amount: Decimal, page: "PlanPage") -> str:
    return f"{amount:,f} {page.currency}".rstrip()


def _one_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise BadInput("Choose one form.", [Problem("--json --csv", "both are given", "drop one")])
