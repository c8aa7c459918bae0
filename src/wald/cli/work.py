"""What runs in the background: list it, look at one job, ask for work, stop it, repeat it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.records.stores.work import JobRecord

WORK_EXAMPLES = """\b
Examples:
  wald work list                       newest first
  wald work list --state failed --json
  wald work show 17
  wald work run warm_pulse             queue it; a worker takes it
  wald work run load_folder --arguments '{"folder": "exports/2024-06"}'
  wald work stop 17
  wald work repeat 17                  go on where it failed or was stopped
  wald work schedule                   what runs by itself, and when next
"""

JobNumber = Annotated[int, typer.Argument(metavar="JOB", help="Its number in `wald work list`.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=WORK_EXAMPLES)
def list_jobs(
    state: Annotated[
        str, typer.Option(metavar="STATE", help="waiting, running, done, failed or stopped.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Jobs to show.")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first."""
    workspace = opened(home)
    from wald.queries import work
    from wald.queries.plain_work import job_json
    from wald.records.stores.work import State

    known = [one.value for one in State]
    if state and state not in known:
        problem = Problem("--state", f"is {state!r}", f"give one of {', '.join(known)}")
        raise BadInput("There is no such state.", [problem])
    states = (State(state),) if state else ()
    found = work.list_jobs(actor=person(), workspace=workspace, states=states, limit=limit)
    if as_json:
        put_json([job_json(one) for one in found])
        return
    if not found:
        say("There are no jobs.")
    put_records([_line(one) for one in found], numbers=("job",))
    if not work.workers(actor=person(), workspace=workspace, at=moment()):
        say("No worker runs: `wald worker` starts one, and `wald serve` has one of its own.")


@app.command("show", epilog=WORK_EXAMPLES)
def show(job_id: JobNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show one job: its arguments, its steps, how far it is, why it failed."""
    workspace = opened(home)
    from wald.queries import work
    from wald.queries.plain_work import job_json

    found = work.one_job(actor=person(), workspace=workspace, job_id=job_id)
    if found is None:
        raise Refusal(f"There is no job {job_id}; `wald work list` shows what there is.")
    shown = job_json(found)
    if as_json:
        put_json(shown)
        return
    for name, value in shown.items():
        if value not in (None, "", {}):
            plain = value if isinstance(value, str | int) else json.dumps(value)
            console().print(f"{name}: {plain}", soft_wrap=True)


@app.command("run", epilog=WORK_EXAMPLES)
def run(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="See `wald work schedule`.")],
    arguments: Annotated[str, typer.Option(metavar="JSON", help="What the kind asks for.")] = "{}",
    key: Annotated[str, typer.Option(metavar="KEY", help="The same key queues only once.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Queue a job; a worker takes it."""
    workspace = opened(home)
    from wald.actions.work.queue import queue

    job_id = queue(
        actor=person(),
        workspace=workspace,
        kind=kind,
        at=moment(),
        arguments=_read(arguments),
        key=key,
    )
    _put_number(job_id, "waits; `wald work show` tells how it goes.", as_json=as_json)


@app.command("stop", epilog=WORK_EXAMPLES)
def stop(job_id: JobNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Stop a job that waits or runs; what its finished steps did stays."""
    workspace = opened(home)
    from wald.actions.work import queue

    queue.stop(actor=person(), workspace=workspace, job_id=job_id, at=moment())
    _put_number(job_id, "is stopped.", as_json=as_json)


@app.command("repeat", epilog=WORK_EXAMPLES)
def repeat(job_id: JobNumber, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Let a failed or stopped job go on where it ended; of a finished one make a new one."""
    workspace = opened(home)
    from wald.actions.work import queue

    waits = queue.repeat(actor=person(), workspace=workspace, job_id=job_id, at=moment())
    _put_number(waits, "waits.", as_json=as_json)


@app.command("schedule", epilog=WORK_EXAMPLES)
def schedule(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show every kind of work, how often it runs by itself, and when next."""
    workspace = opened(home)
    from wald.actions.work.schedule import planned_json, timetable

    found = timetable(actor=person(), workspace=workspace, at=moment())
    shown = [planned_json(one) for one in found]
    if as_json:
        put_json(shown)
    else:
        put_records(shown)


def _line(one: "JobRecord") -> dict[str, object]:
    return {
        "job": one.job_id,
        "kind": one.kind,
        "state": one.state.value,
        "queued (UTC)": f"{one.queued_at:%Y-%m-%d %H:%M:%S}",
        "by": one.queued_by,
        "now": one.error or one.words,
    }


def _read(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        fix = """write an object, such as '{"folder": "exports"}'"""
        problem = Problem("--arguments", f"{text!r} is no JSON object", fix)
        raise BadInput("The arguments cannot be read.", [problem])
    return found


def _put_number(job_id: int, words: str, *, as_json: bool) -> None:
    if as_json:
        put_json({"job": job_id})
    else:
        console().print(f"Job {job_id} {words}")
