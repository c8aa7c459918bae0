"""What the linter says of a plan: for each rule a verdict, and where it is refuted the numbers.

Source: docs/compensation/lint.md
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from types import MappingProxyType

from wald.heart.compensation.lint.tested import Tested
from wald.kernel.catalogue import collect


class Verdict(Enum):
    PROVED = "proved"  # holds for every value from nothing to infinity
    TRIED = "tried"  # held wherever it was tried, which is not everywhere
    REFUTED = "refuted"  # a counterexample is given
    NOTED = "noted"  # true of many good plans; worth knowing, with its size
    NOT_ASKED = "not asked"  # the plan has nothing to ask it of


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a path of the document; `numbers` the counterexample, or what was measured.

    `points`: at how many points pay was tried, where it is not proved.
    """

    rule: str
    verdict: Verdict
    sentence: str
    where: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    fix: str = ""
    points: int = 0

    @property
    def certainty(self) -> str:
        """Say how sure it is: proved, refuted, or tried at so many points."""
        if self.verdict is Verdict.REFUTED:
            return "refuted with this counterexample"
        if self.verdict is Verdict.NOT_ASKED:
            return str(self.verdict.value)
        return f"tried at {self.points} points" if self.points else "proved"

    @property
    def is_warning(self) -> bool:
        return self.verdict is Verdict.REFUTED


@dataclass(frozen=True, slots=True)
class LintRule:
    """One thing that is asked of every plan; `is_quick`: it is asked while somebody writes."""

    key: str
    title: str
    judge: Callable[[Tested], Iterable[Finding]]
    is_quick: bool = True


@cache
def lint_rules() -> Mapping[str, LintRule]:
    """Return every rule by key."""
    found = collect("wald.heart.compensation.lint.rules", LintRule, "RULE")
    return MappingProxyType(dict(found))
