"""Random companies whose deals are event logs, and what changed between two days by plain Python.

The second way goes forward: it plays each log from the deal's opening to a day, looks up teams and
rates in lists, and walks the documented path in dictionaries. It shares nothing with Wald's SELECT,
which goes back from the present.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

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
Parts = dict[str, Decimal]


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


def by_hand(company: Company, asked: Asked) -> Mapping[str, Parts]:
    """Return per deal what it adds to each bar, and to the start and the finish."""
    found = {deal.key: _parts(company, asked, deal) for deal in company.deals}
    return {key: parts for key, parts in found.items() if parts}


def played(deal: Deal, before: datetime) -> State | None:
    """Return the deal as it was at an instant, None before it was opened."""
    if deal.opened_at >= before:
        return None
    state = dict(deal.first)
    for at, event in deal.events:
        if at < before:
            state |= event
    return state


def on_day(deal: Deal, day: date) -> State | None:
    """Return the deal at the end of a day, as far as what is recorded can tell."""
    end = datetime.combine(day + timedelta(days=1), time())
    state = played(deal, end)
    if state is not None and deal.is_silent and deal.events and deal.events[0][0] >= end:
        # Nobody recorded what it was before it was closed, nor what else the closing changed.
        state |= {"stage": None, "forecast_category": None}
        state |= {k: v for k, v in deal.events[0][1].items() if k in ("amount", "close_on")}
    return state


def _parts(company: Company, asked: Asked, deal: Deal) -> Parts:
    one, two = on_day(deal, asked.first), on_day(deal, asked.second)
    end = None if two is None else _end(asked, deal, two)
    was_open = one is not None and one["outcome"] == "open"
    if one is None or two is None or end is None or not was_open:
        return {} if two is None or end is None else _come(company, asked, deal, one, two, end)
    path = _path(company, asked, deal, one, end)
    parts: Parts = {}
    if path[0][0] or path[-1][0]:
        _walk(path, parts)
    if path[0][0]:
        parts["start"] = path[0][1]
    return parts | _left(two, path[-1])


def _end(asked: Asked, deal: Deal, two: State) -> State | None:
    """Return where the path of a deal ends, None where it neither is open nor closed between."""
    if two["outcome"] == "open":
        return dict(two)
    closings = [
        at
        for at, event in deal.events
        if event.get("outcome") in ("won", "lost") and asked.first < at.date() <= asked.second
    ]
    if not closings:
        return None
    planned = played(deal, closings[-1]) or dict(deal.first)
    if deal.is_silent:
        planned |= {"stage": None, "forecast_category": None, "close_on": two["close_on"]}
    end = two | {name: planned[name] for name in ("stage", "forecast_category", "close_on")}
    return end if asked.is_planned else end | {"close_on": two["closed_on"]}


def _come(
    company: Company, asked: Asked, deal: Deal, one: State | None, two: State, end: State
) -> Parts:
    """Return the parts of a deal that was not open at the start: whole, as it is at the end."""
    last = _path(company, asked, deal, end, end)[-1]
    came = {"new" if one is None else "reopened": last[1]} if last[0] else {}
    return came | _left(two, last)


def _left(two: State, last: "_Point") -> Parts:
    """Return the finish, or the bar by which a deal in the filter was closed."""
    if not last[0]:
        return {}
    is_open = two["outcome"] == "open"
    return {"finish": last[1]} if is_open else {str(two["outcome"]): -last[1]}


_Point = tuple[bool, Decimal, object]  # in the filter, amount, closing day


def _path(company: Company, asked: Asked, deal: Deal, start: State, end: State) -> list[_Point]:
    """Return the six points, changing one group of things after the other."""
    now = {"date": asked.first, "rate": asked.first, "team": asked.first, "seen": 0}
    late = end["closed_on"] or asked.second
    state = dict(start)
    points = [_point(company, asked, deal, state, now)]
    for names, clocks in (
        (("owner_id",), {"team": late, "seen": 1}),
        (("close_on",), {}),
        (("stage", "forecast_category"), {"date": asked.second}),
        (("amount",), {}),
        ((), {"rate": asked.second if asked.is_latest else late}),
    ):
        state |= {name: end[name] for name in names}
        now |= clocks
        points.append(_point(company, asked, deal, state, now))
    return points


def _point(
    company: Company, asked: Asked, deal: Deal, state: State, now: Mapping[str, object]
) -> _Point:
    owner = state["owner_id"]
    team_on = FIRST + timedelta(days=9 * SPAN) if asked.is_now else now["team"]
    team = None if owner is None else _held(company.teams[str(owner)], team_on)
    amount = _converted(company, deal, state["amount"], now["rate"])
    day = now["date"]
    assert isinstance(day, date)
    full = state | {
        "team": team,
        "segment": SEGMENTS[deal.account_id],
        "amount": amount,
        "as_of": day,
        "open_days": (day - deal.opened_at.date()).days,
    }
    seen = asked.seen[int(str(now["seen"]))]
    is_in = asked.holds(full) and (seen is None or owner in seen)
    closes = state["close_on"]
    if asked.period is not None:
        is_in = is_in and isinstance(closes, date) and asked.period[0] <= closes < asked.period[1]
    return is_in, amount or Decimal(0), closes


def _held(windows: list[tuple[date, str | None]], day: object) -> str | None:
    found = [team for since, team in windows if since <= day]  # type: ignore[operator]  # dates
    return found[-1] if found else None


def _converted(company: Company, deal: Deal, amount: object, day: object) -> Decimal | None:
    if not isinstance(amount, Decimal):
        return None
    if deal.currency in (None, REPORTING):
        return amount
    rates = [
        rate
        for since, rate in company.rates.get(str(deal.currency), [])
        if since <= day  # type: ignore[operator]  # dates
    ]
    if not rates:
        return None
    return (amount * rates[-1]).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _walk(path: list[_Point], parts: Parts) -> None:
    """Give each step of the path to its bar."""
    for step in range(1, len(path)):
        (was_in, was, closed), (is_in, amount, closes) = path[step - 1], path[step]
        if was_in != is_in:
            bar = f"{_way(step, is_in, closed, closes)}_{'in' if is_in else 'out'}"
            adds = amount if is_in else -was
        elif was_in and amount != was:
            bar = "currency" if step == 5 else ("up" if amount > was else "down")
            adds = amount - was
        else:
            continue
        parts[bar] = parts.get(bar, Decimal(0)) + adds


def _way(step: int, is_in: bool, before: object, after: object) -> str:
    if step != 2:
        return "owner" if step == 1 else "moved"
    if not isinstance(before, date) or not isinstance(after, date):
        return "pulled" if is_in else "pushed"
    return "pushed" if after > before else "pulled"
