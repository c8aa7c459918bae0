"""What to do about an insight: the kind of action its detector proposes, and what follows from it.

A person's own insight, and one whose detector is no more, has no cure: management is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wald.brain.detector import Cure, detectors
from wald.kernel.policy import Role

CHANGE, ALERT, REVIEW = "change_document", "alert_management", "review_deals"
FIX, TRAIN, EXPERIMENT = "fix_data", "train", "experiment"


@dataclass(frozen=True, slots=True)
class Way:
    """How an action is done: as which kind of case, whose it is, which kind of decision it is."""

    title: str
    case: str
    queue: Role
    decision: str


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        CHANGE: Way("Change what was agreed", "task", Role.SALES_OPERATIONS, "pipeline"),
        ALERT: Way("Tell management", "alert", Role.SALES_LEADER, "other"),
        REVIEW: Way("Look at the deals", "task", Role.MANAGER, "pipeline"),
        FIX: Way("Put the data right", "data_fix", Role.SALES_OPERATIONS, "data"),
        TRAIN: Way("Train", "task", Role.SALES_LEADER, "enablement"),
        EXPERIMENT: Way("Try it on some, drawn by lot", "task", Role.SALES_OPERATIONS, "other"),
    }
)
# What a decision about a document changes.
_OF_DOCUMENT = MappingProxyType(
    {
        "approval_policy": "approval",
        "compensation_plan": "pay",
        "pay_terms": "pay",
        "quota_plan": "quota",
        "sales_process": "pipeline",
        "forecast_calendar": "forecast",
        "routing_rules": "leads",
        "territory_model": "territory",
    }
)
_NO_CURE = Cure(ALERT, "Show the figure to who answers for it, beside what was expected, and ask "
                       "which step broke before asking who.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """The action, how it is done, the advice in a sentence or two, and the document, "" for none.

    `is_own` says whether a detector proposes it, or nobody does.
    """

    action: str
    way: Way
    advice: str
    document: str
    is_own: bool

    @property
    def document_words(self) -> str:
        """Return `approval policy` of approval_policy."""
        return self.document.replace("_", " ")

    @property
    def kind(self) -> str:
        """Return what a decision to do it changes, one of `memory.decision.KINDS`."""
        return _OF_DOCUMENT.get(self.document, self.way.decision)


def remedy_of(source: str) -> Remedy:
    """Return what the detector `source` proposes; for a source that is none, to tell management."""
    known = detectors().get(source)
    cure = known.cure if known else _NO_CURE
    return Remedy(cure.action, WAYS[cure.action], cure.advice, cure.document, known is not None)
