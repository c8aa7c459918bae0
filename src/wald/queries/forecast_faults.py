"""What of the facts a forecast cannot use or should not trust: each fault with its count."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import Problem
from wald.queries.measure import View

_FEW = 2  # periods that are over; with fewer nothing can be scored


def faults(
    seen: View, last: date, booked: pa.Table | None, open_now: pa.Table, over: int
) -> tuple[Problem, ...]:
    """Return the faults; `booked` holds bookings without an amount where no rate was known."""
    found = [*_short(over), *_bookings(booked), *_deals(open_now)]
    if seen.snapshot.has("opportunity"):
        found += _closed(seen, last)
        found += _rates(seen, last)
    else:
        found.append(
            Problem("deals", "there are none", "load opportunities; open deals say what may come")
        )
    if not seen.snapshot.has("quota"):
        what = "there are none, so nobody's chance to make the number can be told"
        found.append(Problem("quotas", what, "load quotas, or publish a quota plan"))
    if not seen.snapshot.has("forecast_submission"):
        what = "nobody's are known, so no commit can be compared"
        found.append(Problem("submissions", what, "load or make forecast submissions"))
    return tuple(found)


def _short(over: int) -> Iterator[Problem]:
    if over < _FEW:
        periods = "1 period is" if over == 1 else f"{over} periods are"
        what = f"{periods} over and in the data from the first day on"
        yield Problem("history", what, f"with {_FEW} and more, forecasts can be scored")


def _bookings(booked: pa.Table | None) -> Iterator[Problem]:
    if booked is None:
        what = "there are none, so won deals stand for them"
        yield Problem("bookings", what, "load bookings, if there are more than won deals")
        return
    if without := booked["amount"].null_count:
        what = f"{without:,} have no amount, or no rate for their currency, and are left out"
        yield Problem("bookings", what, "load the missing exchange rates")
    below = _count(pc.less(booked["amount"], 0.0))
    if below:
        what = f"{below:,} are negative and count as they are"
        yield Problem("bookings", what, "check whether they are cancellations")


def _deals(open_now: pa.Table) -> Iterator[Problem]:
    if without := open_now["amount"].null_count:
        what = f"{without:,} open ones have no amount, or no rate for their currency"
        yield Problem("deals", what, "give them an amount; they count as the average of their kind")
    if below := _count(pc.less(open_now["amount"], 0.0)):
        yield Problem("deals", f"{below:,} open ones have a negative amount", "correct it")
    if without := open_now["close_on"].null_count:
        what = f"{without:,} open ones have no expected day"
        yield Problem("deals", what, "give them one; they count as due later")
    if without := open_now["opened_on"].null_count:
        yield Problem("deals", f"of {without:,} open ones nobody knows since when", "load it")
    unknown = _count(pc.and_(pc.is_null(open_now["position"]), pc.is_valid(open_now["stage"])))
    if unknown and unknown < open_now.num_rows:
        what = f"{unknown:,} open ones stand in a stage nobody defined"
        yield Problem("stages", what, "add the stage with its place in the process")


def _closed(seen: View, last: date) -> Iterator[Problem]:
    scene = Scene(seen.snapshot, AsOf(last, seen.snapshot.known), seen.terms)
    rows = scene.table("opportunity", ["outcome", "created_at", "closed_on"])
    closed = exp.column("outcome").neq(exp.Literal.string("open"))
    early = exp.column("closed_on") < exp.cast(exp.column("created_at"), "DATE")
    no_day = exp.and_(closed, exp.column("closed_on").is_(exp.null()))
    count = exp.select(_counted(early, "early"), _counted(no_day, "no_day"))
    row = run(seen.engine, count.from_(rows.subquery("deal", copy=False))).to_pylist()[0]
    if row["early"]:
        what = f"{row['early']:,} closed before they were opened"
        yield Problem("deals", what, "correct one of the days; they count from their closing")
    if row["no_day"]:
        what = f"{row['no_day']:,} are won or lost on no known day and are left out"
        yield Problem("deals", what, "load the day they closed")


def _rates(seen: View, last: date) -> Iterator[Problem]:
    """Currencies of deals that no rate leads from."""
    ours = seen.terms.currency
    scene = Scene(seen.snapshot, AsOf(last, seen.snapshot.known), seen.terms)
    rates = scene.table("exchange_rate", ["from_currency", "to_currency"])
    to_ours = exp.column("to_currency").eq(exp.Literal.string(ours))
    listed = exp.select("from_currency").from_(rates.subquery("rate", copy=False)).where(to_ours)
    known = {ours, *run(seen.engine, listed)["from_currency"].to_pylist()}
    for currency in seen.snapshot.currencies("opportunity"):
        if currency not in known:
            deals = scene.table("opportunity", ["currency", "amount"])
            count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "deals"))
            has = exp.column("currency").eq(exp.Literal.string(currency))
            rows = run(seen.engine, count.from_(deals.subquery("deal", copy=False)).where(has))
            what = f"{rows['deals'][0].as_py():,} deals are in {currency}, which has no rate"
            yield Problem("currency", what, f"load exchange rates from {currency} to {ours}")


def _counted(condition: exp.Expr, name: str) -> exp.Expr:
    counted = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))
    return exp.alias_(counted, name)


def _count(condition: pa.ChunkedArray | pa.Array) -> int:
    return int(pc.sum(pc.fill_null(condition, fill_value=False)).as_py() or 0)
