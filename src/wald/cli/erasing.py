"""Erase a person for ever."""

from typing import Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home, NoInput
from wald.cli.output import put_json, say
from wald.cli.users import Name
from wald.kernel.problem import BadInput, Problem

ERASE_EXAMPLES = """\b
Examples:
  wald users erase max --why "asked on 3 March, letter 17" --also "Max Berg"
  wald users erase max --why "asked on 3 March" --yes --json

\b
Nothing brings a person back. What they did stands under a pseudonym; what the journal says
of them is sealed for ever, and the journal still verifies. Backups made before know them
until they are deleted.
"""


def erase(
    name: Name,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Who asked, on what ground.")],
    also: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Another spelling; repeatable.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    no_input: NoInput = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Erase somebody: their access, their key, and their name wherever it stands."""
    workspace = opened(home)
    from wald.actions.erasure import erase_person

    if not yes:
        _ask(name, may_ask=not no_input)
    erased = erase_person(
        actor=person(), workspace=workspace, name=name, why=why, at=moment(), also=also or ()
    )
    if as_json:
        kept = [{"column": place, "rows": rows, "why": why} for place, rows, why in erased.kept]
        put_json({"name": erased.pseudonym, "changed": dict(erased.changed), "kept": kept})
        return
    say(f"{name} is erased, and stands in the records as {erased.pseudonym!r}.")
    for place, rows, reason in erased.kept:
        say(f"{rows:,} rows of {place} still name them: {reason}.")


def _ask(name: str, *, may_ask: bool) -> None:
    if may_ask and typer.confirm(f"Erase {name} for ever?", err=True):
        return
    problem = Problem("--yes", "it was not said that this is meant", "give --yes")
    raise BadInput("Nobody was erased.", [problem])
