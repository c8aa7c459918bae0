"""The sales process as deals went through it, at the terminal."""

from typing import TYPE_CHECKING

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
    from wald.queries.process import ProcessPage

__all__ = ["PROCESS_EXAMPLES", "app"]

PROCESS_EXAMPLES = """\b
Examples:
  wald pipeline process
  wald pipeline process --as-of 2026-06-30 --where "segment = 'Enterprise'"
  wald pipeline process --json
"""


@app.command("process", epilog=PROCESS_EXAMPLES)
def process(
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
    from wald.queries.plain_process import process_json
    from wald.queries.process import ProcessAsk
    from wald.queries.process import process as asked_for

    ask = ProcessAsk(day, instant, Which((), where, "", org))
    found = asked_for(actor=person(), workspace=workspace, ask=ask, engine=engine)
    if found is None:
        say("No deals are loaded yet: wald load path/to/your/export")
    elif as_json:
        put_json(process_json(found))
    else:
        _show(found)


def _show(page: "ProcessPage") -> None:
    found = page.process
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
