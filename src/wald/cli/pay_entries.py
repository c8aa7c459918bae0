"""Beside pay at the terminal: holds, adjustments by hand, how payroll wants its file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home, read_day_option
from wald.cli.output import put_json, put_records, say
from wald.cli.pay_runs import app
from wald.kernel.problem import BadInput, Problem

__all__ = ["app"]

ENTRIES_EXAMPLES = """\b
Examples:
  wald pay hold deal B17 --reason "Customer disputes it"
  wald pay hold payee R1 --reason "Left without notice" --until 2026-07-01
  wald pay holds
  wald pay lift 4 --why "It was settled"
  wald pay adjust R1 -120.50 EUR --reason "Paid twice in March"
  wald pay adjustments
  wald pay approve 7                   by somebody else than who entered it
  wald pay refuse 7 --why "It was paid already"
  wald pay retract 7 --why "A mistake"  one that was approved and is not paid yet
  wald pay mapping --file payroll.json
"""

Number = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="The reason; it is kept.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; it is kept.")]


@app.command("hold", epilog=ENTRIES_EXAMPLES)
def hold(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="deal or payee.")],
    subject: Annotated[str, typer.Argument(metavar="KEY", help="Its key in the facts.")],
    reason: Reason,
    since: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day. [default: always]")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", help="The first day without.")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Hold a deal or a payee back from pay; later runs pay it once the hold is over."""
    workspace = opened(home)
    from wald.actions import pay_entries

    at = moment()
    new = pay_entries.NewHold(
        kind, subject, read_day_option(since, "--from") or at.date(),
        read_day_option(until, "--until"), reason,
    )  # fmt: skip
    number = pay_entries.hold(actor=person(), workspace=workspace, new=new, at=at)
    _put_number("hold", number, f"{kind} {subject} is held back from pay.", as_json=as_json)


@app.command("holds", epilog=ENTRIES_EXAMPLES)
def holds(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List holds, those that are over too."""
    workspace = opened(home)
    from wald.queries.pay_page import runs
    from wald.queries.plain_pay_runs import hold_json

    found = [hold_json(one) for one in runs(actor=person(), workspace=workspace).holds]
    if as_json:
        put_json(found)
    elif not found:
        say('Nothing is held back; `wald pay hold deal KEY --reason "Why"` holds a deal.')
    else:
        put_records(found, numbers=("hold",))


@app.command("lift", epilog=ENTRIES_EXAMPLES)
def lift(number: Number, why: Why, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Lift a hold: the next run pays what it held back."""
    workspace = opened(home)
    from wald.actions import pay_entries

    pay_entries.lift(actor=person(), workspace=workspace, hold_id=number, why=why, at=moment())
    _put_number("hold", number, f"Hold {number} is lifted.", as_json=as_json)


@app.command("adjust", epilog=ENTRIES_EXAMPLES, context_settings={"ignore_unknown_options": True})
def adjust(
    person_id: Annotated[str, typer.Argument(metavar="KEY", help="Whose pay.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Below zero takes away.")],
    currency: Annotated[str, typer.Argument(metavar="CURRENCY", help="Such as EUR.")],
    reason: Reason,
    counts_on: Annotated[
        str, typer.Option("--counts-on", metavar="DAY", help="[default: today]")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Enter an adjustment by hand; it counts once somebody else approves it."""
    workspace = opened(home)
    from wald.actions import pay_entries

    at = moment()
    day = read_day_option(counts_on, "--counts-on") or at.date()
    new = pay_entries.NewAdjustment(person_id, amount, currency, reason, day)
    number = pay_entries.adjust(actor=person(), workspace=workspace, new=new, at=at)
    said = f"Adjustment {number} waits for somebody else to approve it."
    _put_number("adjustment", number, said, as_json=as_json)


@app.command("adjustments", epilog=ENTRIES_EXAMPLES)
def adjustments(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List adjustments, newest first."""
    workspace = opened(home)
    from wald.queries.pay_page import runs
    from wald.queries.plain_pay_runs import adjustment_json

    found = runs(actor=person(), workspace=workspace).adjustments
    shown = [adjustment_json(one) for one in found]
    if as_json:
        put_json(shown)
    elif not shown:
        say(
            "There are no adjustments; "
            '`wald pay adjust KEY AMOUNT CURRENCY --reason "Why"` enters one.'
        )
    else:
        put_records(shown, numbers=("adjustment", "amount", "run"))


@app.command("approve", epilog=ENTRIES_EXAMPLES)
def approve(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Approve an adjustment that somebody else entered."""
    workspace = opened(home)
    from wald.actions import pay_entries

    pay_entries.decide(
        actor=person(), workspace=workspace, adjustment_id=number, is_approved=True, at=moment()
    )
    _put_number("adjustment", number, f"Adjustment {number} is approved.", as_json=as_json)


@app.command("refuse", epilog=ENTRIES_EXAMPLES)
def refuse(number: Number, why: Why, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Refuse an adjustment that somebody else entered."""
    workspace = opened(home)
    from wald.actions import pay_entries

    pay_entries.decide(
        actor=person(), workspace=workspace, adjustment_id=number, is_approved=False, why=why,
        at=moment(),
    )  # fmt: skip
    _put_number("adjustment", number, f"Adjustment {number} is refused.", as_json=as_json)


@app.command("retract", epilog=ENTRIES_EXAMPLES)
def retract(number: Number, why: Why, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Take an approved adjustment back that is not paid yet."""
    workspace = opened(home)
    from wald.actions import pay_entries

    pay_entries.retract(
        actor=person(), workspace=workspace, adjustment_id=number, why=why, at=moment()
    )
    _put_number("adjustment", number, f"Adjustment {number} is retracted.", as_json=as_json)


@app.command("mapping", epilog=ENTRIES_EXAMPLES)
def mapping(
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="JSON to keep; else it is shown.")
    ] = None,
    home: Home = DEFAULT_HOME,
) -> None:
    """Show, or say, how payroll wants its export: columns and wage types. JSON both ways."""
    workspace = opened(home)
    from wald.actions.pay_entries import map_payroll
    from wald.heart.compensation.payroll import mapping_json, mapping_of
    from wald.queries.pay_export import mapping_now

    if file is not None:
        found = mapping_of(_read(file))
        map_payroll(actor=person(), workspace=workspace, mapping=found, at=moment())
        say("Exports look like this from now on.")
    put_json(mapping_json(mapping_now(actor=person(), workspace=workspace)))


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        problem = Problem(str(file), f"it is no JSON: {error}", "see `wald pay mapping`")
        raise BadInput("The mapping cannot be read.", [problem]) from error
    if not isinstance(found, dict) or not {"columns", "wage_types", "rest", "per_entry"} <= {
        *found
    }:
        fix = "write what `wald pay mapping` prints, changed"
        problem = Problem(str(file), "it has not the fields of a mapping", fix)
        raise BadInput("The mapping cannot be read.", [problem])
    return found


def _put_number(name: str, number: int, said: str, *, as_json: bool) -> None:
    say(said)
    if as_json:
        put_json({name: number})
