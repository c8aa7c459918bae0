"""One's own pay at the terminal: statements, disputes, acceptance of a plan, estimates; verify."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import wald_verify_pay
from wald.cli.door import moment, opened, person
from wald.cli.ending import Code
from wald.cli.options import DEFAULT_HOME, AsJson, Home, read_day_option
from wald.cli.output import console, put_json, put_records, say
from wald.cli.pay_entries import app
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.heart.compensation.statement import Statement

__all__ = ["STATEMENT_EXAMPLES", "VERIFY_EXAMPLES", "app", "verify"]

STATEMENT_EXAMPLES = """\b
Examples:
  wald pay statement 3 R1                       what R1 is paid in run 3, and why
  wald pay statement 3 R1 --json > statement.json
  wald verify statement.json                    computes every figure again
  wald pay statement 3 R1 --pdf statement.pdf
  wald pay diagnose 3 R1 n53                    what may be behind a line
  wald pay dispute 3 R1 n53 --text "Deal B9 is missing"
  wald pay estimate --deal O17                  what an open deal would pay
  wald pay estimate --amount 25000 --person R1 --on 2026-06-20
  wald pay unaccepted                           who has not accepted their plan
"""
VERIFY_EXAMPLES = """\b
Examples:
  wald pay statement 3 R1 --json > statement.json
  wald verify statement.json

\b
Without Wald: python -m wald_verify_pay statement.json
"""

Run = Annotated[int, typer.Argument(metavar="RUN", min=1, help="Its number in `wald pay runs`.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Their key in the facts.")]
NodeId = Annotated[
    str, typer.Argument(metavar="LINE", help="Of a line, as `wald pay statement` shows it.")
]
OutFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there.")]


@app.command("statement", epilog=STATEMENT_EXAMPLES)
def statement(
    run: Run,
    person_id: Person,
    currency: Annotated[
        str,
        typer.Option(metavar="CODE", help="Of who is paid in several. [default: their first]"),
    ] = "",
    csv: OutFile = None,
    pdf: OutFile = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what one person is paid in one run, and why; or write it as a file."""
    workspace = opened(home)
    from wald.queries.pay_statements import statement as statement_in
    from wald.queries.statement_files import csv_of, json_of, pdf_of

    found = statement_in(
        actor=person(), workspace=workspace, run_id=run, person_id=person_id, currency=currency
    )
    for file, make in ((csv, csv_of), (pdf, pdf_of)):
        if file is not None:
            file.write_bytes(make(found))
            say(f"{file} holds statement {found.key}.")
    if as_json:
        typer.echo(json_of(found).decode(), nl=False)
    elif csv is None and pdf is None:
        _show(found)
    for other in found.pay.currencies:
        if other != found.pay.currency:
            say(f"They are paid in {other} too: `wald pay statement {run} {person_id} "
                f"--currency {other}`.")  # fmt: skip


def _show(found: "Statement") -> None:
    from wald.heart.compensation.derivation import plain
    from wald.heart.compensation.statement_json import line_nodes
    from wald.queries.statement_files import money

    pay, currency = found.pay, found.pay.currency
    nodes = {id(line): node for node, line in line_nodes(found).items()}
    console().print(
        f"{pay.name}, {pay.period.label}: {money(found.paid.value, currency)} "
        f"{currency}, {money(found.to_date.value, currency)} in the year to date"
    )
    lines = [
        {
            "line": nodes[id(line)],
            "period": period.stretch.days.label,
            "component": line.component,
            "why": line.reason,
            "on": money(line.base.value, currency),
            "rate": plain(line.rate.value),
            "amount": money(line.amount.value, currency),
        }
        for period, _, line in found.lines
    ]  # fmt: skip
    put_records(lines, numbers=("on", "rate", "amount"))
    for change in found.changes:
        delta = change.delta
        amount = money(delta.amount, currency)
        say(f"{delta.period.label}, {delta.component}: {amount}, {delta.cause.value}: {delta.why}")
    for by_hand in found.adjustments:
        amount = money(by_hand.amount.value, currency)
        say(f"Entered by hand: {amount}, {by_hand.adjustment.reason}")
    for beside in found.beside:
        say(f"{beside.label}: {money(beside.amount.value, currency)}")
    for balance in found.balances:
        say(f"Carried on, {balance.component} {balance.name}: "
            f"{money(balance.amount.value, currency)}")  # fmt: skip
    for tier in found.next_tiers:
        say(f"{tier.component}: {money(tier.missing, currency)} more {tier.measure} reaches the "
            f"next bound and pays {money(tier.gain, currency)}.")  # fmt: skip


