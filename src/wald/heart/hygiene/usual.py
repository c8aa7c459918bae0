"""What is usual on a day, measured on what happened in the two years up to it.

How long deals take to go on from a stage, how long won deals are silent, how soon they are closed,
how many people they have met, which stages they leave out, and what they are worth. Nothing later
than the day is looked at, so what is usual can be told of any earlier day as well.
Sources: docs/hygiene/README.md; Aalen and Johansen (1978), Scand. J. Statist. 5: 141-150.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np

from wald.heart.hygiene.ground import GoingOn, Peers, Share, Spread, StageGround
from wald.heart.hygiene.past import NONE, SPAN, Flags, Ints, Past, event, number

RECENT_DAYS = 730  # two years: long enough for slow deals, short enough for a process that changes
_TO_SIGMA = 1.4826  # of normal values, the standard deviation over the median absolute deviation
_MANY = 2  # contacts


def stages_on(past: Past, on: date) -> Mapping[str, StageGround]:
    """Return what is usual in each open stage, by its name."""
    day = number(on)
    won = _won(past, day)
    silences = _silences(past, won)
    second = _second_contact(past)
    stood = _stood(past, won)
    found = {}
    for place, step in enumerate(past.order):
        inside = past.stays.stage == place
        of_won = inside & won[past.stays.deal]
        found[step.stage] = StageGround(
            stage=step.stage,
            title=step.title,
            position=step.position,
            going_on=_going_on(past, inside, day),
            silences=_spread(silences[1][silences[0] == place]),
            to_win=_spread((past.closed[past.stays.deal] - past.stays.entered)[of_won]),
            many_contacts=_many_contacts(past, of_won, second),
            skipped=_skipped_by(stood, place),
        )
    return MappingProxyType(found)


def _won(past: Past, day: int) -> Flags:
    """Say of each deal whether it was won in the two years up to the day."""
    return past.won & (past.closed <= day) & (past.closed > day - RECENT_DAYS)


def _going_on(past: Past, inside: Flags, day: int) -> GoingOn:
    stays = past.stays
    recent = inside & (stays.entered <= day) & (stays.entered > day - RECENT_DAYS)
    entered, left = stays.entered[recent], stays.left[recent]
    over = left <= day
    days = np.where(over, left, day) - entered
    place, following = stays.stage[recent], stays.following[recent]
    deal = stays.deal[recent]
    is_won = (following == NONE) & past.won[deal] & (past.closed[deal] <= day)
    goes_on = over & ((following > place) | is_won)
    sound = days >= 0  # one that ended before it began tells nothing
    days, over, goes_on = days[sound], over[sound], goes_on[sound]
    if not len(days):
        return GoingOn()
    size = int(days.max()) + 1
    ended = np.bincount(days[over], minlength=size)
    on = np.bincount(days[goes_on], minlength=size)
    gone_before = np.concatenate([[0], np.cumsum(np.bincount(days, minlength=size))[:-1]])
    at_risk = len(days) - gone_before
    left_share = np.cumprod(1 - ended / at_risk)
    before = np.concatenate([[1.0], left_share[:-1]])
    gone = np.cumsum(before * on / at_risk)
    points = np.flatnonzero(ended)
    return GoingOn(
        tuple(int(one) for one in points),
        tuple(float(one) for one in gone[points]),
        tuple(float(one) for one in left_share[points]),
        int(goes_on.sum()),
        len(days),
    )


def _silences(past: Past, won: Flags) -> tuple[Ints, Ints]:
    """Return where each silence of a won deal ended, as the place of the stage, and its days."""
    deals = np.flatnonzero(won & (past.opened <= past.closed))
    acted = past.acts // SPAN
    acts = np.unique(past.acts[np.isin(acted, deals)])
    deal, on = acts // SPAN, acts % SPAN
    within = (on > past.opened[deal]) & (on < past.closed[deal])
    ends = np.concatenate([event(deal[within], on[within]), event(deals, past.closed[deals])])
    starts = np.concatenate([event(deals, past.opened[deals]), event(deal[within], on[within])])
    ends, starts = np.sort(ends), np.sort(starts)
    keys = event(past.stays.deal, past.stays.entered)
    if not len(keys) or not len(ends):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    stay = np.maximum(np.searchsorted(keys, ends, side="right") - 1, 0)
    own = past.stays.deal[stay] == ends // SPAN
    return np.where(own, past.stays.stage[stay], NONE), ends - starts


def _second_contact(past: Past) -> Ints:
    """Return, by deal, the day on which a second contact was met, SPAN where none was."""
    found = np.full(len(past.ids), SPAN, np.int64)
    deal = past.met // SPAN
    start = np.searchsorted(past.met, event(past.places, 0), side="left")
    second = start + _MANY - 1
    has = second < len(past.met)
    has[has] = deal[second[has]] == past.places[has]
    found[has] = past.met[second[has]] % SPAN
    return found


def _many_contacts(past: Past, of_won: Flags, second: Ints) -> Share:
    """Return how many won deals had met two contacts by the time they last left a stage."""
    deal, left = past.stays.deal[of_won], past.stays.left[of_won]
    if not len(deal):
        return Share()
    ends = np.zeros(len(past.ids), np.int64)
    np.maximum.at(ends, deal, np.minimum(left, past.closed[deal]))
    deals = np.unique(deal)
    return Share(int((second[deals] <= ends[deals]).sum()), len(deals))


def _stood(past: Past, won: Flags) -> tuple[Ints, Ints, Flags]:
    """Return of each won deal its first and its furthest place, and whether it stood in each."""
    stays = past.stays
    mine = won[stays.deal] & (stays.stage >= 0)
    deal, place = stays.deal[mine], stays.stage[mine]
    deals, row = np.unique(deal, return_inverse=True)
    stood = np.zeros((len(deals), max(len(past.order), 1)), bool)
    stood[row, place] = True
    _, opening = np.unique(deal, return_index=True)
    furthest = np.zeros(len(deals), np.int64)
    np.maximum.at(furthest, row, place)
    return place[opening], furthest, stood


def _skipped_by(stood: tuple[Ints, Ints, Flags], place: int) -> Share:
    """Return how many won deals that went past a place never stood in it."""
    opening, furthest, inside = stood
    passed = (opening < place) & (furthest > place)
    return Share(int((passed & ~inside[:, place]).sum()), int(passed.sum()))


def _spread(days: Ints) -> Spread:
    sound = days[days >= 0]
    different, counts = np.unique(sound, return_counts=True)
    return Spread(
        tuple(int(one) for one in different), tuple(int(one) for one in np.cumsum(counts))
    )


def peers_on(rows: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], Peers]:
    """Return the groups that amounts are compared in. `rows`: segment, type and amount of won
    deals; those of nothing or less are left out."""
    amounts: dict[tuple[str, str], list[Decimal]] = {}
    for row in rows:
        if row["amount"] is None or row["amount"] <= 0:
            continue
        segment, kind = row["segment"] or "", row["type"] or ""
        for key in {(segment, kind), (segment, ""), ("", kind), ("", "")}:
            amounts.setdefault(key, []).append(row["amount"])
    found = {key: _peers(key, values) for key, values in amounts.items()}
    return MappingProxyType(found)


def _peers(key: tuple[str, str], amounts: list[Decimal]) -> Peers:
    logs = np.log(np.array([float(one) for one in amounts]))
    middle = float(np.median(logs))
    away = float(np.median(np.abs(logs - middle)))
    segment, kind = key[0], key[1].replace("_", " ")
    name = " ".join(part for part in ("won", segment, kind, "deals") if part)
    return Peers(name, len(amounts), float(np.exp(middle)), _TO_SIGMA * away)
