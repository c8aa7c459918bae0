"""Chances to win at the terminal: how good they are, and each open deal's with its reasons."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say

if TYPE_CHECKING:
    from wald.brain.deal_health import Reason
    from wald.queries.win_chance import ChanceLine, WinChancePage

WIN_CHANCE_EXAMPLES = """\b
Examples:
  wald forecast win-chance                   how good chances are, and the largest open deals
  wald forecast win-chance --deal O000002931 one deal, with every reason
  wald forecast win-chance --limit 1000 --json
"""
_REASONS = 2


def win_chance(
    deal: Annotated[str, typer.Option("--deal", metavar="KEY", help="One open deal.")] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many deals, largest first.")
    ] = 25,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the health of open deals: their chance to be won, what would move it, how good it is."""
    workspace = opened(home)
    from wald.queries.plain_win_chance import win_chance_json
    from wald.queries.win_chance import win_chance_page

    page = win_chance_page(actor=person(), workspace=workspace, deal=deal, limit=limit)
    if page is None:
        say("No deals are loaded yet.")
        raise typer.Exit(2)
    if as_json:
        put_json(win_chance_json(page))
    else:
        _show(page, is_one=bool(deal))


def _show(page: "WinChancePage", *, is_one: bool) -> None:
    if page.judgement is None:
        say(page.unable)
        if page.how:
            say(f"Run `{page.how}`.")
        return
    out = console()
    out.print(page.judgement.verdict)
    out.print(
        f"Learned from {page.learned_from} deals, as of {page.day}."
        + ("" if page.is_fresh else f" The facts have changed since; `{page.how}` looks anew.")
    )
    if is_one:
        _show_deal(page.lines[0])
        return
    put_records([_record(one) for one in page.lines], numbers=("health", "base"))
    if page.total > len(page.lines):
        say(f"{page.total - len(page.lines)} more open deals; --limit shows them.")


def _show_deal(line: "ChanceLine") -> None:
    out = console()
    out.print(f"{line.name}: {line.chance:.0%} to be won; of its segment {line.base:.0%} are.")
    if line.alike:
        came = line.alike.came
        out.print(
            f"Of {line.alike.deals} later deals told about {line.alike.said:.0%}, "
            f"{came.estimate:.0%} were won ({came.low:.0%} to {came.high:.0%})."
        )
    put_records(
        [
            {"as it is": one.says, "otherwise": one.otherwise, "moves": _points(one)}
            for one in line.reasons
            if _points(one) not in ("+0", "-0")
        ],
        numbers=("moves",),
    )


def _record(line: "ChanceLine") -> dict[str, object]:
    return {
        "deal": line.opportunity_id,
        "name": line.name,
        "rep": line.rep,
        "stage": line.stage,
        "health": f"{line.chance:.0%}",
        "base": f"{line.base:.0%}",
        "would move most": ", ".join(
            f"{one.says.lower()} ({one.otherwise}: {_points(one)})"
            for one in line.reasons[:_REASONS]
        ),
    }


def _points(one: "Reason") -> str:
    return f"{one.moves * 100:+.0f}"
