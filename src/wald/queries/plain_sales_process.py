"""Exit criteria, velocity and pushes as plain JSON values: the same for command and API."""

from dataclasses import fields

from wald.brain.evidence_judged import Side
from wald.brain.stats import Interval
from wald.heart.pipeline.long_run import Doubted
from wald.heart.pipeline.pushes import Habit, Pushed
from wald.heart.pipeline.velocity import Velocity
from wald.kernel.period import Period
from wald.queries.criterion_deals import CriterionDeal, CriterionDeals
from wald.queries.exit_criteria import AskedCriterion, CriteriaPage, StageChance
from wald.queries.pipeline_ground import Which
from wald.queries.plain import Json, plain
from wald.queries.pushes import Fate, PushedDeal, PushedDeals, PushesPage
from wald.queries.velocity import VelocityLine, VelocityPage, behind

_DIGITS = 6


def criteria_json(found: CriteriaPage) -> Json:
    return {
        "as_of": plain(found.as_of),
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "process": found.label or None,
        "stages": [_chance(one) for one in found.chances],
        "criteria": [_criterion(one) for one in found.criteria],
        "stages_without_deals": list(found.unused),
    }


def _chance(one: StageChance) -> Json:
    run = one.measured
    return {
        "stage": one.stage.stage,
        "key": one.stage.key,
        "segments": list(one.segments),
        "deals": one.deals,
        "expected": plain(one.expected),
        "measured": None if run is None else _doubted(run.share),
        "not_over": None if run is None else round(run.left, _DIGITS),
        "closed": None if run is None else run.ended,
    }


def _criterion(one: AskedCriterion) -> Json:
    found = one.found
    return {
        "stage": one.stage.stage,
        "segments": list(one.segments),
        "key": one.criterion.key,
        "words": one.criterion.words,
        "evidence": one.criterion.evidence.value,
        "why_not_known": one.why or None,
        "with_evidence": None if found is None else _side(found.proved),
        "without_evidence": None if found is None else _side(found.unproved),
        "kept": None if found is None else _interval(found.kept),
        "difference": None if found is None else _interval(found.difference),
    }


def _side(one: Side) -> Json:
    counts = {name: getattr(one, name) for name in ("deals", "there", "went_on", "won", "lost")}
    return {**counts, "won_share": _interval(one.won_share)}


def criterion_deals_json(found: CriterionDeals) -> Json:
    names = [field.name for field in fields(CriterionDeal)]
    return {
        "stage": found.stage.stage,
        "criterion": None if found.criterion is None else found.criterion.key,
        "side": found.wanted.side,
        "as_of": plain(found.as_of),
        "currency": found.currency,
        "total": found.total,
        "deals": [{name: plain(getattr(one, name)) for name in names} for one in found.deals],
    }


def velocity_json(found: VelocityPage, which: Which) -> Json:
    return {
        "period": _period(found.period),
        "beside": _period(found.beside),
        "currency": found.currency,
        "by": found.by,
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "lines": [_line(found, one, which) for one in found.lines],
    }


def _period(one: Period) -> Json:
    return {"label": one.label, "first": plain(one.start), "last": plain(one.last_day)}


def _line(page: VelocityPage, one: VelocityLine, which: Which) -> Json:
    moved = one.moved
    return {
        "group": one.group,
        "now": _velocity(one.now),
        "then": _velocity(one.then),
        "difference": None if moved is None else plain(moved.difference),
        "moved": None if moved is None else {k: plain(v) for k, v in moved.parts.items()},
        "deals_behind": behind(page, which, one.group, page.period),
    }


def _velocity(one: Velocity) -> Json:
    run = one.run
    return {
        "deals": one.deals,
        "win_rate": None if run is None else _doubted(run.share),
        "amount": None if one.amount is None else _doubted(one.amount),
        "days": None if run is None else _doubted(run.days),
        "not_over": None if run is None else round(run.left, _DIGITS),
        "closed": None if run is None else run.ended,
        "won": one.won,
        "a_day": None if one.a_day is None else _doubted(one.a_day),
        "won_a_day": f"{one.actual:.2f}",
        "why_not_known": one.why or None,
    }


def pushes_json(found: PushesPage) -> Json:
    return {
        "period": _period(found.period),
        "currency": found.currency,
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "everybody": _pushed(found.everybody),
        "people_differ": found.differ,
        "people": [_habit(one) for one in found.habits],
        "outcomes": [_fate(one) for one in found.fates],
    }


def _pushed(one: Pushed) -> Json:
    counts = [field.name for field in fields(one) if field.name not in ("owner_id", "name")]
    length = None if one.length is None else round(one.length, _DIGITS)
    return {**{name: getattr(one, name) for name in counts}, "days_a_push": length}


def _habit(one: Habit) -> Json:
    return {
        "owner_id": one.pushed.owner_id,
        "name": one.pushed.name,
        **_pushed(one.pushed),
        "expected_pushes": round(one.expected, _DIGITS),
        "times": round(one.times, _DIGITS),
        "low": round(one.low, _DIGITS),
        "high": round(one.high, _DIGITS),
        "stands_out": one.stands_out,
    }


def _fate(one: Fate) -> Json:
    return {
        "pushes": one.pushes,
        "won": one.won,
        "lost": one.lost,
        "open": one.open,
        "won_share": _interval(one.won_share),
    }


def pushed_deals_json(found: PushedDeals) -> Json:
    return {
        "kind": found.kind,
        "period": _period(found.period),
        "currency": found.currency,
        "total": found.total,
        "deals": [_deal(one) for one in found.deals],
    }


def _deal(one: PushedDeal) -> Json:
    return {field.name: plain(getattr(one, field.name)) for field in fields(one)}


def _doubted(one: Doubted) -> Json:
    return {name: round(getattr(one, name), _DIGITS) for name in ("low", "value", "high")}


def _interval(one: Interval | None) -> Json | None:
    if one is None:
        return None
    return {
        "low": round(one.low, _DIGITS),
        "value": round(one.estimate, _DIGITS),
        "high": round(one.high, _DIGITS),
    }
