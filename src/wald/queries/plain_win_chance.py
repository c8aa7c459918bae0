"""Chances to win as plain values, the same for the terminal, the interface and files."""

from wald.brain.chance_judged import Bin, Judgement
from wald.brain.deal_health import Reason
from wald.brain.stats import Interval
from wald.queries.plain import Json, plain
from wald.queries.plain_forecasts import amount, share
from wald.queries.win_chance import ChanceLine, WinChancePage


def win_chance_json(page: WinChancePage) -> Json:
    return {
        "day": page.day.isoformat(),
        "made_at": plain(page.made_at),
        "is_fresh": page.is_fresh,
        "period": page.period,
        "currency": page.currency,
        "unable": page.unable,
        "how": page.how,
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
        "lean": _interval(judgement.lean),
        "bins_held": judgement.bins_held,
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
        "in_period": share(line.in_period),
        "alike": _bin(line.alike) if line.alike else None,
        "reasons": [reason_json(one) for one in line.reasons],
    }


def reason_json(one: Reason) -> Json:
    return {
        "fact": one.fact,
        "says": one.says,
        "otherwise": one.otherwise,
        "moves": share(one.moves),
        "edit": {name: None if to is None else str(to) for name, to in one.edit.items()},
    }


def _bin(one: Bin) -> Json:
    return {"deals": one.deals, "said": share(one.said), "came": _interval(one.came)}


def _interval(one: Interval) -> Json:
    return {"low": share(one.low), "estimate": share(one.estimate), "high": share(one.high)}
