"""Verdicts as plain JSON values: what the command and the API give alike."""

from wald.brain.shift import Shift
from wald.brain.stats import Interval
from wald.brain.variance_shares import VarianceShares
from wald.brain.verdict import WORDS, Found, Standing, Verdict
from wald.brain.xmr import Xmr
from wald.queries.plain import Json, plain
from wald.queries.verdict import VerdictPage
from wald.queries.verdict_words import words_of


def verdict_json(page: VerdictPage, limit: int | None = None, offset: int = 0) -> Json:
    """Return the verdict with the figures and charts behind it; people from `offset` on."""
    found, words = page.verdict, words_of(page)
    people = found.standings if found else ()
    end = None if limit is None else offset + limit
    return {
        "metric": page.metric.key,
        "unit": page.metric.unit.value,
        "currency": page.currency or None,
        "by": page.by,
        "period": page.period.label if page.period else None,
        "as_of": plain(page.as_of),
        "known_at": plain(page.known_at),
        "verdict": found.kind.value if found else None,
        "words": WORDS[found.kind] if found else None,
        "sentence": words.headline,
        "also": list(words.also),
        "behind": list(words.behind),
        "notes": list(page.notes),
        "lacks": list(page.lacks),
        "adjusted_for": list(page.adjusted_for),
        "rows": page.rows,
        "overall": found.overall if found else None,
        "differ": _differ(found) if found else None,
        "found": [_found(page, one) for one in (found.found if found else ())],
        "looked_at": [_shift(page, one) for one in (found.shifts if found else ())],
        "variance": _shares(found.shares) if found and found.shares else None,
        "chart": _chart(page, found.chart) if found and found.chart else None,
        "total": len(people),
        "standings": [_standing(one) for one in people[offset:end]],
    }


def _interval(one: Interval) -> Json:
    return {"low": one.low, "estimate": one.estimate, "high": one.high}


def _differ(found: Verdict) -> Json:
    return {
        "beyond_luck": found.differ,
        "p_value": found.differ_p,
        "spread": found.spread,
        "detectable": found.detectable,
    }


def _found(page: VerdictPage, one: Found) -> Json:
    return {
        "verdict": one.kind.value,
        "who": [who for who in one.who if who],
        "effect": _interval(one.effect) if one.effect else None,
        "p_value": one.p_value,
        "since": plain(page.months[one.since]) if one.since is not None else None,
    }


def _shift(page: VerdictPage, one: Shift) -> Json:
    return {
        "place": one.key or "everybody",
        "since": plain(page.months[one.place]),
        "effect": _interval(one.effect),
        "p_value": one.p_value,
        "is_real": one.is_real,
    }


def _shares(shares: VarianceShares) -> Json:
    return {
        "between": _interval(shares.icc),
        "reliability": shares.reliability,
        "single_rows": shares.within,
        "parts": [
            {"part": one.part, "share": _interval(one.share), "fixed": one.is_fixed,
             "levels": one.levels}
            for one in shares.parts
        ],
    }  # fmt: skip


def _chart(page: VerdictPage, chart: Xmr) -> Json:
    rules: dict[int, list[str]] = {}
    for signal in chart.signals:
        rules.setdefault(signal.place, []).append(signal.rule)
    return {
        "provisional": chart.is_provisional,
        "memory": chart.memory,
        "season": chart.has_season,
        "range_limit": chart.range_limit,
        "points": [
            {
                "label": point.label,
                "rows": point.rows,
                "value": chart.values[place],
                "centre": chart.centre[place],
                "low": chart.low[place],
                "high": chart.high[place],
                "signals": rules.get(place, []),
            }
            for place, point in enumerate(page.points)
        ],
    }


def _standing(one: Standing) -> Json:
    return {
        "key": one.key,
        "name": one.title,
        "rows": one.rows,
        "value": one.figure,
        "adjusted": _interval(one.adjusted),
        "usual": _interval(one.usual),
        "limits": list(one.limits),
        "best_rank": one.best_rank,
        "worst_rank": one.worst_rank,
        "p_value": one.p_value,
        "stands_out": one.stands_out,
    }
