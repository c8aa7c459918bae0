"""What a finding means for the case about it: open one, open it again, leave it, or end it.

A case is about one rule at one deal. What the finding rests on is kept beside it as a text, so
that a finding that was left with a reason comes back only when its facts have changed.
Source: docs/hygiene/fixes.md
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.rule import HygieneRule

# What findings rest on where their rule names no column: facts of the deal, never counts of days,
# which change every night.
_RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "no_activity": ("last_active_on",),
        "no_next_step": ("next_active_on", "stage"),
        "single_contact": ("contacts", "stage"),
        "pushed_three_times": ("pushes",),
        "skipped_stage": ("skipped",),
        "unproved_exit": ("stage",),
    }
)
_ANYTHING = ("stage", "given_amount", "close_on", "contacts", "last_active_on", "next_active_on")
_COLUMNS = MappingProxyType({"amount": ("given_amount", "currency")})
_TITLES = MappingProxyType(
    {
        "given_amount": "amount",
        "close_on": "expected close",
        "last_active_on": "last activity",
        "next_active_on": "next activity",
    }
)


class Stand(Enum):
    """Where a finding stands with its case."""

    NEW = "has no case yet"
    OPEN = "has an open case"
    LEFT = "was left with a reason, and nothing has changed"
    WAITS = "was said to be fixed, and no load has come since"
    AGAIN = "has come again"


def facts_of(rule: HygieneRule, deal: OpenDeal) -> str:
    """Return what a finding rests on, as people read it: `amount 5000, currency EUR`."""
    names = _RESTS_ON.get(rule.key)
    if names is None and rule.column:
        names = _COLUMNS.get(rule.column, (rule.column,))
    names = names or _ANYTHING
    return ", ".join(f"{_TITLES.get(name, name)} {_text(getattr(deal, name))}" for name in names)


def stand(*, state: str | None, is_open: bool, kept: str, facts: str, has_load: bool) -> Stand:
    """Return where a finding stands. `state`: of its case, None: it has none; `kept`: what it
    rested on when it was last seen, "" where it had gone since; `has_load`: the source has
    loaded since the case closed."""
    if state is None:
        return Stand.NEW
    if is_open:
        return Stand.OPEN
    if state == "left":
        return Stand.LEFT if kept == facts else Stand.AGAIN
    return Stand.AGAIN if has_load else Stand.WAITS


def _text(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
