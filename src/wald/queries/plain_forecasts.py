"""Model forecasts and their track record as JSON, alike at every door.

Amounts are guesses: decimal texts without cents, in the reporting currency. Shares are decimal
texts of four digits.
"""

from collections.abc import Iterable
from decimal import Decimal

from wald.brain.scoring import LEVELS_OF_COVER, Coverage
from wald.brain.stats import Interval
from wald.kernel.money import rounded
from wald.queries.forecasts import ForecastPage, MethodLine, Said, UnitForecast
from wald.queries.plain import Json, plain, problem_json
from wald.queries.track_record import (
    Added,
    HelpedLine,
    MethodRecord,
    PeriodLine,
    PersonLine,
    Score,
    TrackRecord,
)

_DIGITS = 4


def amount(value: float | None) -> str | None:
    return None if value is None else f"{rounded(Decimal(repr(value)), 0):f}"


def share(value: float | None) -> str | None:
    return None if value is None else f"{rounded(Decimal(repr(value)), _DIGITS):f}"


def method_json(one: MethodLine) -> Json:
    return {
        "key": one.key,
        "title": one.title,
        "says": one.says,
        "is_simple": one.is_simple,
        "source": one.source,
    }


def forecast_json(page: ForecastPage) -> Json:
    return {
        "period": page.period,
        "starts_on": plain(page.starts_on),
        "ends_on": plain(page.ends_on),
        "day": plain(page.day),
        "weeks_left": page.weeks_left,
        "made_at": plain(page.made_at),
        "is_fresh": page.is_fresh,
        "currency": page.currency or None,
        "periods_scored": page.periods,
        "why": page.why,
        "shown": None if page.shown is None else unit_json(page.shown),
        "units": [line_json(one) for one in page.units],
        "unable": [{"method": title, "why": why} for title, why in page.unable],
        "problems": [problem_json(one) for one in page.problems],
    }


def unit_json(one: UnitForecast) -> Json:
    return {
        **line_json(one),
        "open": None if one.parts is None else amount(one.parts.open),
        "not_yet_created": None if one.parts is None else amount(one.parts.new),
        "parts_of": one.parts_of or None,
        "methods": [said_json(said) for said in one.said],
    }


def line_json(one: UnitForecast) -> Json:
    used = one.used
    bounds = used.bounds if used else ((None, None),) * len(LEVELS_OF_COVER)
    return {
        "unit": one.key,
        "level": one.level,
        "title": one.title,
        "closed": amount(one.closed),
        "quota": amount(one.quota),
        "method": used.method if used else None,
        "middle": amount(used.middle) if used else None,
        **_bounds(bounds),
        "chance_of_quota": share(used.chance) if used else None,
    }


def said_json(said: Said) -> Json:
    return {
        "method": said.method,
        "title": said.title,
        "is_simple": said.is_simple,
        "is_used": said.is_used,
        "point": amount(said.point),
        "middle": amount(said.middle),
        **_bounds(said.bounds),
        "share": share(said.share),
        "chance_of_quota": share(said.chance),
        "wape": share(said.wape),
        "crps": share(said.crps),
        "trials": said.trials,
    }


def record_json(found: TrackRecord) -> Json:
    return {
        "level": found.level,
        "levels": list(found.levels),
        "periods": list(found.periods),
        "units": found.units,
        "made_at": plain(found.made_at),
        "is_fresh": found.is_fresh,
        "currency": found.currency or None,
        "methods": [_method(one) for one in found.methods],
        "past": [_past(one) for one in found.past],
        "people": [_person(one) for one in found.people],
        "overrides": [_helped(one) for one in found.helped],
        "problems": [problem_json(one) for one in found.problems],
    }


def _method(one: MethodRecord) -> Json:
    return {
        "method": one.method,
        "title": one.title,
        "is_simple": one.is_simple,
        **_score(one.overall),
        "weeks": [{"weeks_left": week, **_score(score)} for week, score in one.weeks.items()],
        "coverage": [_coverage(cover) for cover in one.cover],
        "coverage_by_week": [
            {"weeks_left": week, **_coverage(cover)} for week, cover in one.cover_by_week.items()
        ],
        "added": [_added(other) for other in one.added],
    }


def _score(one: Score) -> Json:
    return {
        "wape": share(one.wape),
        "bias": share(one.bias),
        "crps": share(one.crps),
        "trials": one.trials,
    }


def _coverage(one: Coverage) -> Json:
    return {
        "said": share(one.share),
        "held": share(one.held),
        "tries": one.tries,
        "hits": one.hits,
        "band_low": one.low,
        "band_high": one.high,
        "around": _interval(one.around),
    }


def _added(one: Added) -> Json:
    return {
        "baseline": one.baseline,
        "title": one.title,
        "less_off": _interval(one.less),
        "trials": one.trials,
    }


def _past(one: PeriodLine) -> Json:
    return {
        "period": one.period,
        "actual": amount(one.actual),
        "said": amount(one.said),
        "low_80": amount(one.low),
        "high_80": amount(one.high),
        "held": one.held,
    }


def _person(one: PersonLine) -> Json:
    return {
        "person_id": one.lean.person_id,
        "name": one.name,
        "role": one.lean.was,
        "periods": one.lean.periods,
        "raw": share(one.lean.raw),
        "lean": _interval(one.lean.shrunken),
        "verdict": one.lean.verdict,
    }


def _helped(one: HelpedLine) -> Json:
    return {
        "person_id": one.helped.person_id,
        "name": one.name,
        "periods": one.helped.periods,
        "trials": one.helped.trials,
        "less_off": _interval(one.helped.less_off),
        "verdict": one.helped.verdict,
    }


def _interval(one: Interval | None) -> Json | None:
    if one is None:
        return None
    return {"low": share(one.low), "estimate": share(one.estimate), "high": share(one.high)}


def _bounds(bounds: Iterable[tuple[float | None, float | None]]) -> Json:
    found: Json = {}
    for part, (low, high) in zip(LEVELS_OF_COVER, bounds, strict=True):
        found[f"low_{part * 100:.0f}"] = amount(low)
        found[f"high_{part * 100:.0f}"] = amount(high)
    return found
