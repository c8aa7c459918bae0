"""All looks of a night judged together: which are findings, which are too small, and why.

In this order: one false discovery rate over every look of every detector (Benjamini and Hochberg
1995, JRSS B 57: 289-300, at LEVEL; looks of places that contain each other hang together
positively, which it bears: Benjamini and Yekutieli 2001); what survives is judged again on
RESAMPLES drawn sets of shards, and must keep its direction with p <= ALIKE in at least STANDS of
them; findings of one story in places that share rows are told once, by the surest; what brings or
costs less than LEAST_SHARE of a quarter's bookings is suppressed; the rest is ranked by the money
that it is at least, with its doubt. Nothing here depends on the order of detectors or rows.
Source: docs/insights/README.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wald.brain.detector import SHARDS, Detector, Look, Night
from wald.brain.places import Sums, Where

LEVEL = 0.005  # of what a night tells, one in 200 is chance; a quiet year then tells nothing
RESAMPLES = 200
STANDS = 0.8  # share of resamples in which a finding must stand
ALIKE = 0.05
LEAST_SHARE = 0.002  # of a quarter's bookings: less is not worth a leader's morning


@dataclass(frozen=True, slots=True)
class Measured:
    """A detector with the sums that the engine added up for it."""

    detector: Detector
    sums: Sums


@dataclass(frozen=True, slots=True)
class Finding:
    """A look that survived. `q_value`: the level at which the night would just tell it; `stands`:
    share of resamples in which it stands; `also`: findings told with it, detector and place."""

    detector: Detector
    look: Look
    q_value: float
    stands: float = 1.0
    also: tuple[tuple[str, str], ...] = ()

    @property
    def sense(self) -> bool:
        """Is it good news? Money says so, where it is known, else the direction."""
        money = self.look.money
        return money.estimate > 0 if money else self.look.direction == "up"

    @property
    def at_least(self) -> float:
        """The money it is at the nearer end of its interval: 0 where that holds nothing."""
        money = self.look.money
        if money is None or money.low * money.high <= 0:
            return 0.0
        return min(abs(money.low), abs(money.high))


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A look that survived the correction and is not told, with why."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A detector that could not look, with why."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a night found, by rank; `looks`: how many places each detector looked at."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    silent: tuple[Silent, ...]
    looks: Mapping[str, int]

    @property
    def all_looks(self) -> int:
        return sum(self.looks.values())


def night_of(
    measured: Sequence[Measured],
    night: Night,
    *,
    booked: float,
    chance: np.random.Generator,
    silent: Sequence[Silent] = (),
    drop: Callable[[Finding], str] | None = None,
) -> Judged:
    """Return what survives of all looks. `booked` is a quarter's bookings; `drop`, where given,
    says why a finding may not be told ("": it may), after all else."""
    looked = {
        one.detector.key: tuple(one.detector.judge(one.sums.rows(), night)) for one in measured
    }
    by_key = {one.detector.key: one for one in measured}
    looks = [(key, look) for key in sorted(looked) for look in looked[key]]
    q_values = adjusted([look.p_value for _, look in looks])
    survived = [
        Finding(by_key[key].detector, look, q)
        for (key, look), q in zip(looks, q_values, strict=True)
        if q <= LEVEL
    ]
    told, dropped = _resampled(survived, by_key, night, chance)
    merged = _merged(told)
    kept: list[Finding] = []
    for finding in merged:
        why = _too_small(finding, booked) or (drop(finding) if drop else "")
        if why:
            dropped.append(Suppressed(finding, why))
        else:
            kept.append(finding)
    return Judged(
        tuple(sorted(kept, key=_rank)),
        tuple(sorted(dropped, key=lambda one: _rank(one.finding))),
        tuple(sorted(silent, key=lambda one: one.key)),
        {key: len(looked[key]) for key in sorted(looked)},
    )


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return the q-value of each p-value: the lowest level at which it is discovered."""
    if not p_values:
        return []
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    monotone = np.minimum.accumulate(ranked[::-1])[::-1]
    q = np.empty(len(p))
    q[order] = np.minimum(monotone, 1.0)
    q = np.maximum(q, p)  # rounding must not make it less
    found: list[float] = q.tolist()
    return found


def _resampled(
    survived: Sequence[Finding],
    by_key: Mapping[str, Measured],
    night: Night,
    chance: np.random.Generator,
) -> tuple[list[Finding], list[Suppressed]]:
    """Judge again on drawn shards (a bootstrap of sixteenths): what does not stand is dropped."""
    weights = chance.multinomial(SHARDS, np.full(SHARDS, 1.0 / SHARDS), size=RESAMPLES)
    kept: list[Finding] = []
    dropped: list[Suppressed] = []
    for key in sorted({one.detector.key for one in survived}):
        own = [one for one in survived if one.detector.key == key]
        standing = _standing(own, by_key[key], night, weights.astype(float))
        for finding, share in zip(own, standing, strict=True):
            judged = replace(finding, stands=share)
            if share >= STANDS:
                kept.append(judged)
            else:
                why = f"stands in {share:.0%} of {RESAMPLES} resamples only"
                dropped.append(Suppressed(judged, why))
    return kept, dropped


def _standing(
    findings: Sequence[Finding], measured: Measured, night: Night, weights: np.ndarray
) -> list[float]:
    """Return the share of resamples in which each finding of one detector stands."""
    places = {(one.look.where, one.look.person_id): one.look.direction for one in findings}
    stood = dict.fromkeys(places, 0)
    night = replace(night, only=frozenset(where for where, _ in places))
    for weight in weights:
        for look in measured.detector.judge(measured.sums.rows(weight), night):
            own = (look.where, look.person_id)
            if places.get(own) == look.direction and look.p_value <= ALIKE:
                stood[own] += 1
    return [stood[one.look.where, one.look.person_id] / len(weights) for one in findings]


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Tell findings of one story, that go one way in places that share rows, by the surest."""
    told: list[Finding] = []
    for finding in sorted(findings, key=_sureness):
        same = next((n for n, one in enumerate(told) if _is_same_story(one, finding)), None)
        if same is None:
            told.append(finding)
        else:
            also = (*told[same].also, (finding.detector.key, finding.look.subject))
            told[same] = replace(told[same], also=also)
    return told


def _is_same_story(one: Finding, other: Finding) -> bool:
    if one.detector.story != other.detector.story or one.sense != other.sense:
        return False
    if one.look.person_id != other.look.person_id:
        return False
    return overlap(one.look.where, other.look.where)


def overlap(one: Where, other: Where) -> bool:
    """May two places share rows? They do not where one dimension has another value in each."""
    values = dict(one)
    return all(values.get(name, value) == value for name, value in other)


def _too_small(finding: Finding, booked: float) -> str:
    money = finding.look.money
    if money is None or booked <= 0 or abs(money.estimate) >= LEAST_SHARE * booked:
        return ""
    return f"less than {LEAST_SHARE:.1%} of a quarter's bookings"


def _sureness(finding: Finding) -> tuple[object, ...]:
    return (finding.look.p_value, len(finding.look.where), *_named(finding))


def _rank(finding: Finding) -> tuple[object, ...]:
    money = finding.look.money
    size = abs(money.estimate) if money else 0.0
    return (-finding.at_least, -size, finding.look.p_value, *_named(finding))


def _named(finding: Finding) -> tuple[object, ...]:
    return (finding.detector.key, finding.look.subject, finding.look.person_id)
