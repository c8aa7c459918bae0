"""The facts that a chance to win rests on, each with how it could be otherwise.

What is wrong is put right: an activity today, an expected day to come, the usual amount. What is
as it should be is made worse, and what is neither is made usual: the median of open deals, the
stage after this one. An edit names columns of OPEN and their other values, nothing else changes.
Source: docs/forecast/win_chance.md
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from types import MappingProxyType
from typing import Any, TypeAlias

import pyarrow as pa

from wald.brain.forecast import ACTIVE_DAYS

Row: TypeAlias = Mapping[str, Any]  # of OPEN

LAST_ACTIVITY, EXPECTED, STAY, AMOUNT = (
    "last activity",
    "expected close",
    "time in stage",
    "amount",
)
NOBODY_KNOWN = "(a rep without deals so far)"
_CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit")
_MONTH = 30  # days
_AHEAD = 45  # days to the expected close, where no open deal tells what is usual


@dataclass(frozen=True, slots=True)
class Usual:
    """How open deals stand: medians in days, the stages in order, words by how common they are."""

    quiet: int
    ahead: int
    age: int
    amount: float | None
    stays: Mapping[str, int]
    stages: tuple[tuple[str, int], ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A fact: how it `says` the deal stands, how it would be `otherwise`, what `edit` that is."""

    fact: str
    says: str
    otherwise: str
    edit: Mapping[str, object]


def usual_of(rows: pa.Table) -> Usual:
    """Return what is usual among open deals (OPEN)."""
    found = rows.to_pylist()
    stays: dict[str, list[int]] = {}
    for row in found:
        if row["stage"] and row["stage_on"]:
            stays.setdefault(row["stage"], []).append((row["on"] - row["stage_on"]).days)
    ahead = [(row["close_on"] - row["on"]).days for row in found if row["close_on"]]
    amounts = [row["amount"] for row in found if row["amount"]]
    places = {row["stage"]: row["position"] for row in found if row["stage"] and row["position"]}
    return Usual(
        quiet=_middle([(r["on"] - r["active_on"]).days for r in found if r["active_on"]], _MONTH),
        ahead=_middle([days for days in ahead if days > 0], _AHEAD),
        age=_middle([(r["on"] - r["opened_on"]).days for r in found if r["opened_on"]], 0),
        amount=median(amounts) if amounts else None,
        stays=MappingProxyType({name: _middle(each, 0) for name, each in stays.items()}),
        stages=tuple(sorted(places.items(), key=lambda one: one[1])),
        words=MappingProxyType({name: _common(found, name) for name in _WORDS}),
    )


def others(row: Row, usual: Usual) -> Iterator[Otherwise]:
    """Yield each fact of a deal that could be otherwise."""
    for fact, tell in _FACTS.items():
        found = tell(row, usual)
        if found is not None:
            says, otherwise, edit = found
            yield Otherwise(fact, says, otherwise, MappingProxyType(edit))


def put_right(row: Row, usual: Usual, fact: str) -> Otherwise | None:
    """Return how one fact could be otherwise, None where it could not. Raises KeyError."""
    found = _FACTS[fact](row, usual)
    return None if found is None else Otherwise(fact, found[0], found[1], found[2])


_Told: TypeAlias = tuple[str, str, dict[str, object]] | None


def _active(row: Row, usual: Usual) -> _Told:
    on, last, count = row["on"], row["active_on"], row["active_days"] or 0
    if last is None:
        return "No activity", "with one today", {"active_on": on, "active_days": count + 1}
    quiet = (on - last).days
    if quiet > min(usual.quiet, ACTIVE_DAYS) > 0:
        fixed = {"active_on": on, "active_days": count + 1}
        return f"Last activity {_ago(quiet)}", "with one today", fixed
    worse = {"active_on": on - timedelta(ACTIVE_DAYS), "active_days": 0}
    return f"Last activity {_ago(quiet)}", f"{ACTIVE_DAYS} days ago and none since", worse


def _expected(row: Row, usual: Usual) -> _Told:
    on, due = row["on"], row["close_on"]
    then = {"close_on": on + timedelta(usual.ahead)}
    if due is None:
        return "No expected close", f"expected in {_days(usual.ahead)}", then
    if due < on:
        return f"Expected {_ago((on - due).days)}", f"expected in {_days(usual.ahead)}", then
    later = {"close_on": due + timedelta(_MONTH)}
    return f"Expected in {_days((due - on).days)}", f"{_MONTH} days later", later


