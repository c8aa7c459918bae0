"""Why pay of the past has changed, in words: which rows became known, and when."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

from wald.engine.connect import Engine, run, shared
from wald.facts.as_of import relation
from wald.facts.parts import Load, Snapshot
from wald.heart.compensation.deltas import Slot
from wald.heart.compensation.result import Cause
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import Basis, pay_documents, pinned
from wald.queries.pay_reading import Span, credited_for
from wald.records.stores import pay_entries
from wald.records.stores.pay_entries import Held

Why = Callable[[str, Slot], str]
_MOST_TOLD = 3
_MOST_DEALS = 5_000  # that are told one by one: of more a sentence would say nothing
# Tables about deals, and what a row of each is called.
_DEALS = {
    "booking": "booking {}",
    "booking_line": "a line of booking {}",
    "payment": "a payment for booking {}",
    "invoice": "an invoice of booking {}",
    "cancellation": "a cancellation of booking {}",
    "subscription": "a subscription from booking {}",
}
_SPLITS = {"booking_split": "the split of booking {}"}


@dataclass(frozen=True, slots=True)
class _Change:
    """What happened to one deal, in words without the deal's own day."""

    deal_id: str
    words: str
    is_new: bool


def explain(
    workspace: Workspace,
    cause: Cause,
    old: Basis,
    new: Basis,
    persons: frozenset[str],
    span: Span,
    engine: str,
) -> Why:
    """Return what says, of a person's slot, what made the change."""
    if cause is Cause.DATA:
        return _of_deals(workspace, old, new, old.data ^ new.data, _DEALS, persons, span, engine)
    if cause is Cause.SPLIT:
        changed = old.split ^ new.split
        return _of_deals(workspace, old, new, changed, _SPLITS, persons, span, engine)
    sentence = "; ".join(_of_everybody(workspace, cause, old, new))
    return lambda person_id, slot: sentence


def _of_deals(
    workspace: Workspace,
    old: Basis,
    new: Basis,
    load_ids: frozenset[int],
    words: dict[str, str],
    persons: frozenset[str],
    span: Span,
    engine: str,
) -> Why:
    """Return sentences about the deals of each person that became known otherwise."""
    stored = pinned(new, database=workspace.database, root=workspace.facts)
    opened = shared(engine, workspace.facts)
    opened.attach(stored)
    changes = list(_changes(opened, stored, load_ids, words))
    deals = {one.deal_id for one in changes}
    if len(deals) > _MOST_DEALS:
        of_all = f"{_loads(stored, load_ids)}, on {len(deals):,} deals"
        return lambda person_id, slot: of_all
    days: dict[str, dict[str, date]] = {}
    # Of a deal that is gone, or another's now, the day is known from before.
    for basis in (new,) if all(one.is_new for one in changes) else (new, old):
        for person, deal, day in credited_for(workspace, basis, span, engine, persons, deals):
            days.setdefault(person, {}).setdefault(deal, day)

    def why(person_id: str, slot: Slot) -> str:
        own = days.get(person_id, {})
        told = [one for one in changes if one.deal_id in own and own[one.deal_id] < slot.period.end]
        here = [one for one in told if own[one.deal_id] >= slot.period.start]
        chosen = [_told(one, own[one.deal_id]) for one in here or told]
        return _listed(chosen) or _loads(stored, load_ids)

    return why


def _changes(
    engine: Engine, stored: Snapshot, load_ids: frozenset[int], words: dict[str, str]
) -> Iterator[_Change]:
    loads = {load.load_id: load for load in stored.loads}
    for table, what in words.items():
        if not any(part.load_id in load_ids for part in stored.stored(table)):
            continue
        for deal, load_id, was_known in _rows(engine, table, load_ids):
            load = loads[load_id]
            told = f"{what.format(deal)}{{}} {_done(load, was_known=was_known)}"
            is_new = table == "booking" and not was_known and load.undone_at is None
            yield _Change(deal, told, is_new)


