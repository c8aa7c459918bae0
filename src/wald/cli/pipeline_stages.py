"""The sales process as deals went through it, at the terminal."""

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
    read_as_of,
    read_known,
)
from wald.cli.output import console, put_json, put_records, say
from wald.cli.pipeline import OrgText, WhereText, app

if TYPE_CHECKING:
    from wald.queries.needed_coverage import CoveragePage, TeamCoverage
    from wald.queries.stage_history import StageHistoryPage

__all__ = ["STAGES_EXAMPLES", "app"]

STAGES_EXAMPLES = """\b
Examples:
  wald pipeline process
  wald pipeline process --as-of 2026-06-30 --where "segment = 'Enterprise'"
  wald pipeline process --json
  wald pipeline coverage --chance 0.9
"""


@app.command("process", epilog=STAGES_EXAMPLES)
def sales_process(
    as_of: AsOfText = "",
    where: WhereText = "",
    org: OrgText = "then",
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show how long deals take, in each stage and to close, and how far they come."""
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries.pipeline_ground import Which
    from wald.queries.plain_stage_history import stage_history_json
    from wald.queries.stage_history import StageHistoryAsk, stage_history

    ask = StageHistoryAsk(day, instant, Which((), where, "", org))
    found = stage_history(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(stage_history_json(found))
    else:
        _show(found)


@app.command("coverage", epilog=STAGES_EXAMPLES)
def coverage(
    as_of: AsOfText = "",
    chance: Annotated[
        float, typer.Option(metavar="P", help="Of making the quota: 0.8 is four times in five.")
    ] = 0.8,
    known: KnownText = "",
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the open pipeline that is needed to make the quota, by what earlier quarters became."""
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries.needed_coverage import NeededAsk, needed_coverage
    from wald.queries.plain_stage_history import coverage_json

    ask = NeededAsk(day, instant, chance)
    found = needed_coverage(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(coverage_json(found))
    else:
        _show_coverage(found)


def _show_coverage(found: "CoveragePage") -> None:
    from wald.cli.figures import UNKNOWN, shown
    from wald.kernel.unit import Unit

    left = f"{found.days_left} days to go"
    console().print(f"{found.period.label}, as of {found.as_of}: {left}\n")
    put_records(
        [
            {
                "Team": one.team or "Everybody",
                "Open": shown(one.now.open_amount, Unit.MONEY, found.currency),
                "To book": _to_book(one, found.currency),
                "Coverage": _times(one.now.coverage),
                "Needed": one.needed.why or _times(one.needed.times),
                "Would have made it": UNKNOWN
                if one.needed.made is None
                else f"{one.needed.made} of {one.needed.periods}",
            }
            for one in found.teams
        ],
        numbers=("Open", "To book", "Coverage", "Needed", "Would have made it"),
    )


def _to_book(one: "TeamCoverage", currency: str) -> str:
    from wald.cli.figures import shown
    from wald.kernel.unit import Unit

    if one.now.to_book is None:
        return "no quota"
    made = one.now.to_book <= 0
    return "made" if made else shown(one.now.to_book, Unit.MONEY, currency)


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} x"


def _show(page: "StageHistoryPage") -> None:
    found = page.history
    deals = f"{found.deals:,} deals, {found.open_deals:,} open yet"
    console().print(f"Sales process, as of {page.as_of}: {deals}")
    curve = found.to_close
    if curve.median is not None:
        console().print(
            f"Half are closed after {curve.median} days ({curve.median_low}–{curve.median_high})."
        )
    console().print()
    put_records(
        [
            {
                "Stage": one.step.title,
                "Stays": f"{one.stays:,}",
                "There now": f"{one.running:,}",
                "Half leave after": "–" if one.curve.median is None else f"{one.curve.median} days",
                "Go on": _percent(one.shares["on"]),
                "Won": _percent(one.shares["won"]),
                "Back": _percent(one.shares["back"]),
                "Lost": _percent(one.shares["lost"]),
            }
            for one in found.stages
        ],
        numbers=("Stays", "There now", "Half leave after", "Go on", "Won", "Back", "Lost"),
    )
    for stage, stays in page.unordered:
        console().print(
            f"Note: {stays:,} stays in {stage!r}, a stage that nobody defined, are left out."
        )
    if found.backwards:
        console().print(
            f"Note: {found.backwards:,} stays ended before they began and are left out."
        )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
