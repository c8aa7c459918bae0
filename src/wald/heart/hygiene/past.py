"""What happened to deals, read once as arrays, and what of it a day knows.

Deals have places, and an event is one number made of the place and the day, so that what happened
to a deal up to a day is between two places of a sorted array: no table is read again for an
earlier day. Days count from 1970; FAR stands for a day that has not come.
Source: docs/hygiene/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.heart.pipeline.stage_times import Step

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

SPAN = 1 << 20  # more days than there are
FAR = SPAN - 1
NONE = -1
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays of deals in stages, by deal and day of entry. `left` FAR: it is there yet."""

    deal: Ints
    stage: Ints  # place in the order of open stages, NONE for others
    name: pa.Array  # of the stage
    entered: Ints
    left: Ints
    following: Ints  # place of the next open stage, NONE where it is none


@dataclass(frozen=True, slots=True)
class Past:
    """`order` are the open stages; event arrays are sorted, made by `event`."""

    ids: pa.Array
    opened: Ints  # FAR: nobody knows
    closed: Ints  # FAR: open yet
    won: Flags
    order: tuple[Step, ...]
    stays: Stays
    acts: Ints  # each activity
    met: Ints  # the first activity with each contact
    pushes: Ints
    pushed_days: Ints  # summed up to and with each push
    changed: Ints  # each recorded change
    rescheduled: Ints  # each change of a closing day, later or earlier

    @property
    def places(self) -> Ints:
        return np.arange(len(self.ids), dtype=np.int64)


def number(day: date) -> int:
    return max(0, (day - _EPOCH).days)


