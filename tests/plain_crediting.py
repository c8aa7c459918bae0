"""Crediting a second time: row by row in plain Python, to hold the SELECTs against.

Written from docs/compensation/credits.md alone: each deal is followed through its events in order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.measuring import COLUMNS, read_credit_condition
from wald.heart.compensation.plan import CreditDate, CreditRule, Every, FxDate, Plan
from wald.heart.compensation.plan_check import PEOPLE
from wald.language.parse import read_condition
from wald.language.rule import predicate

Row = dict[str, Any]
World = Mapping[str, Sequence[Row]]
ZERO = Decimal(0)
STEP = Decimal("0.0001")
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def rounded(value: Decimal) -> Decimal:
    return value.quantize(STEP, ROUND_HALF_UP)


@dataclass(frozen=True)
class Move:
    """What happened to a deal: which part of its booking is credited with it."""

    event: str
    key: str
    on: date
    amount: Decimal
    fraction: Decimal
    fx_on: date
    booking: Row


def credits(
    world: World, plan: Plan, start: date, end: date, held: Sequence[str] = ()
) -> list[Row]:
    found: list[Row] = []
    for rule in plan.credits:
        for move in _moves(world, rule):
            if start <= move.on < end:
                for row in _credited(world, plan, rule, move):
                    row["is_held"] |= row["deal_id"] in held
                    found.append(row)
    return found


def unpaid(world: World, plan: Plan, start: date, end: date) -> dict[str, set[str]]:
    """Return the deals of which something is credited to nobody, or held, by why."""
    found: dict[str, set[str]] = {"uneven": set(), "without_owner": set(), "without_rate": set()}
    for rule in plan.credits:
        for move in _moves(world, rule):
            if not start <= move.on < end:
                continue
            deal, shared = move.booking["booking_id"], _splits(world, move, "split")
            credits_sharers = rule.kind in (Kind.SPLIT, Kind.ROLL_UP)
            if credits_sharers and any(one[4] for one in _shared(world, rule, move)):
                found["uneven"].add(deal)
            nobody = move.booking["owner_id"] is None and not (credits_sharers and shared)
            if rule.kind is not Kind.OVERLAY and nobody:
                found["without_owner"].add(deal)
            if move.amount and _rated(world, plan, move, move.amount) is None:
                found["without_rate"].add(deal)
    return found


def _moves(world: World, rule: CreditRule) -> Iterator[Move]:
    takes = bool({Event.BOOKED, Event.INVOICED, Event.PAID} & set(rule.events))
    for booking in world["booking"]:
        yield from _of_booking(world, rule, booking, takes)
    if Event.RENEWED in rule.events:
        yield from _renewals(world)


def _of_booking(world: World, rule: CreditRule, booking: Row, takes: bool) -> Iterator[Move]:
    day, amount = booking["booked_on"], booking["amount"]
    if rule.credited is CreditDate.BOOKED and takes:
        yield Move("booked", "", day, amount, Decimal(1), day, booking)
    sign = -1 if amount < 0 else 1
    came, gone = ZERO, ZERO
    for on, place, key, received, cancelled in _steps(world, rule, booking):
        before = _credited_of(rule, abs(amount), came, gone)
        came, gone = came + sign * received, gone + cancelled
        delta = sign * (_credited_of(rule, abs(amount), came, gone) - before)
        label = "invoiced" if rule.credited is CreditDate.INVOICED else "paid"
        event = label if place == 1 else "cancelled"
        if delta and (takes or event == "cancelled"):
            yield Move(event, key, on, delta, _fraction(delta, amount), day, booking)


def _steps(
    world: World, rule: CreditRule, booking: Row
) -> list[tuple[date, int, str, Decimal, Decimal]]:
    """Return what came in and what was cancelled, in order; other currencies count for nothing."""

    def of(table: str) -> list[Row]:
        return [
            row
            for row in world[table]
            if row["booking_id"] == booking["booking_id"]
            and (None in (own := {row["currency"], booking["currency"]}) or len(own) == 1)
        ]

    gone = of("cancellation") if Event.CANCELLED in rule.events else []
    steps = [(row["cancelled_on"], 2, row["cancellation_id"], ZERO, row["amount"]) for row in gone]
    if rule.credited is CreditDate.INVOICED:
        steps += [
            (row["invoiced_on"], 1, row["invoice_id"], row["amount"], ZERO) for row in of("invoice")
        ]
    elif rule.credited is not CreditDate.BOOKED:
        steps += [
            (row["paid_on"], 1, row["payment_id"], row["amount"], ZERO) for row in of("payment")
        ]
    return sorted(steps)


def _credited_of(rule: CreditRule, amount: Decimal, came: Decimal, gone: Decimal) -> Decimal:
    """Return what of a deal is credited once so much came in and so much was cancelled."""
    worth = amount - min(gone, amount)
    if rule.credited is CreditDate.BOOKED:
        return worth
    if rule.credited is CreditDate.PAID:
        return worth if came >= worth else ZERO
    return min(max(came, ZERO), worth)


def _fraction(part: Decimal, whole: Decimal) -> Decimal:
    if part == whole:
        return Decimal(1)
    nine = Decimal(float(part) / float(whole) * 1e9 + 0.5).to_integral_value(ROUND_FLOOR)
    return nine / 10**9


def _renewals(world: World) -> Iterator[Move]:
    bookings = {row["booking_id"]: row for row in world["booking"]}
    accounts = {row["account_id"]: row for row in world["account"]}
    for term in world["subscription"]:
        if term["renews_id"] is None:
            continue
        booking = dict(bookings.get(term["booking_id"]) or {})
        account = accounts.get(term["account_id"]) or {}
        made = {
            "booking_id": booking.get("booking_id") or term["subscription_id"],
            "owner_id": booking.get("owner_id") or account.get("owner_id"),
            "account_id": term["account_id"] or booking.get("account_id"),
            "booked_on": booking.get("booked_on") or term["starts_on"],
            "currency": term["currency"] or booking.get("currency"),
            "amount": term["amount"],
            "tax": None,
        }
        day = term["starts_on"]
        yield Move(
            "renewed", term["subscription_id"], day, term["amount"], Decimal(1), day, booking | made
        )


def _credited(world: World, plan: Plan, rule: CreditRule, move: Move) -> Iterator[Row]:
    for line, amounts in _parts(world, rule, move):
        money = {name: _money(world, plan, move, value) for name, value in amounts.items()}
        if money["net"] is None:
            continue
        for person, share, kind, via, uneven in _people(world, rule, move):
            row = _row(world, rule, move, line, money, person, share) | {
                "kind": kind,
                "is_held": uneven,
                "credit_id": "/".join(
                    [rule.name, move.booking["booking_id"]]
                    + ([line["booking_line_id"]] if line else [])
                    + [move.event + (f":{move.key}" if move.key else ""), person]
                    + ([via] if via else [])
                ),
            }
            tree = read_credit_condition(rule.where).tree if rule.where else None
            if tree is None or predicate(tree, COLUMNS)(row) is True:
                yield row


def _parts(world: World, rule: CreditRule, move: Move) -> Iterator[tuple[Row | None, Row]]:
    """Yield the deal as a whole, or each of its lines, with its amounts in its own currency."""
    lines = [
        row for row in world["booking_line"] if row["booking_id"] == move.booking["booking_id"]
    ]
    worth = [
        {
            "list_amount": _times(line["quantity"], line["list_price"] or None),
            "cost": _times(line["quantity"], line["unit_cost"]),
            "quantity": line["quantity"],
        }
        for line in lines
    ]
    if rule.by_line:
        for line, found in zip(lines, worth, strict=True):
            scaled = {name: _scaled(value, move) for name, value in found.items()}
            yield line, {"net": _scaled(line["amount"], move), "tax": None, **scaled}
        return
    sums = {
        name: _scaled(_sum([one[name] for one in worth]), move)
        for name in ("list_amount", "cost", "quantity")
    }
    yield None, {"net": move.amount, "tax": _scaled(move.booking["tax"], move), **sums}


def _times(count: Decimal, price: Decimal | None) -> Decimal | None:
    return None if price is None else rounded(count * price)


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known and len(known) == len(values) else None


def _scaled(value: Decimal | None, move: Move) -> Decimal | None:
    return None if value is None else rounded(value * move.fraction)


def _money(world: World, plan: Plan, move: Move, value: Decimal | None) -> Decimal | None:
    return None if value is None else _rated(world, plan, move, value)


def _rated(world: World, plan: Plan, move: Move, value: Decimal) -> Decimal | None:
    currency = move.booking["currency"]
    if currency in (None, plan.currency):
        return value
    day = {
        FxDate.BOOKED: move.fx_on,
        FxDate.CREDITED: move.on,
        FxDate.PERIOD_END: _period_end(move.on, _MONTHS[plan.pays]),
    }[plan.fx_date]
    known = [
        row
        for row in world["exchange_rate"]
        if (row["from_currency"], row["to_currency"]) == (currency, plan.currency)
        and row["valid_from"] <= day
    ]
    if not known:
        return None
    return rounded(value * max(known, key=lambda row: row["valid_from"])["rate"])


def _period_end(day: date, months: int) -> date:
    """Return the last day of the so many months that hold a day, counted from January."""
    last = day.month + (-day.month) % months
    return (date(day.year, last, 1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def person_on(world: World, person: str, day: date) -> Row | None:
    """Return what holds of somebody on a day; their first row reaches back for ever."""
    rows = sorted(
        (row for row in world["person"] if row["person_id"] == person),
        key=lambda row: row["valid_from"],
    )
    held = [row for row in rows if row["valid_from"] <= day]
    return held[-1] if held else (rows[0] if rows else None)


Credited = tuple[str, Decimal, str, str, bool]  # person, share, kind, via, is uneven


def _people(world: World, rule: CreditRule, move: Move) -> Iterator[Credited]:
    by_rule = {
        Kind.DIRECT: _direct,
        Kind.SPLIT: _shared,
        Kind.OVERLAY: _beside,
        Kind.ROLL_UP: _above,
    }[rule.kind]
    for person, share, kind, via, uneven in by_rule(world, rule, move):
        exact = (share * rule.share).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        yield person, exact, kind, via, uneven


def _direct(world: World, rule: CreditRule, move: Move) -> Iterator[Credited]:
    if move.booking["owner_id"] is not None:
        yield move.booking["owner_id"], Decimal(1), "direct", "", False


def _splits(world: World, move: Move, kind: str) -> list[Row]:
    return [
        row
        for row in world["booking_split"]
        if row["booking_id"] == move.booking["booking_id"] and row["kind"] == kind
    ]


def _shared(world: World, rule: CreditRule, move: Move) -> Iterator[Credited]:
    splits = _splits(world, move, "split")
    uneven = sum((row["share"] for row in splits), ZERO) != 1
    for row in splits:
        yield row["person_id"], row["share"], "split", row["booking_split_id"], uneven
    if not splits:
        yield from _direct(world, rule, move)


def _beside(world: World, rule: CreditRule, move: Move) -> Iterator[Credited]:
    if not rule.people and not rule.who:
        for row in _splits(world, move, "overlay"):
            yield row["person_id"], row["share"], "overlay", row["booking_split_id"], False
        return
    for person in rule.people:
        yield person, Decimal(1), "overlay", "", False
    if rule.who:
        tree = read_condition(rule.who, PEOPLE).tree
        assert tree is not None
        for person in sorted({row["person_id"] for row in world["person"]} - set(rule.people)):
            found = person_on(world, person, move.on)
            assert found is not None
            is_there = (found["hired_on"] or date.min) <= move.on < (found["left_on"] or date.max)
            if is_there and predicate(tree, PEOPLE)(found) is True:
                yield person, Decimal(1), "overlay", "", False


def _above(world: World, rule: CreditRule, move: Move) -> Iterator[Credited]:
    for person, share, _, via, uneven in _shared(world, rule, move):
        met = [person]
        while len(met) <= rule.levels:
            row = person_on(world, met[-1], move.on)
            boss = row and row["manager_id"]
            if not boss or boss in met:
                break
            yield boss, share, "roll_up", "/".join([person, *([via] if via else [])]), uneven
            met.append(boss)


def _row(
    world: World,
    rule: CreditRule,
    move: Move,
    line: Row | None,
    money: Row,
    person: str,
    share: Decimal,
) -> Row:
    booking = move.booking
    accounts = {row["account_id"]: row for row in world["account"]}
    products = {row["product_id"]: row for row in world["product"]}
    account = accounts.get(booking["account_id"]) or {}
    product = products.get(line["product_id"] if line else None) or {}
    place = person_on(world, person, move.on) or {}
    deal = money["net"] + (money["tax"] or ZERO) if rule.includes_tax else money["net"]
    margin = None if money["cost"] is None else money["net"] - money["cost"]
    parts = {name: money[name] for name in ("list_amount", "cost", "tax", "quantity")}
    quantity = _parts_quantity(world, rule, move, line)
    parts |= {"amount": deal, "margin": margin, "quantity": quantity}
    return {
        **{name: None if value is None else value * share for name, value in parts.items()},
        "deal_amount": deal,
        "share": share,
        "person_id": person,
        "deal_id": booking["booking_id"],
        "rule": rule.name,
        "event": move.event,
        "type": booking.get("type"),
        "channel": booking.get("channel"),
        "currency": booking["currency"],
        "account_id": booking["account_id"],
        **{name: account.get(name) for name in ("segment", "industry", "country")},
        "territory": booking.get("territory") or account.get("territory"),
        "team": place.get("team"),
        "region": place.get("region"),
        "product_id": line["product_id"] if line else None,
        "product": product.get("name"),
        "family": product.get("family"),
        "credited_on": move.on,
        "booked_on": booking["booked_on"],
        "age_days": (move.on - booking["booked_on"]).days,
    }


def _parts_quantity(world: World, rule: CreditRule, move: Move, line: Row | None) -> Decimal | None:
    """Units are no money: no rate turns them into anything."""
    for one, amounts in _parts(world, rule, move):
        if one is line or (one and line and one["booking_line_id"] == line["booking_line_id"]):
            found: Decimal | None = amounts["quantity"]
            return found
    return None
