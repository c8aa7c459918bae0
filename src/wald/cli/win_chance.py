"""Chances to win at the terminal: how good they are, and each open deal's with its reasons."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say

if TYPE_CHECKING:
    from wald.queries.win_chance import ChanceLine, WinChancePage

WIN_CHANCE_EXAMPLES = """\b
Examples:
  wald forecast win-chance                   how good chances are, and the largest open deals
  wald forecast win-chance --deal O000002931 one deal, with every reason
  wald forecast win-chance --limit 1000 --json
"""
_REASONS = 3


def win_chance(
    deal: Annotated[str, typer.Option("--deal", metavar="KEY", help="One open deal.")] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many deals, largest first.")
    ] = 25,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the chance of open deals to be won, why, and how good such chances were."""
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
        _show(page, every=bool(deal))


def _show(page: "WinChancePage", *, every: bool) -> None:
    if page.judgement is None:
        say(page.unable)
        return
    out = console()
    out.print(page.judgement.verdict)
    out.print(f"Learned from {page.learned_from} deals, as of {page.day}.")
    put_records([_record(one, every=every) for one in page.lines], numbers=("chance", "base"))
    if page.total > len(page.lines):
        say(f"{page.total - len(page.lines)} more open deals; --limit shows them.")


def _record(line: "ChanceLine", *, every: bool) -> dict[str, object]:
    reasons = line.reasons if every else line.reasons[:_REASONS]
    return {
        "deal": line.opportunity_id,
        "name": line.name,
        "rep": line.rep,
        "stage": line.stage,
        "chance": f"{line.chance:.0%}",
        "base": f"{line.base:.0%}",
        "because": ", ".join(f"{one.name} {one.adds * 100:+.0f}" for one in reasons),
    }
