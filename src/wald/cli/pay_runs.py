"""Pay runs at the terminal: run, look, release, withdraw, what has changed, replay, export."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.ending import Code
from wald.cli.options import DEFAULT_HOME, AsJson, EngineUrl, Home
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.cli.pay import app
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.queries.pay_page import RunPage
    from wald.queries.plain import Json

__all__ = ["RUNS_EXAMPLES", "app"]

RUNS_EXAMPLES = """\b
Examples:
  wald pay run --period 2026-Q1        compute a draft; again, and it is replaced
  wald pay runs                        newest first
  wald pay show 3                      totals, people, deltas, who is left out
  wald pay release 3                   by somebody else than who made it
  wald pay withdraw 3 --why "A plan was wrong"
  wald pay delta --person R1           what has changed in what was paid to R1
  wald pay replay 3                    compute it again, and compare hashes
  wald pay export 3 --out pay.csv      for payroll
"""

_AMOUNTS = ("amount", "pay", "deltas", "adjustments", "carried", "paid", "before")
RunNumber = Annotated[
    int, typer.Argument(metavar="RUN", min=1, help="Its number in `wald pay runs`.")
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; it is kept.")]


@app.command("run", epilog=RUNS_EXAMPLES)
def run(
    period: Annotated[str, typer.Option("--period", metavar="P", help="2026-Q1, 2026-01 or 2026.")],
    background: Annotated[
        bool, typer.Option("--background", help="Let a worker do it; prints the job's number.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=0, max=64, metavar="N", help="Processes. [default: one a core]")
    ] = 0,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Compute pay of a period for everybody, as a draft that somebody else releases."""
    workspace = opened(home)
    from wald.actions import pay
    from wald.actions.work.queue import queue
    from wald.queries.pay_page import run_page
    from wald.queries.plain_pay_runs import run_json

    if background:
        job_id = queue(
            actor=person(), workspace=workspace, kind="pay_run", at=moment(),
            arguments={"period": period},
        )  # fmt: skip
        say(f"Job {job_id} waits; `wald work show {job_id}` tells how it goes.")
        if as_json:
            put_json({"job": job_id})
        return
    with progress(quiet=as_json) as told:
        how = pay.How(engine=engine, processes=processes)
        made = pay.run(
            actor=person(), workspace=workspace, period=period, at=moment(), how=how, progress=told
        )
    page = run_page(actor=person(), workspace=workspace, run_id=made.run_id)
    if as_json:
        put_json(run_json(made) | {"left_out": list(page.left_out)})
    else:
        _show(page)
    if made.problems:
        raise typer.Exit(Code.QUALITY)


