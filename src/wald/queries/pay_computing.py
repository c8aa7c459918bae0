"""Compute a pay run: read what it rests on, fold everybody, find causes, write the layers.

The engine adds up credits for everybody at once; each person is then folded alone, in several
processes. Of those whose past is not what was released, the past is computed again with the new
inputs put in one kind after another, to say which kind changed what.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from wald.engine.disk import see_on_disk
from wald.engine.layers import hash_file, no_rows, write_layer
from wald.engine.processes import made_in_processes
from wald.heart.compensation.deltas import Slot, Step, deltas
from wald.heart.compensation.layers import COMPONENT, CREDIT, LAYERS, MEASURE, PAYMENT, PAYOUT
from wald.heart.compensation.paying import Owed, Payee, Piece
from wald.heart.compensation.result import Adjustment, Cause, Delta
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import (
    Basis,
    as_json,
    hash_of,
    hash_of_layers,
    holds_in,
)
from wald.queries.pay_credits_kept import Said
from wald.queries.pay_portions import Portion, Settlement, pasts_of, settled
from wald.queries.pay_reading import Reading, Span, read
from wald.queries.pay_released import Released, released_before
from wald.queries.pay_why import Why, explain
from wald.records.stores import pay_entries
from wald.records.stores.pay import Layer, NewRun
from wald.records.stores.pay_entries import Held

Told = Callable[[str, int, int | None], None]
_FEW = 300  # people for whom starting processes does not pay


@dataclass(frozen=True, slots=True)
class Computing:
    """What to compute, and how; `run_ids` are the runs before it that were released then."""

    basis: Basis
    span: Span
    engine: str = ""
    processes: int = 0
    pinned: Mapping[str, object] | None = None  # what a run kept, to compute it again


@dataclass(frozen=True, slots=True)
class Entries:
    """What people entered, and which runs came before: numbers, so that a run can name them."""

    adjustments: tuple[int, ...]
    held_payees: tuple[str, ...]
    run_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """`kept` is what a run is published with; `said` gives what statements say of its credits."""

    kept: NewRun
    said: Callable[[], Sequence[Said]]


@dataclass(slots=True)
class _Rows:
    """Rows of the layers that Python makes, gathered as people are settled."""

    by_layer: dict[str, list[pa.Table]] = field(default_factory=dict)

    def add(self, rows: Mapping[str, pa.Table]) -> None:
        for name, found in rows.items():
            self.by_layer.setdefault(name, []).append(found)

    def take(self, name: str) -> pa.Table:
        """Return all rows of a layer, and keep none of them."""
        return pa.concat_tables([no_rows(LAYERS[name]), *self.by_layer.pop(name, ())])


def compute(*, workspace: Workspace, asked: Computing, folder: Path, told: Told) -> Computed:
    """Compute a run and write its layers into `folder`, which is there whole or not at all."""
    entries = _entries(workspace, asked)
    draft = folder.with_name(f"{folder.name}.unfinished")
    told("Reading plans, people and credits", 0, None)
    credits: list[pa.Table] = [no_rows(CREDIT)]
    reading = read(
        workspace,
        asked.basis,
        asked.span,
        engine=asked.engine,
        with_faults=True,
        keep=credits.append,
    )
    told("Writing credits", 0, None)
    layers = {CREDIT.name: _written(CREDIT.name, pa.concat_tables(credits), draft)}
    credits.clear()  # there may be millions
    pa.default_memory_pool().release_unused()
    before = released_before(workspace, entries.run_ids)
    owed = _owed(workspace, entries, before)
    rows = _Rows()
    problems = [
        *reading.problems,
        *_settle_all(workspace, asked, reading, owed, before, rows, told),
    ]
    told("Writing layers", 0, None)
    payments = rows.take(PAYMENT.name)
    layers |= {
        MEASURE.name: _written(MEASURE.name, reading.measures, draft),
        COMPONENT.name: _written(COMPONENT.name, rows.take(COMPONENT.name), draft),
        PAYOUT.name: _written(PAYOUT.name, rows.take(PAYOUT.name), draft),
        PAYMENT.name: _written(PAYMENT.name, payments, draft),
    }
    layers = {name: layers[name] for name in LAYERS}
    see_on_disk(draft)
    draft.rename(folder)
    see_on_disk(folder.parent)
    inputs = _inputs(asked, entries)
    return Computed(
        NewRun(
            inputs=inputs,
            inputs_hash=_inputs_hash(inputs, before),
            layers=layers,
            results_hash=hash_of_layers({n: one.hash for n, one in layers.items()}, LAYERS),
            totals=totals_of(payments),
            problems=tuple(sorted(problems, key=lambda one: (one.where, one.what))),
        ),
        reading.said,
    )


def _written(name: str, rows: pa.Table, folder: Path) -> Layer:
    return Layer(*write_layer(LAYERS[name], rows, file_of(folder, name)))


def file_of(folder: Path, layer: str) -> Path:
    return folder / f"{layer}.parquet"


def sums_up(layer: str, path: Path) -> tuple[int, str]:
    """Return how many rows a stored layer has, and their hash."""
    return hash_file(LAYERS[layer], path)


def totals_of(payments: pa.Table) -> dict[str, object]:
    """Return sums of a payment layer for lists: people, and amounts by currency and entry."""
    sums: dict[str, dict[str, Decimal]] = {}
    columns = (payments.column(name).to_pylist() for name in ("currency", "entry", "amount"))
    for currency, entry, amount in zip(*columns, strict=True):
        by_entry = sums.setdefault(currency, {})
        by_entry[entry] = by_entry.get(entry, Decimal(0)) + Decimal(amount)
    return {
        "people": len(set(payments.column("person_id").to_pylist())),
        "amounts": {
            currency: {entry: str(amount) for entry, amount in sorted(by_entry.items())}
            | {"paid": str(sum(by_entry.values(), Decimal(0)))}
            for currency, by_entry in sorted(sums.items())
        },
    }


def delta_of(
    *, workspace: Workspace, asked: Computing, person_id: str
) -> tuple[tuple[Delta, ...], tuple[Problem, ...]]:
    """Return what has changed since in what one person was paid, for them alone."""
    entries = _entries(workspace, asked)
    reading = read(
        workspace, asked.basis, asked.span, engine=asked.engine, persons=frozenset({person_id})
    )
    before = released_before(workspace, entries.run_ids, person_id)
    payee = reading.payees.get(person_id) or Payee(person_id, "", (), reading.nobody)
    owed = Owed(released=before.earned.get(person_id, {}), adjustments=())
    portion = _portion(reading, {person_id: payee}, {person_id: owed}, asked.span, asked.basis)
    (outcome,) = settled(portion).outcomes
    if outcome.past is None:
        return (), reading.problems
    found = _deltas(workspace, asked, {person_id: outcome.past}, before)
    return found.get(person_id, ()), reading.problems


def _settle_all(
    workspace: Workspace,
    asked: Computing,
    reading: Reading,
    owed: Mapping[str, Owed],
    before: Released,
    rows: _Rows,
    told: Told,
) -> list[Problem]:
    """Settle everybody; return why some are left out."""
    left_out = {one.where for one in reading.problems}
    everybody = sorted({*reading.payees, *owed})
    people = {
        one: reading.payees.get(one) or _without_plan(one, owed[one], reading, before)
        for one in everybody
        if f"person {one}" not in left_out
    }
    changed: dict[str, Mapping[Slot, Decimal]] = {}
    problems: list[Problem] = []
    for one in _settlements(reading, people, owed, asked, told):
        rows.add(one.rows)
        changed |= {each.person_id: each.past for each in one.outcomes if each.past is not None}
        problems += [each.problem for each in one.outcomes if each.problem is not None]
    if changed:
        told("Finding what changed in the past", 0, len(changed))
        found = _deltas(workspace, asked, changed, before)
        again = {one: people[one] for one in changed}
        with_deltas = {one: _with_deltas(owed.get(one, Owed()), found[one]) for one in changed}
        for one in _settlements(reading, again, with_deltas, asked, told):
            rows.add(one.rows)
            problems += [each.problem for each in one.outcomes if each.problem is not None]
    return problems


def _settlements(
    reading: Reading,
    people: Mapping[str, Payee],
    owed: Mapping[str, Owed],
    asked: Computing,
    told: Told,
) -> Iterable[Settlement]:
    """Settle people in several processes, group by group."""
    groups = list(reading.pool.groups(people))
    processes = asked.processes or (os.cpu_count() or 1)
    done = 0
    for one in made_in_processes(
        settled,
        groups,
        lambda group: _portion(
            reading, {one: people[one] for one in group}, owed, asked.span, asked.basis
        ),
        processes=processes if len(people) > _FEW else 1,
    ):
        done += len(one.outcomes)
        told("Computing pay", done, len(people))
        yield one


def _portion(
    reading: Reading,
    people: Mapping[str, Payee],
    owed: Mapping[str, Owed],
    span: Span,
    basis: Basis,
) -> Portion:
    payees = tuple((payee, owed.get(one, Owed())) for one, payee in people.items())
    return Portion(Piece(payees, span.days, basis.settings), reading.pool.credits(people))


def _deltas(
    workspace: Workspace,
    asked: Computing,
    changed: Mapping[str, Mapping[Slot, Decimal]],
    before: Released,
) -> dict[str, tuple[Delta, ...]]:
    """Return the deltas of people whose past is not what was released, cause by cause."""
    basis = before.basis or asked.basis
    steps: dict[str, list[Step]] = {one: [] for one in changed}
    causes = [cause for cause in Cause if basis.differs(cause, asked.basis)]
    persons = frozenset(changed)
    for place, cause in enumerate(causes):
        why = explain(workspace, cause, basis, asked.basis, persons, asked.span, asked.engine)
        basis = basis.with_kind(cause, asked.basis)
        is_last = place == len(causes) - 1
        past = changed if is_last else _past_with(workspace, asked, basis, persons)
        for one in changed:
            steps[one].append(Step(cause, past.get(one, {}), _of(why, one)))
    if not causes:
        otherwise = "Wald computes it otherwise than when it was released"
        for one in changed:
            steps[one].append(Step(Cause.ENGINE, changed[one], lambda slot: otherwise))
    return {one: deltas(before.earned.get(one, {}), steps[one]) for one in changed}


def _of(why: Why, person_id: str) -> Callable[[Slot], str]:
    return lambda slot: why(person_id, slot)


def _past_with(
    workspace: Workspace, asked: Computing, basis: Basis, persons: frozenset[str]
) -> dict[str, Mapping[Slot, Decimal]]:
    reading = read(workspace, basis, asked.span, engine=asked.engine, persons=persons)
    found: dict[str, Mapping[Slot, Decimal]] = {}
    for group in reading.pool.groups(sorted(reading.payees)):
        people = {one: reading.payees[one] for one in group}
        found |= pasts_of(_portion(reading, people, {}, asked.span, basis))
    return found


def _with_deltas(owed: Owed, found: tuple[Delta, ...]) -> Owed:
    return Owed(owed.released, owed.carried, owed.adjustments, owed.is_withheld, found)


def _without_plan(person_id: str, owed: Owed, reading: Reading, before: Released) -> Payee:
    """Return somebody who is in no plan now, and is owed something yet."""
    by_hand = [one.currency for one in owed.adjustments]
    currency = before.currency.get(person_id) or (by_hand[0] if by_hand else "")
    return Payee(person_id, currency, (), reading.nobody)


def _owed(workspace: Workspace, entries: Entries, before: Released) -> dict[str, Owed]:
    adjustments: dict[str, list[Adjustment]] = {}
    found = pay_entries.list_adjustments(
        database=workspace.database, adjustment_ids=entries.adjustments
    )
    for one in sorted(found, key=lambda one: one.adjustment_id):
        made = Adjustment(
            one.adjustment_id,
            one.person_id,
            one.amount,
            one.currency,
            one.reason,
            one.entered_by,
            one.approved_by,
            one.counts_on,
        )
        adjustments.setdefault(one.person_id, []).append(made)
    return {
        one: Owed(
            released=before.earned.get(one, {}),
            carried=before.carried.get(one, {}),
            adjustments=tuple(adjustments.get(one, ())),
            is_withheld=one in entries.held_payees,
        )
        for one in {*before.earned, *before.carried, *adjustments, *entries.held_payees}
    }


def _entries(workspace: Workspace, asked: Computing) -> Entries:
    """Return what counts now, or what a run that is computed again has kept."""
    if asked.pinned is not None:
        return Entries(
            tuple(int(one) for one in _list(asked.pinned, "adjustments")),
            tuple(_list(asked.pinned, "held_payees")),
            tuple(int(one) for one in _list(asked.pinned, "runs_before")),
        )
    span, known = asked.span, asked.basis.known
    held = holds_in(workspace, span.period.last_day, known)[Held.PAYEE]
    payable = pay_entries.payable(until=span.period.end, known=known, database=workspace.database)
    return Entries(
        tuple(one.adjustment_id for one in payable),
        tuple(sorted({hold.subject for hold in held})),
        Released.run_ids(workspace),
    )


def _list(pinned: Mapping[str, object], name: str) -> list[str]:
    found = pinned[name]
    return [str(one) for one in found] if isinstance(found, list) else []


def _inputs(asked: Computing, entries: Entries) -> dict[str, object]:
    return {
        "basis": as_json(asked.basis),
        "adjustments": list(entries.adjustments),
        "held_payees": list(entries.held_payees),
        "runs_before": list(entries.run_ids),
        "period": asked.span.period.label,
        "first_on": asked.span.first_on.isoformat(),
    }


def _inputs_hash(inputs: Mapping[str, object], before: Released) -> str:
    """Hash the inputs without the moment they were drawn up in: it decides nothing."""
    basis = inputs["basis"]
    timeless = {k: v for k, v in basis.items() if k != "known"} if isinstance(basis, dict) else {}
    return hash_of({**inputs, "basis": timeless, "runs_before": list(before.hashes)})
