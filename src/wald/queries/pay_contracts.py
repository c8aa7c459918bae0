"""Terms of contracts, as the books need them: from subscriptions, bookings and cancellations."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.engine.connect import run, shared
from wald.facts.relations import Scene
from wald.facts.settings import terms_of
from wald.heart.compensation.capitalising import later
from wald.heart.compensation.contract_costs import Contract
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.records.stores.loads import snapshot
from wald.records.stores.settings import load_settings

Row = Mapping[str, object]
RENEWED = " renewed "  # between booking and first day in the key of a renewal


def contracts_of(
    workspace: Workspace, keys: Collection[str], benefit_months: int
) -> dict[str, Contract]:
    """Return the contracts of keys as `pay_spent.contract_key` writes them, as known now.

    Without a term in the facts it is taken to last `benefit_months` from the booking, in doubt.
    """
    deals = sorted({key.partition(RENEWED)[0] for key in keys})
    bookings = {str(row["booking_id"]): row for row in _rows(workspace, "booking", deals)}
    gone: dict[str, list[Row]] = {}
    for row in _rows(workspace, "cancellation", deals):
        gone.setdefault(str(row["booking_id"]), []).append(row)
    terms: dict[str, list[Row]] = {}
    for row in _rows(workspace, "subscription", deals):
        terms.setdefault(str(row["booking_id"]), []).append(row)
    found = {}
    for key in keys:
        deal, _, renewed_on = key.partition(RENEWED)
        booking = bookings.get(deal)
        if booking is None and deal not in terms:
            continue
        found[key] = _contract(
            key, booking, terms.get(deal, ()), gone.get(deal, ()), renewed_on, benefit_months
        )
    return found


def _contract(
    key: str,
    booking: Row | None,
    terms: Iterable[Row],
    gone: Iterable[Row],
    renewed_on: str,
    benefit_months: int,
) -> Contract:
    is_renewal = bool(renewed_on) or (booking is not None and booking["type"] == "renewal")
    own = [row for row in terms if str(row["starts_on"]) == renewed_on]
    if not renewed_on:
        own = _first_terms(terms)
    starts = [row["starts_on"] for row in own if isinstance(row["starts_on"], date)]
    ends = [row["ends_on"] for row in own if isinstance(row["ends_on"], date)]
    booked_on = booking["booked_on"] if booking is not None else None
    starts_on = min(starts, default=booked_on if isinstance(booked_on, date) else None)
    if starts_on is None:
        starts_on = date.fromisoformat(renewed_on)
    doubt = (
        "" if ends else f"no end of its term is known: {benefit_months} months, as the policy says"
    )
    return Contract(
        key,
        starts_on,
        max(ends) if ends else _after(starts_on, benefit_months),
        is_renewal,
        _ended(booking, gone),
        doubt,
    )


def _after(day: date, months: int) -> date:
    """Return the same day of a later month, or the first of the next where there is none."""
    month = later(day, months)
    try:
        return month.replace(day=day.day)
    except ValueError:
        return later(month, 1)


def _first_terms(terms: Iterable[Row]) -> list[Row]:
    """Return the terms that a booking brought; later ones that renew them are contracts of their
    own."""
    rows = sorted(terms, key=lambda row: str(row["starts_on"]))
    brought = [row for row in rows if row["renews_id"] is None]
    return brought or [row for row in rows if row["starts_on"] == rows[0]["starts_on"]]


def _ended(booking: Row | None, gone: Iterable[Row]) -> date | None:
    """Return the day on which a booking was cancelled in full; parts of it end no contract."""
    if booking is None or not isinstance(booking["amount"], Decimal):
        return None
    left = booking["amount"]
    for row in sorted(gone, key=lambda row: str(row["cancelled_on"])):
        amount, day = row["amount"], row["cancelled_on"]
        if row["currency"] != booking["currency"] or not isinstance(amount, Decimal):
            continue
        left -= amount
        if left <= 0 and isinstance(day, date):
            return day
    return None


_COLUMNS = {
    "booking": ["booking_id", "type", "booked_on", "amount", "currency"],
    "cancellation": ["booking_id", "cancelled_on", "amount", "currency"],
    "subscription": ["booking_id", "subscription_id", "renews_id", "starts_on", "ends_on"],
}


def _rows(workspace: Workspace, table: str, deals: Collection[str]) -> list[Row]:
    """Return rows of a table about some bookings; everybody's, for the books."""
    stored = snapshot(database=workspace.database, root=workspace.facts)
    if not stored.has(table):
        return []
    scene = Scene(
        stored.whole, AsOf(date.max, None), terms_of(load_settings(database=workspace.database))
    )
    engine = shared("", workspace.facts)
    engine.attach(stored)
    columns = _COLUMNS[table]
    tree = exp.select(*columns).from_(scene.table(table, columns).subquery("given", copy=False))
    rows = run(engine, tree)
    wanted = pa.array(list(deals), pa.string())
    found: list[Row] = rows.filter(
        pc.is_in(rows.column("booking_id"), value_set=wanted)
    ).to_pylist()
    return found