@app.command("runs", epilog=RUNS_EXAMPLES)
def list_runs(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List pay runs, newest first."""
    workspace = opened(home)
    from wald.queries.pay_page import runs
    from wald.queries.plain_pay_runs import run_json, run_line

    found = runs(actor=person(), workspace=workspace).runs
    if as_json:
        put_json([run_json(one) for one in found])
    elif not found:
        say("There are no pay runs; `wald pay run --period 2026-Q1` makes one.")
    else:
        put_records([run_line(one) for one in found], numbers=("run", "people"))


@app.command("show", epilog=RUNS_EXAMPLES)
def show(
    run_id: RunNumber,
    search: Annotated[str, typer.Option(metavar="TEXT", help="People by name or key.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="People.")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show one run: totals, people, deltas with their causes, who is left out and why."""
    workspace = opened(home)
    from wald.queries.pay_page import run_page
    from wald.queries.plain_pay_runs import page_json

    page = run_page(
        actor=person(), workspace=workspace, run_id=run_id, at=moment(), search=search, limit=limit
    )
    if as_json:
        put_json(page_json(page))
    else:
        _show(page)


@app.command("release", epilog=RUNS_EXAMPLES)
def release(run_id: RunNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Release a draft: it counts for ever. Not by who made it, nor who stands in for them."""
    workspace = opened(home)
    from wald.actions import pay
    from wald.queries.plain_pay_runs import run_json

    done = pay.release(actor=person(), workspace=workspace, run_id=run_id, at=moment())
    if as_json:
        put_json(run_json(done))
    else:
        say(f"Pay run {run_id} of {done.period} is released and closed.")


@app.command("withdraw", epilog=RUNS_EXAMPLES)
def withdraw(
    run_id: RunNumber, why: Why, home: Home = DEFAULT_HOME, as_json: AsJson = False
) -> None:
    """Take a draft back."""
    workspace = opened(home)
    from wald.actions import pay
    from wald.queries.plain_pay_runs import run_json

    done = pay.withdraw(actor=person(), workspace=workspace, run_id=run_id, why=why, at=moment())
    if as_json:
        put_json(run_json(done))
    else:
        say(f"Pay run {run_id} is withdrawn.")


@app.command("delta", epilog=RUNS_EXAMPLES)
def delta(
    person_id: Annotated[str, typer.Option("--person", metavar="KEY", help="Of the facts.")],
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Say what has changed in what one person was paid, as it is known now, with the causes."""
    workspace = opened(home)
    from wald.queries.pay_now import delta_now
    from wald.queries.plain_pay_runs import delta_json

    found = delta_now(
        actor=person(), workspace=workspace, person_id=person_id, at=moment(), engine=engine
    )
    if as_json:
        put_json([delta_json(one) for one in found])
    elif not found:
        say(f"Nothing has changed in what was paid to {person_id}.")
    else:
        put_records([delta_json(one) for one in found], numbers=("old", "new", "amount"))


@app.command("replay", epilog=RUNS_EXAMPLES)
def replay(
    run_id: RunNumber,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Compute a run again from what it rested on, and compare it layer by layer."""
    workspace = opened(home)
    from wald.queries.pay_now import replayed

    with progress(quiet=as_json) as told:
        found = replayed(
            actor=person(), workspace=workspace, run_id=run_id, engine=engine, told=told
        )
    lines = [
        {"layer": one.layer, "rows": one.rows, "same": one.is_same, "hash": one.hash}
        for one in found
    ]
    same = all(one.is_same for one in found)
    if as_json:
        put_json({"run": run_id, "same": same, "layers": lines})
    else:
        put_records(lines, numbers=("rows",))
        say("The same, layer by layer." if same else "It is not the same.")
    if not same:
        raise typer.Exit(Code.QUALITY)


@app.command("export", epilog=RUNS_EXAMPLES)
def export(
    run_id: RunNumber,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A CSV. [default: print it]")
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Write what payroll pays: a line for each person and wage type, which add up to the run."""
    workspace = opened(home)
    from wald.queries.pay_export import payroll_csv, payroll_table

    table = payroll_table(actor=person(), workspace=workspace, run_id=run_id)
    if as_json:
        from wald.queries.plain import plain

        put_json([{k: plain(v) for k, v in row.items()} for row in table.to_pylist()])
    elif out is None:
        typer.echo(payroll_csv(table).decode(), nl=False)
    else:
        with out.open("xb") as file:
            file.write(payroll_csv(table))
        say(f"{table.num_rows:,} lines are in {out}.")


def _show(page: "RunPage") -> None:
    from wald.queries.plain_pay_runs import person_json, run_line, sum_json

    put_records([run_line(page.run)], numbers=("run", "people"))
    for title, sums in (
        ("Total", page.sums),
        ("By plan", page.by_plan),
        ("By component", page.by_component),
        ("Deltas by cause", page.by_cause),
    ):
        if sums:
            console().print(f"\n{title}")
            put_records([_coins(sum_json(one)) for one in sums], numbers=("amount", "before"))
    if page.people:
        console().print(f"\nPeople, {len(page.people):,} of {page.total:,}")
        numbers = ("pay", "deltas", "adjustments", "carried", "paid", "before")
        put_records([_coins(person_json(one)) for one in page.people], numbers=numbers)
    elif not page.run.totals.get("people"):
        say("\nNobody is in this run: `wald documents list` shows which plans are in force.")
    if page.left_out:
        say(f"\nLeft out: {', '.join(page.left_out)}.")
    if page.problems:
        say("\nTo look at:")
        say_problems(page.problems)
    for sentence in page.news:
        say(f"Since this draft was computed, {sentence}.")


def _coins(record: "Json") -> "Json":
    """Return a record of amounts with the digits of its currency: 18434.10, not 18434.1."""
    from wald.queries.plain_pay import money

    return {
        name: money(Decimal(str(value)), str(record["currency"]))
        if name in _AMOUNTS and value is not None
        else value
        for name, value in record.items()
    }
