"""The pipeline and what changed in it as plain JSON values: the same for command and API.

Amounts are decimal strings in `currency`, counts are integers.
"""

from wald.heart.pipeline.changes import Sum
from wald.heart.pipeline.doubts import Doubt
from wald.heart.pipeline.standing import Group
from wald.queries.pipeline import Pipeline
from wald.queries.pipeline_changes import ChangedDeal, ChangedDeals, Changes, Side
from wald.queries.plain import Json, plain


def pipeline_json(found: Pipeline) -> Json:
    return {
        "as_of": plain(found.as_of),
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "currency": found.currency,
        "period": found.period.label if found.period else None,
        "org": found.org,
        "by": list(found.by),
        "total": _group(found, found.total),
        "groups": [_group(found, group) for group in found.groups],
        "notes": [_doubt(doubt) for doubt in found.doubts],
    }


def _group(found: Pipeline, group: Group) -> Json:
    return {
        **dict(zip(found.by, group.key, strict=False)),
        "deals": group.deals,
        "amount": plain(group.amount),
        "without_amount": group.unknown,
    }


def _doubt(doubt: Doubt) -> Json:
    return {"key": doubt.key, "records": doubt.records, "note": doubt.sentence}


def changes_json(found: Changes) -> Json:
    fall = found.waterfall
    return {
        "from": plain(found.first),
        "to": plain(found.second),
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "currency": found.currency,
        "period": found.period.label if found.period else None,
        "org": found.org,
        "closed_in": found.closed_in,
        "start": {**_sum(fall.start), "without_amount": fall.unknown[0]},
        "bars": [
            {"bar": step.bar.key, "deals": step.deals, "amount": plain(step.amount)}
            for step in fall.steps
        ],
        "end": {**_sum(fall.end), "without_amount": fall.unknown[1]},
        "difference": plain(fall.difference),
        "round_trips": _sum(fall.round_trips),
        "flows": [
            {
                "from": flow.before,
                "to": flow.after,
                "deals": flow.deals,
                "amount": plain(flow.amount),
            }
            for flow in found.flows
        ],
        "notes": [_doubt(doubt) for doubt in found.doubts],
    }


def _sum(found: Sum) -> Json:
    return {"deals": found.deals, "amount": plain(found.amount)}


def changed_deals_json(found: ChangedDeals) -> Json:
    return {
        "bar": found.bar,
        "currency": found.currency,
        "total": found.total,
        "deals": [_deal(deal) for deal in found.deals],
    }


def _deal(deal: ChangedDeal) -> Json:
    return {
        "opportunity_id": deal.opportunity_id,
        "title": deal.title,
        "adds": plain(deal.adds),
        "before": _side(deal.before),
        "after": _side(deal.after),
        "moved_later": deal.later_moves,
        "moved_earlier": deal.earlier_moves,
        "changes": [
            {
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "changed_at": plain(change.changed_at),
                "changed_by": change.changed_by,
            }
            for change in deal.changes
        ],
    }


def _side(side: Side) -> Json:
    return {
        "stage": side.stage,
        "forecast_category": side.category,
        "close_on": plain(side.close_on),
        "owner": side.owner,
        "outcome": side.outcome,
        "amount": plain(side.amount),
    }
