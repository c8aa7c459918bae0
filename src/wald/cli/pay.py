"""Pay: on plain files with no set-up, and the runs of a workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import person
from wald.cli.ending import Code
from wald.cli.options import AsJson, PeriodText
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.heart.compensation.plain_pay import PlainPay

PAY_EXAMPLES = """\b
Examples:
  wald pay --plan plan.yaml --credits credits.csv
  wald pay --plan plan.yaml --credits credits.csv --quotas quotas.csv --json
  wald pay --plan reps.yaml --plan managers.yaml --credits credits.parquet --people people.csv
  wald pay --plan plan.yaml --credits credits.csv --payments payments.csv --period 2026-Q1

\b
Files are CSV, Parquet or JSON; docs/compensation/plain-files.md names their columns. Whoever
cannot be paid rightly is left out, with a reason: the exit code is 3 then, 2 where a plan or a
file cannot be used at all.
"""

app = typer.Typer(rich_markup_mode=None)
_NAMES = {
    "credits": "who is credited with how much, from which day",
    "quotas": "quotas",
    "people": "names, roles, managers, days, targets, own rates",
    "payments": "what was paid of which deal, when",
    "scores": "which share of an objective was reached",
    "rates": "exchange rates",
}


def _file(kind: str) -> typer.models.OptionInfo:
    made: typer.models.OptionInfo = typer.Option(
        f"--{kind}", metavar="FILE", help=f"{_NAMES[kind].capitalize()}."
    )
    return made


@app.callback(invoke_without_command=True, epilog=PAY_EXAMPLES)
def pay(
    context: typer.Context,
    plan: Annotated[
        list[Path] | None,
        typer.Option("--plan", metavar="FILE", help="A plan in YAML; more than one may be given."),
    ] = None,
    credits: Annotated[Path | None, _file("credits")] = None,
    quotas: Annotated[Path | None, _file("quotas")] = None,
    people: Annotated[Path | None, _file("people")] = None,
    payments: Annotated[Path | None, _file("payments")] = None,
    scores: Annotated[Path | None, _file("scores")] = None,
    rates: Annotated[Path | None, _file("rates")] = None,
    period: PeriodText = "",
    starts_month: Annotated[
        int, typer.Option("--starts-month", min=1, max=12, help="Month the fiscal year starts in.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Pay people by plans in plain files; or run, release and replay what a workspace pays."""
    if context.invoked_subcommand is not None:
        return
    given = {
        "credits": credits,
        "quotas": quotas,
        "people": people,
        "payments": payments,
        "scores": scores,
        "rates": rates,
    }
    if not plan or credits is None:
        lacking = "--credits" if plan else "--plan"
        problem = Problem(lacking, "it is missing", "give --plan FILE and --credits FILE")
        raise BadInput("A plan and credits are needed; `wald pay --help` shows how.", [problem])
    from wald.queries.plain_pay import pay_json, pay_of_files

    found = pay_of_files(
        actor=person(),
        plans=plan,
        files={kind: path for kind, path in given.items() if path is not None},
        period=period,
        starts_month=starts_month,
    )
    if as_json:
        put_json(pay_json(found))
    else:
        _show(found)
    if found.problems:
        raise typer.Exit(Code.QUALITY)


def _show(found: "PlainPay") -> None:
    from wald.queries.plain_pay import exact, money

    for payee in found.payees:
        called = payee.payee if payee.name == payee.payee else f"{payee.name} ({payee.payee})"
        total = money(payee.total, payee.currency)
        console().print(f"{called}: {total} {payee.currency} by {payee.plan}")
        lines = [
            {
                "period": one.stretch.paid_in.label,
                "component": line.component,
                "why": line.reason,
                "base": exact(line.base),
                "rate": exact(line.rate),
                "amount": money(line.amount.value, payee.currency),
            }
            for one in payee.pays
            for line in one.lines
        ]
        put_records(lines, numbers=("base", "rate", "amount"))
        console().print("")
    if found.problems:
        say("To look at:")
        say_problems(found.problems)
    if found.left_out:
        say(f"Not paid: {', '.join(found.left_out)}.")
    if not found.payees:
        say("Nobody is paid.")
