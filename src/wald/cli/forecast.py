"""Forecasts at the terminal: the roll-up, saying a number, overriding one, what was said before."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsJson,
    AsOfText,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_known,
)
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.actions.forecast import Made
    from wald.queries.rollup import Line, RollUpPage
    from wald.queries.rollup_person import Entry
    from wald.queries.rollup_stage import AskedRollUp

FORECAST_EXAMPLES = """\b
Examples:
  wald forecast show                             the period that the data reach into
  wald forecast show --period 2026-Q3 --unit DACH --json
  wald forecast show --as-of 2026-08-15          as it stood then, with the people of then
  wald forecast submit --person P17 --period 2026-Q4 --category commit --amount 120000 \\
    --note "As Rosa said on the phone"
  wald forecast override P17 --period 2026-Q4 --category commit --amount 100000 \\
    --reason "The renewal slips"
  wald forecast override P17 --period 2026-Q4 --category commit --back --reason "It holds"
  wald forecast history P17 --period 2026-Q4     every number, by whom, when and why
  wald forecast rows P17 commit                  the deals behind a number
"""

PersonOption = Annotated[
    str, typer.Option("--person", metavar="KEY", help="Whose number. [default: your own]")
]
PersonKey = Annotated[str, typer.Argument(metavar="PERSON", help="Their key in the data.")]
CategoryOption = Annotated[
    str,
    typer.Option(
        "--category", metavar="C", help="commit, most_likely, best_case or pipeline, as agreed."
    ),
]
AmountOption = Annotated[
    str,
    typer.Option(
        "--amount", metavar="AMOUNT", help="All that will be booked, what is closed included."
    ),
]
CurrencyOption = Annotated[
    str, typer.Option("--currency", metavar="CODE", help="[default: the reporting currency]")
]
SeenOption = Annotated[
    int | None,
    typer.Option("--seen", metavar="N", min=0, help="The version you looked at; else the newest."),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show", epilog=FORECAST_EXAMPLES)
def show(
    period: PeriodText = "",
    unit: Annotated[
        str, typer.Option("--unit", metavar="U", help="A person's key, a team or a region.")
    ] = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what everybody said of a period, beside what their deals add up to."""
    ask = _asked(period, unit, as_of, known)
    workspace = opened(home)
    from wald.queries.plain_rollup import roll_up_json
    from wald.queries.rollup import roll_up

    page = roll_up(actor=person(), workspace=workspace, ask=ask(), at=moment())
    if page is None:
        say("Nothing is loaded yet.")
        raise typer.Exit(2)
    if as_json:
        put_json(roll_up_json(page))
    else:
        _show(page)


@app.command("submit", epilog=FORECAST_EXAMPLES)
def submit(
    period: PeriodText,
    category: CategoryOption,
    amount: AmountOption,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="A word on it; it is kept.")
    ] = "",
    person_id: PersonOption = "",
    currency: CurrencyOption = "",
    seen: SeenOption = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say a number for a period; that of somebody else with a note that says why."""
    workspace = opened(home)
    from wald.actions.forecast import NewSubmission
    from wald.actions.forecast import submit as write

    new = NewSubmission(period, {category: amount}, currency, note, person_id, seen)
    _put(write(actor=person(), workspace=workspace, new=new, at=moment()), as_json=as_json)


@app.command("override", epilog=FORECAST_EXAMPLES)
def override(
    person_id: PersonKey,
    period: PeriodText,
    category: CategoryOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.")],
    amount: AmountOption = "",
    back: Annotated[bool, typer.Option("--back", help="Take the override back.")] = False,
    currency: CurrencyOption = "",
    seen: SeenOption = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Put a number in the place of somebody's; both are kept."""
    if back == bool(amount.strip()):
        problem = Problem("--amount", "give either an amount or --back", "give one of them")
        raise BadInput("Say what stands from now on.", [problem])
    workspace = opened(home)
    from wald.actions.forecast import NewOverride
    from wald.actions.forecast import override as write

    new = NewOverride(person_id, period, category, amount, reason, currency, seen)
    _put(write(actor=person(), workspace=workspace, new=new, at=moment()), as_json=as_json)


