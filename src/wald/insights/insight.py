"""What we noticed: a claim with its size, its doubt, its evidence, and the query behind it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from wald.kernel.problem import Problem
from wald.kernel.unit import Unit
from wald.kernel.words import is_unwritable, words_without_figures

PERSON = "person"  # the source of what somebody noticed; any other names a detector
LONGEST_CLAIM = 500
_LONGEST = {"source": 100, "subject": 300, "metric": 100, "person_id": 200}
_MOST_EVIDENCE = 50_000  # characters of JSON
_NOTHING: Mapping[str, object] = MappingProxyType({})


class Status(Enum):
    """What has become of an insight."""

    NEW = "new"
    LOOKING = "looking"
    DECIDED = "decided"
    DISMISSED = "dismissed"
    GONE = "gone"  # its finding did not come back

    @property
    def title(self) -> str:
        return "being looked at" if self is Status.LOOKING else self.value


# What may follow on what; the same finding coming back is another thing (`after_seen_again`).
MOVES: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.NEW: frozenset({Status.LOOKING, Status.DECIDED, Status.DISMISSED, Status.GONE}),
        Status.LOOKING: frozenset({Status.NEW, Status.DECIDED, Status.DISMISSED, Status.GONE}),
        Status.DECIDED: frozenset({Status.DECIDED, Status.LOOKING, Status.GONE}),
        Status.DISMISSED: frozenset({Status.NEW, Status.LOOKING, Status.DECIDED}),
        Status.GONE: frozenset({Status.NEW, Status.LOOKING, Status.DECIDED}),
    }
)


@dataclass(frozen=True, slots=True)
class Effect:
    """How large it is, in `unit`; null where nobody knows. `confidence` is the interval's,
    `p_value` the chance to see as much where there is nothing."""

    low: Decimal | None
    estimate: Decimal | None
    high: Decimal | None
    unit: Unit
    p_value: Decimal | None = None
    confidence: Decimal | None = None
    currency: str | None = None

    @property
    def direction(self) -> str:
        """Return up, down, level, or "" where the size is not known."""
        if self.estimate is None:
            return ""
        return "up" if self.estimate > 0 else "down" if self.estimate < 0 else "level"


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """How the rows behind it open again, as they were: of a metric, or of the deals table.

    `filters` and `search` are the deals table's and stand only where `metric` is "".
    """

    metric: str = ""
    by: tuple[str, ...] = ()
    where: str = ""
    period: str = ""
    as_of: date | None = None
    known: datetime | None = None
    search: str = ""
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Insight:
    """`subject` says what it is about, such as `segment:Enterprise`; `evidence` is JSON.

    `person_id` is the one person it is about: only who may see that person's rows sees it.
    """

    claim: str
    source: str
    subject: str
    metric: str
    effect: Effect
    evidence: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    question: StoredQuery = StoredQuery()
    person_id: str = ""

    @property
    def fingerprint(self) -> str:
        """Return what is the same tomorrow: what was found, where, which way; no figure, no date.

        Whom it is about belongs to it, for others do not see it; of what a person noticed the
        words of the claim too: two people may notice two things in one place.
        """
        words = words_without_figures(self.claim) if self.source == PERSON else ()
        place = [self.source, self.subject, self.metric, self.effect.direction]
        found = [*place, self.person_id, *words]
        return hashlib.sha256(json.dumps(found, ensure_ascii=False).encode()).hexdigest()


def insight_problems(insight: Insight) -> Iterator[Problem]:
    """Yield everything that is wrong with an insight by itself."""
    if not insight.claim.strip():
        yield Problem("claim", "nothing is claimed", "say in one sentence what you noticed")
    if len(insight.claim) > LONGEST_CLAIM:
        what = f"it has {len(insight.claim)} characters"
        yield Problem("claim", what, f"say it in {LONGEST_CLAIM}; evidence may be longer")
    for name, most in _LONGEST.items():
        if len(getattr(insight, name)) > most:
            yield Problem(name, "it is too long", f"use {most} characters at most")
    if len(json.dumps(dict(insight.evidence), default=str)) > _MOST_EVIDENCE:
        yield Problem("evidence", "it is too long", "keep figures here, and rows in the query")
    told = json.dumps(dict(insight.evidence), default=str, ensure_ascii=False)
    texts = (insight.claim, insight.source, insight.subject, insight.question.where, told)
    if any(is_unwritable(text) for text in texts) or "\\u0000" in told:
        what = "a text holds a sign that is no letter and cannot be kept"
        yield Problem("text", what, "write it anew, by hand")
    yield from _effect_problems(insight.effect)


def after_seen_again(status: Status) -> Status:
    """Return what becomes of the status when the finding is there again.

    What was dismissed stays dismissed: that is what dismissing is for.
    """
    return Status.NEW if status is Status.GONE else status


def _effect_problems(effect: Effect) -> Iterator[Problem]:
    known = [part for part in (effect.low, effect.estimate, effect.high) if part is not None]
    if known != sorted(known):
        what = "low, estimate and high are not in this order"
        yield Problem("effect", what, "give the smallest first")
    if effect.p_value is not None and not 0 <= effect.p_value <= 1:
        yield Problem("p_value", f"{effect.p_value} is no chance", "give a share from 0 to 1")
    if effect.confidence is not None and not 0 < effect.confidence < 1:
        fix = "give a share between 0 and 1"
        yield Problem("confidence", f"{effect.confidence} is no confidence", fix)
