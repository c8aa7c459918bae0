"""What another plan would have paid on what happened, at the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_csv, put_json, put_records, say, say_problems
from wald.cli.pay_statement import app
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.queries.pay_what_if import WhatIf

__all__ = ["WHAT_IF_EXAMPLES", "app"]

_PEOPLE = 20  # shown at the terminal; --csv and --json have all of them

WHAT_IF_EXAMPLES = """\b
Examples:
  wald pay what-if --plan new.yaml --over 2025
  wald pay what-if --plan new.yaml --over 2025-Q4 --instead-of account_executives
  wald pay what-if --plan new.yaml --over 2025 --csv > people.csv
  wald pay what-if --plan emea.yaml --over 2025 --json
"""


@app.command("what-if", epilog=WHAT_IF_EXAMPLES)
def what_if(
    plan: Annotated[
        Path,
        typer.Option(
            "--plan", metavar="FILE", help="What to try: a plan, or a unit's override of one."
        ),
    ],
    over: Annotated[
        str, typer.Option("--over", metavar="P", help="A past period: 2025, 2025-Q1 or 2025-03.")
    ],
    instead_of: Annotated[
        str,
        typer.Option("--instead-of", metavar="NAME", help="[default: the plan of its own name]"),
    ] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="One line a person, as CSV.")] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Pay a past period by another plan, beside what was in force: cost, winners, losers, why."""
    workspace = opened(home)
    from wald.queries.pay_what_if import what_if as tried_on
    from wald.queries.pay_what_if_plans import Tried
    from wald.queries.plain_pay import text_of
    from wald.queries.plain_pay_what_if import COLUMNS, people_rows, what_if_json

    tried = Tried(over, text_of(plan), plan.name, instead_of=instead_of)
    with progress(quiet=as_json or as_csv) as told:
        found = tried_on(actor=person(), workspace=workspace, tried=tried, at=moment(), told=told)
    if as_json:
        put_json(what_if_json(found))
    elif as_csv:
        put_csv(COLUMNS, people_rows(found))
    else:
        _show(found)


def _show(found: "WhatIf") -> None:
    from wald.queries.plain_pay_what_if import DOUBT, because, sides
    from wald.queries.statement_files import money

    whole, currency = found.comparison, found.plan.currency
    console().print(
        f"{found.plan.version}, instead of {'; '.join(found.old)}, over {found.period.label}: "
        f"{len(whole.winners)} would have been paid more, {len(whole.losers)} less, "
        f"of {len(whole.people)}; in {currency}"
    )
    put_records(sides(found), numbers=("old", "new", "change"))
    changed = [one for one in whole.people if one.change]
    rows = [
        {
            "person": f"{found.name(one.person_id)} ({one.person_id})",
            "old": money(one.old, currency),
            "new": money(one.new, currency),
            "why": because(one, currency),
        }
        for one in changed[:_PEOPLE]
    ]
    put_records(rows, numbers=("old", "new"))
    if len(changed) > _PEOPLE:
        say(f"and {len(changed) - _PEOPLE} more; --csv has everybody.")
    count = len(found.bends)
    say(f"{count} ended a window close to a bend or jump of the new plan, "
        f"{found.old_bends} of the old one.")  # fmt: skip
    for one in found.findings:
        if one.is_warning:
            say(f"The linter: {one.sentence}")
    say_problems(found.lost)
    if found.is_cut:
        say("Only people whose pay you may see are counted.")
    say(DOUBT)
