"""Random companies whose deals are event logs, and random questions about two days.

Currencies with rates that move and one without, people who change teams, closings that nobody
recorded, deals that are reopened, negative amounts and none.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

FIRST = date(2024, 1, 1)
SPAN = 120  # days of history
REPORTING = "EUR"
PEOPLE = tuple(f"p{number}" for number in range(6))
TEAMS = ("North", "South", "East")
STAGES = ("Talk", "Offer", "Deal")
CATEGORIES = ("pipeline", "best_case", "commit")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", None)  # no rate is known for CHF
SEGMENTS = {"a0": "SMB", "a1": "Large", "a2": None}
State = dict[str, object]


@dataclass
class Deal:
    """A deal: what it was when it opened, and each thing that happened to it, in order."""

    key: str
    account_id: str
    currency: str | None
    opened_at: datetime
    first: State
    events: list[tuple[datetime, State]] = field(default_factory=list)
    is_silent: bool = False  # its closing was never recorded as changes


@dataclass
class Company:
    deals: list[Deal]
    teams: dict[str, list[tuple[date, str | None]]]  # person -> (since, team), in order
    rates: dict[str, list[tuple[date, Decimal]]]  # currency -> (since, rate), in order


@dataclass(frozen=True)
class Asked:
    """One comparison: `where` as a text of the language, `holds` the same in Python."""

    first: date
    second: date
    where: str
    holds: Callable[[State], bool]
    period: tuple[date, date] | None
    seen: tuple[frozenset[str] | None, frozenset[str] | None]
    is_now: bool  # the hierarchy of the end of the data
    is_planned: bool
    is_latest: bool  # one rate for all, that of the day asked about


def draw_company(chance: random.Random, deals: int) -> Company:
    return Company(
        [_deal(chance, f"d{number:05}") for number in range(deals)],
        {person: _teams(chance) for person in PEOPLE},
        {
            currency: [
                (FIRST + timedelta(days=days), Decimal(chance.randint(700, 1500)) / 1000)
                for days in sorted({-400, *chance.sample(range(SPAN), 4)})
            ]
            for currency in ("USD", "GBP")
        },
    )


def _teams(chance: random.Random) -> list[tuple[date, str | None]]:
    days = [None, *sorted(chance.sample(range(1, SPAN), chance.choice((0, 0, 1, 2))))]
    return [
        (date(1900, 1, 1) if day is None else FIRST + timedelta(days=day), _team(chance))
        for day in days
    ]


def _team(chance: random.Random) -> str | None:
    return chance.choice(TEAMS) if chance.random() < 0.95 else None


def _deal(chance: random.Random, key: str) -> Deal:
    at = datetime.combine(FIRST, time()) + timedelta(hours=chance.randint(0, 24 * SPAN))
    deal = Deal(
        key,
        chance.choice([*SEGMENTS]),
        chance.choice(CURRENCIES),
        at,
        {
            "outcome": "open",
            "stage": chance.choice(STAGES),
            "forecast_category": chance.choice((*CATEGORIES, None)),
            "amount": _amount(chance),
            "close_on": _closing(chance, at),
            "closed_on": None,
            "owner_id": chance.choice((*PEOPLE, None)),
        },
    )
    deal.is_silent = chance.random() < 0.1
    state = dict(deal.first)
    for _ in range(1 if deal.is_silent else chance.choice((0, 1, 2, 4, 8))):
        at += timedelta(minutes=chance.choice((0, 1, 30, 600, 6000, 40000)) + 1)
        if (at.date() - FIRST).days >= SPAN:
            break
        event = _closed(chance, at, state) if deal.is_silent else _event(chance, at, state)
        event = {name: value for name, value in event.items() if state[name] != value}
        if event:
            state |= event
            deal.events.append((at, event))
    return deal


def _event(chance: random.Random, at: datetime, state: State) -> State:
    if state["outcome"] != "open" and chance.random() < 0.5:
        return {
            "outcome": "open",
            "closed_on": None,
            "stage": chance.choice(STAGES),
            "close_on": _closing(chance, at),
            "forecast_category": chance.choice(CATEGORIES),
        }
    kind = chance.choice(("amount", "close_on", "stage", "category", "owner", "close", "close_on"))
    if kind == "close":
        return _closed(chance, at, state)
    return {
        "amount": {"amount": _amount(chance)},
        "close_on": {"close_on": _closing(chance, at)},
        "stage": {"stage": chance.choice(STAGES), "forecast_category": chance.choice(CATEGORIES)},
        "category": {"forecast_category": chance.choice((*CATEGORIES, None))},
        "owner": {"owner_id": chance.choice((*PEOPLE, None))},
    }[kind]


def _closed(chance: random.Random, at: datetime, state: State) -> State:
    outcome = chance.choice(("won", "lost"))
    event: State = {"outcome": outcome, "stage": outcome.title(), "closed_on": at.date()}
    event["forecast_category"] = "closed"
    if chance.random() < 0.7:
        event["close_on"] = at.date()
    if chance.random() < 0.3:
        event["amount"] = _amount(chance)
    return event


def _amount(chance: random.Random) -> Decimal | None:
    if chance.random() < 0.08:
        return None
    return Decimal(chance.randint(-20_000, 1_000_000)) / 100


def _closing(chance: random.Random, at: datetime) -> date | None:
    if chance.random() < 0.06:
        return None
    return at.date() + timedelta(days=chance.randint(-10, 90))


def tables(company: Company) -> dict[str, list[dict[str, object]]]:
    """Return the company as rows of facts: what is now, and every recorded change."""
    deals, changes = [], []
    for deal in company.deals:
        state = dict(deal.first)
        for at, event in deal.events:
            for name, value in event.items():
                if not deal.is_silent:
                    changes.append(_change(deal, len(changes), name, state[name], value, at))
                state[name] = value
        deals.append(
            {
                "opportunity_id": deal.key,
                "account_id": deal.account_id,
                "currency": deal.currency,
                "created_at": deal.opened_at,
                **state,
            }
        )
    return {
        "opportunity": deals,
        "opportunity_change": changes,
        "account": [{"account_id": key, "name": key, "segment": s} for key, s in SEGMENTS.items()],
        "stage": [
            {"stage": stage, "position": place, "outcome": "open"}
            for place, stage in enumerate(STAGES, start=1)
        ],
        "person": [
            {"person_id": person, "valid_from": since, "name": person, "team": team}
            for person, windows in company.teams.items()
            for since, team in windows
        ],
        "exchange_rate": [
            {"from_currency": c, "to_currency": REPORTING, "valid_from": since, "rate": rate}
            for c, rates in company.rates.items()
            for since, rate in rates
        ],
    }


def _change(
    deal: Deal, number: int, name: str, old: object, new: object, at: datetime
) -> dict[str, object]:
    return {
        "change_id": f"c{number}",
        "opportunity_id": deal.key,
        "field": name,
        "old": old,
        "new": new,
        "changed_at": at,
    }


def draw_asked(chance: random.Random) -> Asked:
    days = sorted(FIRST + timedelta(days=chance.randint(-5, SPAN + 3)) for _ in range(2))
    where, holds = chance.choice(WHERE)
    period = None
    if chance.random() < 0.5:
        start = FIRST + timedelta(days=chance.randint(0, SPAN))
        period = (start, start + timedelta(days=chance.choice((30, 91))))
    return Asked(
        first=days[0],
        second=days[1],
        where=where,
        holds=holds,
        period=period,
        seen=(_some(chance), _some(chance)) if chance.random() < 0.3 else (None, None),
        is_now=chance.random() < 0.3,
        is_planned=chance.random() < 0.7,
        is_latest=chance.random() < 0.3,
    )


def _some(chance: random.Random) -> frozenset[str]:
    return frozenset(chance.sample(PEOPLE, chance.randint(0, 5)))


def _more(name: str, bound: object) -> Callable[[State], bool]:
    return lambda s: s[name] is not None and s[name] > bound  # type: ignore[operator]  # one type


WHERE: tuple[tuple[str, Callable[[State], bool]], ...] = (
    ("", lambda s: True),
    ("team = 'North'", lambda s: s["team"] == "North"),
    ("team IS NULL OR team = 'East'", lambda s: s["team"] in (None, "East")),
    ("owner_id = 'p1'", lambda s: s["owner_id"] == "p1"),
    ("stage = 'Offer'", lambda s: s["stage"] == "Offer"),
    ("forecast_category = 'commit'", lambda s: s["forecast_category"] == "commit"),
    ("segment = 'SMB'", lambda s: s["segment"] == "SMB"),
    ("amount > 4000", _more("amount", Decimal(4000))),
    ("open_days > 20", _more("open_days", 20)),
    ("close_on > :as_of", lambda s: s["close_on"] is not None and s["close_on"] > s["as_of"]),  # type: ignore[operator]  # dates
    (
        "team = 'North' AND amount > 2500 AND stage <> 'Talk'",
        lambda s: (
            s["team"] == "North" and _more("amount", Decimal(2500))(s) and s["stage"] in STAGES[1:]
        ),
    ),
    (
        "NOT (team = 'South' AND forecast_category = 'pipeline')",
        lambda s: _not_both(s["team"], "South", s["forecast_category"], "pipeline"),
    ),
)


def _not_both(one: object, first: str, two: object, second: str) -> bool:
    """Three-valued: what is not known is neither equal nor different."""
    return (one is not None and one != first) or (two is not None and two != second)
