"""What is common to components that work on the pay of others: caps, draws, gates and their like.

`of` names the components they work on, by key; without names it is all that stand before them in
the plan, so that the order of the plan is the order of caps and draws.
Source: docs/compensation/README.md
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from wald.heart.compensation.component import Given
from wald.heart.compensation.figure import Figure, total
from wald.kernel.problem import Problem


def earned_by(of: tuple[str, ...], earned: Mapping[str, Figure]) -> Figure:
    """Return what the named components earned; all, where none is named."""
    return total((paid for key, paid in earned.items() if not of or key in of), "earned")


def paid_in_window(of: tuple[str, ...], case: Given) -> Figure:
    """Return what was paid in the window before this payout period, own lines included."""
    others = earned_by(of, case.earned_to_date) - earned_by(of, case.earned)
    return (others + case.own_to_date).called("paid before in the window")


def in_the_plan(amount: Figure, case: Given, *, prorated: bool) -> Figure:
    """Return an amount for the days of the payout period in which the person is in the plan."""
    if not prorated:
        return amount
    return (amount * case.present).called(f"{amount.label} for the days in the plan")


def weighted(target: Figure, weight: Decimal, case: Given) -> Figure:
    """Return what of the target incentive a component pays on: all of it at weight 1."""
    if weight == 1:
        return target
    share = case.term(weight, "weight", "weight of the component")
    return (target * share).called("target incentive that is paid on")


def begins_anew(case: Given) -> bool:
    """Is this the first payout period of a window that is not the first?"""
    return bool(case.past) and case.past[-1].period.end <= case.window.start


def check_of(of: tuple[str, ...]) -> Iterator[Problem]:
    for i, key in enumerate(of):
        if key in of[:i]:
            yield Problem(f"of[{i}]", f"{key} is named twice", "name each component once")


def check_amount(path: str, amount: Decimal, what: str) -> Iterator[Problem]:
    if amount <= 0:
        yield Problem(path, f"{amount} is no {what}", "write an amount above 0")


def check_share(path: str, share: Decimal) -> Iterator[Problem]:
    if not 0 < share <= 1:
        yield Problem(
            path, f"{share} is no share", "write a share above 0, at most 1: 0.5 for 50 %"
        )


def check_rate(path: str, rate: Decimal) -> Iterator[Problem]:
    if rate < 0:
        yield Problem(path, f"{rate} takes pay away", "write a rate from 0 to 1")
    if rate > 1:
        yield Problem(path, f"{rate} pays more than was sold", "write a share: 0.08 for 8 %")


def check_count(path: str, count: int | None, what: str) -> Iterator[Problem]:
    if count is not None and count < 1:
        yield Problem(path, f"{count} {what}", "write 1 or more, or leave it out")
