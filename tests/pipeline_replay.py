"""What changed between two days by plain Python, for logs drawn in `pipeline_logs.py`.

This second way goes forward: it plays each log from the deal's opening to a day, looks up teams and
rates in lists, and walks the documented path in dictionaries. It shares nothing with Wald's SELECT,
which goes back from the present.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.pipeline_logs import FIRST, REPORTING, SEGMENTS, SPAN, Asked, Company, Deal, State

Parts = dict[str, Decimal]


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
    # A lost deal that is set to won was closed once: when it was last open. Where it was not open
    # between the two days at all, its closing begins with the day it says it closed on.
    from_open = [at for at in closings if (played(deal, at) or {}).get("outcome") == "open"]
    closed_on = two["closed_on"]
    assert isinstance(closed_on, date)
    planned = played(deal, from_open[-1] if from_open else datetime.combine(closed_on, time()))
    planned = dict(deal.first) if planned is None else planned
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
