"""Some people of a run as one process settles them: inputs go in, rows of the layers come out.

Both travel as Arrow tables, or stay in a file. Credits become values only where they are folded,
and only those of a few people at once: as values they take ten times the memory. Nothing here
knows a database, so a worker that knows only this starts quickly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from wald.engine.by_person import rows_of_people
from wald.engine.layers import table_of
from wald.heart.compensation.credit import Credit, Event, Kind
from wald.heart.compensation.crediting import HELD
from wald.heart.compensation.deltas import Earned
from wald.heart.compensation.fold import Inputs
from wald.heart.compensation.gathered import Gathered
from wald.heart.compensation.inputs import Known, Taken
from wald.heart.compensation.layers import COMPONENT, LAYERS, PAYMENT, PAYOUT
from wald.heart.compensation.paying import Outcome, Payee, Piece, pasts, settle
from wald.heart.compensation.settling import Row, columns_of

# What every credit has, whatever a plan asks of it.
ALWAYS = ("credit_id", "person_id", "deal_id", "rule", "kind", "event", "credited_on",
          "deal_amount", "share", "amount")  # fmt: skip
_OWN = frozenset({*ALWAYS, HELD, "booked_on"})  # fields of a credit; what is left is its row
# Those of a credit in their order, and which are kept once for all that say them.
_FIELDS = ("credit_id", "person_id", "deal_id", "credited_on", "deal_amount", "share", "kind",
           "event", "rule", "booked_on", HELD)  # fmt: skip
_OFTEN = frozenset({"person_id", "rule", "credited_on", "booked_on", "share", "kind", "event"})
_MADE: Mapping[str, Callable[[str], object]] = {"kind": Kind, "event": Event}
_BATCH = 10_000  # rows that are plain Python at once


@dataclass(frozen=True, slots=True)
class InFile:
    """Credits that lie in a file which is sorted by person: whoever folds them reads them."""

    path: Path
    persons: frozenset[str]


# Version of a plan, credits with its columns.
VersionCredits = tuple[str, pa.Table | InFile]


@dataclass(frozen=True, slots=True)
class Portion:
    """`credits`: of those of its people whose plans look at each deal, version by version."""

    piece: Piece
    credits: tuple[VersionCredits, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of a portion: outcomes without their rows, and the rows of all by layer."""

    outcomes: tuple[Outcome, ...]
    rows: Mapping[str, pa.Table] = field(default_factory=dict)


def settled(portion: Portion) -> Settlement:
    """Settle the people of a portion."""
    outcomes = settle(_with_credits(portion))
    made = {}
    for name in (COMPONENT.name, PAYOUT.name, PAYMENT.name):
        rows: list[Row] = []
        for one in outcomes:
            rows += one.rows.get(name, ())
        made[name] = table_of(LAYERS[name], columns_of(name, rows))
    return Settlement(tuple(replace(one, rows={}) for one in outcomes), made)


def pasts_of(portion: Portion) -> dict[str, Earned]:
    """Return the past of each person of a portion."""
    return pasts(_with_credits(portion))


def taken_of(credits: Iterable[VersionCredits], persons: Iterable[str]) -> dict[str, Taken]:
    """Return each person's credits as values."""
    taken = {person: Taken() for person in persons}
    for version, rows in credits:
        table = rows_of_people(rows.path, rows.persons) if isinstance(rows, InFile) else rows
        for batch in table.to_batches(_BATCH):
            for credit in _credits(batch):
                own = taken.get(credit.person_id)
                if own is not None:
                    own.add(credit, version)
    return taken


def with_taken(known: Known, taken: Taken) -> Known:
    """Return what is known of a person together with their credits."""
    return replace(known, all_credits=tuple(taken.by_id.values()), of_version=taken.of_version)


def filled(payees: Sequence[Payee], credits: tuple[VersionCredits, ...]) -> tuple[Payee, ...]:
    """Return people with those credits that their plans look at."""
    if not credits:
        return tuple(payees)
    taken = taken_of(credits, (one.person_id for one in payees))
    return tuple(replace(one, inputs=_filled(one.inputs, taken[one.person_id])) for one in payees)


def _with_credits(portion: Portion) -> Piece:
    payees, owed = zip(*portion.piece.payees, strict=True)
    both = zip(filled(payees, portion.credits), owed, strict=True)
    return replace(portion.piece, payees=tuple(both))


def _filled(inputs: Inputs, taken: Taken) -> Inputs:
    if not isinstance(inputs, Gathered):
        return inputs
    known = replace(with_taken(inputs.known, taken), explained=False)
    return Gathered(known, inputs.cells, inputs.everyone_of)


def _credits(rows: pa.RecordBatch) -> Iterator[Credit]:
    names = rows.schema.names
    nothing = [None] * rows.num_rows
    own = [_values(rows, name) if name in names else nothing for name in _FIELDS]
    more = [name for name in names if name not in _OWN]
    if not more:
        for fields in zip(*own, strict=True):
            yield Credit(*fields)
        return
    beside = zip(*(rows.column(name).to_pylist() for name in more), strict=True)
    for fields, values in zip(zip(*own, strict=True), beside, strict=True):
        row = dict(zip(more, values, strict=True))
        yield Credit(*fields, row)  # type: ignore[call-arg]  # as many as there are fields


def _values(rows: pa.RecordBatch, name: str) -> list[object]:
    """Return a column as values of credits; what is often said is one value for all."""
    column = rows.column(name)
    if name == HELD:
        return [bool(one) for one in column.to_pylist()]
    if name not in _OFTEN:
        found: list[object] = column.to_pylist()
        return found
    encoded = column.dictionary_encode()
    made = _MADE.get(name)
    said = encoded.dictionary.to_pylist()
    said = said if made is None else [made(one) for one in said]
    return [None if place is None else said[place] for place in encoded.indices.to_pylist()]
