"""What shows that a deal may leave a stage: exit criteria, and the evidence of them.

A criterion names one fact that proves it. A deal is looked at as of a day: what is recorded later
proves nothing yet. Where the fact could not have been recorded, because nothing of its kind is
loaded, nothing is said against the deal.
Source: docs/pipeline/exit-criteria.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

OPEN = "open"


class Evidence(Enum):
    """The fact that proves a criterion."""

    ACTIVITY = "activity"  # about the deal; `like`: of this kind
    CONTACT = "contact"  # an activity with a contact; `like`: one of these words in the title
    AMOUNT = "amount"  # above 0
    LINE = "line"  # a product on the deal
    CLOSE_ON = "close_on"  # an expected closing day that is not past
    ATTESTED = "attested"  # a person says so


class Since(Enum):
    """From when on activities count."""

    STAGE = "stage"  # since the deal was first in the stage
    OPENING = "opening"


class Outcome(Enum):
    """What a deal in a stage is."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must be so before a deal leaves a stage, in words, and the fact that proves it."""

    key: str
    words: str
    evidence: Evidence
    like: str = ""
    since: Since = Since.STAGE

    @property
    def words_of_title(self) -> tuple[str, ...]:
        """Return what `like` asks of a title: one of these, in small letters."""
        return tuple(word.strip().casefold() for word in self.like.split(",") if word.strip())


@dataclass(frozen=True, slots=True)
class StageRule:
    """A stage of the process. `stage` is its name as deals carry it, `label` as people read it."""

    key: str
    stage: str
    label: str = ""
    outcome: Outcome = Outcome.OPEN
    probability: Decimal | None = None  # expected chance to win; None: nobody said
    may_skip: bool = False
    exit_criteria: tuple[Criterion, ...] = ()

    @property
    def title(self) -> str:
        return self.label or self.stage

    @property
    def is_open(self) -> bool:
        return self.outcome is Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Touch:
    """An activity about a deal; `title` of the contact it was with, None where nobody knows."""

    kind: str
    on: date
    title: str | None = None


@dataclass(frozen=True, slots=True)
class DealEvidence:
    """What is known of a deal by a day. None: nothing of the kind is loaded at all."""

    stage: str | None
    opened_on: date | None
    entered: Mapping[str, date]  # first day in each stage it was in
    amount: Decimal | None
    close_on: date | None
    has_lines: bool | None
    touches: Sequence[Touch] | None
    attested: frozenset[tuple[str, str]] | None  # keys of stage and criterion


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion held against a deal; `is_met` None: it cannot be known."""

    stage: StageRule
    criterion: Criterion
    is_met: bool | None


def without_evidence(
    rules: Sequence[StageRule], deal: DealEvidence, on: date
) -> tuple[Finding, ...]:
    """Return the exit criteria of stages that an open deal has behind it and nothing proves.

    A stage that may be skipped and was asks nothing; one that may not be skipped asks also of a
    deal that was never in it. A deal in a stage of no place in the process asks nothing.
    """
    found = (
        one
        for rule in _behind(rules, deal)
        for one in judged(rule, deal, on)
        if one.is_met is False
    )
    return tuple(found)


def still_to_show(rules: Sequence[StageRule], deal: DealEvidence, on: date) -> tuple[Finding, ...]:
    """Return the exit criteria of the stage an open deal stands in that nothing proves yet."""
    here = (rule for rule in rules if rule.stage == deal.stage and rule.is_open)
    return tuple(one for rule in here for one in judged(rule, deal, on) if one.is_met is False)


def judged(rule: StageRule, deal: DealEvidence, on: date) -> tuple[Finding, ...]:
    """Return every exit criterion of one stage as the facts by `on` have it."""
    return tuple(
        Finding(rule, criterion, is_met(rule, criterion, deal, on))
        for criterion in rule.exit_criteria
    )


def is_met(rule: StageRule, criterion: Criterion, deal: DealEvidence, on: date) -> bool | None:
    """Say whether the facts by the end of `on` prove a criterion; None: it cannot be known."""
    if criterion.evidence is Evidence.AMOUNT:
        return deal.amount is not None and deal.amount > 0
    if criterion.evidence is Evidence.CLOSE_ON:
        return deal.close_on is not None and deal.close_on >= on
    if criterion.evidence is Evidence.LINE:
        return deal.has_lines
    if criterion.evidence is Evidence.ATTESTED:
        return None if deal.attested is None else (rule.key, criterion.key) in deal.attested
    if deal.touches is None:
        return None
    begin = _begin(rule, criterion, deal)
    seen = [one for one in deal.touches if one.on <= on and (begin is None or one.on >= begin)]
    if criterion.evidence is Evidence.ACTIVITY:
        return any(one.kind == criterion.like for one in seen) if criterion.like else bool(seen)
    wanted = criterion.words_of_title
    titles = [one.title.casefold() for one in seen if one.title is not None]
    return any(word in title for title in titles for word in wanted)


def _begin(rule: StageRule, criterion: Criterion, deal: DealEvidence) -> date | None:
    if criterion.since is Since.OPENING:
        return deal.opened_on
    return deal.entered.get(rule.stage, deal.opened_on)


def _behind(rules: Sequence[StageRule], deal: DealEvidence) -> tuple[StageRule, ...]:
    place = next((i for i, rule in enumerate(rules) if rule.stage == deal.stage), None)
    if place is None or not rules[place].is_open:
        return ()
    return tuple(
        rule
        for rule in rules[:place]
        if rule.is_open and (rule.stage in deal.entered or not rule.may_skip)
    )
