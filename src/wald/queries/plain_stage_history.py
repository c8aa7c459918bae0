"""The sales process as plain JSON values: the same for command and API; shares are numbers."""

from wald.heart.pipeline.stage_times import Cohort, StageTimes
from wald.heart.pipeline.survival import Curve
from wald.queries.needed_coverage import CoveragePage, TeamCoverage
from wald.queries.plain import Json, plain
from wald.queries.stage_history import StageHistoryPage


def stage_history_json(found: StageHistoryPage) -> Json:
    history = found.history
    return {
        "as_of": plain(found.as_of),
        "known_at": plain(found.known_at),
        "reaches": plain(found.reaches),
        "deals": history.deals,
        "open_deals": history.open_deals,
        "to_close": {**_curve(history.to_close), "shares": dict(history.close_shares)},
        "stages": [_stage(one) for one in history.stages],
        "cohorts": [_cohort(one) for one in history.cohorts],
        "out_of_order": history.backwards,
        "undefined_stages": [{"stage": stage, "stays": stays} for stage, stays in found.unordered],
    }


def _stage(one: StageTimes) -> Json:
    return {
        "stage": one.step.stage,
        "position": one.step.position,
        "stays": one.stays,
        "running": one.running,
        **_curve(one.curve),
        "median_days_of_ended": one.median_of_ended,
        "shares": dict(one.shares),
    }


def _curve(one: Curve) -> Json:
    return {
        "median_days": one.median,
        "median_low": one.median_low,
        "median_high": one.median_high,
        "curve": [[point.days, point.share, point.low, point.high] for point in one.points],
    }


def _cohort(one: Cohort) -> Json:
    return {
        "opened_in": one.label,
        "deals": one.deals,
        "reached": {str(position): count for position, count in one.reached.items()},
        "pending": {str(position): count for position, count in one.pending.items()},
        "won": one.won,
        "lost": one.lost,
        "open": one.open,
    }


def coverage_json(found: CoveragePage) -> Json:
    return {
        "as_of": plain(found.as_of),
        "period": found.period.label,
        "days_left": found.days_left,
        "currency": found.currency,
        "teams": [_team(one) for one in found.teams],
    }


def _team(one: TeamCoverage) -> Json:
    return {
        "team": one.team or None,
        "open": plain(one.now.open_amount),
        "to_book": plain(one.now.to_book),
        "coverage": one.now.coverage,
        "chance": one.needed.chance,
        "needed": one.needed.times,
        "made": one.needed.made,
        "periods": one.needed.periods,
        "before": [
            {
                "period": past.label,
                "open": plain(past.open_amount),
                "booked_later": plain(past.booked_later),
            }
            for past in one.before
        ],
    }
