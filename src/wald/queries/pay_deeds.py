"""What somebody did in some days as it is known now, and since when: for who looks at a dispute.

For queries that have asked whether the actor may see this person's pay.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from wald.engine.connect import Engine, run, shared
from wald.facts.as_of import day_literal
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene, template
from wald.facts.settings import terms_of
from wald.heart.compensation.diagnosis import Deed, Rates
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import Basis, pinned
from wald.records.stores.loads import snapshot
from wald.records.stores.settings import load_settings

_MOST_LOADS = 30  # after a run, that are asked when they brought a deal
Row = dict[str, Any]


def deeds_of(workspace: Workspace, person_id: str, days: Period, basis: Basis) -> tuple[Deed, ...]:
    """Return the bookings of some days that somebody owns or shares, as they are known now.

    What the run did not rest on has the instant at which it became known.
    """
    stored = snapshot(database=workspace.database, root=workspace.facts)
    engine = shared("", workspace.facts)
    now = _bookings(engine, workspace, stored, person_id, days)
    rested_on = pinned(basis, database=workspace.database, root=workspace.facts)
    then = {row["booking_id"] for row in _bookings(engine, workspace, rested_on, person_id, days)}
    new = {row["booking_id"] for row in now} - then
    learned = _learned(engine, workspace, stored, person_id, days, new, basis.known)
    return tuple(
        Deed(
            deal_id=row["booking_id"],
            booked_on=row["booked_on"],
            amount=row["amount"],
            currency=row["currency"] or basis.settings.currency or "",
            known_at=learned.get(row["booking_id"], basis.known),
            is_held=row["booking_id"] in basis.held_deals,
        )
        for row in now
    )


def _learned(
    engine: Engine,
    workspace: Workspace,
    stored: Snapshot,
    person_id: str,
    days: Period,
    new: Iterable[str],
    since: datetime,
) -> dict[str, datetime]:
    """Return when each of some bookings became known, load by load after the run."""
    waiting = set(new)
    found: dict[str, datetime] = {}
    later = [load for load in stored.visible if load.loaded_at > since][:_MOST_LOADS]
    for load in later:
        if not waiting:
            break
        known = replace(stored, known=load.loaded_at)
        ids = {row["booking_id"] for row in _bookings(engine, workspace, known, person_id, days)}
        found |= dict.fromkeys(waiting & ids, load.loaded_at)
        waiting -= ids
    last = later[-1].loaded_at if later else since
    return found | dict.fromkeys(waiting, last)


def _bookings(
    engine: Engine, workspace: Workspace, stored: Snapshot, person_id: str, days: Period
) -> list[Row]:
    if not stored.has("booking"):
        return []
    scene = _scene(workspace, stored)
    tree = template(
        """
        SELECT DISTINCT booking.booking_id, booking.booked_on, booking.amount, booking.currency
          FROM booking LEFT JOIN booking_split
            ON booking_split.booking_id = booking.booking_id
           AND booking_split.person_id = :person
         WHERE booking.booked_on >= :start AND booking.booked_on < :stop
           AND (booking.owner_id = :person OR booking_split.person_id = :person)
        """,
        booking=scene.table(
            "booking", ["booking_id", "booked_on", "amount", "currency", "owner_id"]
        ),
        booking_split=scene.table("booking_split", ["booking_id", "person_id"]),
        person=exp.Literal.string(person_id),
        start=day_literal(days.start),
        stop=day_literal(days.end),
    )
    return _fetched(engine, stored, tree)


def deals_of(workspace: Workspace, booking_ids: Collection[str]) -> dict[str, str]:
    """Return the opportunity that each of some bookings came from, of those that came from one."""
    stored = snapshot(database=workspace.database, root=workspace.facts)
    if not booking_ids or not stored.has("booking"):
        return {}
    tree = template(
        "SELECT booking_id, opportunity_id FROM booking WHERE opportunity_id IS NOT NULL",
        booking=_scene(workspace, stored).table("booking", ["booking_id", "opportunity_id"]),
    )
    wanted = [exp.Literal.string(one) for one in sorted(booking_ids)]
    tree = tree.where(exp.column("booking_id").isin(*wanted))
    rows = _fetched(shared("", workspace.facts), stored, tree)
    return {row["booking_id"]: row["opportunity_id"] for row in rows}


def rates_of(workspace: Workspace, currency: str) -> Rates:
    """Return what asks for the rate from a currency to `currency` on a day, as known now."""
    stored = snapshot(database=workspace.database, root=workspace.facts)
    engine = shared("", workspace.facts)
    known: dict[str, list[Row]] = {}

    def rate(given: str, on: date) -> Decimal | None:
        if given not in known:
            known[given] = _rates(engine, workspace, stored, given, currency)
        held = (row["rate"] for row in known[given] if row["valid_from"] <= on)
        return next(held, None)

    return rate


def _rates(
    engine: Engine, workspace: Workspace, stored: Snapshot, given: str, currency: str
) -> list[Row]:
    """Return the rates between two currencies, the latest day first."""
    if not stored.has("exchange_rate"):
        return []
    columns = ["from_currency", "to_currency", "rate", "valid_from"]
    tree = template(
        """
        SELECT rate, valid_from FROM exchange_rate
         WHERE from_currency = :given AND to_currency = :wanted ORDER BY valid_from DESC
        """,
        exchange_rate=_scene(workspace, stored).table("exchange_rate", columns),
        given=exp.Literal.string(given),
        wanted=exp.Literal.string(currency),
    )
    return _fetched(engine, stored, tree)


def _scene(workspace: Workspace, stored: Snapshot) -> Scene:
    terms = terms_of(load_settings(database=workspace.database))
    return Scene(stored.whole, AsOf(date.max, stored.known), terms)


def _fetched(engine: Engine, stored: Snapshot, tree: exp.Expr) -> list[Row]:
    engine.attach(stored)
    found: list[Row] = run(engine, tree).to_pylist()
    return found
