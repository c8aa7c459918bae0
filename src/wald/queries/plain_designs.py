"""What an insight proposes, the design of a decision and what it said, as plain JSON."""

from wald.memory.change import Change
from wald.memory.design import DESIGNS, Design, Measured
from wald.queries.plain import Json, plain
from wald.queries.remedies import Proposed


def design_json(design: Design | None) -> Json | None:
    if design is None:
        return None
    return {
        "key": design.key,
        "title": DESIGNS.get(design.key, design.key),
        "why": design.why,
        "unit": design.unit or None,
        "months": [one.label for one in design.slots],
        "treated": design.treated,
        "others": design.others,
        "least": plain(design.least),
        "pool": design.pool,
        "drawn": list(design.drawn),
    }


def measured_json(measured: Measured | None) -> Json | None:
    if measured is None:
        return None
    return {
        "effect": effect_json(measured.effect),
        "reason": measured.reason or None,
        "treated": measured.treated,
        "others": measured.others,
        "trend": effect_json(measured.trend),
        "trend_chance": plain(measured.trend_chance),
        "chance": plain(measured.chance),
        "low_limit": plain(measured.low_limit),
        "high_limit": plain(measured.high_limit),
        "signals": measured.signals,
        "weights": [{"name": name, "weight": plain(weight)} for name, weight in measured.weights],
        "notes": list(measured.notes),
        "chart": [
            {
                "month": one.label,
                "value": plain(one.value),
                "without": plain(one.without),
                "is_after": one.is_after,
            }
            for one in measured.chart
        ],
    }


def effect_json(change: Change | None) -> Json | None:
    """Return an effect with its interval."""
    if change is None:
        return None
    return {
        "low": plain(change.low),
        "estimate": plain(change.estimate),
        "high": plain(change.high),
    }


_BEGUN = ("question", "choice", "kind", "metric", "population", "period", "low", "estimate", "high",
          "review_on", "design", "unit")  # fmt: skip


def proposal_json(found: Proposed) -> Json:
    remedy, back = found.remedy, found.back
    begun: Json = {name: getattr(found.draft, name) for name in _BEGUN}
    return {
        "action": remedy.action,
        "title": remedy.way.title,
        "advice": remedy.advice,
        "document": remedy.document or None,
        "decision": begun | {"options": list(found.draft.options)},
        "came_back": None
        if back is None
        else {
            "decision_id": back.decision_id,
            "gone_at": plain(back.gone_at),
            "seen_at": plain(back.seen_at),
            "words": back.words,
        },
    }
