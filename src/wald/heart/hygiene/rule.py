"""A rule of pipeline hygiene, what it finds, and all rules over all open deals.

A rule is one file of `rules/`: a sentence of what is wrong, and a function that judges one deal on
what is usual. It says that a deal is at fault, that it cannot tell and why, or nothing. It reads no
table and no clock, so the same deal and the same ground are judged the same for ever.
Source: docs/hygiene/README.md
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground
from wald.kernel.catalogue import collect


class Severity(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the wrong column could have instead, and why this one. Nobody writes it alone.

    An amount is in the currency of the deal.
    """

    value: date | Decimal | str
    why: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule says of a deal. `severity` None: the rule's own."""

    words: str  # a sentence with the figures
    severity: Severity | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class CannotTell:
    why: str  # a sentence, the same for all deals that cannot be judged for the same reason


Verdict: TypeAlias = Fault | CannotTell | None


@dataclass(frozen=True, slots=True)
class HygieneRule:
    """`what` says in a sentence what is wrong; `measures` how it is told, `cure` what to do.

    `column` is the one of the deal that is wrong, "" where it is not one column.
    """

    key: str
    title: str
    what: str
    measures: str
    cure: str
    severity: Severity
    judge: Callable[[OpenDeal, Ground], Verdict]
    source: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule at one deal. `rule` is its key; `column` None: no single one is wrong."""

    rule: str
    deal_id: str
    owner_id: str | None
    severity: Severity
    words: str
    column: str | None
    proposal: Proposal | None
    cure: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Of how many deals a rule cannot tell, for one reason."""

    rule: str
    why: str
    deals: int


@dataclass(frozen=True, slots=True)
class Hygiene:
    """What the rules say of deals: findings by rule and deal, and what they cannot tell."""

    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]


@cache
def hygiene_rules() -> Mapping[str, HygieneRule]:
    """Return every rule by key, in the order of the alphabet."""
    return MappingProxyType(dict(collect("wald.heart.hygiene.rules", HygieneRule, "RULE")))


def judge_deals(
    deals: Iterable[OpenDeal], ground: Ground, rules: Iterable[HygieneRule] | None = None
) -> Hygiene:
    """Return what each rule (None: all) says of each deal."""
    findings: list[Finding] = []
    unjudged: Counter[tuple[str, str]] = Counter()
    every = tuple(deals)
    for rule in hygiene_rules().values() if rules is None else rules:
        for deal in every:
            verdict = rule.judge(deal, ground)
            if isinstance(verdict, Fault):
                findings.append(_finding(rule, deal, verdict))
            elif isinstance(verdict, CannotTell):
                unjudged[rule.key, verdict.why] += 1
    return Hygiene(
        tuple(findings), tuple(Unjudged(rule, why, n) for (rule, why), n in unjudged.items())
    )


def findings_of(deal: OpenDeal, ground: Ground) -> tuple[Finding, ...]:
    """Return what every rule finds at one deal, worst first."""
    found = judge_deals([deal], ground).findings
    return tuple(sorted(found, key=lambda one: (-one.severity, one.rule)))


def _finding(rule: HygieneRule, deal: OpenDeal, fault: Fault) -> Finding:
    return Finding(
        rule=rule.key,
        deal_id=deal.deal_id,
        owner_id=deal.owner_id,
        severity=rule.severity if fault.severity is None else fault.severity,
        words=fault.words,
        column=rule.column or None,
        proposal=fault.proposal,
        cure=rule.cure,
    )
