"""What a quota plan rests on in the facts: everybody's rows, whoever asks, as known at one instant.

A cascade needs everybody, so these read beyond the sight of who asks; what is shown of it is cut
in `quotas.py`. Answers are kept by what they rest on.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from sqlglot import exp

from wald.facts.metric import metrics
from wald.facts.relations import Scene
from wald.heart.quota.presence import months_of
from wald.heart.quota.season import measured_season
from wald.heart.quota.seats import Row
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import Ask, View, measured

_COLUMNS = ("person_id", "name", "region", "team", "manager_id", "role", "hired_on", "left_on")
_DAYS = ("valid_from", "valid_to")
_PAST_YEARS = 3  # of attainment, for what to expect


def everybody(seen: View) -> tuple[object, ...]:
    """Return what decides every figure here: it is the same for whoever asks."""
    return seen.whole.signature


def people_rows(seen: View, on: date) -> tuple[Row, ...]:
    """Return every row of everybody that began by the day `on`."""
    return kept((everybody(seen), "quota people", on), lambda: _people_rows(seen, on))


def _people_rows(seen: View, on: date) -> tuple[Row, ...]:
    if not seen.snapshot.has("person"):
        return ()
    snapshot = seen.snapshot.whole
    scene = Scene(snapshot, AsOf(on, snapshot.known), seen.terms)
    held = scene.table("person", _COLUMNS)
    rows = exp.select(*_COLUMNS, *_DAYS).from_(held.subquery("held"))
    return tuple(
        Row(
            person_id=row["person_id"],
            since=row["valid_from"],
            until=row["valid_to"],
            name=row["name"] or "",
            region=row["region"] or "",
            team=row["team"] or "",
            manager_id=row["manager_id"] or "",
            role=row["role"] or "",
            hired_on=row["hired_on"],
            left_on=row["left_on"],
        )
        for row in kept_rows(seen.engine, snapshot, rows).to_pylist()
    )


def measured_by_person(seen: View, metric: str, period: str, on: date) -> Mapping[str, Fraction]:
    """Return what a metric sums up for each person, by key; "" for a level's period."""
    ask = Ask(metric, ("rep_id",), "", period, on, seen.snapshot.known)
    found = {row.key[0]: row.numerator for row in measured(seen.whole, ask).rows}
    amounts = {key: Fraction(amount) for key, amount in found.items() if key and amount}
    return MappingProxyType(amounts)


def season_of(seen: View, metric: str, year: int, years: int, on: date) -> tuple[Fraction, ...]:
    """Return the season that a metric had in the `years` before one, of those that were over as
    far as the data were known to reach. Raises BadInput for none."""
    past = []
    reach = seen.snapshot.whole.reaches
    for number in range(year - years, year):
        if reach is None or not _is_over(seen, number, reach):
            continue
        labels = _month_labels(seen, number)
        ask = Ask(metric, ("month",), "", str(number), on, seen.snapshot.known)
        rows = measured(seen.whole, ask).rows if labels else ()
        past.append(
            {labels[row.key[0] or ""]: Decimal(row.numerator or 0) for row in rows if row.key[0]}
        )
    found = measured_season(past)
    if found is None:
        what = f"none of the {years} years before {year} is over with something of {metric}"
        raise BadInput(
            "The season cannot be measured.", [Problem("season", what, "give season_shares")]
        )
    return found


def past_attainment(seen: View, year: int, on: date) -> tuple[tuple[float, ...], ...]:
    """Return the attainments of each past quarter that had ended by the day `on` and the end of
    the data: of whoever had a quota, quarter by quarter."""
    reach = min(on, seen.snapshot.reaches or on)
    windows: dict[str, list[float]] = {}
    for number in range(year - _PAST_YEARS, year):
        try:
            bounds = seen.terms.calendar.year(number).bounds
        except ValueError:
            continue
        ended = {place + 1 for place in range(4) if bounds[3 * place + 3] <= reach}
        by = ("quarter", "rep_id")
        ask = Ask("quota_attainment", by, "", str(number), on, seen.snapshot.known)
        for row in measured(seen.whole, ask).rows if ended else ():
            label = row.key[0] or ""
            if row.value is not None and label[-1:].isdigit() and int(label[-1]) in ended:
                windows.setdefault(label, []).append(float(row.value))
    return tuple(tuple(windows[label]) for label in sorted(windows))


def _is_over(seen: View, number: int, reach: date) -> bool:
    """Do the data reach to the last day of a fiscal year?"""
    try:
        return seen.terms.calendar.year(number).end <= reach + timedelta(days=1)
    except ValueError:
        return False


def _month_labels(seen: View, number: int) -> dict[str, int]:
    """Return the names of the months of a fiscal year; {} where the calendar has none."""
    try:
        months = months_of(seen.terms.calendar, number)
    except ValueError:
        return {}
    return {month.period.label: place for place, month in enumerate(months, start=1)}


def is_level(metric: str) -> bool:
    """Is it a state as of one day, which has no period?"""
    return not metrics()[metric].on
