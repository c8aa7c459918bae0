"""All that was said of a period as one history: numbers loaded, and numbers said here.

Seats are those of the day on which each was said. A number said from the seat of a team is seen by
whoever leads that team, whoever said it; everything else by who may see the person. Whoever asks
here has asked for rights before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.facts.terms import RateRule
from wald.heart.rollup import Kind, Said
from wald.heart.seating import Seats
from wald.kernel.bitemporal import AsOf
from wald.kernel.money import minor_units, rounded
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import View
from wald.records.stores import forecast as store
from wald.records.stores.forecast import Entry

_LEADS = ("team:", "region:", "lead:")  # begin the seats of leads
Rates = Mapping[str, Sequence[tuple[date, Decimal]]]  # to the reporting currency, latest first


@dataclass(frozen=True, slots=True)
class History:
    """`entries` oldest first; `others` counts loaded numbers for windows that overlap the period
    without being it, `unpriced` those in a currency without a rate."""

    entries: tuple[Said, ...]
    others: int
    unpriced: int


def history(
    seen: View, workspace: Workspace, period: Period, seats: Seats, day: date, until: date | None
) -> History:
    """Return what was said of `period` and may be seen; `day` is the day of the facts, `until`
    the last one whose numbers said here count, None for all."""
    rates = rates_to(seen, day)
    loaded, others = _loaded(seen, period, day)
    here = [
        one
        for one in store.entries_of(period=period, database=workspace.database)
        if (until is None or one.said_at.date() <= until)
        and (seen.snapshot.known is None or one.said_at <= seen.snapshot.known)
    ]
    ours = [said_here(one, seen, rates, day) for one in here]
    copies = {_of_day(one) for one in ours if one.kind is Kind.SUBMISSION}
    theirs = (_of_row(row, seats, seen, rates, day) for row in loaded)
    said = [*ours, *(one for one in theirs if _of_day(one) not in copies)]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        led = {seats.seat(one, day) for one in persons if seats.is_lead(one, day)}
        said = [
            one
            for one in said
            if one.person_id in persons or (one.seat in led and one.seat.startswith(_LEADS))
        ]
    said.sort(key=lambda one: (one.said_at, one.number, one.key))
    unpriced = sum(one.amount is None and one.given is not None for one in said)
    return History(tuple(said), others, unpriced)


def _of_day(said: Said) -> tuple[object, ...]:
    """Return what a number has in common with its copy from another system: that made here stays.
    As in `forecast_submitted`, which reads everything that was ever said."""
    on = said.said_at.astimezone(UTC).date()
    amount = None if said.amount is None else rounded(said.amount, 2)
    return said.person_id, said.category, on, amount, None if amount is not None else said.given


def said_here(entry: Entry, seen: View, rates: Rates, day: date) -> Said:
    """Return an entry made here as one of the history."""
    return Said(
        key=entry.key,
        kind=entry.kind,
        person_id=entry.person_id,
        seat=entry.seat,
        category=entry.category,
        said_at=entry.said_at,
        amount=in_reporting(entry.amount, entry.currency, entry.said_at, seen, rates, day),
        given=entry.amount,
        currency=entry.currency,
        by=entry.by,
        by_person_id=entry.by_person_id,
        note=entry.note,
        is_late=entry.is_late,
        number=entry.number,
        replaced=entry.replaced_amount,
        replaced_currency=entry.replaced_currency,
        replaced_key=entry.replaced_key,
    )


def in_reporting(
    amount: Decimal | None, currency: str, said_at: datetime, seen: View, rates: Rates, day: date
) -> Decimal | None:
    """Return an amount in the reporting currency at the rate of the day it was said, or of the
    day asked about where that is the rule; None where no rate is known."""
    ours = seen.terms.currency
    if amount is None or currency in ("", ours):
        return amount
    on = day if seen.terms.rate_rule is RateRule.LATEST else said_at.date()
    rate = next((rate for since, rate in rates.get(currency, ()) if since <= on), None)
    return None if rate is None else rounded(amount * rate, minor_units(ours))


def rates_to(seen: View, day: date) -> Rates:
    """Return the rates to the reporting currency that are known on a day."""
    return kept((seen.whole.signature, "rates to", day), lambda: _rates(seen, day))


def _rates(seen: View, day: date) -> Rates:
    if not seen.snapshot.has("exchange_rate"):
        return {}
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    tree = template(
        """
        SELECT from_currency, valid_from, rate FROM exchange_rate
         WHERE to_currency = :wanted ORDER BY from_currency, valid_from DESC
        """,
        exchange_rate=scene.table("exchange_rate", ["from_currency", "to_currency", "rate"]),
        wanted=exp.Literal.string(seen.terms.currency),
    )
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for row in kept_rows(seen.engine, seen.snapshot, tree).to_pylist():
        found.setdefault(row["from_currency"], []).append((row["valid_from"], row["rate"]))
    return found


def _loaded(seen: View, period: Period, day: date) -> tuple[Sequence[Mapping[str, object]], int]:
    """Return everybody's loaded numbers of a period, and how many are of windows that overlap."""
    if not seen.snapshot.has("forecast_submission"):
        return (), 0
    key = (seen.whole.signature, "forecasts loaded", period.start, period.end, day)
    return kept(key, lambda: _read_loaded(seen, period, day))


def _read_loaded(
    seen: View, period: Period, day: date
) -> tuple[Sequence[Mapping[str, object]], int]:
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms).whole
    columns = [
        "submission_id", "person_id", "category", "submitted_at", "amount", "currency",
        "starts_on", "ends_on",
    ]  # fmt: skip
    tree = template(
        """
        SELECT submission_id, person_id, category, submitted_at, amount, currency, starts_on,
               ends_on
          FROM submission WHERE starts_on < :ends AND ends_on > :starts
         ORDER BY submitted_at, submission_id
        """,
        submission=scene.table("forecast_submission", columns),
        starts=day_literal(period.start),
        ends=day_literal(period.end),
    )
    rows = kept_rows(seen.engine, seen.snapshot.whole, tree).to_pylist()
    ours = [row for row in rows if (row["starts_on"], row["ends_on"]) == (period.start, period.end)]
    return ours, len(rows) - len(ours)


def _of_row(row: Mapping[str, object], seats: Seats, seen: View, rates: Rates, day: date) -> Said:
    said_at, amount = row["submitted_at"], row["amount"]
    if not isinstance(said_at, datetime) or not isinstance(amount, Decimal):
        raise TypeError(f"forecast_submission {row['submission_id']} has no instant or amount")
    said_at = said_at.replace(tzinfo=UTC) if said_at.tzinfo is None else said_at
    person, currency = str(row["person_id"]), str(row["currency"] or seen.terms.currency)
    return Said(
        key=f"loaded:{row['submission_id']}",
        kind=Kind.SUBMISSION,
        person_id=person,
        seat=seats.seat(person, said_at.date()),
        category=str(row["category"]),
        said_at=said_at,
        amount=in_reporting(amount, currency, said_at, seen, rates, day),
        given=amount,
        currency=currency,
        by_person_id=person,
    )
