"""Chances to win as plain values, the same for the terminal, the interface and files."""

from wald.brain.chance_judged import Bin, Judgement
from wald.brain.stats import Interval
from wald.queries.plain import Json
from wald.queries.plain_forecasts import amount, share
from wald.queries.win_chance import ChanceLine, WinChancePage


def win_chance_json(page: WinChancePage) -> Json:
    return {
        "day": page.day.isoformat(),
        "currency": page.currency,
        "unable": page.unable,
        "judgement": judgement_json(page.judgement) if page.judgement else None,
        "learned_from": page.learned_from,
        "base": {name or "all": share(rate) for name, rate in page.base.items()},
        "total": page.total,
        "deals": [line_json(one) for one in page.lines],
    }


def judgement_json(judgement: Judgement) -> Json:
    return {
        "verdict": judgement.verdict,
        "has_signal": judgement.has_signal,
        "deals": judgement.deals,
        "won": judgement.won,
        "brier": share(judgement.brier),
        "base_brier": share(judgement.base_brier),
        "skill": _interval(judgement.skill),
        "auc": _interval(judgement.auc) if judgement.auc else None,
        "calibration": [_bin(one) for one in judgement.bins],
    }


def line_json(line: ChanceLine) -> Json:
    return {
        "opportunity_id": line.opportunity_id,
        "name": line.name,
        "account": line.account,
        "rep": line.rep,
        "stage": line.stage,
        "amount": amount(line.amount),
        "chance": share(line.chance),
        "base": share(line.base),
        "reasons": [{"name": one.name, "adds": share(one.adds)} for one in line.reasons],
    }


def _bin(one: Bin) -> Json:
    return {"deals": one.deals, "said": share(one.said), "came": _interval(one.came)}


def _interval(one: Interval) -> Json:
    return {"low": share(one.low), "estimate": share(one.estimate), "high": share(one.high)}