def _rows(engine: Engine, table: str, load_ids: frozenset[int]) -> Iterator[tuple[str, int, bool]]:
    """Yield deal, load and whether earlier loads knew of it, by deal."""
    numbers = [exp.Literal.number(one) for one in sorted(load_ids)]
    names = ["booking_id", "load_id", "is_deleted"]
    new = exp.select(*names).from_(relation(table)).where(exp.column("load_id").isin(*numbers))
    found = [row for row in run(engine, new).to_pylist() if row["booking_id"]]
    first: dict[str, int] = {}
    if found:
        deals = [exp.Literal.string(one) for one in sorted({row["booking_id"] for row in found})]
        earliest = exp.alias_(exp.Min(this=exp.column("load_id")), "first_load")
        tree = exp.select("booking_id", earliest).from_(relation(table))
        known = run(
            engine, tree.where(exp.column("booking_id").isin(*deals)).group_by("booking_id")
        )
        first = {row["booking_id"]: row["first_load"] for row in known.to_pylist()}
    for row in sorted(found, key=lambda row: (row["booking_id"], row["load_id"])):
        yield row["booking_id"], row["load_id"], first[row["booking_id"]] < row["load_id"]


def _done(load: Load, *, was_known: bool) -> str:
    if load.undone_at is not None:
        return f"was taken back on {_day(load.undone_at)}"
    return f"{'was corrected' if was_known else 'became known'} on {_day(load.loaded_at)}"


def _told(change: _Change, day: date) -> str:
    return change.words.format(f" of {_day(day)}")


def _listed(sentences: Iterable[str]) -> str:
    found = list(dict.fromkeys(sentences))
    more = len(found) - _MOST_TOLD
    told = found[:_MOST_TOLD] + ([f"and {more:,} more"] if more > 0 else [])
    return "; ".join(told)


def _loads(stored: Snapshot, load_ids: Collection[int]) -> str:
    found = [load for load in stored.loads if load.load_id in load_ids]
    days = dict.fromkeys(_day(load.undone_at or load.loaded_at) for load in found)
    return f"data became known on {', '.join(days)}"


def _of_everybody(workspace: Workspace, cause: Cause, old: Basis, new: Basis) -> Iterator[str]:
    if cause is Cause.ENGINE:
        yield f"{new.engine} computes it, it was released by {old.engine}"
    elif cause is Cause.MANUAL:
        yield from _holds(workspace, old, new)
    elif cause is Cause.PLAN:
        yield from _plans(workspace, old, new)
        if old.quotas != new.quotas:
            yield _known_on(workspace, new, old.quotas ^ new.quotas, "quotas", "quota")
        if old.settings != new.settings:
            yield "settings of the workspace were changed"
    elif cause is Cause.HIERARCHY:
        changed = old.hierarchy ^ new.hierarchy
        yield _known_on(
            workspace, new, changed, "changes of people and whom they report to", "person"
        )
    else:
        yield _known_on(workspace, new, old.fx ^ new.fx, "exchange rates", "exchange_rate")


def _known_on(
    workspace: Workspace, basis: Basis, load_ids: frozenset[int], what: str, table: str
) -> str:
    stored = pinned(basis, database=workspace.database, root=workspace.facts)
    bringing = {part.load_id for part in stored.stored(table)} & load_ids
    days = [
        _day(load.undone_at or load.loaded_at) for load in stored.loads if load.load_id in bringing
    ]
    return f"{what} became known on {', '.join(dict.fromkeys(days))}" if days else what


def _holds(workspace: Workspace, old: Basis, new: Basis) -> Iterator[str]:
    changed = set(old.held_deals) ^ set(new.held_deals)
    for hold in pay_entries.list_holds(database=workspace.database):
        if hold.kind is not Held.DEAL or hold.subject not in changed:
            continue
        if hold.subject in new.held_deals:
            yield f"deal {hold.subject} is held since {_day(hold.placed_at)}: {hold.reason}"
        elif hold.lifted_at is not None:
            yield f"the hold on deal {hold.subject} was lifted on {_day(hold.lifted_at)}"
        else:
            yield f"the hold on deal {hold.subject} ended before {hold.until_on}"


def _plans(workspace: Workspace, old: Basis, new: Basis) -> Iterator[str]:
    changed = {number for number, _ in set(old.documents) ^ set(new.documents)}
    for version in pay_documents(workspace):
        if version.version_id not in changed:
            continue
        whose = f" of {version.unit}" if version.unit else ""
        title = f"{version.type.replace('_', ' ')} {version.name}{whose}, version {version.number}"
        if version.withdrawn_at is not None:
            yield f"{title} was withdrawn on {_day(version.withdrawn_at)}"
        elif version.approved_at is not None:
            yield f"{title} was approved on {_day(version.approved_at)}"


def _day(when: date | datetime) -> str:
    return f"{when.day} {when:%B %Y}"
