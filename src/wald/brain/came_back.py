"""Did a finding come back after something was done about it? Fixed once is what counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_SEEN, _GONE = ("seen", "recorded"), "gone"


@dataclass(frozen=True, slots=True)
class CameBack:
    """`decision_id` was the last one made before; it was `gone_at` (None: it never went), and seen
    again `seen_at`. `had_come`: the decision's effect was measured, and had come.
    """

    decision_id: int
    gone_at: datetime | None
    seen_at: datetime
    had_come: bool

    @property
    def words(self) -> str:
        """Return it as a sentence."""
        seen = f"{self.seen_at:%-d %B %Y}"
        if self.gone_at is not None:
            gone = f"{self.gone_at:%-d %B %Y}"
            return (
                f"It came back: after decision {self.decision_id} it was gone on {gone}, and it "
                f"was found again on {seen}. What was done did not last."
            )
        return (
            f"It came back: the effect of decision {self.decision_id} had come, and it was found "
            f"again on {seen}."
        )


def came_back(
    decisions: Sequence[tuple[int, datetime, datetime | None]],
    happened: Sequence[tuple[str, datetime]],
) -> CameBack | None:
    """Return what came back, None where nothing did.

    `decisions` made on the insight are its number, when, and when its effect was measured and had
    come, None where it had not; `happened` are kinds of events with their instants, in any order.
    It came back if it was gone after a decision and seen after that, or if the decision's effect
    came and it is seen later than that.
    """
    if not decisions:
        return None
    events = sorted(happened, key=lambda one: one[1])
    seen = [at for kind, at in events if kind in _SEEN]
    for number, decided_at, measured_at in sorted(decisions, key=lambda one: one[1], reverse=True):
        gone = [at for kind, at in events if kind == _GONE and at > decided_at]
        left = [at for at in gone if any(one > at for one in seen)]
        since = left[-1] if left else measured_at
        again = [at for at in seen if since is not None and at > since]
        if again:
            return CameBack(number, left[-1] if left else None, again[0], measured_at is not None)
    return None
