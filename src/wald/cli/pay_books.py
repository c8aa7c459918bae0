"""Commissions in the books, at the terminal: accruals, journal lines, roll-forward."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_csv, put_json, put_records, say, say_problems
from wald.cli.pay_what_if import app
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.queries.pay_accruals import Accruals
    from wald.queries.pay_books import Books

__all__ = ["BOOKS_EXAMPLES", "app"]

BOOKS_EXAMPLES = """\b
Examples:
  wald pay accrue --period 2026-02             owed for work done, not earned yet
  wald pay books --period 2026-Q1              accounts, roll-forward, the commensurate test
  wald pay books --period 2026-Q1 --csv > journal.csv
"""

Booked = Annotated[
    str, typer.Option("--period", metavar="P", help="Whole months: 2026-03, 2026-Q1 or 2026.")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Every line as CSV.")]


@app.command("accrue", epilog=BOOKS_EXAMPLES)
def accrue(period: Booked, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Say what is owed for work done and not earned yet, and how far off it was before."""
    workspace = opened(home)
    from wald.queries.pay_accruals import accruals
    from wald.queries.plain_pay_books import accruals_json

    with progress(quiet=as_json) as told:
        found = accruals(actor=person(), workspace=workspace, period=period, at=moment(), told=told)
    if as_json:
        put_json(accruals_json(found))
    else:
        _show_accruals(found)


def _show_accruals(found: "Accruals") -> None:
    from wald.queries.plain_pay_books import of_came
    from wald.queries.statement_files import money

    currency = found.currency
    rows = [
        {
            "person": f"{found.names.get(one.person_id, one.person_id)} ({one.person_id})",
            "component": one.component,
            "window": one.window.label,
            "expected": money(one.expected, one.currency),
            "earned": money(one.earned, one.currency),
            "accrued": money(one.accrued, one.currency),
            "low": money(one.low, one.currency),
            "high": money(one.high, one.currency),
        }
        for one in found.people
    ]
    put_records(rows, numbers=("expected", "earned", "accrued", "low", "high"))
    console().print(
        f"At the end of {found.period.label}: {money(found.accrued, currency)} {currency} accrued, "
        f"between {money(found.low, currency)} and {money(found.high, currency)}"
    )
    for key, amount in found.by_component:
        console().print(f"  {key} {money(amount, currency)}")
    earlier = [
        {
            "period": one.period.label,
            "accrued": money(one.accrued, currency),
            "right would be": money(one.right, currency),
            "error": money(one.error, currency),
            "of what came": of_came(one),
        }
        for one in found.earlier
    ]
    put_records(earlier, numbers=("accrued", "right would be", "error", "of what came"))
    say_problems(found.left_out)


@app.command("books", epilog=BOOKS_EXAMPLES)
def books(
    period: Booked, as_csv: AsCsv = False, home: Home = DEFAULT_HOME, as_json: AsJson = False
) -> None:
    """Give the ledger its lines: capitalised, expensed, amortised, written off, accrued."""
    workspace = opened(home)
    from wald.queries.pay_books import books as booked_in
    from wald.queries.plain_pay_books import COLUMNS, books_json, line_rows

    with progress(quiet=as_json or as_csv) as told:
        found = booked_in(
            actor=person(), workspace=workspace, period=period, at=moment(), told=told
        )
    if as_json:
        put_json(books_json(found))
    elif as_csv:
        put_csv(COLUMNS, line_rows(found))
    else:
        _show_books(found)


def _show_books(found: "Books") -> None:
    from wald.queries.plain_pay_books import rate_in_words
    from wald.queries.statement_files import money

    currency = found.currency
    console().print(f"{found.period.label}, {currency}, {found.policy.label}")
    put_records(
        [
            {
                "month": f"{month:%Y-%m}",
                "account": found.policy.account(account),
                "side": account.value,
                "debit": money(debit, currency),
                "credit": money(credit, currency),
            }
            for month, account, debit, credit in found.by_account
        ],
        numbers=("debit", "credit"),
    )
    put_records(
        [
            {"month": f"{one.month:%Y-%m}"}
            | {
                name: money(getattr(one, name), currency)
                for name in ("opening", "added", "amortised", "written_off", "closing")
            }
            for one in found.months
            if one.month in found.period
        ],
        numbers=("opening", "added", "amortised", "written_off", "closing"),
    )
    if found.test is not None:
        console().print(rate_in_words(found.test))
    paid = [
        {"run": one.run_id, "period": one.period}
        | {
            name: money(getattr(one, name), currency)
            for name in ("paid", "added", "expensed", "difference")
        }
        for one in found.runs
    ]
    put_records(paid, numbers=("run", "paid", "added", "expensed", "difference"))
    for sentence in found.doubts:
        say(sentence)
    say_problems(found.left_out)
