"""Small invented companies, drawn at random, with everything that crediting has to cope with."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wald.facts.tables import TABLES

Row = dict[str, Any]
World = Mapping[str, list[Row]]
START, END = date(2026, 1, 1), date(2026, 7, 1)
PERSONS = ("P0", "P1", "P2", "P3", "P4", "P5")
CURRENCIES = ("EUR", "EUR", "USD", "GBP", None)  # of pounds no rate is known


def drawn(chance: Random) -> World:
    """Draw a company: moves, rings, leavers, splits that do not add up, missing rates, nulls."""
    bookings = [_booking(chance, f"B{number}") for number in range(chance.randint(5, 14))]
    world: dict[str, list[Row]] = {
        "person": [row for person in PERSONS for row in _person(chance, person)],
        "account": [_account(chance, f"A{number}") for number in range(3)],
        "product": [
            {"product_id": f"K{number}", "name": f"Thing {number}", "family": chance.choice("FG")}
            for number in range(3)
        ],
        "exchange_rate": _rates(chance),
        "booking": bookings,
    }
    for name in ("booking_line", "booking_split", "invoice", "payment", "cancellation"):
        world[name] = []
    for booking in bookings:
        world["booking_line"] += _lines(chance, booking)
        world["booking_split"] += _splits(chance, booking)
        world["invoice"] += _receipts(chance, booking, "invoice", "invoiced_on")
        world["payment"] += _receipts(chance, booking, "payment", "paid_on")
        world["cancellation"] += _cancellations(chance, booking)
    world["subscription"] = _terms(chance, bookings)
    return {name: [_whole(name, row) for row in rows] for name, rows in world.items()}


def _whole(table: str, row: Row) -> Row:
    """Give a row every column of its table, as a stored row has."""
    return {column.name: None for column in TABLES[table].columns} | row


def _day(chance: Random) -> date:
    return START + timedelta(days=chance.randint(-15, (END - START).days + 10))


def _money(chance: Random, most: int = 100_000) -> Decimal:
    return Decimal(chance.randint(1, most * 10_000)).scaleb(-4)


def _person(chance: Random, person: str) -> list[Row]:
    days = sorted({date(1900, 1, 1), *(_day(chance) for _ in range(chance.choice((0, 0, 1, 2))))})
    return [
        {
            "person_id": person,
            "valid_from": day,
            "name": person.lower(),
            "manager_id": chance.choice((None, *PERSONS)),
            "team": chance.choice(("North", "South", None)),
            "region": chance.choice(("Here", "There")),
            "role": chance.choice(("rep", "rep", "manager", "operations")),
            "hired_on": chance.choice((None, _day(chance))),
            "left_on": chance.choice((None, None, None, _day(chance))),
        }
        for day in days
    ]


def _account(chance: Random, key: str) -> Row:
    return {
        "account_id": key,
        "name": key,
        "owner_id": chance.choice((None, *PERSONS)),
        "segment": chance.choice(("SMB", "Enterprise", None)),
        "industry": "Retail",
        "country": chance.choice(("FR", None)),
        "territory": chance.choice(("T1", None)),
    }


def _rates(chance: Random) -> list[Row]:
    days = sorted({_day(chance) for _ in range(chance.randint(1, 4))})
    return [
        {
            "from_currency": "USD",
            "to_currency": "EUR",
            "valid_from": day,
            "rate": Decimal(chance.randint(50_000_000, 150_000_000)).scaleb(-8),
        }
        for day in days
    ]


def _booking(chance: Random, key: str) -> Row:
    amount = _money(chance, chance.choice((100, 100_000, 90_000_000)))
    return {
        "booking_id": key,
        "owner_id": chance.choice((None, *PERSONS, *PERSONS)),
        "account_id": chance.choice((None, "A0", "A1", "A2")),
        "type": chance.choice(("new_business", "renewal", None)),
        "channel": chance.choice(("direct", "partner")),
        "territory": chance.choice(("T9", None)),
        "booked_on": _day(chance),
        "amount": chance.choice((amount, amount, amount, -amount, Decimal(0))),
        "tax": chance.choice((None, (amount / 5).quantize(Decimal("0.0001")))),
        "currency": chance.choice(CURRENCIES),
    }


def _lines(chance: Random, booking: Row) -> list[Row]:
    return [
        {
            "booking_line_id": f"{booking['booking_id']}-L{number}",
            "booking_id": booking["booking_id"],
            "product_id": chance.choice((None, "K0", "K1", "K2")),
            "booked_on": booking["booked_on"],
            "quantity": Decimal(chance.randint(1, 40)) / 4,
            "list_price": chance.choice((None, Decimal(0), _money(chance, 900))),
            "unit_cost": chance.choice((None, _money(chance, 500), _money(chance, 500))),
            "amount": (booking["amount"] / 3).quantize(Decimal("0.0001")),
            "currency": booking["currency"],
        }
        for number in range(chance.choice((0, 1, 2)))
    ]


_SHARES = ((), (), ("0.5", "0.5"), ("0.333333", "0.333333", "0.333334"), ("0.7", "0.31"), ("0.4",))


def _splits(chance: Random, booking: Row) -> list[Row]:
    shares = [(share, "split") for share in chance.choice(_SHARES)]
    shares += [("0.25", "overlay")] * chance.choice((0, 0, 1))
    return [
        {
            "booking_split_id": f"{booking['booking_id']}-S{number}",
            "booking_id": booking["booking_id"],
            "person_id": chance.choice(PERSONS),
            "share": Decimal(share),
            "kind": kind,
        }
        for number, (share, kind) in enumerate(shares)
    ]


def _receipts(chance: Random, booking: Row, table: str, day: str) -> list[Row]:
    """Invoices or payments: parts of the booking, now and then too much, or taken back."""
    parts = chance.choice(((), ("1",), ("0.5", "0.5"), ("0.3", "0.4"), ("1.2",), ("1", "-0.5")))
    return [
        {
            f"{table}_id": f"{booking['booking_id']}-{table[0].upper()}{number}",
            "booking_id": booking["booking_id"],
            day: _day(chance),
            "amount": (booking["amount"] * Decimal(part)).quantize(Decimal("0.0001")),
            "currency": chance.choice((booking["currency"], booking["currency"], None, "USD")),
        }
        for number, part in enumerate(parts)
    ]


def _cancellations(chance: Random, booking: Row) -> list[Row]:
    parts = chance.choice(((), (), ("1",), ("0.4",), ("0.6", "0.6"), ("0",)))
    return [
        {
            "cancellation_id": f"{booking['booking_id']}-C{number}",
            "booking_id": booking["booking_id"],
            "cancelled_on": _day(chance),
            "amount": (abs(booking["amount"]) * Decimal(part)).quantize(Decimal("0.0001")),
            "currency": chance.choice((booking["currency"], None, "GBP")),
        }
        for number, part in enumerate(parts)
    ]


def _terms(chance: Random, bookings: list[Row]) -> list[Row]:
    return [
        {
            "subscription_id": f"U{number}",
            "account_id": chance.choice((None, "A0", "A1")),
            "booking_id": chance.choice((None, *(row["booking_id"] for row in bookings))),
            "renews_id": chance.choice((None, "U9")),
            "starts_on": _day(chance),
            "amount": _money(chance),
            "currency": chance.choice(CURRENCIES),
        }
        for number in range(chance.randint(0, 3))
    ]
