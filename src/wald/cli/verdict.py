"""System or person, at the terminal: the verdict on a metric, and what stands behind it."""

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

if TYPE_CHECKING:
    from wald.queries.verdict import VerdictPage

VERDICT_EXAMPLES = """\b
Examples:
  wald verdict win_rate                          people over the last year
  wald verdict average_discount --by team --period 2026
  wald verdict average_cycle_days --where "segment = 'SMB'"
  wald verdict win_rate --by person --json       with every figure and chart behind it
"""
_SHOWN = 30


def verdict(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="A rate or a mean.")],
    by: Annotated[
        str,
        typer.Option(metavar="DIM", help="person, team, region, manager, territory, segment, …"),
    ] = "person",
    where: Annotated[
        str, typer.Option(metavar="COND", help="Only rows for which this holds.")
    ] = "",
    period: Annotated[
        str,
        typer.Option(
            "--period",
            metavar="P",
            help="2017, 2017-Q3, 2017-07, a day, or first..last. [default: the last year]",
        ),
    ] = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="People shown on a screen.")
    ] = _SHOWN,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say whether a figure is the system's, a segment's or a person's, or nothing but luck.

    Nobody is named without evidence: people are compared net of their mix of deals, of luck, and
    of the differences that colleagues usually have.
    """
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries import verdict as desk
    from wald.queries.plain_verdict import verdict_json

    ask = desk.VerdictAsk(metric, by, period, where, day, instant)
    page = desk.verdict(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if as_json:
        put_json(verdict_json(page))
        return
    _show(page, limit)


def _show(page: "VerdictPage", limit: int) -> None:
    from wald.queries.verdict_words import amount, words_of

    words, out = words_of(page), console()
    when = page.period.label if page.period else f"as of {page.as_of}"
    out.print(f"{page.metric.title} by {page.title.lower()}, {when}\n")
    out.print(words.headline)
    for also in words.also:
        out.print(f"Also: {also}")
    for line in (*words.behind, *page.notes):
        out.print(f"  {line}")
    if page.verdict is None:
        raise typer.Exit(2)
    shown = page.verdict.standings[:limit]
    if not shown:
        return
    out.print()
    put_records(
        [
            {
                page.title: one.title,
                "Rows": f"{one.rows:,}",
                page.metric.title: amount(page, one.figure),
                "Same mix": amount(page, one.adjusted.estimate),
                "95 %": f"{amount(page, one.adjusted.low)} to {amount(page, one.adjusted.high)}",
                "Rank": f"{one.best_rank} to {one.worst_rank}" if one.best_rank else "–",
                "": "stands out" if one.stands_out else "",
            }
            for one in shown
        ],
        numbers=("Rows", page.metric.title, "Same mix", "95 %", "Rank"),
    )
    if len(page.verdict.standings) > limit:
        say(f"{limit} of {len(page.verdict.standings):,}; --limit N shows more, --json all.")