def day_of(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def event(deal: Ints, day: Ints | int) -> Ints:
    return np.asarray(deal * SPAN + day, np.int64)


def past_of(
    deals: pa.Table,
    passages: pa.Table,
    changes: pa.Table,
    acts: pa.Table,
    steps: Mapping[str, Step],
) -> Past:
    """Return the past of `deals` (opportunity_id, opened_on, closed_on, outcome).

    `passages` as `pipeline.passages` gives them; `changes`: opportunity_id, happened_on and
    `days` by which a closing day moved later (else null); `acts`: opportunity_id, happened_on and
    contact_id. Rows of other deals are left out.
    """
    ids = deals["opportunity_id"].combine_chunks()
    order = tuple(
        sorted((one for one in steps.values() if one.is_open), key=lambda one: one.position)
    )
    places, happened = _events(changes, ids)
    later = pc.fill_null(changes["days"], 0).to_numpy().astype(np.int64)
    is_push = (later > 0) & (places >= 0)
    is_day = pc.is_valid(changes["days"]).to_numpy().astype(bool) & (places >= 0)
    pushes = event(places[is_push], happened[is_push])
    by_day = np.argsort(pushes, kind="stable")
    acted, acted_on = _events(acts, ids)
    return Past(
        ids=ids,
        opened=_numbers(deals["opened_on"]),
        closed=_numbers(deals["closed_on"]),
        won=np.asarray(pc.equal(deals["outcome"], "won").to_numpy(zero_copy_only=False), bool)
        if deals.num_rows
        else np.zeros(0, bool),
        order=order,
        stays=_stays(passages, ids, order),
        acts=np.sort(event(acted[acted >= 0], acted_on[acted >= 0])),
        met=_met(acts, acted, acted_on),
        pushes=pushes[by_day],
        pushed_days=np.cumsum(later[is_push][by_day]),
        changed=np.sort(event(places[places >= 0], happened[places >= 0])),
        rescheduled=np.sort(event(places[is_day], happened[is_day])),
    )


def _events(rows: pa.Table, ids: pa.Array) -> tuple[Ints, Ints]:
    return _places(rows["opportunity_id"], ids), _numbers(rows["happened_on"])


def _places(texts: pa.ChunkedArray, among: pa.Array) -> Ints:
    found = pc.fill_null(pc.index_in(texts, value_set=among.cast(texts.type)), NONE)
    return np.asarray(found.to_numpy().astype(np.int64), np.int64)


def _numbers(days: pa.ChunkedArray) -> Ints:
    known = pc.fill_null(days.cast(pa.date32()).cast(pa.int32()), FAR)
    return np.asarray(np.maximum(known.to_numpy().astype(np.int64), 0), np.int64)


def _stays(passages: pa.Table, ids: pa.Array, order: Sequence[Step]) -> Stays:
    deal = _places(passages["opportunity_id"], ids)
    entered, left = _numbers(passages["entered_on"]), _numbers(passages["left_on"])
    stages = pa.array([one.stage for one in order], pa.string())
    by_day = np.lexsort((left, entered, deal))
    by_day = by_day[(deal[by_day] >= 0) & (entered[by_day] < FAR)]
    return Stays(
        deal[by_day],
        _places(passages["stage"], stages)[by_day],
        passages["stage"].combine_chunks().take(pa.array(by_day)),
        entered[by_day],
        left[by_day],
        _places(passages["next_stage"].cast(pa.string()), stages)[by_day],
    )


def _met(acts: pa.Table, deal: Ints, day: Ints) -> Ints:
    """Return the first activity of each deal with each contact."""
    named = pc.is_valid(acts["contact_id"]).to_numpy().astype(bool) & (deal >= 0)
    if not named.any():
        return np.zeros(0, np.int64)
    coded = acts["contact_id"].combine_chunks().dictionary_encode().indices
    contact = pc.fill_null(coded, 0).to_numpy().astype(np.int64)[named]
    deal, day = deal[named], day[named]
    by_day = np.lexsort((day, contact, deal))
    deal, day, contact = deal[by_day], day[by_day], contact[by_day]
    first = np.ones(len(deal), bool)
    first[1:] = (deal[1:] != deal[:-1]) | (contact[1:] != contact[:-1])
    return np.sort(event(deal[first], day[first]))


@dataclass(frozen=True, slots=True)
class Until:
    """What a day knows of some deals, in their order. Days are numbers, FAR for none."""

    stage: tuple[str | None, ...]  # that the recorded moves lead to
    stage_since: Ints
    has_history: Flags
    pushes: Ints
    pushed_days: Ints
    activities: Ints
    last_active: Ints
    contacts: Ints


def until(past: Past, deals: Ints, day: int) -> Until:
    """Return what happened to deals, given by their places, up to the end of a day."""
    stay = last_stay(past, deals, day)
    known = stay >= 0
    names = past.stays.name.take(pa.array(np.where(known, stay, 0), mask=~known)).to_pylist()
    since = np.where(known, past.stays.entered[stay] if len(past.stays.deal) else FAR, FAR)
    pushed = np.concatenate([[0], past.pushed_days])
    first, last = _between(past.pushes, deals, day)
    acts_from, acts_to = _between(past.acts, deals, day)
    latest = np.full(len(deals), FAR)
    acted = acts_to > acts_from
    latest[acted] = past.acts[acts_to[acted] - 1] % SPAN
    met_from, met_to = _between(past.met, deals, day)
    changed_from, changed_to = _between(past.changed, deals, day)
    return Until(
        stage=tuple(names),
        stage_since=since,
        has_history=changed_to > changed_from,
        pushes=last - first,
        pushed_days=pushed[last] - pushed[first],
        activities=acts_to - acts_from,
        last_active=latest,
        contacts=met_to - met_from,
    )


def last_stay(past: Past, deals: Ints, day: int) -> Ints:
    """Return the stay that each deal is in at the end of a day, NONE where it is in none."""
    keys = event(past.stays.deal, past.stays.entered)
    found = np.searchsorted(keys, event(deals, day), side="right") - 1
    if not len(keys):
        return found
    own = (found >= 0) & (past.stays.deal[found] == deals) & (past.stays.left[found] > day)
    return np.where(own, found, NONE)


def _between(events: Ints, deals: Ints, day: int) -> tuple[Ints, Ints]:
    """Return from where to where the events of each deal stand, up to the end of a day."""
    start = np.searchsorted(events, event(deals, 0), side="left")
    return start, np.searchsorted(events, event(deals, day), side="right")


def skipped(past: Past, deal: int, day: int) -> tuple[int, ...]:
    """Return the places of the open stages that a deal went past and never stood in, in order."""
    stays = past.stays
    first = int(np.searchsorted(stays.deal, deal, side="left"))
    seen: list[int] = []
    while first < len(stays.deal) and stays.deal[first] == deal and stays.entered[first] <= day:
        if stays.stage[first] >= 0:
            seen.append(int(stays.stage[first]))
        first += 1
    stood = set(seen)
    passed = {place for before, after in pairwise(seen) for place in range(before + 1, after)}
    return tuple(sorted(passed - stood))
