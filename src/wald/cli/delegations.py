"""Delegations at the terminal: who stands in for whom, letting somebody do so, ending it."""

from dataclasses import replace
from typing import Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import put_json, put_records, say
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem

DELEGATIONS_EXAMPLES = """\b
Examples:
  wald delegations list
  wald delegations add mia max --from 2026-08-03 --until 2026-08-17 --why "Away"
  wald delegations end 4

\b
The first day counts, the last one is the first without. Max then acts for Mia, and each event
says so; he does not stand in for those for whom she stands in.
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=DELEGATIONS_EXAMPLES)
def list_delegations(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List who stands in for whom, the newest first."""
    workspace = opened(home)
    from wald.queries.delegations import delegations
    from wald.queries.plain_cases import delegation_json

    found = [delegation_json(one) for one in delegations(actor=person(), workspace=workspace)]
    if as_json:
        put_json(found)
    elif not found:
        say("Nobody stands in for anybody; `wald delegations add` lets somebody do so.")
    else:
        put_records(found, numbers=("delegation_id",))


@app.command("add", epilog=DELEGATIONS_EXAMPLES)
def add(
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="For whom.")],
    to: Annotated[str, typer.Argument(metavar="NAME", help="Who stands in.")],
    starts: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="The first day without.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Let somebody stand in for somebody else."""
    workspace = opened(home)
    from wald.actions.delegations import delegate

    starts_on, ends_on = read_day(starts, "--from"), read_day(until, "--until")
    if isinstance(starts_on, Problem) or isinstance(ends_on, Problem):
        problems = [one for one in (starts_on, ends_on) if isinstance(one, Problem)]
        raise BadInput("These days cannot be read.", problems)
    try:
        number = delegate(
            actor=person(), workspace=workspace, owner=owner, to=to, starts_on=starts_on,
            ends_on=ends_on, why=why, at=moment(),
        )  # fmt: skip
    except BadInput as refusal:
        typed = {"owner": "OWNER", "to": "NAME", "ends_on": "--until", "why": "--why"}
        found = [replace(one, where=typed.get(one.where, one.where)) for one in refusal.problems]
        raise BadInput(str(refusal), found) from refusal
    say(f"{to} stands in for {owner} (delegation {number}).")
    if as_json:
        put_json({"delegation_id": number})


@app.command("end", epilog=DELEGATIONS_EXAMPLES)
def end(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The delegation's number.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """End a delegation now."""
    workspace = opened(home)
    from wald.actions.delegations import end_delegation

    end_delegation(actor=person(), workspace=workspace, delegation_id=number, at=moment())
    say(f"Delegation {number} has ended.")
    if as_json:
        put_json({"delegation_id": number})
