"""What exit criteria are worth: how many deals went on with and without evidence, and then won.

Shares of closed deals have score intervals (Wilson, 1927), their difference the hybrid interval of
Newcombe (1998). A difference is no cause: sellers who keep records may win more for other reasons.
Source: docs/pipeline/exit-criteria.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wald.brain.stats import Interval, difference_of_shares, share
from wald.heart.pipeline.exit_criteria import Criterion, StageRule

_LEAST = 10  # closed deals on either side, below which no difference is told
_CLOSED = ("won", "lost")


@dataclass(frozen=True, slots=True)
class Side:
    """Deals that came to the end of a stage with evidence, or without; `there` are in it yet.

    Of those that went on `won` and `lost` are closed by now, the others are open.
    """

    deals: int = 0
    there: int = 0
    went_on: int = 0
    won: int = 0
    lost: int = 0

    @property
    def won_share(self) -> Interval | None:
        closed = self.won + self.lost
        return share(self.won, closed) if closed else None


@dataclass(frozen=True, slots=True)
class Measured:
    """`segment` "": everybody for whom it is asked. `difference` None: too few to tell."""

    stage: StageRule
    criterion: Criterion
    proved: Side
    unproved: Side
    difference: Interval | None

    @property
    def went_on(self) -> int:
        return self.proved.went_on + self.unproved.went_on

    @property
    def kept(self) -> Interval | None:
        """Of deals that went on, the share that had evidence."""
        return share(self.proved.went_on, self.went_on) if self.went_on else None

    @property
    def may_be_chance(self) -> bool:
        """Does the interval of the difference hold none at all?"""
        return self.difference is None or self.difference.low <= 0 <= self.difference.high


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stage stands in the process."""

    position: int
    outcome: str


def judge_evidence(
    rows: Iterable[Mapping[str, Any]],
    wanted: Iterable[tuple[StageRule, Criterion, str, frozenset[str | None] | None]],
    places: Mapping[str, Place],
) -> tuple[Measured, ...]:
    """Return each criterion as measured. `rows` as `evidence_rows.compose_counts` gives them.

    `wanted`: a stage, its criterion, the column that tells of it, and the segments that it is
    asked of, None for all.
    """
    listed = list(rows)
    return tuple(
        _measured(
            rule,
            criterion,
            column,
            [
                row
                for row in listed
                if row["stage"] == rule.stage and (segments is None or row["segment"] in segments)
            ],
            places,
        )
        for rule, criterion, column, segments in wanted
    )


def _measured(
    rule: StageRule,
    criterion: Criterion,
    column: str,
    rows: list[Mapping[str, Any]],
    places: Mapping[str, Place],
) -> Measured:
    proved, unproved = (
        _side([row for row in rows if bool(row[column]) is is_met], rule, places)
        for is_met in (True, False)
    )
    closed = [(one.won, one.won + one.lost) for one in (proved, unproved)]
    enough = all(tries >= _LEAST for _, tries in closed)
    difference = difference_of_shares(*closed) if enough else None
    return Measured(rule, criterion, proved, unproved, difference)


def _side(rows: list[Mapping[str, Any]], rule: StageRule, places: Mapping[str, Place]) -> Side:
    on = [row for row in rows if row["is_over"] and _went_on(row, rule, places)]

    def count(found: Iterable[Mapping[str, Any]]) -> int:
        return sum(int(row["deals"]) for row in found)

    return Side(
        deals=count(rows),
        there=count(row for row in rows if not row["is_over"]),
        went_on=count(on),
        won=count(row for row in on if row["outcome"] == "won"),
        lost=count(row for row in on if row["outcome"] == "lost"),
    )


def _went_on(row: Mapping[str, Any], rule: StageRule, places: Mapping[str, Place]) -> bool:
    """Did the last stay end later in the process, or by being won?"""
    following = places.get(row["next_stage"]) if row["next_stage"] else None
    if following is None:
        return bool(row["outcome"] == "won")
    if following.outcome in _CLOSED:
        return following.outcome == "won"
    here = places.get(rule.stage)
    return here is not None and following.position > here.position