def _pushed(row: Row, usual: Usual) -> _Told:
    if row["pushes"]:
        says = f"Pushed {_times(row['pushes'])}, by {_days(row['pushed_days'] or 0)}"
        return says, "never pushed", {"pushes": 0, "pushed_days": 0}
    return "Never pushed", "pushed once, by a month", {"pushes": 1, "pushed_days": _MONTH}


def _stay(row: Row, usual: Usual) -> _Told:
    on, since, stage = row["on"], row["stage_on"], row["stage"]
    if since is None or stage not in usual.stays:
        return None
    wanted = on - timedelta(usual.stays[stage])
    wanted = max(wanted, row["opened_on"]) if row["opened_on"] else wanted
    if wanted == since:
        return None
    return (
        f"In {stage} for {_days((on - since).days)}",
        f"for {_days((on - wanted).days)}, as is usual",
        {"stage_on": wanted},
    )


def _stage(row: Row, usual: Usual) -> _Told:
    later = [one for one in usual.stages if row["position"] and one[1] > row["position"]]
    if not row["stage"] or not later:
        return None
    stage, position = later[0]
    moved: dict[str, object] = {"stage": stage, "position": position}
    moved |= {"stage_on": row["on"], "moves": (row["moves"] or 0) + 1}
    return f"Stands in {row['stage']}", f"moved to {stage} today", moved


def _category(row: Row, usual: Usual) -> _Told:
    known = [one for one in _CATEGORIES if one in usual.words["category"]]
    if row["category"] not in known or len(known) < 2:
        return None
    place = known.index(row["category"])
    other = known[place + 1] if place + 1 < len(known) else known[place - 1]
    return f"Category {_plain(row['category'])}", f"as {_plain(other)}", {"category": other}


def _amount(row: Row, usual: Usual) -> _Told:
    if row["amount"] is None:
        if usual.amount is None:
            return None
        return "No amount", f"with the usual {usual.amount:,.0f}", {"amount": usual.amount}
    if row["amount"] <= 0:
        return None
    half = row["amount"] / 2
    return f"Amount {row['amount']:,.0f}", f"half of it, {half:,.0f}", {"amount": half}


def _age(row: Row, usual: Usual) -> _Told:
    on, opened = row["on"], row["opened_on"]
    wanted = on - timedelta(usual.age)
    if opened is None or opened == wanted:
        return None
    edit: dict[str, object] = {"opened_on": wanted}
    if row["stage_on"] and row["stage_on"] < wanted:
        edit["stage_on"] = wanted
    return f"Open for {_days((on - opened).days)}", f"for {_days(usual.age)}, as is usual", edit


def _word(column: str, title: str) -> Callable[[Row, Usual], _Told]:
    """Return how a fact that is a word could be otherwise: the commonest word that it is not."""

    def tell(row: Row, usual: Usual) -> _Told:
        own = row[column]
        other = next((one for one in usual.words[column] if one != own), None)
        if other is None:
            return None
        return f"{title} {_plain(own or 'unknown')}", f"as {_plain(other)}", {column: other}

    return tell


def _rep(row: Row, usual: Usual) -> _Told:
    if not row["owner_id"]:
        return None
    return "Whose deal it is", "with a rep without deals so far", {"owner_id": NOBODY_KNOWN}


_WORDS = ("category", "segment", "type", "lead_source")
_FACTS: Mapping[str, Callable[[Row, Usual], _Told]] = {
    LAST_ACTIVITY: _active,
    EXPECTED: _expected,
    "pushes": _pushed,
    STAY: _stay,
    "stage": _stage,
    "forecast category": _category,
    AMOUNT: _amount,
    "age": _age,
    "type": _word("type", "Type"),
    "segment": _word("segment", "Segment"),
    "lead source": _word("lead_source", "Lead source"),
    "rep": _rep,
}


def _middle(values: Sequence[int], otherwise: int) -> int:
    return round(median(values)) if values else otherwise


def _common(rows: Sequence[Row], column: str) -> tuple[str, ...]:
    counts = Counter(row[column] for row in rows if row[column])
    return tuple(sorted(counts, key=lambda one: (-counts[one], one)))


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _ago(days: int) -> str:
    return "today" if days == 0 else f"{_days(days)} ago"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _plain(word: str) -> str:
    return word.replace("_", " ")
