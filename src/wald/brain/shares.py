"""Shares of rows by place beside those of the rest: the common half of detectors of open deals.

Shares are compared on the arcsine scale, where their variance hangs on the tries alone (Anscombe
1948, Biometrika 35: 246-254). Source: docs/insights/README.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.detector import Look, Night, Size
from wald.brain.places import Floats, Place, called, stacked
from wald.brain.shifts import Series, shifts
from wald.brain.telling_shifts import by_slot, in_points, quantile, weeks


@dataclass(frozen=True, slots=True)
class ShareWords:
    """How a share is told: of which rows, what they did, and whether more of it is good (1) or bad
    (-1)."""

    rows: str
    did: str
    good: float


def arcsine(hits: Floats, tries: Floats) -> Series:
    """Return shares on the arcsine scale, with their variances."""
    some = tries > 0
    share = (hits + 0.375) / (tries + 0.75)
    value = np.where(some, np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))), np.nan)
    return value, np.where(some, 0.25 / (tries + 0.5), np.nan)


def in_shares(hits: float, tries: float, change: Sequence[float]) -> Size:
    """Return changes on the arcsine scale as differences to the share that is there now."""
    now = float(np.arcsin(np.sqrt(hits / tries)))
    return Size(*(_share(now) - _share(now - one) for one in change))


def _share(angle: float) -> float:
    return float(np.sin(np.clip(angle, 0.0, np.pi / 2.0)) ** 2)


def share_looks(
    places: Sequence[Place], names: tuple[str, str], least: int, words: ShareWords, night: Night
) -> Iterator[Look]:
    """Yield the look at each place with at least `least` tries in the last slot and four times that
    before; `names` are the sums of tries and hits. A hit is worth what a closed row brought."""
    tries_name, hits_name = names
    kept = [one for one in places if _is_enough(one.of(tries_name), least)]
    if not kept or kept[0].where:
        return
    slots = record_slots(kept[0].of(tries_name))
    tries, hits = (stacked(kept, name)[:, :slots] for name in (tries_name, hits_name))
    own, rest = arcsine(hits, tries), arcsine(hits[0] - hits, tries[0] - tries)
    found = shifts(own, (own[0] - rest[0], own[1] + rest[1]))
    for number, place in enumerate(kept):
        if np.isfinite(found.p_value[number]) and night.is_read(place.where):
            spread = quantile(found.freedom[number]) * found.error[number]
            change, window = found.change[number], int(found.window[number])
            ends = (change - spread, change, change + spread)
            both = (tries[number], hits[number])
            yield _look(place, both, ends, (float(found.p_value[number]), window), words, night)


def record_slots(rows: Floats) -> int:
    """Return how many slots the record is full: up to the oldest one with half the rows that are
    usual. Before it only those are known that were still open when the record began."""
    full = np.flatnonzero(rows >= np.median(rows) / 2)
    return int(full[-1]) + 1 if len(full) else 0


def _is_enough(tries: Floats, least: int) -> bool:
    return bool(len(tries) and tries[0] >= least and tries[1:].sum() >= 4 * least)


def _look(
    place: Place,
    both: tuple[Floats, Floats],
    change: tuple[float, float, float],
    judged: tuple[float, int],
    words: ShareWords,
    night: Night,
) -> Look:
    (tries, hits), (p_value, window) = both, judged
    now, was = hits[:window].sum(), hits[window:].sum()
    now_of, was_of = tries[:window].sum(), tries[window:].sum()
    effect = in_shares(float(now), float(now_of), change)
    worth = float(place.of("brought")[1:].sum() / max(place.of("closed")[1:].sum(), 1.0))
    money = sorted(float(words.good * one * now_of / window * worth) for one in effect.ends)
    shares = [h / t if t else None for h, t in zip(hits.tolist(), tries.tolist(), strict=True)]
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=(
            f"{called(place.where)}: {100 * now / now_of:.0f} % of the {words.rows} {words.did}, "
            f"{100 * was / was_of:.0f} % before; {in_points(effect, place.where)}"
        ),
        money=Size(*money),
        evidence=(
            ("seen over", weeks(window)),
            (f"{words.rows}, by slot", f"{now_of:.0f}"),
            (f"of them {words.did}", f"{now:.0f}"),
            (f"{words.rows}, before", f"{was_of:.0f}"),
            (f"of those {words.did}", f"{was:.0f}"),
            ("what a closed one brought before", f"{worth:.0f}"),
        ),
        chart=by_slot(shares, night.day),
    )
