"""What has to be known beside a roll-up: what it left out, and what is wrong in the data."""

from collections.abc import Iterator

from wald.heart.rollup import Own
from wald.kernel.problem import Problem
from wald.queries.measure import View
from wald.queries.rollup_deals import OVERDUE, UNDATED, Facts
from wald.queries.rollup_stage import Stage


def notes_of(stage: Stage, facts: Facts) -> tuple[str, ...]:
    """Return sentences on what the figures leave out."""
    return (*_of_what(stage.calendars.label, facts), *_left_out(stage, facts), *facts.notes)


def problems_of(seen: View, facts: Facts) -> tuple[Problem, ...]:
    """Return what is wrong in the data, each with its cure."""
    return tuple(_problems(seen, facts))


def _of_what(label: str, facts: Facts) -> Iterator[str]:
    if not label:
        yield (
            "No forecast calendar is in force, so the usual holds: quarters, said every Monday "
            "until 12:00 UTC, nothing locks before the quarter is over."
        )
    closed = "what was booked" if facts.from_bookings else "deals that were won"
    yield f"Closed so far is {closed} in the period, by the people of the day asked about."


def _left_out(stage: Stage, facts: Facts) -> Iterator[str]:
    said = stage.history
    ours = stage.seen.terms.currency or "the reporting currency"
    if said.unpriced:
        told = _many(said.unpriced, "number")
        yield f"{told} said in a currency without a rate to {ours}: left out."
    if said.others:
        told = _many(said.others, "loaded number")
        yield f"{told} for other days that overlap {stage.period.label}: left out."
    if undated := facts.aside.get(UNDATED):
        yield f"{_many(undated, 'open deal')} without an expected day: in no period."
    if overdue := facts.aside.get(OVERDUE):
        yield (
            f"{_many(overdue, 'open deal')} whose expected day was before {stage.period.label}: "
            "left out until somebody says when they close."
        )
    if unpriced := sum(one.unpriced for one in facts.own.values()):
        told = _many(unpriced, "deal")
        yield f"{told} of the period without an amount, or a rate to {ours}: left out."
    leads = [one for one in stage.nodes if one.is_lead and _has_quota(facts.own.get(one.person_id))]
    if leads:
        yield (
            f"{_many(len(leads), 'lead')} with a quota of their own: it counts beside those of the "
            "people below them."
        )


def _has_quota(own: Own | None) -> bool:
    return own is not None and own.quota is not None


def _problems(seen: View, facts: Facts) -> Iterator[Problem]:
    if not seen.snapshot.has("person"):
        fix = "load the person table: who reports to whom, from which day on"
        yield Problem("person", "nobody is in the data, so nothing can roll up", fix)
    if not seen.snapshot.has("opportunity"):
        yield Problem("opportunity", "no deals are loaded", "load them to see categories")
    elif facts.uncategorised:
        few = ", ".join(sorted(facts.odd)[:3])
        named = f", {sum(facts.odd.values())} of them with words such as {few}" if few else ""
        what = f"{_many(facts.uncategorised, 'open deal')} in no forecast category{named}"
        fix = "give stages a forecast_category: omitted, pipeline, best_case, most_likely or commit"
        yield Problem("categories", what, fix)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
