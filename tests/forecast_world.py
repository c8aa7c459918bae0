"""Three years of two small teams whose deals close by a simple rule, as facts for forecasts."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from tests.small_world import Rows, stored
from wald.engine.connect import connect
from wald.facts.parts import Snapshot
from wald.facts.settings import Settings
from wald.facts.terms import RateRule, Terms
from wald.kernel.period import months_calendar
from wald.queries.measure import View

FIRST, LAST = date(2022, 1, 1), date(2024, 11, 14)
REPS = {"R1": "North", "R2": "North", "R3": "South"}
LEADS = {"North": "M1", "South": "M2"}
_STAGES = (("Talks", 1, 0.2, "pipeline"), ("Offer", 2, 0.6, "commit"))
_DAY = timedelta(days=1)


def people() -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = [
        {"person_id": "L1", "name": "Lea", "role": "leader", "valid_from": date(1900, 1, 1)}
    ]
    for team, lead in LEADS.items():
        rows.append(_person(lead, "manager", team, "L1"))
    for rep, team in REPS.items():
        rows.append(_person(rep, "rep", team, LEADS[team]))
    return rows


def _person(key: str, role: str, team: str, manager: str) -> Mapping[str, object]:
    return {
        "person_id": key,
        "name": f"Name of {key}",
        "role": role,
        "team": team,
        "manager_id": manager,
        "valid_from": date(1900, 1, 1),
    }


def deals() -> Iterator[tuple[Mapping[str, object], list[Mapping[str, object]]]]:
    """Yield a deal with its changes: one opens every third day, and closes after 30 to 100."""
    for number in range(360):
        opened = FIRST + number * 3 * _DAY
        rep = list(REPS)[number % 3]
        closes = opened + (30 + number * 37 % 71) * _DAY
        is_won = number * 7 % 11 < 5
        amount = 1_000 + number * 13 % 17 * 250
        key = f"O{number}"
        offered = opened + (closes - opened) // 2
        is_over = closes <= LAST
        result = ("won" if is_won else "lost") if is_over else "open"
        stage = "Offer" if offered <= LAST else "Talks"
        row = {
            "opportunity_id": key,
            "owner_id": rep,
            "stage": {"won": "Won", "lost": "Lost"}.get(result, stage),
            "outcome": result,
            "amount": amount,
            "currency": "EUR",
            "close_on": closes if is_over or number % 5 else closes - 20 * _DAY,
            "created_at": f"{opened} 09:00:00",
            "closed_on": closes if is_over else None,
        }
        yield row, list(_changes(key, opened, offered, closes, row))


def _changes(
    key: str, opened: date, offered: date, closes: date, row: Mapping[str, object]
) -> Iterator[Mapping[str, object]]:
    if offered <= LAST:
        yield _change(key, "stage", "Talks", "Offer", offered)
    if closes <= LAST:
        yield _change(key, "stage", "Offer", str(row["stage"]), closes)
        yield _change(key, "outcome", "open", str(row["outcome"]), closes)
        yield _change(key, "closed_on", None, closes.isoformat(), closes)


def _change(key: str, field: str, old: str | None, new: str, on: date) -> Mapping[str, object]:
    return {
        "change_id": f"{key}-{field}-{on}",
        "opportunity_id": key,
        "field": field,
        "old": old,
        "new": new,
        "changed_at": f"{on} 10:00:00",
    }


@lru_cache
def rows() -> Rows:
    """Return every table: deals with changes, bookings of won ones, quotas, commits."""
    opportunities, changes, bookings = [], [], []
    for row, own in deals():
        opportunities.append(row)
        changes += own
        if row["outcome"] == "won":
            bookings.append(booking(f"B{row['opportunity_id']}", row))
    stages = [
        {"stage": name, "position": place, "outcome": "open", "probability": chance,
         "forecast_category": category}
        for name, place, chance, category in _STAGES
    ]  # fmt: skip
    return {
        "person": people(),
        "stage": stages,
        "opportunity": opportunities,
        "opportunity_change": changes,
        "booking": bookings,
        "quota": list(_quotas()),
        "forecast_submission": list(_commits()),
        "activity": [
            {"activity_id": f"A{place}", "opportunity_id": f"O{place}", "kind": "call",
             "happened_at": f"{date(2022, 3, 1) + place * 3 * _DAY} 08:00:00"}
            for place in range(0, 300, 2)
        ],
    }  # fmt: skip


def booking(key: str, deal: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "booking_id": key,
        "opportunity_id": deal["opportunity_id"],
        "owner_id": deal["owner_id"],
        "booked_on": deal["closed_on"],
        "amount": deal["amount"],
        "currency": "EUR",
    }


def _starts() -> list[date]:
    return [date(year, month, 1) for year in (2022, 2023, 2024) for month in (1, 4, 7, 10)]


def _end(start: date) -> date:
    return date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)


def _quotas() -> Iterator[Mapping[str, object]]:
    for start in _starts():
        for rep in REPS:
            yield {"quota_id": f"Q{rep}{start}", "person_id": rep, "starts_on": start,
                   "ends_on": _end(start), "amount": 12_000, "currency": "EUR"}  # fmt: skip


def _commits() -> Iterator[Mapping[str, object]]:
    """Every third week each rep and lead commits; R3 always to half of what others would."""
    for start in _starts():
        for week in range(0, 12, 3):
            on = start + (week * 7 + 2) * _DAY
            if on > LAST:
                continue
            for person in (*REPS, *LEADS.values()):
                said = 6_000 if person == "R3" else 13_000 if person in REPS else 24_000
                yield {"submission_id": f"{person}{on}", "person_id": person, "starts_on": start,
                       "ends_on": _end(start), "category": "commit", "amount": said + week * 100,
                       "submitted_at": f"{on} 12:00:00",
                       "currency": "EUR"}  # fmt: skip


def seen(root: Path, facts: Rows) -> View:
    """Return facts as everybody sees them, in euro and calendar quarters."""
    snapshot = stored(root, facts)
    engine = connect("", root, threads=1)
    engine.attach(snapshot)
    terms = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
    return View(snapshot, engine, terms, Settings("EUR"))


def again(view: View, snapshot: Snapshot) -> View:
    view.engine.attach(snapshot)
    return View(snapshot, view.engine, view.terms, view.settings)
