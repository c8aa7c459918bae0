"""Pay runs: compute one as a draft, release it by a second person, withdraw a draft.

A run is computed into a folder of its own and published by one transaction; killed at any moment
it leaves nothing that counts. Runs follow one another without a gap. What is released is never
changed: what becomes known later is paid in a later run, with its cause.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from wald.actions.act import Entry, act
from wald.actions.four_eyes import must_be_apart
from wald.documents.four_eyes import one_with
from wald.engine.intake.lock import held
from wald.facts.settings import calendar_of
from wald.kernel.actor import Actor
from wald.kernel.period import grain_of, read_period
from wald.kernel.problem import BadInput, Conflict, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.pay import entries_of
from wald.queries.pay_basis import basis_now
from wald.queries.pay_computing import Computing, compute, file_of, sums_up
from wald.queries.pay_credits_kept import keep_credits
from wald.queries.pay_reading import Span
from wald.queries.pay_spent import keep_spent
from wald.records.stores import pay as store
from wald.records.stores import pay_entries
from wald.records.stores.delegations import names_who_may, pairs_on
from wald.records.stores.pay import KeptRun, State
from wald.records.stores.settings import load_settings

Progress = Callable[[str, int, int | None], None]
_LONGEST = 4000  # characters of a reason


def silent(step: str, done: int, total: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class How:
    """How a run is computed; the result is the same however it is."""

    engine: str = ""  # where SELECTs run: an address, "" for DuckDB here
    processes: int = 0  # 0: as many as there are cores
    job_id: int | None = None


def run(
    *,
    actor: Actor,
    workspace: Workspace,
    period: str,
    at: datetime,
    how: How = How(),
    progress: Progress = silent,
) -> KeptRun:
    """Compute the pay of a period for everybody, as a draft that replaces one still open.

    Raises BadInput for a period that is none, Refusal for one that is closed or leaves a gap,
    Conflict while another run is computed.
    """
    actor.must("pay.run")
    span = _span(workspace, period)
    note = f"{span.period.label}, begun by {actor.name} at {at:%Y-%m-%d %H:%M:%S} UTC"
    with held(workspace.home / "pay.lock", note, what="pay run"):
        _clear_dead_runs(workspace)
        run_id = store.begin(
            period=span.period.label,
            starts_on=span.period.start,
            ends_on=span.period.end,
            counts_from=span.counts_from,
            at=at,
            by=actor.name,
            job_id=how.job_id,
            database=workspace.database,
        )
        published = False
        try:
            folder = folder_of(workspace, run_id)
            basis = basis_now(workspace, last_day=span.period.last_day, at=at)
            asked = Computing(basis, span, how.engine, how.processes)
            computed = compute(workspace=workspace, asked=asked, folder=folder, told=progress)
            _publish(actor, workspace, run_id, span, computed.kept, at)
            published = True
        finally:
            if not published:
                shutil.rmtree(folder_of(workspace, run_id), ignore_errors=True)
                store.forget(run_id, database=workspace.database)
        made = _found(workspace, run_id)
        progress("Keeping what statements say", 0, None)
        keep_credits(workspace, made, computed.said())
    return made


def check_period(*, actor: Actor, workspace: Workspace, period: str) -> None:
    """Raise what `run` would raise for a period: BadInput, or Refusal where it cannot follow."""
    actor.must("pay.run")
    _span(workspace, period)


def release(*, actor: Actor, workspace: Workspace, run_id: int, at: datetime) -> KeptRun:
    """Let a draft count for ever. Raises NotAllowed to whoever made it or is one with them by
    delegation, Stale where it is no draft any more or holds have changed since."""
    actor.must("pay.release")
    _must_be_whole(workspace, run_id)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="pay.release",
        action="pay.release",
        about=f"pay:{run_id}",
    ) as entry:
        draft = _locked(workspace, run_id)
        _must_be_a_draft(draft, "released")
        did = f"made pay run {run_id}"
        must_be_apart(workspace, (draft.made_by,), actor.name, at.date(), did)
        _must_follow(workspace, draft.period, draft.starts_on)
        _must_be_fresh(workspace, draft)
        store.release(run_id, at=at, by=actor.name, database=workspace.database)
        paid = _paid_in(workspace, draft)
        if pay_entries.pay_adjustments(paid, run_id=run_id, database=workspace.database) != len(
            paid
        ):
            raise Stale(
                "An adjustment of this run was paid or retracted since; compute the run again."
            )
        _tell(entry, draft, State.RELEASED)
        entry.tell([draft.made_by], f"Released: pay of {draft.period}", address_of(run_id))
    released = _found(workspace, run_id)
    keep_spent(workspace, released)
    return released


def withdraw(*, actor: Actor, workspace: Workspace, run_id: int, why: str, at: datetime) -> KeptRun:
    """Take a draft back, saying why. Raises BadInput without a reason, Stale for no draft."""
    actor.must("pay.run")
    told = reason_of(why, "why")
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="pay.run",
        action="pay.withdraw",
        about=f"pay:{run_id}",
        why=told,
    ) as entry:
        draft = _locked(workspace, run_id)
        _must_be_a_draft(draft, "withdrawn")
        store.withdraw(run_id, at=at, by=actor.name, why=told, database=workspace.database)
        _tell(entry, draft, State.WITHDRAWN)
        entry.tell([draft.made_by], f"Withdrawn: pay run {run_id}", address_of(run_id))
    return _found(workspace, run_id)


def folder_of(workspace: Workspace, run_id: int) -> Path:
    """Return where the layers of a run lie."""
    return workspace.home / "pay" / "runs" / str(run_id)


def address_of(run_id: int) -> str:
    return f"/pay/runs/{run_id}/"


def reason_of(text: str, where: str) -> str:
    """Return a reason as it is kept. Raises BadInput where there is none."""
    told = text.replace("\0", "").strip()
    if not told:
        problem = Problem(where, "it is missing", "say why; the journal keeps it")
        raise BadInput("Say why.", [problem])
    if len(told) > _LONGEST:
        what = f"it has {len(told):,} characters"
        raise BadInput("This is too long.", [Problem(where, what, f"stay below {_LONGEST:,}")])
    return told


def _span(workspace: Workspace, text: str) -> Span:
    """Read the period of a run; say from which day on everything is computed."""
    calendar = calendar_of(load_settings(database=workspace.database))
    found = read_period(text, calendar)
    if not isinstance(found, Problem) and grain_of(text) is None:
        what = "pay is run for months, quarters or years"
        found = Problem(f"period {text!r}", what, "write 2026-Q1, 2026-01 or 2026")
    if isinstance(found, Problem):
        raise BadInput("This period cannot be paid.", [found])
    _must_follow(workspace, found.label, found.start)
    released = store.released(database=workspace.database)
    first = released[0].starts_on if released else found.start
    return Span.of(found, first, calendar)


def _must_follow(workspace: Workspace, label: str, starts_on: date) -> None:
    """Raise Refusal unless the period begins where the last released one ended."""
    released = store.released(database=workspace.database)
    if not released:
        return
    last = released[-1]
    if starts_on < last.ends_on:
        closed = next(one for one in released if starts_on < one.ends_on)
        raise Refusal(
            f"{label} is closed: pay run {closed.run_id} of {closed.period} was released on "
            f"{closed.released_at:%Y-%m-%d} by {closed.released_by}. What has become known since "
            f"is paid in the next run, from {last.ends_on} on."
        )
    if starts_on > last.ends_on:
        raise Refusal(
            f"{label} leaves a gap: the last run, of {last.period}, ends before {last.ends_on}; "
            "run the period that begins there first."
        )


def _publish(
    actor: Actor, workspace: Workspace, run_id: int, span: Span, new: store.NewRun, at: datetime
) -> None:
    """Make the run known, and withdraw the draft that it replaces, in one transaction."""
    database = workspace.database
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="pay.run",
        action="pay.run",
        about=f"pay:{run_id}",
    ) as entry:
        _must_follow(workspace, span.period.label, span.period.start)
        for other in store.list_runs(database=database, states=(State.DRAFT,)):
            why = f"replaced by run {run_id}"
            store.withdraw(other.run_id, at=at, by=actor.name, why=why, database=database)
            entry.before = {"draft": other.run_id, "results": other.results_hash}
        store.publish(run_id, new, database=database)
        entry.after = {
            "period": span.period.label,
            "inputs": new.inputs_hash,
            "results": new.results_hash,
            "totals": dict(new.totals),
        }
        pairs = pairs_on(at.date(), database=database)
        releasing = [
            name
            for name in names_who_may("pay.release", database=database)
            if one_with(name, (actor.name,), pairs) is None
        ]
        entry.tell(releasing, f"To release: pay of {span.period.label}", address_of(run_id))
        entry.emit("pay.drafted", {"run": run_id, "period": span.period.label})


def _clear_dead_runs(workspace: Workspace) -> None:
    """Remove what runs left that died; we hold the lock, so none of them can still compute."""
    for run_id in store.unfinished(database=workspace.database):
        shutil.rmtree(folder_of(workspace, run_id), ignore_errors=True)
        store.forget(run_id, database=workspace.database)
    known = {str(one) for one in store.numbers(database=workspace.database)}
    for folder in (workspace.home / "pay" / "runs").glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _must_be_whole(workspace: Workspace, run_id: int) -> None:
    """Raise Refusal if the layers of a run are not the ones that were computed."""
    found = store.find(run_id, database=workspace.database)
    for name, layer in found.layers.items() if found is not None else ():
        path = file_of(folder_of(workspace, run_id), name)
        if not path.exists() or sums_up(name, path) != (layer.rows, layer.hash):
            raise Refusal(
                f"The {name} layer of pay run {run_id} is gone or was changed; compute the run "
                "again."
            )


def _must_be_a_draft(found: KeptRun, done: str) -> None:
    if found.state is not State.DRAFT:
        raise Stale(
            f"Pay run {found.run_id} cannot be {done}: its state is {found.state.value}.",
            [f"it is {found.state.value}"],
        )


def _must_be_fresh(workspace: Workspace, draft: KeptRun) -> None:
    """Raise Conflict where a hold was placed or lifted after the draft was computed."""
    for hold in pay_entries.list_holds(database=workspace.database):
        moments = [one for one in (hold.placed_at, hold.lifted_at) if one is not None]
        if any(one > draft.made_at for one in moments):
            done = "lifted" if hold.lifted_at and hold.lifted_at > draft.made_at else "placed"
            raise Conflict(
                f"The hold on {hold.kind.value} {hold.subject} was {done} after this draft was "
                "computed; compute the run again, then release it."
            )


def _paid_in(workspace: Workspace, found: KeptRun) -> list[int]:
    """Return the adjustments that a run pays: not those of people whom it leaves out."""
    entries = entries_of(workspace, found)
    return sorted({int(str(one["period"])) for one in entries if one["entry"] == "adjustment"})


def _tell(entry: Entry, found: KeptRun, state: State) -> None:
    entry.before = {"state": found.state.value}
    entry.after = {
        "state": state.value,
        "period": found.period,
        "results": found.results_hash,
        "totals": dict(found.totals),
    }
    entry.emit(f"pay.{state.value}", {"run": found.run_id, "period": found.period})


def _locked(workspace: Workspace, run_id: int) -> KeptRun:
    found = store.find(run_id, database=workspace.database, lock=True)
    if found is None:
        raise Refusal(f"There is no pay run {run_id}; `wald pay runs` lists them.")
    return found


def _found(workspace: Workspace, run_id: int) -> KeptRun:
    found = store.find(run_id, database=workspace.database)
    if found is None:
        raise Refusal(f"There is no pay run {run_id}; `wald pay runs` lists them.")
    return found
