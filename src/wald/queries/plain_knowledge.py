"""Insights, decisions and what came of them as plain JSON: for the command and the API alike.

Amounts, ratios and changes are decimal strings; instants are UTC and end in Z.
"""

from fractions import Fraction

from wald.brain.calibration import Calibration
from wald.brain.stats import Interval
from wald.insights.insight import StoredQuery
from wald.kernel.period import Period
from wald.memory.decision import Outcome, Reading
from wald.queries.decisions import Deciders, movement_of
from wald.queries.insights import Rows
from wald.queries.plain import Json, answer_json, plain
from wald.queries.plain_designs import design_json, effect_json, measured_json
from wald.queries.recall import Similar
from wald.queries.search import Found
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import Happening, KeptInsight


def insight_json(kept: KeptInsight) -> Json:
    insight, effect = kept.insight, kept.insight.effect
    return {
        "insight_id": kept.insight_id,
        "claim": insight.claim,
        "source": insight.source,
        "subject": insight.subject,
        "metric": insight.metric or None,
        "unit": effect.unit.value,
        "currency": effect.currency,
        "low": plain(effect.low),
        "estimate": plain(effect.estimate),
        "high": plain(effect.high),
        "p_value": plain(effect.p_value),
        "confidence": plain(effect.confidence),
        "evidence": dict(insight.evidence),
        "question": query_json(insight.question),
        "fingerprint": insight.fingerprint,
        "status": kept.status.value,
        "first_seen_at": plain(kept.first_seen_at),
        "last_seen_at": plain(kept.last_seen_at),
        "times_seen": kept.times_seen,
        "recorded_by": kept.recorded_by,
        "version": kept.version,
    }


def query_json(query: StoredQuery) -> Json:
    return {
        "metric": query.metric or None,
        "where": query.where,
        "period": query.period,
        "as_of": plain(query.as_of),
        "known": plain(query.known),
        "search": query.search,
        "filters": {name: value for name, value in query.filters},
    }


def happening_json(one: Happening) -> Json:
    why = one.body.get("why")
    return {
        "number": one.number,
        "kind": one.kind,
        "at": plain(one.at),
        "by": one.by,
        "why": str(why) if why else "",
    }


def insight_rows_json(rows: Rows) -> Json:
    told = None if rows.answer is None else answer_json(rows.answer)
    return {
        "answer": told,
        "problem": rows.problem or None,
        "total_rows": rows.total,
        "rows_behind": [
            {name: plain(value) for name, value in row.items()} for row in rows.table.to_pylist()
        ],
    }


def decision_json(kept: KeptDecision) -> Json:
    one = kept.decision
    return {
        "decision_id": kept.decision_id,
        "question": one.question,
        "options": list(one.options),
        "choice": one.choice,
        "why": one.why,
        "kind": one.kind,
        "metric": one.metric,
        "unit": one.unit.value,
        "population": one.population,
        "period": _period(one.period),
        "baseline": _period(one.baseline),
        "low": plain(one.expected.low),
        "estimate": plain(one.expected.estimate),
        "high": plain(one.expected.high),
        "confidence": plain(one.confidence),
        "review_on": plain(one.review_on),
        "decided_by": kept.decided_by,
        "decided_at": plain(kept.decided_at),
        "insight_id": one.insight_id,
        "supersedes": one.supersedes,
        "superseded_by": kept.superseded_by,
        "links": list(one.links),
        "state": kept.state,
        "snapshot": reading_json(kept.snapshot.reading),
        "snapshot_of_others": (
            None if kept.snapshot.outside is None else reading_json(kept.snapshot.outside)
        ),
        "outcome": None if kept.outcome is None else outcome_json(kept.outcome),
        "interval": interval_json(movement_of(kept)),
        "design": design_json(one.design),
    }


def interval_json(found: Interval | None) -> Json | None:
    """Return between what the change lies, 95 % sure, if only chance had moved it besides."""
    if found is None:
        return None
    return {"low": f"{found.low:.6f}", "high": f"{found.high:.6f}"}


def outcome_json(outcome: Outcome) -> Json:
    """`others_change` is a comparison, no proof: how the metric moved for everybody else."""
    return {
        "measured_at": plain(outcome.measured_at),
        "change": plain(outcome.change),
        "has_come": outcome.has_come,
        "reason": outcome.reason or None,
        "waits": outcome.waits,
        "reading": reading_json(outcome.reading),
        "others": None if outcome.outside is None else reading_json(outcome.outside),
        "others_change": plain(outcome.outside_change),
        "earlier": list(outcome.earlier),
        "measured": measured_json(outcome.measured),
    }


def reading_json(reading: Reading) -> Json:
    return {
        "value": plain(reading.value),
        "numerator": plain(reading.numerator),
        "denominator": plain(reading.denominator),
        "records": reading.records,
        "currency": reading.currency,
        "as_of": plain(reading.as_of),
        "known": plain(reading.known),
        "loads": list(reading.loads),
        "signature": reading.signature,
        "notes": list(reading.notes),
    }


def similar_json(one: Similar) -> Json:
    """Return what it is, why it is alike, and of a decision what followed."""
    kept, noticed = one.decision, one.insight
    title = kept.decision.question if kept else noticed.insight.claim if noticed else ""
    detail = kept.state if kept else noticed.status.title if noticed else ""
    outcome = kept.outcome if kept else None
    return {
        "kind": one.match.face.kind,
        "number": one.match.face.number,
        "title": title,
        "detail": detail,
        "choice": kept.decision.choice if kept else None,
        "change": plain(outcome.change) if outcome else None,
        "effect": effect_json(outcome.measured.effect if outcome and outcome.measured else None),
        "likeness": round(one.match.likeness, 3),
        "reasons": list(one.match.reasons),
    }


def found_json(one: Found) -> Json:
    return {"kind": one.kind, "number": one.number, "title": one.title, "detail": one.detail}


def deciders_json(found: Deciders) -> Json:
    return {
        "all": None if found.all is None else calibration_json(found.all),
        "by_decider": {name: calibration_json(one) for name, one in found.by_decider.items()},
        "by_kind": {name: calibration_json(one) for name, one in found.by_kind.items()},
    }


def calibration_json(one: Calibration) -> Json:
    """Return the parts as decimal strings; too few outcomes have no parts to speak of."""
    parts = {
        "score": one.score,
        "reliability": one.reliability,
        "resolution": one.resolution,
        "uncertainty": one.uncertainty,
    }
    return {
        "outcomes": one.times,
        "came": one.came,
        "mean_confidence": _share(one.mean_confidence),
        "says": one.leaning,
        **{name: None if one.is_too_few else _share(part) for name, part in parts.items()},
        "steps": [
            {"confidence": _share(step.confidence), "times": step.times, "came": step.came}
            for step in one.steps
        ],
    }


def _share(value: Fraction) -> str:
    return f"{float(value):.6f}"


def _period(period: Period | None) -> str | None:
    return None if period is None else period.label
