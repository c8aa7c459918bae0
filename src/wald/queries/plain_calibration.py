"""Calibration as plain JSON values, the same for the terminal, the interface and files."""

from wald.brain.agreed_chances import Chance
from wald.brain.shares_by_period import Share
from wald.brain.stats import Interval
from wald.queries.category_calibration import CategoryCalibration
from wald.queries.incentives import ClauseLook, Incentives
from wald.queries.plain import Json, plain, problem_json
from wald.queries.plain_forecasts import share
from wald.queries.quota_calibration import QuotaCalibration, QuotaLine
from wald.queries.stage_calibration import ProposedProcess, StageCalibration, StageLine


def stages_json(found: StageCalibration) -> Json:
    record = found.record
    return {
        "as_of": plain(found.as_of),
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "document": found.label,
        "stages": [_stage(one) for one in found.lines],
        "record": None
        if record is None
        else {
            "deals": record.deals,
            "agreed_missed_by": share(record.agreed),
            "measured_missed_by": share(record.measured),
        },
    }


def proposal_json(found: ProposedProcess) -> Json:
    return {
        "text": found.text,
        "changes": list(found.changes),
        "difference": list(found.difference),
        "warnings": [problem_json(one) for one in found.warnings],
        "open_draft": found.open.version_id if found.open else None,
    }


def _stage(line: StageLine) -> Json:
    judged = line.judged
    return {
        "key": line.stage.key,
        "stage": line.stage.stage,
        "title": line.stage.title,
        "segments": list(line.segments),
        "agreed": plain(judged.expected),
        "measured": chance_json(judged.measured),
        "a_year_before": chance_json(judged.told),
        "came_since": chance_json(judged.came),
        "p_value": None if judged.p_value is None else float(f"{judged.p_value:.4g}"),
        "is_off": judged.is_off,
        "proposed": plain(judged.proposed),
    }


def chance_json(chance: Chance | None) -> Json | None:
    if chance is None:
        return None
    return {
        **interval_json(chance.share),
        "deals": chance.deals,
        "closed": chance.closed,
        "open_yet": share(chance.left),
        "spread": share(chance.spread),
    }


def interval_json(one: Interval) -> Json:
    return {"low": share(one.low), "estimate": share(one.estimate), "high": share(one.high)}


def categories_json(found: CategoryCalibration) -> Json:
    return {
        "as_of": plain(found.as_of),
        "periods": list(found.periods),
        "categories": [
            {
                "category": one.category,
                "title": one.title,
                "deals": one.deals,
                "won": share_json(one.won),
                "of_amount": None if one.of_amount is None else interval_json(one.of_amount),
                "against_the_next": one.against,
            }
            for one in found.lines
        ],
        "unsaid": None if found.unsaid is None else interval_json(found.unsaid),
    }


def quotas_json(found: QuotaCalibration) -> Json:
    return {
        "as_of": plain(found.as_of),
        "windows": found.windows,
        "everybody": None if found.everybody is None else _quota(found.everybody),
        "teams": [_quota(one) for one in found.teams],
        "teams_left_out": found.left_out,
    }


def _quota(line: QuotaLine) -> Json:
    return {
        "team": line.team,
        "quotas": line.quotas,
        "reached": share_json(line.reached),
        "booked_of_asked": share(line.booked),
        "says": line.says,
    }


def share_json(one: Share | None) -> Json | None:
    if one is None:
        return None
    told = {"hits": one.hits, "tries": one.tries, "periods": one.periods}
    return {**interval_json(one.value), **told, "spread": share(one.spread)}


def incentives_json(found: Incentives) -> Json:
    return {
        "as_of": plain(found.as_of),
        "looks": found.looks,
        "sees_pay": found.sees_pay,
        "currency": found.currency,
        "clauses": [_clause(one, found.sees_pay) for one in found.clauses],
    }


def _clause(one: ClauseLook, sees_pay: bool) -> Json:
    clause = one.clause
    return {
        "plan": clause.plan,
        "document": clause.label,
        "component": clause.component,
        "kind": clause.title,
        "threshold": share(clause.threshold),
        "window": clause.grain.value if clause.grain else None,
        "of_teams": clause.who == "team",
        "unable": clause.why,
        "paid_in_a_year": plain(one.cost),
        "bunching": _bunching(one),
        "looks": [
            {"key": look.key, "verdict": look.verdict, "p_value": look.p_value, "words": look.words}
            for look in one.looks
        ],
        "linter": [
            {
                "rule": finding.rule,
                "verdict": finding.verdict.value,
                "sentence": finding.sentence if sees_pay else None,
            }
            for finding in clause.linter
        ],
    }


def _bunching(one: ClauseLook) -> Json | None:
    found = one.bunching
    if found is None or found.p_value is None:
        return None
    return {
        "windows": found.values,
        "expected": share(found.expected),
        "excess": interval_json(found.excess),
        "missing": share(found.missing),
    }
