"""Calibration as plain JSON values, the same for the terminal, the interface and files."""

from wald.brain.agreed_chances import Chance
from wald.brain.stats import Interval
from wald.queries.plain import Json, plain, problem_json
from wald.queries.plain_forecasts import share
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
