"""Exit criteria, velocity and pushes at the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

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
from wald.cli.output import console, put_json, put_records, say
from wald.cli.pipeline import OrgText, WhereText
from wald.cli.pipeline_stages import app

if TYPE_CHECKING:
    from wald.brain.stats import Interval
    from wald.heart.pipeline.long_run import Doubted
    from wald.queries.exit_criteria import CriteriaPage
    from wald.queries.pushes import PushedDeals, PushesPage
    from wald.queries.velocity import VelocityPage

__all__ = ["VELOCITY_EXAMPLES", "app"]

VELOCITY_EXAMPLES = """\b
Examples:
  wald pipeline velocity                                 the quarter, beside the one before
  wald pipeline velocity --period 2026-Q3 --beside 2025-Q3 --by segment
  wald pipeline pushes --period 2026-Q3 --json
  wald pipeline pushes --deals round_trip
  wald pipeline criteria --as-of 2026-06-30
"""
_NOTHING = "No deals are loaded yet: wald load path/to/your/export"


@app.command("velocity", epilog=VELOCITY_EXAMPLES)
def velocity(
    period: PeriodText = "",
    beside: Annotated[str, typer.Option(metavar="PERIOD", help="[default: the one before]")] = "",
    by: Annotated[str, typer.Option(metavar="DIM", help="team, region, segment or rep.")] = "team",
    where: WhereText = "",
    org: OrgText = "then",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what the pipeline yields a day, its four parts, and which of them moved."""
    instant = read_known(known)
    workspace = opened(home)
    from wald.queries.pipeline_ground import Which
    from wald.queries.plain_sales_process import velocity_json
    from wald.queries.velocity import VelocityAsk, pipeline_velocity

    ask = VelocityAsk(period, beside, instant, by, Which((), where, "", org))
    found = pipeline_velocity(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say(_NOTHING)
    elif as_json:
        put_json(velocity_json(found, ask.which))
    else:
        _show_velocity(found)


@app.command("pushes", epilog=VELOCITY_EXAMPLES)
def pushes(
    period: PeriodText = "",
    kind: Annotated[
        str,
        typer.Option(
            "--deals",
            metavar="KIND",
            help="The deals themselves: pushed, round_trip, gone_back, back_and_forth or serial.",
        ),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="Of --deals.")] = 50,
    where: WhereText = "",
    org: OrgText = "then",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show how closing days moved: pushes, their length, round trips, and who pushes more."""
    instant = read_known(known)
    workspace = opened(home)
    from wald.queries import pushes as desk
    from wald.queries.pipeline_ground import Which
    from wald.queries.plain_sales_process import pushed_deals_json, pushes_json

    ask = desk.PushesAsk(period, instant, Which((), where, "", org))
    if kind:
        listed = desk.pushed_deals(
            actor=person(), workspace=workspace, ask=ask, kind=kind, limit=limit, engine=engine
        )
        if listed is None:
            say(_NOTHING)
        elif as_json:
            put_json(pushed_deals_json(listed))
        else:
            _show_deals(listed)
        return
    found = desk.pipeline_pushes(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say(_NOTHING)
    elif as_json:
        put_json(pushes_json(found))
    else:
        _show_pushes(found)


@app.command("criteria", epilog=VELOCITY_EXAMPLES)
def criteria(
    as_of: AsOfText = "",
    where: WhereText = "",
    org: OrgText = "then",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show exit criteria as deals kept them, and the chance of each stage beside the expected."""
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries.criteria_ground import CriteriaAsk
    from wald.queries.exit_criteria import exit_criteria
    from wald.queries.pipeline_ground import Which
    from wald.queries.plain_sales_process import criteria_json

    ask = CriteriaAsk(day, instant, Which((), where, "", org))
    found = exit_criteria(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say(_NOTHING)
    elif as_json:
        put_json(criteria_json(found))
    else:
        _show_criteria(found)


def _show_velocity(found: "VelocityPage") -> None:
    from wald.cli.figures import UNKNOWN, change_shown
    from wald.kernel.unit import Unit

    period, beside = found.period, found.beside
    console().print(f"Velocity in {period.label} beside {beside.label}, {found.currency} a day\n")
    rows = []
    for one in found.lines:
        run, parts = one.now.run, one.moved.parts if one.moved else {}
        rows.append(
            {
                found.by.capitalize(): "Everybody" if one.group == "" else one.group or UNKNOWN,
                "Deals": f"{one.now.deals:,}",
                "Win rate": _share(run.share if run else None),
                "Amount": _round(one.now.amount),
                "Days": _round(run.days if run else None),
                "A day": _round(one.now.a_day) if not one.now.why else one.now.why,
                "Before": _round(one.then.a_day),
                **{
                    title: change_shown(parts[key], Unit.MONEY, "") if parts else UNKNOWN
                    for key, title in (
                        ("deals", "By deals"),
                        ("win_rate", "By win rate"),
                        ("amount", "By amount"),
                        ("days", "By days"),
                    )
                },
            }
        )
    put_records(rows, numbers=tuple(rows[0])[1:])


def _show_pushes(found: "PushesPage") -> None:
    one = found.everybody
    console().print(
        f"{found.period.label}: {one.pushed:,} of {one.deals:,} deals were pushed, {one.pushes:,} "
        f"times, by {one.length or 0:.0f} days each; {one.round_trips:,} were pulled back as well; "
        f"{one.gone_back:,} went back a stage."
    )
    console().print(f"{one.serial:,} open deals were pushed three times or more.\n")
    if not found.differ:
        console().print("Nobody is seen to push more or less than chance would have it.\n")
    put_records(
        [
            {
                "Rep": each.pushed.name,
                "Deals": f"{each.pushed.deals:,}",
                "Pushes": f"{each.pushed.pushes:,}",
                "As everybody": f"{each.expected:.1f}",
                "Times": f"{each.times:.2f} ({each.low:.2f}–{each.high:.2f})",
                "Stands out": "yes" if each.stands_out else "no",
            }
            for each in found.habits
        ],
        numbers=("Deals", "Pushes", "As everybody", "Times"),
    )


def _show_deals(found: "PushedDeals") -> None:
    from wald.queries.plain import plain

    put_records(
        [
            {
                "Deal": one.opportunity_id,
                "Name": one.name,
                "Rep": one.rep or "",
                "Stage": one.stage or "",
                "Closes": plain(one.close_on),
                "Pushes": one.pushes,
                "Days": one.pushed_days,
                "Pulls": one.pulls,
                "Back": one.backs,
                "Ever pushed": one.ever,
            }
            for one in found.deals
        ],
        numbers=("Pushes", "Days", "Pulls", "Back", "Ever pushed"),
    )
    if len(found.deals) < found.total:
        say(f"{len(found.deals):,} of {found.total:,} deals; --limit N shows more.")


def _show_criteria(found: "CriteriaPage") -> None:
    from wald.cli.figures import UNKNOWN

    console().print(f"Sales process: {found.label or 'none is agreed'}, as of {found.as_of}\n")
    put_records(
        [
            {
                "Stage": one.stage.title,
                "Of": ", ".join(one.segments) or "everybody",
                "Deals": f"{one.deals:,}",
                "Expected": UNKNOWN if one.expected is None else f"{one.expected * 100:.0f} %",
                "Won in the long run": _share(one.measured.share if one.measured else None),
            }
            for one in found.chances
        ],
        numbers=("Deals", "Expected", "Won in the long run"),
    )
    if found.criteria:
        console().print()
        put_records(
            [
                {
                    "Stage": one.stage.title,
                    "Criterion": one.criterion.words,
                    "Went on with": _interval(one.found.kept) if one.found else one.why,
                    "Won with": _interval(one.found.proved.won_share) if one.found else UNKNOWN,
                    "without": _interval(one.found.unproved.won_share) if one.found else UNKNOWN,
                }
                for one in found.criteria
            ],
            numbers=("Went on with", "Won with", "without"),
        )
    for title in found.unused:
        console().print(f"Note: no deal was ever in {title!r}.")


def _share(one: "Doubted | None") -> str:
    if one is None:
        return "–"
    return f"{one.value * 100:.1f} % ({one.low * 100:.1f}–{one.high * 100:.1f})"


def _interval(one: "Interval | None") -> str:
    if one is None:
        return "–"
    return f"{one.estimate * 100:.1f} % ({one.low * 100:.1f}–{one.high * 100:.1f})"


def _round(one: "Doubted | None") -> str:
    return "–" if one is None else f"{one.value:,.0f} ({one.low:,.0f}–{one.high:,.0f})"
