"""Open deals of any days with what is usual on each, read for all rules at once.

What is usual rests on everybody's deals, so this reads beyond the sight of who asks; what is shown
of it is cut in `hygiene.py`. The past is read once as of the last day; of each day only the deals
that were open and the amounts that were won are read as they stood then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import reaches_past
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground
from wald.heart.hygiene.past import FAR, SPAN, Past, Until, day_of, number, past_of, skipped, until
from wald.heart.hygiene.reading import compose_acts, compose_changes, compose_peers, compose_plans
from wald.heart.hygiene.usual import peers_on, stages_on
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages
from wald.heart.pipeline.stage_times import Step
from wald.heart.pipeline.standing import compose_open
from wald.kernel.bitemporal import AsOf
from wald.queries.hygiene_evidence import Evidence, no_evidence
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.stages import stage_steps

_NAMES = ("name", "account_id", "account", "segment", "type", "rep", "team", "region", "opened_on")


@dataclass(frozen=True, slots=True)
class DealsOfDay:
    """Everybody's open deals of a day, and what was usual on it."""

    on: date
    deals: tuple[OpenDeal, ...]
    ground: Ground


def hygiene_day(seen: View) -> date | None:
    """Return the last day in the data, and not after the last load: plans reach further."""
    reaches, learned = seen.snapshot.reaches, seen.snapshot.learned_at
    if reaches is None or learned is None:
        return reaches
    return min(reaches, learned.date())


def past_for(seen: View, day: date) -> Past:
    """Return all that happened to everybody's deals, by the stages as they are agreed on a day.

    It is read once as of the last day in the data, whichever day is asked about: what happened
    later is behind the cut of `until` and `stages_on`.
    """
    steps = stage_steps(seen.whole, day)
    key = (seen.whole.signature, "past of deals", tuple(steps.values()))
    return kept(key, lambda: _past(seen.whole, steps, seen.snapshot.reaches or day))


def deals_of_days(
    seen: View, past: Past, days: Sequence[date], evidence: Evidence = no_evidence
) -> Mapping[date, DealsOfDay]:
    """Return everybody's open deals of each day. `past` as `past_for` gives it."""
    return {day: _of_day(seen.whole, past, day, evidence) for day in days}


def _past(whole: View, steps: Mapping[str, Step], last: date) -> Past:
    scene = _scene(whole, last)
    rows = subject_rows(DEALS, scene, DEAL_COLUMNS)
    deals = exp.select(*DEAL_COLUMNS).from_(rows.subquery("deal", copy=False), copy=False)
    found = run(whole.engine, deals.copy())
    return past_of(
        found,
        run(whole.engine, compose_passages(deals, scene)),
        run(whole.engine, compose_changes(scene)),
        run(whole.engine, compose_acts(scene)),
        steps,
    )


def _of_day(whole: View, past: Past, day: date, evidence: Evidence) -> DealsOfDay:
    scene = _scene(whole, day)
    rows: list[dict[str, Any]] = run(whole.engine, compose_open(scene, _NAMES)).to_pylist()
    peers = run(whole.engine, compose_peers(scene)).to_pylist()
    planned = _plans(whole, scene)
    ground = Ground(
        on=day,
        currency=whole.terms.currency,
        stages=stages_on(past, day),
        peers=peers_on(peers),
        has_amounts=any(row["given_amount"] is not None for row in rows) or _is_small(rows, peers),
        has_close_days=any(row["close_on"] is not None for row in rows),
        has_moves=_has_moves(past, day),
        has_day_changes=_any_up_to(past.rescheduled, day),
        changes_from=_first_day(past.changed),
        has_activities=_any_up_to(past.acts, day),
        has_contacts=_any_up_to(past.met, day),
        has_plans=bool(planned),
    )
    return DealsOfDay(day, _deals(past, rows, planned, evidence(rows, day), ground), ground)


def _any_up_to(events: np.ndarray[Any, np.dtype[np.int64]], day: date) -> bool:
    return bool(len(events)) and bool((events % SPAN <= number(day)).any())


def _has_moves(past: Past, day: date) -> bool:
    stays = past.stays
    return bool(((stays.following >= 0) & (stays.stage >= 0) & (stays.left <= number(day))).any())


def _is_small(rows: Sequence[Mapping[str, Any]], won: Sequence[Mapping[str, Any]]) -> bool:
    """Are open deals so few that all may lack an amount, though won ones had one?"""
    return bool(won) and len(rows) < ENOUGH


def _first_day(events: np.ndarray[Any, np.dtype[np.int64]]) -> date | None:
    return day_of(int((events % SPAN).min())) if len(events) else None


def _deals(
    past: Past,
    rows: Sequence[Mapping[str, Any]],
    planned: Mapping[str, date],
    unproved: Mapping[str, Any],
    ground: Ground,
) -> tuple[OpenDeal, ...]:
    keys = pa.array([row["opportunity_id"] for row in rows], past.ids.type)
    places = pa.compute.index_in(keys, value_set=past.ids).fill_null(-1)
    deals = np.asarray(places.to_numpy(zero_copy_only=False), np.int64)
    known = until(past, deals, number(ground.on))
    passed = [
        tuple(past.order[place].stage for place in skipped(past, int(deal), number(ground.on)))
        for deal in deals
    ]
    return tuple(
        _deal(row, known, i, passed[i], planned, unproved, ground) for i, row in enumerate(rows)
    )


def _deal(
    row: Mapping[str, Any],
    known: Until,
    i: int,
    passed: tuple[str, ...],
    planned: Mapping[str, date],
    unproved: Mapping[str, Any],
    ground: Ground,
) -> OpenDeal:
    key, stage = row["opportunity_id"], row["stage"]
    usual = ground.stages.get(stage or "")
    excused = unproved.get(key)
    may_skip = excused.may_skip if excused is not None else frozenset()
    return OpenDeal(
        deal_id=key,
        name=row["name"] or row["account"] or key,
        account_id=row["account_id"],
        account=row["account"],
        segment=row["segment"],
        type=row["type"],
        owner_id=row["owner_id"],
        owner=row["rep"] or row["owner_id"],
        team=row["team"],
        stage=stage,
        position=usual.position if usual else None,
        amount=row["amount"],
        given_amount=row["given_amount"],
        currency=row["currency"],
        opened_on=row["opened_on"],
        close_on=row["close_on"],
        # Where the recorded moves lead elsewhere, nobody knows when it came here.
        stage_since=_day(known.stage_since[i]) if known.stage[i] == stage else None,
        has_history=bool(known.has_history[i]),
        pushes=int(known.pushes[i]),
        pushed_days=int(known.pushed_days[i]),
        skipped=tuple(one for one in passed if one not in may_skip),
        activities=int(known.activities[i]),
        last_active_on=_day(known.last_active[i]),
        next_active_on=planned.get(key),
        contacts=int(known.contacts[i]),
        unproved=excused.findings if excused is not None else None,
    )


def _day(number: int) -> date | None:
    return None if number == FAR else day_of(int(number))


def _scene(view: View, day: date) -> Scene:
    return Scene(view.snapshot, AsOf(day, view.snapshot.known), view.terms)


def _plans(whole: View, scene: Scene) -> Mapping[str, date]:
    """Return the next day on which something is planned, as was known at the end of the day."""
    day = scene.when.valid
    end = datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    known = end if scene.when.known is None else min(end, scene.when.known)
    then = replace(scene.snapshot, known=known)
    if not reaches_past("activity", day, then):
        return {}
    rows = run(whole.engine, compose_plans(scene, then)).to_pylist()
    return {row["opportunity_id"]: row["planned_on"] for row in rows}