@app.command("statements", epilog=STATEMENT_EXAMPLES)
def statements(person_id: Person, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List the released runs in which one person was paid, newest first."""
    workspace = opened(home)
    from wald.queries.pay_statements import statements_of

    found = statements_of(
        actor=person(), workspace=workspace, person_id=person_id, on=moment().date()
    )
    rows = [{"run": one.run_id, "period": one.period, "released": one.released_at} for one in found]
    if as_json:
        put_json(rows)
    elif rows:
        put_records(rows, numbers=("run",))
    else:
        say(f"No released pay run has paid {person_id} yet.")


@app.command("diagnose", epilog=STATEMENT_EXAMPLES)
def diagnose(
    run: Run, person_id: Person, line: NodeId, home: Home = DEFAULT_HOME, as_json: AsJson = False
) -> None:
    """Say what may be behind a line that somebody doubts."""
    workspace = opened(home)
    from wald.queries.pay_statements import diagnosis
    from wald.queries.plain_pay_statements import finding_json

    found = diagnosis(
        actor=person(), workspace=workspace, run_id=run, person_id=person_id, node=line
    )
    if as_json:
        put_json([finding_json(one) for one in found])
        return
    for one in found:
        console().print(f"{one.kind.value}: {one.sentence}")


@app.command("dispute", epilog=STATEMENT_EXAMPLES)
def dispute(
    run: Run,
    person_id: Person,
    line: NodeId,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What is wrong, and why.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Dispute a line of a statement: sales operations gets a case."""
    workspace = opened(home)
    from wald.actions.pay_statements import dispute as dispute_line

    case_id = dispute_line(
        actor=person(),
        workspace=workspace,
        run_id=run,
        person_id=person_id,
        node=line,
        text=text,
        at=moment(),
    )
    if as_json:
        put_json({"case": case_id})
    else:
        say(f"Case {case_id} is open; `wald cases show {case_id}` shows it.")


@app.command("unaccepted", epilog=STATEMENT_EXAMPLES)
def unaccepted(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List who is paid today by a version of a plan that they have not accepted."""
    workspace = opened(home)
    from wald.queries.pay_plans import missing_acceptances
    from wald.queries.plain_pay_statements import missing_json

    found = missing_acceptances(actor=person(), workspace=workspace, at=moment())
    rows = [missing_json(one) for one in found]
    if as_json:
        put_json(rows)
    elif rows:
        put_records(rows, numbers=("version",))
    else:
        say("Everybody who is paid by a plan today has accepted it.")


@app.command("estimate", epilog=STATEMENT_EXAMPLES)
def estimate(
    deal: Annotated[str, typer.Option(metavar="KEY", help="An open deal.")] = "",
    amount: Annotated[str, typer.Option(metavar="N", help="Or an amount, such as 25000.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="[default: the plan's]")] = "",
    who: Annotated[
        str, typer.Option("--person", metavar="PERSON", help="For whom; of an amount.")
    ] = "",
    on: Annotated[
        str, typer.Option(metavar="DAY", help="When it closes. [default: as expected, or today]")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say what a deal would pay, on its day and a quarter later."""
    asked_amount = _amount(amount)
    day = read_day_option(on, "--on")
    workspace = opened(home)
    from wald.queries.pay_estimates import Asked
    from wald.queries.pay_estimates import estimate as estimated
    from wald.queries.plain_pay_statements import estimate_json

    asked = Asked(deal, asked_amount, currency, who, day)
    found = estimated(actor=person(), workspace=workspace, asked=asked, at=moment())
    told = estimate_json(found)
    if as_json:
        put_json(told)
        return
    put_records(
        [
            {
                "person": one.name,
                "as": one.why,
                f"on {found.on}": one.now.amount if one.now else None,
                f"on {found.later_on}": one.later.amount if one.later else None,
                "currency": one.currency,
            }
            for one in found.people
        ],
        numbers=(f"on {found.on}", f"on {found.later_on}"),
    )
    for sentence in (*(why for one in found.people for why in one.why_not), *found.unpaid):
        say(sentence)


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        problem = Problem("--amount", f"{text[:40]!r} is no number", "write it like 25000.50")
        raise BadInput("This amount cannot be read.", [problem]) from None


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="statement.json")],
    as_json: AsJson = False,
) -> None:
    """Verify a statement of pay: compute every figure again from what it stands on.

    Exit code 3 says that a fault was found, and names the first one.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        problem = Problem(str(file), "it is no JSON", "give what `wald pay statement --json` wrote")
        raise BadInput("This is no statement.", [problem]) from error
    fault = wald_verify_pay.fault_of(document)
    if as_json:
        put_json({"is_sound": not fault, "fault": fault or None})
    else:
        typer.echo(fault or "Sound: every figure was computed again.")
    if fault:
        raise typer.Exit(Code.QUALITY)