@app.command("history", epilog=FORECAST_EXAMPLES)
def history(
    person_id: PersonKey,
    period: PeriodText = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show every number said of somebody in a period: loaded, said here, overridden."""
    ask = _asked(period, "", as_of, known)
    workspace = opened(home)
    from wald.queries.plain_rollup import history_json
    from wald.queries.rollup_person import forecast_history

    found = forecast_history(
        actor=person(), workspace=workspace, person_id=person_id, ask=ask(), at=moment()
    )
    if found is None:
        raise BadInput("There is no such person.", [_nobody(person_id)])
    if as_json:
        put_json(history_json(found))
        return
    console().print(f"{found.node.name}, {found.period.label}: version {found.version}")
    put_records([_entry(one) for one in found.entries], numbers=("amount",))
    if not found.entries:
        say("Nothing was said.")


@app.command("rows", epilog=FORECAST_EXAMPLES)
def rows(
    person_id: PersonKey,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="closed, commit, …, omitted or none.")
    ],
    period: PeriodText = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List the deals and bookings behind a number of somebody and those below them."""
    ask = _asked(period, "", as_of, known)
    workspace = opened(home)
    from wald.queries.plain_rollup import rows_json
    from wald.queries.rollup_rows import forecast_rows

    found = forecast_rows(
        actor=person(), workspace=workspace, person_id=person_id, what=what, ask=ask(),
        at=moment(), limit=None,
    )  # fmt: skip
    if found is None:
        raise BadInput("There is no such person.", [_nobody(person_id)])
    if as_json:
        put_json(rows_json(found))
        return
    listed = [
        {
            "what": row.kind,
            "key": row.key,
            "name": row.name,
            "owner": found.names.get(row.owner_id, row.owner_id),
            "category": row.category or "none",
            "amount": _money(row.amount),
            "on": row.counts_on,
        }
        for row in found.rows
    ]
    put_records(listed, numbers=("amount",))
    console().print(f"{found.total:,} rows, {found.amount:,.2f} {found.currency}".rstrip())


def _asked(period: str, unit: str, as_of: str, known: str) -> Callable[[], "AskedRollUp"]:
    """Read the question before the workspace is opened; its type is there only afterwards."""
    day, instant = read_as_of(as_of), read_known(known)

    def ask() -> "AskedRollUp":
        from wald.queries.rollup_stage import AskedRollUp

        return AskedRollUp(period, unit, day, instant)

    return ask


def _show(page: "RollUpPage") -> None:
    out = console()
    out.print(
        f"Forecast of {page.period.label} in {page.currency}, as of {page.as_of}; deals roll up "
        f"{page.cadence.roll_up.value}; {page.standing.gate.value}"
    )
    names = [one.value for one in page.categories]
    records = [_record(line, names) for line in page.lines]
    deals = (f"deals {name}" for name in names)
    numbers = ("quota", "closed", *names, *deals, "model", "adds up", "makes quota", "gap")
    put_records(records, numbers=numbers)
    if page.adding is not None:
        out.print(page.adding.why)
    for note in page.notes:
        out.print(f"Note: {note}")
    for problem in page.problems:
        out.print(f"To mend: {problem}")


def _record(line: "Line", names: list[str]) -> dict[str, object]:
    said = {}
    for name in names:
        call = line.calls.get(name)
        mark = "" if call is None or call.override is None else " (override)"
        said[name] = "" if call is None else _money(call.amount) + mark
    left = " (left)" if line.node.has_left else ""
    return {
        "who": "  " * line.node.depth + line.node.name + left,
        "key": line.node.person_id,
        "quota": _money(line.total.quota),
        "closed": _money(line.total.closed),
        **said,
        "age": f"{max(line.ages.values())} d" if line.ages else "",
        **{f"deals {name}": _money(line.deals.get(name)) for name in names},
        "model": _money(line.model.middle if line.model else None),
        "adds up": _money(line.level.amount if line.level else None),
        "makes quota": "" if line.chance is None else f"{line.chance:.0%}",
        "gap": _money(line.gap),
    }


def _entry(one: "Entry") -> dict[str, object]:
    said = one.said
    replaced = f" instead of {_money(said.replaced)}" if said.replaced is not None else ""
    return {
        "when": f"{said.said_at:%Y-%m-%d %H:%M}",
        "what": said.kind.value + replaced,
        "category": said.category,
        "amount": "taken back" if said.given is None else f"{said.given:,.2f} {said.currency}",
        "by": one.by + (f", lead of {one.team}" if one.team else ""),
        "stands": "yes" if one.stands else "",
        "why": said.note + (" (after the lock)" if said.is_late else ""),
    }


def _put(made: "Made", *, as_json: bool) -> None:
    from wald.queries.plain_rollup import kept_json

    if as_json:
        put_json({"is_new": made.is_new, "entries": [kept_json(one) for one in made.entries]})
    for one in made.entries:
        number = "taken back" if one.amount is None else f"{one.amount:,f} {one.currency}"
        late = " after the lock" if one.is_late else ""
        say(f"{one.category} of {one.person_id} for {one.period}: {number}{late}.")


def _nobody(person_id: str) -> Problem:
    fix = "see `wald forecast show` for keys"
    return Problem("person", f"{person_id[:60]!r} is nobody in the data", fix)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
