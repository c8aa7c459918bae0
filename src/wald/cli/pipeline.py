"""The pipeline as of any day, and what changed in it between any two."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsCsv,
    AsJson,
    AsOfText,
    EngineUrl,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_day_option,
    read_instant_option,
    read_known,
)
from wald.cli.output import console, put_csv, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.queries.pipeline import Pipeline
    from wald.queries.pipeline_changes import ChangedDeals, Changes
    from wald.queries.pipeline_ground import Which

PIPELINE_EXAMPLES = """\b
Examples:
  wald pipeline show                                     open deals by stage, now
  wald pipeline show --as-of 2026-06-30 --by stage,team
  wald pipeline show --as-of 2026-06-30 --by team --org now   by today's teams
  wald pipeline show --where "segment = 'Enterprise'" --period 2026-Q4 --csv
  wald pipeline changes --from 2026-09-23 --to 2026-09-30
  wald pipeline changes --from 2026-06-30 --to 2026-09-30 --period 2026-Q3 --json
  wald pipeline changes --from 2026-09-23 --to 2026-09-30 --bar pushed_out
"""
WhereText = Annotated[
    str, typer.Option("--where", metavar="COND", help="Only deals for which this holds.")
]
OrgText = Annotated[
    str,
    typer.Option("--org", metavar="ORG", help="Teams as they were `then`, or as they are `now`."),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show", epilog=PIPELINE_EXAMPLES)
def show(
    as_of: AsOfText = "",
    by: Annotated[
        str, typer.Option(metavar="DIMS", help="Up to three dimensions, with commas between.")
    ] = "stage",
    where: WhereText = "",
    period: PeriodText = "",
    org: OrgText = "then",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the deals open on a day: how many, their amount, and how many have none."""
    _one_form(as_json, as_csv)
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries.pipeline import PipelineAsk, pipeline
    from wald.queries.plain_pipeline import pipeline_json

    dimensions = tuple(part.strip() for part in by.split(",") if part.strip())
    ask = PipelineAsk(day, instant, dimensions, _which(where, period, org))
    found = pipeline(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
        return
    if as_json:
        put_json(pipeline_json(found))
    elif as_csv:
        put_csv(
            [*found.by, "deals", "amount", "without_amount"],
            [(*group.key, group.deals, f"{group.amount:f}", group.unknown)
             for group in found.groups],
        )  # fmt: skip
    else:
        _put_pipeline(found)


@app.command("changes", epilog=PIPELINE_EXAMPLES)
def changes(
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="[default: a week before --to]")
    ] = "",
    second: Annotated[
        str, typer.Option("--to", metavar="DAY", help="[default: last in the data]")
    ] = "",
    where: WhereText = "",
    period: PeriodText = "",
    org: OrgText = "then",
    closed_in: Annotated[
        str,
        typer.Option(
            metavar="WHICH",
            help="A closed deal belongs to the period it was `planned` for just before, or that "
            "it was `closed` in.",
        ),
    ] = "planned",
    bar: Annotated[
        str, typer.Option(metavar="BAR", help="The deals of one bar, or of start or finish.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Of --bar.")] = 50,
    known_from: Annotated[
        str, typer.Option(metavar="INSTANT", help="The first day as Wald knew it then.")
    ] = "",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Say what changed between two days: start and bars add up to the end, to the cent."""
    _one_form(as_json, as_csv)
    days = (read_day_option(first, "--from"), read_day_option(second, "--to"))
    instants = (read_instant_option(known_from, "--known-from"), read_known(known))
    workspace = opened(home)
    from wald.queries import pipeline_changes as desk
    from wald.queries.plain_pipeline import changes_json

    ask = desk.ChangesAsk(*days, *instants, _which(where, period, org), closed_in)
    if bar:
        listed = desk.changed_deals(
            actor=person(), workspace=workspace, ask=ask, bar=bar, limit=limit, engine=engine
        )
        _put_deals(listed, as_json=as_json, as_csv=as_csv)
        return
    found = desk.pipeline_changes(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(changes_json(found))
    else:
        _put_changes(found, as_csv=as_csv)


def _which(where: str, period: str, org: str) -> "Which":
    from wald.queries.pipeline_ground import Which

    return Which((), where, period, org)


def _one_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise BadInput("Choose one form.", [Problem("--json --csv", "both are given", "drop one")])


def _put_pipeline(found: "Pipeline") -> None:
    from wald.cli.figures import UNKNOWN, shown
    from wald.facts.dimension import DIMENSIONS
    from wald.kernel.unit import Unit

    total = found.total
    amount = shown(total.amount, Unit.MONEY, found.currency)
    console().print(f"Open pipeline, as of {found.as_of}: {total.deals:,} deals, {amount}\n")
    titles = [DIMENSIONS[name].title for name in found.by]
    put_records(
        [
            {
                **{
                    title: UNKNOWN if part is None else part
                    for title, part in zip(titles, found.shown(group), strict=True)
                },
                "Deals": f"{group.deals:,}",
                "Amount": shown(group.amount, Unit.MONEY, found.currency),
                "Without amount": f"{group.unknown:,}",
            }
            for group in found.groups
        ],
        numbers=("Deals", "Amount", "Without amount"),
    )
    for doubt in found.doubts:
        console().print(f"Note: {doubt.sentence}")


def _put_changes(found: "Changes", *, as_csv: bool) -> None:
    from wald.cli.figures import change_shown, shown
    from wald.kernel.unit import Unit

    fall, currency = found.waterfall, found.currency
    steps = [step for step in fall.steps if step.deals]
    if as_csv:
        rows = [("start", fall.start.deals, f"{fall.start.amount:f}")]
        rows += [(step.bar.key, step.deals, f"{step.amount:f}") for step in fall.steps]
        rows.append(("end", fall.end.deals, f"{fall.end.amount:f}"))
        put_csv(["bar", "deals", "amount"], rows)
        return
    lines = [
        (f"On {found.first}", fall.start.deals, shown(fall.start.amount, Unit.MONEY, currency))
    ]
    lines += [
        (step.bar.title, step.deals, change_shown(step.amount, Unit.MONEY, currency))
        for step in steps
    ]
    lines.append(
        (f"On {found.second}", fall.end.deals, shown(fall.end.amount, Unit.MONEY, currency))
    )
    put_records(
        [{"": name, "Deals": f"{deals:,}", "Amount": amount} for name, deals, amount in lines],
        numbers=("Deals", "Amount"),
    )
    trips = fall.round_trips
    if trips.deals:
        worth = shown(trips.amount, Unit.MONEY, currency)
        console().print(f"Note: {trips.deals:,} of these were pushed and pulled back: {worth}.")
    for doubt in found.doubts:
        console().print(f"Note: {doubt.sentence}")


def _put_deals(found: "ChangedDeals | None", *, as_json: bool, as_csv: bool) -> None:
    from wald.queries.plain import plain
    from wald.queries.plain_pipeline import changed_deals_json

    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
        return
    if as_json:
        put_json(changed_deals_json(found))
        return
    records = [
        {
            "Deal": deal.opportunity_id,
            "Name": deal.title,
            "Adds": plain(deal.adds),
            "Owner": deal.after.owner or deal.before.owner,
            "Stage before": deal.before.stage,
            "Stage after": deal.after.stage,
            "Closes before": plain(deal.before.close_on),
            "Closes after": plain(deal.after.close_on),
            "Changes": len(deal.changes),
        }
        for deal in found.deals
    ]
    if as_csv:
        names = list(records[0]) if records else []
        put_csv(names, [tuple(record.values()) for record in records])
        return
    put_records(records, numbers=("Adds", "Changes"))
    if len(records) < found.total:
        say(f"{len(records):,} of {found.total:,} deals; --limit N shows more.")
